import { Random } from './random.js'

/** The moment all exports were taken. */
export const asOf = Date.UTC(2026, 10, 20)
export const day = 86_400_000

export type Department =
  | 'Finance'
  | 'Engineering'
  | 'Sales'
  | 'Logistics'
  | 'Legal'
  | 'People'
  | 'Design'
  | 'Support'
  | 'Kiosks'

export type Mdm = 'intune' | 'jamf' | 'iru' | 'fleetdm'

/** What is odd about a record; most have no oddity. */
export type Oddity =
  /** Last check-in more than 30 days ago. */
  | 'stale'
  /** Enrolled, but never checked in. */
  | 'never'
  /** Checks in, but no app list was ever collected. */
  | 'no-list'
  /** Checks in, but the app list is older than 30 days. */
  | 'old-list'
  /** On the page of the Jamf Pro API that nobody fetched. */
  | 'lost-page'
  /** Claude in Applications, an older copy in the user's Applications, one more in the bin. */
  | 'three-copies'
  /** Owned by the user: only managed apps are listed. */
  | 'personal'
  /** No official Claude Desktop, but the package of a community rebuild. */
  | 'rebuild'
  /** Known to Jamf and Iru: handed over from one to the other. */
  | 'migrated'
  /** The older record of a machine that was enrolled again. */
  | 'left-behind'

export interface Machine {
  /** Tells records apart, also those of the same machine. */
  readonly key: string
  readonly mdm: Mdm
  readonly department: Department
  readonly site: string
  readonly hostname: string
  readonly serial: string
  readonly osName: 'Windows' | 'macOS' | 'Linux' | 'iOS' | 'iPadOS' | 'Android'
  readonly osVersion: string
  /** An invented account that names a role, never a person. */
  readonly account: string
  readonly fullName: string
  readonly email: string
  /** Version of Claude Desktop as the vendor writes it; undefined where it is not installed. */
  readonly claude: string | undefined
  readonly oddity: Oddity | undefined
  readonly lastSeen: number | undefined
  readonly appsAsOf: number | undefined
}

type Cohort = readonly [count: number, claude: string | undefined, oddity?: Oddity]

export const absent = undefined
/** The last build below the gate `cowork-otel` that the frozen MSIX ring of Logistics hands out. */
export const frozen = '1.1.3918'

/** The story: who runs what, in exact numbers. */
const story: readonly (readonly [mdm: Mdm, department: Department, ...cohorts: Cohort[]])[] = [
  ['intune', 'Finance', [14, '2.31226.1'], [22, '2.26454.0']],
  ['intune', 'Logistics', [36, frozen], [4, '2.19675.1'], [3, absent], [2, frozen, 'stale'], [1, absent, 'never']],
  // Above cowork-otel, but plugin hooks run on Windows only from 1.24012.9.
  ['intune', 'Sales', [4, '1.1.5368'], [3, '1.1.9669'], [6, '1.17377.2'], [7, '1.22209.3']],
  ['intune', 'Sales', [8, '1.24012.9'], [12, '1.24012.11'], [6, '1.30096.5'], [2, absent]],
  ['intune', 'Sales', [3, '1.17377.2', 'stale'], [1, absent, 'never'], [2, absent, 'no-list'], [1, absent, 'personal']],
  ['intune', 'Engineering', [9, '2.31226.1'], [5, '2.26454.0'], [3, '1.46388.4'], [2, frozen], [1, '0.14.1']],
  ['intune', 'Engineering', [2, '2.9939.2', 'stale'], [1, 'latest'], [1, '']],
  ['intune', 'Support', [4, '1.44121.1'], [13, '1.46388.4'], [4, '1.24012.11'], [3, absent], [1, '']],
  ['intune', 'Support', [2, '1.46388.4', 'stale'], [1, absent, 'never'], [1, absent, 'no-list']],
  ['intune', 'Legal', [9, '1.46388.4'], [1, '1.24012.9'], [2, absent]],
  ['intune', 'People', [8, '1.46388.4'], [1, frozen], [2, absent], [1, '1.46388.4', 'stale'], [1, absent, 'personal']],
  ['intune', 'Kiosks', [12, absent], [2, frozen]],
  ['jamf', 'Engineering', [18, '2.31226.1'], [6, '2.31226.1', 'lost-page'], [12, '2.26454.0'], [5, '2.9939.2']],
  ['jamf', 'Engineering', [4, '1.46388.4'], [5, frozen], [1, '1.1.4173'], [1, '2.31226.1', 'three-copies']],
  ['jamf', 'Engineering', [3, '2.9939.2', 'stale'], [2, absent, 'never'], [1, '2.9939.2', 'old-list']],
  ['jamf', 'Sales', [12, '1.46388.4'], [5, '1.24012.9'], [1, '1.15962.1'], [2, absent]],
  ['jamf', 'Sales', [1, '1.24012.9', 'stale'], [1, '1.46388.4', 'old-list']],
  ['jamf', 'Finance', [6, '2.31226.1']],
  ['jamf', 'Legal', [8, '1.46388.4'], [2, '1.46388.4', 'lost-page']],
  ['jamf', 'People', [7, '1.46388.4'], [4, '1.46388.4', 'lost-page'], [2, absent], [1, frozen]],
  ['jamf', 'Support', [9, '1.46388.4'], [2, '2.9939.2'], [2, absent], [1, '1.24012.9', 'stale']],
  ['jamf', 'Design', [3, frozen, 'migrated'], [5, '1.46388.4', 'migrated']],
  ['iru', 'Design', [20, '2.26454.0'], [8, '2.9939.2'], [2, '1.46388.4'], [2, 'No value'], [3, frozen]],
  ['iru', 'Design', [2, '2.9939.2', 'stale']],
  ['fleetdm', 'Engineering', [6, '2.26454.0'], [2, '1.46388.4'], [3, absent], [1, absent, 'rebuild']],
  ['fleetdm', 'Engineering', [1, '2.9939.2', 'stale'], [1, absent, 'never'], [1, absent, 'no-list']],
]

