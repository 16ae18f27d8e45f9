import { field, type JsonShape, textField } from './readers/json.js'
import { tableHeader } from './readers/table-header.js'
import type { Recognition } from './recognise.js'
import type { TableHeader } from './source.js'

/** An export that is recognised, but says nothing from which an endpoint's verdict could be made. */
export interface Unsupported {
  readonly id: string
  /** Completes "This is …". */
  readonly what: string
  readonly matchesTable?: (header: TableHeader) => boolean
  readonly matchesJson?: (shape: JsonShape) => boolean
  readonly matchesXml?: (root: string) => boolean
  readonly why: string
  readonly tryThis: string
}

const mapByHand = 'Export it as CSV with one row per endpoint or app, and say which column is which with --map.'

/**
 * By shape alone, from the public descriptions and integrations of each product (read 2026-11; addresses at each
 * entry where there is a stable one). Sources are asked first.
 */
export const unsupported: readonly Unsupported[] = [
  {
    // https://learn.microsoft.com/en-us/intune/device-management/reports/ref-graph-available-reports
    id: 'intune-app-aggregate',
    what: 'the Intune report AppInvAggregate (discovered apps, counted)',
    matchesTable: (header) => header.has('ApplicationName', 'DeviceCount') && !header.has('DeviceId'),
    why: 'It counts devices per app version but does not name them.',
    tryThis: 'Export the report AppInvRawData instead, together with all devices.',
  },
  {
    id: 'intune-remediation',
    what: 'the Intune report of a remediation, without device ids',
    matchesTable: (header) =>
      header.has('PreRemediationDetectionScriptOutput') || header.has('PostRemediationDetectionScriptOutput'),
    why: 'It names devices by display name only, which identifies nothing.',
    tryThis: 'Export it with the column DeviceId selected.',
  },
  {
    // Scripts of Windows have no output here.
    id: 'intune-script-states',
    what: 'the Intune report of a script, without device ids or output',
    matchesTable: (header) => header.has('RunState', 'PolicyId') || header.has('PolicyResultDetail'),
    why: 'Without DeviceId it names devices by display name only; without PolicyResultDetail it says nothing of Claude.',
    tryThis: 'Export it for a custom attribute, with the columns DeviceId and PolicyResultDetail selected.',
  },
  {
    // https://learn.jamf.com
    id: 'jamf-mobile-search',
    what: 'a Jamf Pro mobile device search',
    matchesTable: (header) =>
      header.has('Display Name') &&
      !header.has('Computer Name') &&
      (header.has('JSS Mobile Device ID') || header.has('Wi-Fi MAC Address')),
    matchesJson: (shape) => shape.keys.some((key) => mobileRoots.has(key)),
    matchesXml: (root) => mobileRoots.has(root),
    why: 'Claude Desktop does not run on phones and tablets.',
    tryThis: 'Export a computer search instead.',
  },
  {
    id: 'jamf-school',
    what: 'a Jamf School device list',
    matchesTable: (header) => header.has('DeviceUDID', 'LastConnected', 'SerialNumber'),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial=SerialNumber,hardwareUuid=DeviceUDID,lastSeen=LastConnected.',
  },
  {
    // https://github.com/kandji-inc/support (api-tools/device-library-items)
    id: 'iru-library-items',
    what: 'the library items of an Iru (Kandji) device that it does not name',
    matchesJson: (shape) => shape.path('library_items'),
    why: 'Without device_id nothing says which device it is of.',
    tryThis: 'Save the answers as they are, with their device_id.',
  },
  {
    // https://github.com/JupiterOne/graph-kandji
    id: 'iru-device-details',
    what: 'the details of one Iru (Kandji) device',
    matchesJson: (shape) => shape.path('general') && shape.path('kandji_agent'),
    why: 'It has no apps, and the devices list says the same of all devices at once.',
    tryThis: 'GET /api/v1/devices for the endpoints and /api/v1/devices/<id>/apps for their apps.',
  },
  {
    // https://github.com/fleetdm/fleet (frontend source)
    id: 'fleetdm-live-policy',
    what: 'the results of a Fleet (fleetdm) live policy',
    matchesTable: (header) => header.names.length === 2 && header.has('host', 'status'),
    why: 'It names hosts by display name only, which identifies nothing, and says pass or fail without a version.',
    tryThis: 'Use the hosts API with software, or a report whose query selects hardware_serial and the version.',
  },
  {
    id: 'fleetdm-software-titles',
    what: 'a Fleet (fleetdm) list of software, counted over all hosts',
    matchesJson: (shape) =>
      shape.path('software_titles', 'hosts_count') || (shape.path('software', 'hosts_count') && !shape.path('host')),
    why: 'It counts hosts per version but does not name them.',
    tryThis: 'GET /api/v1/fleet/hosts?populate_software=without_vulnerability_details instead.',
  },
  {
    // Views v_GS_ADD_REMOVE_PROGRAMS and v_R_System of Configuration Manager.
    id: 'configuration-manager',
    what: 'a Configuration Manager software inventory (SQL views)',
    matchesTable: (header) => header.has('DisplayName0', 'Version0'),
    why: 'It has no serial number, and apps installed as MSIX, such as Claude, can be missing in it.',
    tryThis:
      'Add SerialNumber0 of v_GS_PC_BIOS to the query, then --map serial=SerialNumber0,app.name=DisplayName0,app.version=Version0,app.publisher=Publisher0. Or export from Intune.',
  },
  {
    // https://github.com/snipe/snipe-it
    id: 'snipe-it',
    what: 'a Snipe-IT asset list',
    matchesTable: (header) => header.has('Asset Tag', 'Checked Out To: Email'),
    matchesJson: (shape) => shape.path('rows', 'asset_tag'),
    why: 'It lists assets and owners, not apps or check-ins.',
    tryThis:
      'Read the API list (rows[]) as a list of endpoints: --map serial=serial,hostname=name. The CSV template has no serial number.',
  },
  {
    // https://github.com/demisto/content (Packs/VMwareWorkspaceONEUEM)
    id: 'workspace-one',
    what: 'a Workspace ONE UEM device search',
    matchesJson: (shape) =>
      shape.keys.includes('Devices') && (shape.keys.includes('PageSize') || shape.keys.includes('Total')),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial=SerialNumber,deviceId=Id.Value,hostname=DeviceReportedName,os=Platform,osVersion=OperatingSystem,email=UserEmailAddress,group=LocationGroupName,lastSeen=LastSeen.',
  },
  {
    // https://github.com/JupiterOne/graph-manageengine-endpoint-central
    id: 'manageengine',
    what: 'a ManageEngine Endpoint Central answer',
    matchesJson: (shape) => shape.keys.includes('message_type') && shape.keys.includes('message_response'),
    why: 'fleet has no reader for it.',
    tryThis: mapByHand,
  },
  {
    id: 'mosyle',
    what: 'a Mosyle device list',
    matchesJson: (shape) =>
      shape.path('response', 'devices') || (shape.path('response', 'status') && shape.path('status')),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis: mapByHand,
  },
  {
    // https://github.com/JupiterOne/graph-addigy
    id: 'addigy',
    what: 'an Addigy device list',
    matchesJson: (shape) => shape.path('agentid') && (shape.path('Serial Number') || shape.path('Device Name')),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial="Serial Number",hostname="Device Name",os="System Version",lastSeen="Last Online".',
  },
  {
    // https://github.com/JupiterOne/graph-simplemdm
    id: 'simplemdm-apps',
    what: 'a SimpleMDM list of installed apps',
    matchesJson: (shape) => isJsonApi(shape, 'installed_app'),
    why: 'It does not say which device it is of: that stood in the request address only.',
    tryThis: 'Write a CSV with the serial number of the device in each row, and name the columns with --map.',
  },
  {
    id: 'simplemdm-devices',
    what: 'a SimpleMDM device list',
    matchesJson: (shape) => isJsonApi(shape, 'device'),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial=attributes.serial_number,hostname=attributes.device_name,osVersion=attributes.os_version,lastSeen=attributes.last_seen_at.',
  },
  {
    // https://github.com/JupiterOne/graph-tanium
    id: 'tanium',
    what: 'a Tanium gateway answer',
    matchesJson: (shape) =>
      shape.path('data', 'endpoints', 'edges') || shape.path('data', 'assetProductEndpoints', 'edges'),
    why: 'fleet has no reader for it.',
    tryThis: mapByHand,
  },
  {
    id: 'ninjaone',
    what: 'a NinjaOne software query',
    matchesJson: (shape) =>
      shape.path('results', 'deviceId') && (shape.path('results', 'productCode') || shape.path('cursor')),
    why: 'It has no serial numbers, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of apps: --map deviceId=deviceId,app.name=name,app.version=version,app.publisher=publisher. With serial numbers in a CSV it can be joined to other exports.',
  },
  {
    // https://github.com/JupiterOne/graph-google
    id: 'google-devices',
    what: 'a Google Workspace or Cloud Identity device list',
    matchesJson: (shape) =>
      shape.path('chromeosdevices') ||
      (shape.path('devices', 'deviceType') &&
        (shape.path('devices', 'lastSyncTime') || shape.path('devices', 'deviceId'))),
    why: 'Google has no inventory of desktop apps.',
    tryThis:
      'Read it as a list of endpoints: --map serial=serialNumber,hostname=hostname,os=deviceType,osVersion=osVersion,lastSeen=lastSyncTime. Take the apps from the product that manages the computers.',
  },
  {
    // https://github.com/TheJumpCloud/support (PowerShell/ModuleChangelog.md)
    id: 'jumpcloud',
    what: 'a JumpCloud System Insights answer',
    matchesJson: (shape) => shape.path('system_id') && shape.path('collection_time'),
    why: 'Its pages repeat or miss rows without a fixed order, and fleet has no reader for it.',
    tryThis:
      'Sort the pages when fetching, then read them as a list of apps: --map deviceId=system_id,app.name=name,app.version=bundle_short_version (version for programs).',
  },
  {
    // https://github.com/munkireport/inventory
    id: 'munkireport',
    what: 'a MunkiReport application inventory',
    matchesTable: (header) => header.has('serial_number', 'bundleid', 'version') && !header.has('bundle_id'),
    matchesJson: (shape) => shape.path('serial_number') && shape.path('bundleid'),
    why: 'It leaves out some apps by configuration, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of apps: --map serial=serial_number,app.name=name,app.version=version,app.bundleId=bundleid,app.path=path.',
  },
  {
    // https://github.com/JupiterOne/graph-automox
    id: 'automox',
    what: 'an Automox server list',
    matchesJson: (shape) => shape.path('last_refresh_time') && shape.path('last_logged_in_user'),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial=detail.SERIAL,hostname=name,os=os_name,osVersion=os_version,lastSeen=last_refresh_time.',
  },
  {
    // https://github.com/JupiterOne/graph-hexnode
    id: 'hexnode',
    what: 'a Hexnode device list',
    matchesJson: (shape) => shape.path('results', 'last_reported') && shape.path('results', 'udid'),
    why: 'It has no apps, and fleet has no reader for it.',
    tryThis:
      'Read it as a list of endpoints: --map serial=serial_number,hostname=device_name,os=os_name,osVersion=os_version,lastSeen=last_reported.',
  },
  {
    id: 'lansweeper',
    what: 'a Lansweeper report',
    matchesTable: (header) =>
      header.has('AssetName') && (header.has('Lastseen') || header.has('softwareName') || header.has('Software')),
    why: 'Every Lansweeper report chooses its own columns.',
    tryThis: 'Add the serial number to the report and say which column is which with --map.',
  },
]

const mobileRoots: ReadonlySet<string> = new Set([
  'mobile_device',
  'mobile_devices',
  'mobile_device_applications',
  'advanced_mobile_device_search',
])

function isJsonApi(shape: JsonShape, type: string): boolean {
  if (!shape.path('data', 'attributes')) return false
  const data = field(shape.sample, 'data')
  const first: unknown = Array.isArray(data) ? data[0] : data
  return textField(first, 'type') === type
}

/** The export that a file without a source is, if it is a known one. */
export function recogniseUnsupported(recognition: Recognition): Unsupported | undefined {
  if (recognition.kind === 'unknown-json') return unsupported.find((one) => one.matchesJson?.(recognition.shape))
  if (recognition.kind === 'unknown-xml') return unsupported.find((one) => one.matchesXml?.(recognition.root))
  if (recognition.kind !== 'unknown-table') return undefined
  const header = tableHeader(recognition.table.names)
  return unsupported.find((one) => one.matchesTable?.(header))
}
