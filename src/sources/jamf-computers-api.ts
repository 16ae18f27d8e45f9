import type { AppRow } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink } from '../inventory/observation.js'
import { field, listField, textField } from './readers/json.js'
import type { RecordReader, Source } from './source.js'

/**
 * Jamf Pro API, computer inventory: one page, several pages one after another, or the computers without their pages.
 * https://developer.jamf.com/jamf-pro/reference/get_v1-computers-inventory (recorded answers read 2026-11).
 */
export const source: Source = {
  id: 'jamf-computers-api',
  product: 'jamf',
  title: 'Jamf Pro API computer inventory (JSON)',
  gives: 'endpoints and apps',
  docs: 'https://developer.jamf.com/jamf-pro/reference/get_v1-computers-inventory',
  howToExport:
    'GET /api/v1/computers-inventory?section=GENERAL&section=HARDWARE&section=OPERATING_SYSTEM&section=USER_AND_LOCATION&section=APPLICATIONS&section=GROUP_MEMBERSHIPS&section=EXTENSION_ATTRIBUTES&page-size=2000, then page=1 and so on. Save the pages one after another in one file, or each in its own.',
  uses: [
    'totalCount',
    'results[].id',
    'results[].udid',
    'results[].hardware.serialNumber',
    'results[].general.name',
    'results[].general.lastContactTime',
    'results[].general.reportDate',
    'results[].general.site',
    'results[].operatingSystem.name',
    'results[].operatingSystem.version',
    'results[].userAndLocation.username',
    'results[].userAndLocation.email',
    'results[].groupMemberships[].groupName',
    'results[].applications[]',
    'results[].extensionAttributes[] (also inside other sections); Fleet probe: probe lines',
  ],
  caveat: 'Departments are ids, not names. A section that was not requested is null and says nothing.',
  formats: [
    {
      kind: 'json',
      matches: (shape) =>
        shape.keys.includes('results')
          ? shape.form !== 'array' &&
            // Mobile devices come in the same envelope.
            shape.keys.includes('totalCount') &&
            (shape.path('results', 'general') || shape.path('results', 'hardware')) &&
            !shape.path('results', 'mobileDeviceId')
          : ['id', 'udid', 'general', 'hardware'].every((key) => shape.keys.includes(key)),
      records: (shape) => (shape.keys.includes('results') ? ['results'] : []),
      open,
    },
  ],
}

/** Sections that fleet reads; all but the first are null unless they were asked for. */
const sections = [
  'general',
  'hardware',
  'operatingSystem',
  'userAndLocation',
  'applications',
  'groupMemberships',
  'extensionAttributes',
]

function open(sink: ObservationSink): RecordReader {
  /** Which sections were read of each state of a computer, one bit each. */
  const sectionsOf = new Map<string, number>()
  const ids = new Set<string>()
  let withoutId = 0
  let duplicates = 0
  let departmentIds = 0
  return {
    record(value, record) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return sink.reject(record, 'not-an-object')
      const id = textField(value, 'id')
      if (id === undefined) withoutId++
      else {
        if (ids.has(id)) duplicates++
        ids.add(id)
        // One public tool wrote each computer 64 times. A repeat that is of another time, or has further sections,
        // says more, so it is read.
        const state = `${id} ${textField(value, 'general', 'reportDate')} ${textField(value, 'general', 'lastContactTime')}`
        const known = sectionsOf.get(state)
        const all = (known ?? 0) | givenSections(value)
        sectionsOf.set(state, all)
        if (known === all) return sink.absorb(record)
      }
      if (textField(value, 'userAndLocation', 'departmentId')) departmentIds++
      observe(sink, value, record)
    },
    end(envelopes) {
      tellTotals(sink, envelopes, ids.size + withoutId)
      if (duplicates > 0) {
        const message = `${duplicates} ${duplicates === 1 ? 'record repeats a computer' : 'records repeat computers'} read before; each computer is counted once.`
        sink.warn('duplicate-records', message)
      }
      if (departmentIds > 0) {
        const message = `The department of ${departmentIds} ${departmentIds === 1 ? 'computer' : 'computers'} is given by an id without its name, so it is left empty. A computer search (CSV) with the column Department has the names.`
        sink.warn('department-ids', message)
      }
    },
  }
}

