import type { StatedProbe } from '../inventory/observation.js'
import { listField, textField } from './readers/json.js'
import type { Source } from './source.js'

/** The logs of a library item, and when each was written. */
const logs = [
  ['last_audit_log', 'last_audit_run'],
  ['control_log', 'control_reported_at'],
  ['log', 'reported_at'],
] as const

/**
 * Iru (formerly Kandji) API, GET /api/v1/devices/{device_id}/library-items: one answer per device, saved alone, one
 * after another, or gathered in an array. Scripts print into logs of several lines.
 * https://github.com/kandji-inc/support (api-tools/device-library-items, read 2026-11).
 */
export const source: Source = {
  id: 'iru-library-items',
  product: 'iru',
  title: 'Iru (Kandji) library items of devices (JSON)',
  gives: 'probe lines',
  docs: 'https://github.com/kandji-inc/support/tree/main/api-tools/device-library-items',
  howToExport:
    'GET https://<tenant>.api.kandji.io/api/v1/devices/<device_id>/library-items for each device, the answers one after another in one file. Give it together with the devices list.',
  uses: [
    'device_id',
    'library_items[].name',
    ...logs.flatMap(([log, time]) => [`library_items[].${log}`, `library_items[].${time}`]),
  ],
  caveat: 'No serial number, name, check-in or apps: only useful together with the devices list.',
  formats: [
    {
      kind: 'json',
      matches: (shape) => shape.path('device_id') && shape.path('library_items') && !shape.path('blueprint_id'),
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
            serial: textField(value, 'serial_number'),
            probes: listField(value, 'library_items').flatMap((item) =>
              logsOf(item, sink.isProbeName(textField(item, 'name') ?? '')),
            ),
            addsOnly: true,
          })
        },
      }),
    },
  ],
}

/** Most items have nothing to do with the probe; of the one that is named after it, another text is worth a word. */
function logsOf(item: unknown, isNamed: boolean): StatedProbe[] {
  return logs.flatMap(([log, time]): StatedProbe[] => {
    const text = textField(item, log)
    if (text === undefined) return []
    // Only the audit is asked for a line; a repair that is not due says something else.
    const mayHoldOther = !isNamed || log !== 'last_audit_log'
    return [{ field: `library_items[].${log}`, text, asOf: textField(item, time), mayHoldOther }]
  })
}
