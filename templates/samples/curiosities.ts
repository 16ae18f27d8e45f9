import { absent, asOf, type Department, day, frozen, hostPrefix, type Machine, type Mdm, machine } from './company.js'
import { Random } from './random.js'

/** The version that Iru lists for the Macs that Jamf still knows with an older one. */
const afterMigration = '2.26454.0'

/** What happens once or twice in every company. */
export function withCuriosities(machines: readonly Machine[]): Machine[] {
  const all = [...machines]
  const find = (mdm: Mdm, department: Department, claude: string, nth = 0) => {
    const fitting = all.filter(
      (one) => one.mdm === mdm && one.department === department && one.claude === claude && !one.oddity,
    )
    return all.indexOf(fitting[nth]!)
  }
  const change = (index: number, changes: Partial<Machine>) => {
    all[index] = { ...all[index]!, ...changes }
  }

  change(find('intune', 'Logistics', frozen, 7), { serial: 'To be filled by O.E.M.' })
  change(find('intune', 'Support', '1.46388.4', 3), { serial: 'System Serial Number' })
  change(find('jamf', 'Engineering', '2.26454.0', 4), { hostname: 'Lyon Lab’s Mac mini', site: 'Lyon' })
  change(find('jamf', 'Sales', '1.46388.4', 2), { hostname: 'Démo Lyon', site: 'Lyon' })

  // Enrolled again; the older record was not deleted. The third kept its old app list too.
  const again = [
    { index: find('intune', 'Sales', '1.24012.11', 1), changes: { appsAsOf: undefined } },
    { index: find('intune', 'Support', '1.46388.4', 5), changes: {} },
    { index: find('intune', 'Legal', '1.46388.4', 2), changes: { hostname: 'LEG-LT-9003', claude: frozen } },
  ]
  again.forEach(({ index, changes }, pair) => {
    const newer = all[index]!
    const lastSeen = newer.lastSeen! - (47.3 + 31.4 * pair) * day
    all.push({ ...newer, key: `${newer.key} before`, oddity: 'left-behind', lastSeen, appsAsOf: lastSeen, ...changes })
  })

  // Two virtual machines cloned from one image: both alive, both with the serial number of the image.
  for (const [number, claude] of [
    [901, '2.26454.0'],
    [902, frozen],
  ] as const) {
    const clone = machine('intune', 'Engineering', number, claude, undefined)
    const lastSeen = asOf - (number - 900) * 1.3 * day
    all.push({ ...clone, hostname: `ENG-VM-0${number}`, serial: 'ACMVM56D0A41', lastSeen })
  }

  // Handed over to Iru, where they are up to date; Jamf still has what it saw last.
  for (const old of machines.filter(({ oddity }) => oddity === 'migrated')) {
    const minutes = new Random(`${old.key} in iru`).integer(10, 3 * 1440)
    all.push({
      ...old,
      key: `${old.key} in iru`,
      mdm: 'iru',
      claude: afterMigration,
      lastSeen: asOf - minutes * 60_000,
    })
  }

  const phones = [
    ['iPadOS', '26.1', 'Sales', 911],
    ['iPadOS', '18.7.2', 'Logistics', 912],
    ['iOS', '26.1', 'Sales', 913],
    ['iOS', '26.0.1', 'People', 914],
    ['Android', '16', 'Logistics', 915],
  ] as const
  for (const [osName, osVersion, department, number] of phones) {
    const phone = machine(
      'intune',
      department,
      number,
      osName === 'iPadOS' && department === 'Sales' ? '1.251103.0' : absent,
      undefined,
    )
    all.push({ ...phone, hostname: `${hostPrefix[department]}-${osName.toUpperCase()}-${number}`, osName, osVersion })
  }
  return all
}
