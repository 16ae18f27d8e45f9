import { type AppRow, identifyApp } from '../inventory/claude-product.js'
import type { AppStatement, ObservationSink } from '../inventory/observation.js'
import { platformOf } from '../inventory/platform.js'
import { graphRecords, hasMember, isPage, tellPages, graphText as textOf } from './readers/graph-answer.js'
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
      matches: looksLikeDevices,
      records: graphRecords,
      open,
    },
  ],
}

const telling = ['serialNumber', 'operatingSystem', 'lastSyncDateTime', 'managedDeviceOwnerType', 'azureADDeviceId']

/** Users, apps and Autopilot identities come in the same envelope; other products know a serial number and a system too. */
function looksLikeDevices(shape: JsonShape): boolean {
  const has = (name: string) => hasMember(shape, name)
  // The states of a remediation name their device, too.
  if (has('preRemediationDetectionScriptOutput')) return false
  if ((has('deviceName') || has('detectedApps')) && telling.some(has)) return true
  // A tenant without devices gives an empty list; what lists of one device hold is not a list of devices.
  const context = textField(shape.sample, '@odata.context') ?? ''
  return isPage(shape) && !shape.path('value', 'id') && /#deviceManagement\/managedDevices(?!\(')/.test(context)
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
      tellPages(sink, envelopes, records, 'devices')
      if (cutLists > 0)
        sink.warn(
          'app-list-cut',
          `The app list of ${cutLists} devices goes on behind a link; only what is listed is known.`,
        )
    },
  }
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
