import { type AppRow, identifyApp } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink } from '../inventory/observation.js'
import { platformOf } from '../inventory/platform.js'
import { field, type JsonShape, listField, textField } from './readers/json.js'
import type { RecordReader, Source } from './source.js'

/**
 * Microsoft Graph managedDevices, with or without detectedApps: pages (`value[]`), one device, or a bare array.
 * https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-detectedapp (read 2026-11).
 */
export const source: Source = {
  id: 'intune-graph',
  product: 'intune',
  title: 'Microsoft Graph managed devices (JSON)',
  gives: 'endpoints and apps',
  docs: 'https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-detectedapp',
  howToExport:
    'GET /deviceManagement/managedDevices and follow @odata.nextLink; for apps, GET /deviceManagement/managedDevices/{id}?$expand=detectedApps for each device. All answers may stand one after another in one file.',
  uses: [
    'id',
    'serialNumber',
    'udid',
    'deviceName',
    'operatingSystem',
    'osVersion',
    'userDisplayName',
    'emailAddress',
    'userPrincipalName',
    'deviceCategoryDisplayName',
    'lastSyncDateTime',
    'managedDeviceOwnerType',
    'detectedApps[].displayName',
    'detectedApps[].version',
    'detectedApps[].publisher',
    '@odata.nextLink',
    '@odata.count',
  ],
  caveat:
    'Detected apps have no bundle id, path or date. Personal devices list managed apps only, so a missing Claude says nothing there.',
  formats: [
    {
      kind: 'json',
      matches: (shape) => looksLikeDevices(shape, isEnveloped(shape) ? ['value'] : []),
      records: (shape) => (isEnveloped(shape) ? ['value'] : []),
      open,
    },
  ],
}

const telling = ['serialNumber', 'operatingSystem', 'lastSyncDateTime', 'managedDeviceOwnerType', 'azureADDeviceId']

function isEnveloped(shape: JsonShape): boolean {
  return shape.form !== 'array' && shape.keys.includes('value')
}

/** Users, apps and Autopilot identities come in the same envelope; other products know a serial number and a system too. */
function looksLikeDevices(shape: JsonShape, path: readonly string[]): boolean {
  const has = (name: string) => shape.path(...path, name) || shape.path(...path, capitalized(name))
  if ((has('deviceName') || has('detectedApps')) && telling.some(has)) return true
  // A tenant without devices gives an empty list; what lists of one device hold is not a list of devices.
  const context = textField(shape.sample, '@odata.context') ?? ''
  return path.length > 0 && !shape.path('value', 'id') && /#deviceManagement\/managedDevices(?!\(')/.test(context)
}

function open(sink: ObservationSink): RecordReader {
  let records = 0
  let cutLists = 0
  return {
    record(value, record) {
      records++
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return sink.reject(record, 'not-an-object')
      if (field(value, 'detectedApps@odata.nextLink') !== undefined) cutLists++
      observe(sink, value, record)
    },
    end(envelopes) {
      tellPages(sink, envelopes, records)
      if (cutLists > 0)
        sink.warn(
          'app-list-cut',
          `The app list of ${cutLists} devices goes on behind a link; only what is listed is known.`,
        )
    },
  }
}

/** PowerShell's Graph cmdlets write the same names with a capital letter: DeviceName for deviceName. */
function textOf(value: unknown, name: string): string | undefined {
  return textField(value, name) ?? textField(value, capitalized(name))
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function observe(sink: ObservationSink, value: unknown, record: number): void {
  const category = textOf(value, 'deviceCategoryDisplayName')
  sink.observe({
    record,
    deviceId: textOf(value, 'id'),
    serial: textOf(value, 'serialNumber'),
    hardwareUuid: textOf(value, 'udid'),
    hostname: textOf(value, 'deviceName'),
    os: textOf(value, 'operatingSystem'),
    osVersion: textOf(value, 'osVersion') ?? textField(value, 'OSVersion'),
    user: textOf(value, 'userDisplayName') || textOf(value, 'userPrincipalName'),
    email: textOf(value, 'emailAddress') || textOf(value, 'userPrincipalName'),
    department: category,
    groups: category && category !== 'Unknown' ? [category] : undefined,
    lastSeen: textOf(value, 'lastSyncDateTime'),
    apps: readApps(value),
    versionField: 'detectedApps[].version',
  })
}

function readApps(value: unknown): AppStatement | undefined {
  const given = field(value, 'detectedApps') !== undefined ? 'detectedApps' : 'DetectedApps'
  const personal = textOf(value, 'managedDeviceOwnerType')?.toLowerCase() === 'personal'
  const rows = listField(value, given).map(
    (app): AppRow => ({
      name: textOf(app, 'displayName'),
      version: textOf(app, 'version'),
      publisher: textOf(app, 'publisher'),
    }),
  )
  if (personal) {
    // Only managed apps of a personal device are listed: the list can show that Claude is there, never that it is not.
    const platform = platformOf(textOf(value, 'operatingSystem'))
    const listed = rows.some((row) => isClaude(row, platform))
    return listed ? { kind: 'partial', rows } : { kind: 'unknown', reason: 'personal-device' }
  }
  if (field(value, given) == null) return undefined
  // Lists of devices give [] for every device even when they are asked to expand: no device is without any app.
  if (rows.length === 0) return { kind: 'unknown', reason: 'no-app-list' }
  return { kind: field(value, 'detectedApps@odata.nextLink') === undefined ? 'complete' : 'partial', rows }
}

function isClaude(row: AppRow, platform: ReturnType<typeof platformOf>): boolean {
  const identified = identifyApp(row, platform)
  return identified !== undefined && !('lookAlike' in identified)
}

/** A page cap gives a well-formed but short file: links and counts in the envelopes are the only signs. */
function tellPages(sink: ObservationSink, envelopes: readonly unknown[], records: number): void {
  const pages = envelopes.filter((envelope) => field(envelope, 'value') !== undefined)
  for (const page of pages) {
    const more = field(page, '@odata.nextLink') != null
    sink.page({ kind: 'next', marker: '@odata.nextLink', more })
  }
  const counts = pages.map((page) => field(page, '@odata.count')).filter((count) => typeof count === 'number')
  if (counts.length > 0) {
    // Depending on the request the count is that of its own page or of all pages; several pages show which.
    const sum = counts.reduce((total, count) => total + count, 0)
    const total = sum === records ? sum : Math.max(...counts)
    sink.page({ kind: 'total', marker: '@odata.count', total, read: records })
  }
  if (pages.length < envelopes.length) {
    const message = `${envelopes.length - pages.length} of ${envelopes.length} pages hold no devices, such as an error message; their devices are missing.`
    sink.warn('page-without-list', message)
  }
}