function givenSections(value: unknown): number {
  return sections.reduce((bits, name, bit) => (field(value, name) == null ? bits : bits | (1 << bit)), 0)
}

function observe(sink: ObservationSink, value: unknown, record: number): void {
  const reportDate = textField(value, 'general', 'reportDate')
  // Site -1 is Jamf's way to say "none".
  const hasSite = textField(value, 'general', 'site', 'id') !== '-1'
  sink.observe({
    record,
    deviceId: textField(value, 'id'),
    serial: textField(value, 'hardware', 'serialNumber'),
    hardwareUuid: textField(value, 'udid'),
    hostname: textField(value, 'general', 'name'),
    os: textField(value, 'operatingSystem', 'name') || textField(value, 'general', 'platform'),
    osVersion: textField(value, 'operatingSystem', 'version'),
    user: textField(value, 'userAndLocation', 'username') || textField(value, 'userAndLocation', 'realname'),
    email: textField(value, 'userAndLocation', 'email'),
    site: hasSite ? textField(value, 'general', 'site', 'name') : undefined,
    groups: listField(value, 'groupMemberships').flatMap((group) => textField(group, 'groupName') ?? []),
    // An inventory report is a contact too.
    lastSeen: textField(value, 'general', 'lastContactTime') || reportDate,
    appsAsOf: reportDate,
    apps: readApps(value),
    versionField: 'applications[].version',
    extensionAttributes: readExtensionAttributes(value),
    attributesAsOf: reportDate,
  })
}

function readApps(value: unknown): AppStatement {
  if (field(value, 'applications') == null) return { kind: 'unknown', reason: 'section-not-requested' }
  const rows = listField(value, 'applications').map(
    (app): AppRow => ({
      name: textField(app, 'name'),
      version: textField(app, 'version'),
      bundleId: textField(app, 'bundleId'),
      path: textField(app, 'path'),
    }),
  )
  // No Mac is without any app: an empty list was never collected.
  return rows.length === 0 ? { kind: 'unknown', reason: 'no-app-list' } : { kind: 'complete', rows }
}

/** Extension attributes stand in the section that the administrator chose for their display. */
function readExtensionAttributes(value: unknown): Record<string, string> {
  const homes = [
    [],
    ...['general', 'hardware', 'operatingSystem', 'userAndLocation', 'purchasing'].map((section) => [section]),
  ]
  const attributes = new Map<string, string>()
  for (const home of homes) {
    for (const attribute of listField(value, ...home, 'extensionAttributes')) {
      const name = textField(attribute, 'name')
      const text = listField(attribute, 'values')
        .flatMap((item) => textField(item) ?? [])
        .join(', ')
      if (name !== undefined && text !== '' && !attributes.has(name)) attributes.set(name, text)
    }
  }
  return Object.fromEntries(attributes)
}

/** A page cap of 2,000 gives a well-formed but short file: the total in the envelope is the only sign. */
function tellTotals(sink: ObservationSink, envelopes: readonly unknown[], computers: number): void {
  const totals = envelopes.map((envelope) => field(envelope, 'totalCount')).filter((total) => typeof total === 'number')
  // Computers come and go while pages are fetched, so the totals of one export may differ a little.
  if (totals.length > 0) sink.page({ kind: 'total', marker: 'totalCount', total: Math.max(...totals), read: computers })
  const strange = envelopes.filter((envelope) => field(envelope, 'results') === undefined).length
  if (strange > 0) {
    const message = `${strange} of ${envelopes.length} pages hold no results, such as an error message; their computers are missing.`
    sink.warn('page-without-list', message)
  }
}
