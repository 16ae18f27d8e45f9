import { appsOf } from './apps.js'
import type { Machine } from './company.js'
import { Random } from './random.js'
import { csv, dateWithBlank, idOf, lines, of, table } from './table.js'

/** Computers on a page of the Jamf Pro API. */
const pageSize = 60

const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString())
const byte = (random: Random) => random.integer(0, 255).toString(16).padStart(2, '0')

const departmentIds = ['Design', 'Engineering', 'Finance', 'Legal', 'People', 'Sales', 'Support']
const siteIds = ['Austin', 'Berlin', 'Lyon', 'Osaka']
const ringOf = ({ department }: Machine) =>
  department === 'Finance' ? 'pilot' : department === 'Engineering' ? 'early' : department === 'Design' ? '' : 'broad'
export const jamfId = (index: number) => String(101 + index)
const udidOf = (machine: Machine) => new Random(`udid ${machine.serial} ${machine.hostname}`).guid().toUpperCase()

function jamfComputer(machine: Machine, index: number): unknown {
  const random = new Random(`jamf ${machine.key}`)
  const model = random.pick(['MacBook Pro (14-inch, 2024)', 'MacBook Air (13-inch, M3, 2024)', 'Mac mini (2024)'])
  const group =
    machine.site === 'Lyon' ? 'Équipe Lyon' : machine.site === 'Osaka' ? '大阪オフィス' : `${machine.site} office`
  return {
    id: jamfId(index),
    udid: udidOf(machine),
    general: {
      name: machine.hostname,
      platform: 'Mac',
      managementId: random.guid(),
      supervised: true,
      lastContactTime: iso(machine.lastSeen),
      reportDate: iso(machine.appsAsOf),
      site: { id: String(siteIds.indexOf(machine.site) + 1), name: machine.site },
      extensionAttributes: [],
    },
    diskEncryption: null,
    hardware: {
      make: 'Apple',
      model,
      serialNumber: machine.serial,
      macAddress: `02:${Array.from({ length: 5 }, () => byte(random)).join(':')}`.toUpperCase(),
    },
    operatingSystem: { name: 'macOS', version: machine.osVersion },
    userAndLocation: {
      username: machine.account,
      realname: machine.fullName,
      email: machine.email,
      departmentId: String(departmentIds.indexOf(machine.department) + 1),
    },
    applications: appsOf(machine).map(({ name, path, version, bundleId }) => ({
      name,
      path,
      version,
      macAppStore: false,
      bundleId,
      updateAvailable: false,
    })),
    groupMemberships: [
      { groupId: '1', groupName: 'All Managed Clients', smartGroup: true },
      { groupId: '7', groupName: group, smartGroup: true },
    ],
    extensionAttributes: [
      {
        definitionId: '12',
        name: 'Claude Update Ring',
        values: ringOf(machine) === '' ? [] : [ringOf(machine)],
        dataType: 'STRING',
      },
    ],
    security: null,
  }
}

/** One page. The sample has pages 0 and 1 only: nobody fetched the last one. */
export function jamfPage(machines: readonly Machine[], page: number): string {
  const computers = of(machines, 'jamf')
  const results = computers.map(jamfComputer).slice(page * pageSize, (page + 1) * pageSize)
  return `{"totalCount":${computers.length},"results":${lines(results)}}\n`
}

/** The saved search, which holds all computers and writes 1970 for "never". */
export function jamfSearch(machines: readonly Machine[]): string {
  const computers = of(machines, 'jamf').map((machine, index) => ({ machine, index }))
  const rows = table(computers, {
    'Computer Name': ({ machine }) => machine.hostname,
    'Serial Number': ({ machine }) => machine.serial,
    'JSS Computer ID': ({ index }) => jamfId(index),
    'Operating System': ({ machine }) => `macOS ${machine.osVersion}`,
    'Operating System Version': ({ machine }) => machine.osVersion,
    'Last Check-in': ({ machine }) => dateWithBlank(machine.lastSeen ?? 0),
    'Last Inventory Update': ({ machine }) => dateWithBlank(machine.appsAsOf ?? 0),
    'Full Name': ({ machine }) => machine.fullName,
    'Email Address': ({ machine }) => machine.email,
    Department: ({ machine }) => machine.department,
    Building: ({ machine }) => machine.site,
    'Claude Update Ring': ({ machine }) => ringOf(machine),
  })
  return `\ufeff${csv(rows, '\n')}`
}

const blueprint = { name: 'Design Studio', id: new Random('blueprint').guid() }

export function iruDevices(machines: readonly Machine[]): string {
  const devices = of(machines, 'iru').map((machine) => ({
    device_id: idOf(machine),
    device_name: machine.hostname,
    model: 'Mac Studio (2025)',
    serial_number: machine.serial,
    platform: 'Mac',
    os_version: machine.osVersion,
    last_check_in:
      machine.lastSeen === undefined ? null : new Date(machine.lastSeen).toISOString().replace('Z', '576Z'),
    // A loaned Mac has no user: the member is an empty text then, not an object.
    user: /[05]$/.test(machine.account) ? '' : { email: machine.email, name: machine.fullName, is_archived: false },
    asset_tag: '',
    blueprint_id: blueprint.id,
    blueprint_name: blueprint.name,
    mdm_enabled: true,
    agent_installed: true,
    is_missing: false,
    is_removed: false,
    agent_version: '5.4.2 (5120)',
  }))
  return `${lines(devices)}\n`
}

export function iruApps(machines: readonly Machine[]): string {
  const installed = of(machines, 'iru').flatMap((machine) => appsOf(machine).map((app) => ({ machine, app })))
  const order = (name: string) => name.toLowerCase()
  installed.sort((a, b) => (order(a.app.name) < order(b.app.name) ? -1 : order(a.app.name) > order(b.app.name) ? 1 : 0))
  const rows = table(installed, {
    serial_number: ({ machine }) => machine.serial,
    device_name: ({ machine }) => machine.hostname,
    blueprint_name: () => blueprint.name,
    os_version: ({ machine }) => machine.osVersion,
    user: ({ machine }) => (/[05]$/.test(machine.account) ? '' : machine.fullName),
    platform: () => 'Mac',
    app_name: ({ app }) => app.name.replace(/\.app$/, ''),
    bundle_id: ({ app }) => app.bundleId ?? '',
    version: ({ app }) => app.version,
  })
  return csv(rows, '\n')
}

export function fleetdmHosts(machines: readonly Machine[]): string {
  const never = '0001-01-01T00:00:00Z'
  const hosts = of(machines, 'fleetdm').map((machine, index) => ({
    id: 3001 + index,
    detail_updated_at: iso(machine.lastSeen) ?? never,
    software_updated_at: iso(machine.appsAsOf) ?? never,
    seen_time: iso(machine.lastSeen) ?? never,
    hostname: machine.hostname.toLowerCase(),
    computer_name: machine.hostname.toLowerCase(),
    uuid: idOf(machine),
    hardware_serial: machine.serial,
    platform: 'ubuntu',
    os_version: machine.osVersion,
    team_id: 4,
    team_name: 'Engineering workstations',
    device_mapping: [{ email: machine.email, source: 'google_chrome_profiles' }],
    software: appsOf(machine).map(({ name, version, table: source }, row) => ({
      id: 90_000 + index * 100 + row,
      name,
      version,
      source,
      ...(source === 'chrome_extensions' ? { extension_id: 'fcoeoabgfenejglbffodgkkbkcdhcgfn' } : {}),
      installed_paths: [],
    })),
  }))
  return `{"hosts":${lines(hosts)},"meta":{"has_next_results":false,"has_previous_results":false}}\n`
}