export const hostPrefix: Readonly<Record<Department, string>> = {
  Finance: 'FIN',
  Engineering: 'ENG',
  Sales: 'SAL',
  Logistics: 'LOG',
  Legal: 'LEG',
  People: 'PPL',
  Design: 'DES',
  Support: 'SUP',
  Kiosks: 'KSK',
}
const hostKind: Readonly<Record<Mdm, string>> = { intune: 'LT', jamf: 'MB', iru: 'ST', fleetdm: 'LX' }

const sites = ['Berlin', 'Lyon', 'Austin', 'Osaka']
const osVersions: Readonly<Record<Mdm, readonly string[]>> = {
  intune: ['10.0.26100.6584', '10.0.26100.6584', '10.0.26200.7019', '10.0.22631.5909'],
  jamf: ['15.6.1', '15.7.2', '26.1', '14.8.2'],
  iru: ['26.1', '26.1', '15.7.2'],
  fleetdm: ['Ubuntu 24.04.3 LTS', 'Ubuntu 24.04.3 LTS', 'Ubuntu 22.04.5 LTS'],
}
const osNames = { intune: 'Windows', jamf: 'macOS', iru: 'macOS', fleetdm: 'Linux' } as const
const serialAlphabet = '0123456789CDFGHJKLMNPQRTVWXY'

/** The records of all MDMs, in the order in which they were enrolled. */
export function company(): readonly Machine[] {
  const machines: Machine[] = []
  const used = new Map<Department, number>()
  for (const [mdm, department, ...cohorts] of story) {
    const plans = cohorts.flatMap(([count, claude, oddity]) =>
      Array.from({ length: count }, () => ({ claude, oddity })),
    )
    for (const { claude, oddity } of new Random(`${mdm} ${department} ${cohorts.length}`).shuffled(plans)) {
      const number = (used.get(department) ?? 0) + 1
      used.set(department, number)
      machines.push(machine(mdm, department, number, claude, oddity))
    }
  }
  // Who enrolled last stands on the last page.
  const late = machines.filter(({ oddity }) => oddity === 'lost-page')
  const early = machines.filter(({ oddity }) => oddity !== 'lost-page')
  return [...early, ...late]
}

/** One record, with everything invented that the story does not say. */
export function machine(
  mdm: Mdm,
  department: Department,
  number: number,
  claude: string | undefined,
  oddity: Oddity | undefined,
): Machine {
  const hostname = `${hostPrefix[department]}-${hostKind[mdm]}-${String(number).padStart(4, '0')}`
  const random = new Random(hostname)
  const account = `${department.toLowerCase()}-${String(number).padStart(3, '0')}`
  const silence =
    oddity === 'stale' ? [34, 210] : oddity === 'migrated' ? [12, 20] : random.next() < 0.85 ? [0, 4] : [5, 12]
  const minutes = random.integer(silence[0]! * 1440 + 5, silence[1]! * 1440 + 1439)
  const lastSeen = asOf - minutes * 60_000 - random.integer(0, 59) * 1000
  const listAge = oddity === 'old-list' ? random.integer(38, 52) * day : random.integer(1, 5 * 1440) * 60_000
  const listed = oddity !== 'never' && oddity !== 'no-list'
  return {
    key: hostname,
    mdm,
    department,
    site:
      oddity === 'lost-page'
        ? 'Lyon'
        : department === 'Logistics'
          ? random.pick(['Lyon', 'Austin'])
          : random.pick(sites),
    hostname,
    serial:
      mdm === 'intune' || mdm === 'fleetdm'
        ? `ACM${random.text(serialAlphabet, 7)}`
        : `ACMX${random.text(serialAlphabet, 8)}`,
    osName: osNames[mdm],
    osVersion: random.pick(osVersions[mdm]),
    account,
    fullName: `${department} user ${account.slice(-3)}`,
    email: `${account}@acme.example`,
    claude,
    oddity,
    lastSeen: oddity === 'never' ? undefined : lastSeen,
    appsAsOf: listed ? lastSeen - listAge : undefined,
  }
}
