import type { AppRow } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink } from '../inventory/observation.js'
import { displayFields } from './jamf-computer-search.js'
import { field, type JsonShape, listField, type RecordsPath, textField } from './readers/json.js'
import { foldName } from './readers/table-header.js'
import { sizeOf } from './readers/xml.js'
import type { RecordReader, Source } from './source.js'

/**
 * Jamf Pro Classic API, JSON or XML: one computer, a list of computers, the computers that have an app, and the result
 * of a saved advanced search. https://developer.jamf.com/jamf-pro/reference/findcomputersbyid (recorded answers read
 * 2026-11: https://github.com/JupiterOne/graph-jamf, https://github.com/demisto/content).
 */
export const source: Source = {
  id: 'jamf-classic',
  product: 'jamf',
  title: 'Jamf Pro Classic API (JSON, XML)',
  gives: 'endpoints and apps',
  docs: 'https://developer.jamf.com/jamf-pro/reference/findcomputersbyid',
  howToExport:
    'GET /JSSResource/computerapplications/application/Claude.app for versions and /JSSResource/computers/subset/basic for all computers; or /JSSResource/computers/id/{id} for each; or /JSSResource/advancedcomputersearches/id/{id}.',
  uses: [
    'computer.general, .hardware, .location',
    'computer.software.applications[]',
    'computer.extension_attributes[]; Fleet probe: probe lines',
    'computer.groups_accounts.computer_group_memberships[]',
    'computers[]',
    'computer_applications.versions[]',
    'advanced_computer_search.computers[]',
  ],
  caveat:
    'computer_applications does not name its app: it is read as Claude.app, and shows only computers that have it. unique_computers repeats them and is not read.',
  formats: [
    {
      kind: 'json',
      matches: (shape) => recordsPath(shape) !== undefined,
      records: (shape) => recordsPath(shape) ?? [],
      open,
    },
    {
      kind: 'xml',
      matches: (root) => roots.includes(root),
      isRecord: (path) => recordElements.has(path.join('/')),
      lists: new Map([
        ['computers', 'computer'],
        ['versions', 'version'],
        ['applications', 'application'],
        ['extension_attributes', 'extension_attribute'],
        ['computer_group_memberships', 'group'],
      ]),
      open,
    },
  ],
}

const listPaths = [['computers'], ['advanced_computer_search', 'computers'], ['computer_applications', 'versions']]
const roots = ['computer', ...listPaths.flatMap(([root]) => root ?? [])]
const recordElements = new Set([
  'computer',
  'computers/computer',
  'advanced_computer_search/computers/computer',
  'computer_applications/versions/version',
])

/** Classic documents have one key, their root. Converters from XML keep the item's name inside the list. */
function recordsPath({ form, keys, path }: JsonShape): RecordsPath | undefined {
  if (form === 'array' || keys.length !== 1) return undefined
  if (keys[0] === 'computer') return ['computer']
  const list = listPaths.find(([root]) => root === keys[0])
  if (list === undefined || !path(...list)) return undefined
  const item = list.at(-1) === 'versions' ? 'version' : 'computer'
  return path(...list, item) ? [...list, item] : list
}

function open(sink: ObservationSink): RecordReader {
  const leftOut = { computers: 0, shortLists: 0 }
  let records = 0
  return {
    record(value, record) {
      records++
      if (typeof value !== 'object' || value === null || Array.isArray(value)) sink.reject(record, 'not-an-object')
      else if (field(value, 'number') !== undefined && field(value, 'computers') !== undefined)
        observeVersion(sink, value, record, leftOut)
      else if (field(value, 'general') !== undefined) observeComputer(sink, value, record, leftOut)
      else observeRow(sink, value, record)
    },
    end(envelopes) {
      checkSizes(sink, envelopes, records, leftOut.shortLists)
      if (leftOut.computers > 0)
        sink.warn(
          'computers-left-out',
          `${leftOut.computers} computers in lists of a version have no id and were left out.`,
        )
      if (envelopes.some((envelope) => field(envelope, 'computer_applications') !== undefined))
        sink.warn(
          'app-not-named',
          'A list of computers by version does not name its app; it was read as the list of Claude.app.',
        )
      const kinds = new Set(envelopes.map((envelope) => roots.find((root) => field(envelope, root) !== undefined)))
      if (kinds.size > 1) {
        const message =
          'The file holds documents of several kinds; only those like the first were read. Save each kind apart.'
        sink.warn('mixed-documents', message)
      }
    },
  }
}

/** Full record of one computer. */
function observeComputer(sink: ObservationSink, value: unknown, record: number, leftOut: { shortLists: number }): void {
  const general = (name: string) => textField(value, 'general', name)
  const location = (name: string) => textField(value, 'location', name)
  // The texts without `_utc` are in the server's own time zone, which they do not name.
  const time = (name: string) => general(`${name}_utc`) || general(`${name}_epoch`) || general(name)
  const hasSite = textField(value, 'general', 'site', 'id') !== '-1'
  const apps = readApps(value)
  if (apps.kind === 'partial') leftOut.shortLists++
  sink.observe({
    record,
    deviceId: general('id'),
    serial: general('serial_number'),
    hardwareUuid: general('udid'),
    hostname: general('name'),
    os: textField(value, 'hardware', 'os_name') || general('platform'),
    osVersion: textField(value, 'hardware', 'os_version'),
    user: location('username') || location('real_name') || location('realname'),
    email: location('email_address'),
    department: location('department'),
    site: (hasSite && textField(value, 'general', 'site', 'name')) || location('building'),
    groups: listField(value, 'groups_accounts', 'computer_group_memberships').flatMap(
      (group) => textField(group) ?? [],
    ),
    lastSeen: time('last_contact_time') || time('report_date'),
    appsAsOf: time('report_date'),
    apps,
    versionField: 'software.applications[].version',
    extensionAttributes: readExtensionAttributes(value),
    attributesAsOf: time('report_date'),
  })
}

