import { textField } from './readers/json.js'
import type { Source } from './source.js'

/**
 * Iru (formerly Kandji) API, GET /api/v1/devices: bare arrays of at most 300 devices, the last one may be empty.
 * https://github.com/kandji-inc/support (api-tools) and https://github.com/JupiterOne/graph-kandji (read 2026-11).
 */
export const source: Source = {
  id: 'iru-devices',
  product: 'iru',
  title: 'Iru (Kandji) devices (JSON)',
  gives: 'endpoints',
  docs: 'https://github.com/kandji-inc/support/tree/main/api-tools',
  howToExport:
    'GET https://<tenant>.api.kandji.io/api/v1/devices?limit=300&offset=0, then offset=300 and so on until the answer is []. Save the pages one after another in one file, or each in its own.',
  uses: [
    'device_id',
    'serial_number',
    'device_name',
    'platform',
    'os_version',
    'user.name',
    'user.email',
    'blueprint_name',
    'last_check_in',
  ],
  caveat: 'No app list: add the apps of the devices (device apps, Prism or the installed-apps report).',
  formats: [
    {
      kind: 'json',
      matches: (shape) => shape.path('device_id') && shape.path('blueprint_id') && !shape.path('apps'),
      records: () => [],
      open: (sink) => ({
        record(value, record) {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) {
            sink.reject(record, 'not-an-object')
            return
          }
          const blueprint = textField(value, 'blueprint_name')
          sink.observe({
            record,
            deviceId: textField(value, 'device_id'),
            serial: textField(value, 'serial_number'),
            hostname: textField(value, 'device_name'),
            os: textField(value, 'platform'),
            osVersion: textField(value, 'os_version'),
            // Without a user the member is an empty string, not an object; some clients flatten it to a name.
            user: textField(value, 'user', 'name') ?? textField(value, 'user'),
            email: textField(value, 'user', 'email'),
            groups: blueprint ? [blueprint] : undefined,
            lastSeen: textField(value, 'last_check_in'),
          })
        },
      }),
    },
  ],
}
