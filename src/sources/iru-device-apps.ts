import { type AppRow, mayConcernClaude } from '../inventory/claude-product.js'
import type { AppStatement } from '../inventory/observation.js'
import { field, listField, textField } from './readers/json.js'
import type { Source } from './source.js'

/**
 * Iru (formerly Kandji) API, GET /api/v1/devices/{device_id}/apps: one answer per device, saved alone, one after
 * another, or gathered in an array. https://github.com/JupiterOne/graph-kandji (recorded answers, read 2026-11).
 */
export const source: Source = {
  id: 'iru-device-apps',
  product: 'iru',
  title: 'Iru (Kandji) apps of devices (JSON)',
  gives: 'apps',
  docs: 'https://github.com/kandji-inc/support/tree/main/api-tools/installed-apps',
  howToExport:
    'GET https://<tenant>.api.kandji.io/api/v1/devices/<device_id>/apps for each device, the answers one after another in one file. Give it together with the devices list.',
  uses: ['device_id', 'apps[].app_name', 'apps[].bundle_id', 'apps[].version', 'apps[].path'],
  caveat: 'No serial number, name, check-in or age of the list: only useful together with the devices list.',
  formats: [
    {
      kind: 'json',
      matches: (shape) => shape.path('device_id') && shape.path('apps') && !shape.path('blueprint_id'),
      records: () => [],
      open: (sink) => ({
        record(value, record) {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) {
            sink.reject(record, 'not-an-object')
            return
          }
          sink.observe({
            record,
            deviceId: textField(value, 'device_id'),
            apps: statement(value),
            versionField: 'apps[].version',
          })
        },
      }),
    },
  ],
}

function statement(value: object): AppStatement {
  const apps = field(value, 'apps')
  if (apps === undefined || apps === null) return { kind: 'unknown', reason: 'section-not-requested' }
  const list = listField(value, 'apps')
  // A Mac always has apps; an empty list means that none was collected yet.
  if (list.length === 0) return { kind: 'unknown', reason: 'no-app-list' }
  const rows = list.flatMap((app) => {
    const name = textField(app, 'app_name')
    const bundleId = textField(app, 'bundle_id')
    if (!mayConcernClaude(name ?? '', bundleId)) return []
    // The version can be the words `No value`; the inventory reads that as installed, version not known.
    const row: AppRow = { name, bundleId, version: textField(app, 'version'), path: textField(app, 'path') }
    return [row]
  })
  return { kind: 'complete', rows }
}