function readApps(value: unknown): AppStatement {
  if (field(value, 'software', 'applications') == null) return { kind: 'unknown', reason: 'section-not-requested' }
  const { items, size } = sizedList(field(value, 'software'), 'applications', 'application')
  const rows = items.map(
    (app): AppRow => ({
      name: textField(app, 'name'),
      version: textField(app, 'version'),
      bundleId: textField(app, 'bundle_id'),
      path: textField(app, 'path'),
    }),
  )
  // No Mac is without any app: an empty list was never collected.
  if (rows.length === 0) return { kind: 'unknown', reason: 'no-app-list' }
  return { kind: size === undefined || size === rows.length ? 'complete' : 'partial', rows }
}

function readExtensionAttributes(value: unknown): Record<string, string> {
  const attributes: [string, string][] = []
  for (const attribute of sizedList(value, 'extension_attributes', 'extension_attribute').items) {
    const name = textField(attribute, 'name')
    const several = listField(attribute, 'value').flatMap((item) => textField(item) ?? [])
    const text = textField(attribute, 'value') ?? several.join(', ')
    if (name && text.trim() !== '') attributes.push([name, text])
  }
  return Object.fromEntries(attributes)
}

/** Computers that have one version of an app: the version comes first, and a computer with two copies comes twice. */
function observeVersion(
  sink: ObservationSink,
  value: unknown,
  record: number,
  leftOut: { computers: number; shortLists: number },
): void {
  const { items, size } = sizedList(value, 'computers', 'computer')
  if (size !== undefined && size !== items.length) leftOut.shortLists++
  const version = textField(value, 'number')
  let observed = 0
  for (const computer of items) {
    const identity = {
      deviceId: textField(computer, 'id'),
      serial: textField(computer, 'serial_number'),
      hardwareUuid: textField(computer, 'udid'),
    }
    if (!identity.deviceId && !identity.serial && !identity.hardwareUuid) {
      leftOut.computers++
      continue
    }
    observed++
    sink.observe({
      record,
      ...identity,
      hostname: textField(computer, 'name'),
      os: 'macOS',
      apps: { kind: 'partial', rows: [{ name: 'Claude.app', version }] },
      versionField: 'versions[].number',
    })
  }
  if (observed > 0) return
  if (items.length > 0) sink.reject(record, 'no-identity')
  else sink.absorb(record)
}

/** A row of a list or of a saved search: in the latter each display field is an element with underscores for blanks. */
function observeRow(sink: ObservationSink, value: object, record: number): void {
  const texts = new Map<string, string>()
  const attributes: [string, string][] = []
  for (const key of Object.keys(value)) {
    const text = textField(value, key)
    if (text === undefined || text.trim() === '') continue
    const name = foldName(key)
    if (!texts.has(name)) texts.set(name, text)
    if (!ownNames.has(name)) attributes.push([key.replaceAll('_', ' '), text])
  }
  const inventoryUpdate =
    texts.get('last inventory update') ?? texts.get('report date utc') ?? texts.get('report date epoch')
  sink.observe({
    record,
    deviceId: texts.get('id') ?? texts.get('jss computer id'),
    serial: texts.get('serial number'),
    hardwareUuid: texts.get('udid'),
    hostname: texts.get('computer name') ?? texts.get('name'),
    os: texts.get('operating system') ?? texts.get('operating system name') ?? texts.get('platform') ?? 'macOS',
    osVersion: texts.get('operating system version') ?? texts.get('operating system'),
    user: texts.get('username') ?? texts.get('full name'),
    email: texts.get('email address'),
    department: texts.get('department'),
    site: texts.get('site') ?? texts.get('building'),
    lastSeen: texts.get('last check in') ?? inventoryUpdate,
    appsAsOf: inventoryUpdate,
    extensionAttributes: Object.fromEntries(attributes),
    attributesAsOf: inventoryUpdate,
  })
}

const ownNames = new Set(
  [...displayFields, 'id', 'name', 'report date', 'report date utc', 'report date epoch'].map(foldName),
)

/** The items of a list and how many it says it has: `<size>` in XML, a member of that name after a conversion. */
function sizedList(
  value: unknown,
  wrapper: string,
  item: string,
): { items: readonly unknown[]; size: number | undefined } {
  const wrapped = field(value, wrapper, item) !== undefined || field(value, wrapper, 'size') !== undefined
  return {
    items: wrapped ? listField(value, wrapper, item) : listField(value, wrapper),
    size: toSize(field(value, wrapper)),
  }
}

function toSize(list: unknown): number | undefined {
  const size = sizeOf(list) ?? textField(list, 'size')
  return size !== undefined && /^\d{1,9}$/.test(size) ? Number(size) : undefined
}

function checkSizes(sink: ObservationSink, envelopes: readonly unknown[], records: number, shortLists: number): void {
  const sizes = envelopes.map((envelope) => {
    for (const path of listPaths) {
      const size = toSize(field(envelope, ...path))
      if (size !== undefined) return size
    }
    return undefined
  })
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  if (sizes.length > 0 && !sizes.includes(undefined) && total !== records)
    sink.warn('page-truncated', `The list says it has ${total} items, but the file holds ${records}. Export it again.`)
  else if (shortLists > 0)
    sink.warn(
      'page-truncated',
      `${shortLists} lists inside records hold another number of items than they say. Export again.`,
    )
}
