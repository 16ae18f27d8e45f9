import * as z from 'zod'
import { exitCode, Failure } from '../platform/failure.js'
import { field, textField } from './readers/json.js'
import { type JsonFormat, type RecordReader, type Source, type TableFormat, tableFields } from './source.js'

/** The fields that a column can be mapped to. */
export const MappingField = z.enum([...tableFields, 'probe']).exclude(['ownership', 'app.table'])
export type MappingField = z.infer<typeof MappingField>

/** Which column (or JSON key) holds which field, for lists that fleet does not know. */
export const Mapping = z
  .partialRecord(MappingField, z.string().min(1))
  .refine((mapping) => 'serial' in mapping || 'deviceId' in mapping || 'hardwareUuid' in mapping, {
    message: 'needs serial, deviceId or hardwareUuid: endpoints are never joined by name alone',
  })
export type Mapping = z.infer<typeof Mapping>

const nextPair = new RegExp(
  `,(?=\\s*(?:${MappingField.options.map((name) => name.replace('.', '\\.')).join('|')})\\s*=)`,
  'i',
)

/**
 * Reads `serial=Asset Serial,desktop.version=Claude Ver`. A comma inside a column name is fine: a new pair begins only
 * where a known field and an equals sign follow. Throws a Failure (wrong use) that names the fields.
 */
export function parseMapping(texts: readonly string[]): Mapping {
  const pairs = texts.flatMap((text) => text.split(nextPair))
  const mapping: Record<string, string> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    const known = MappingField.options.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    const column = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    if (equals < 1 || !known || column === '') {
      throw new Failure(exitCode.usage, 'bad-mapping', '--map needs FIELD=COLUMN pairs, separated by commas.', {
        tryThis: [
          `Fields: ${MappingField.options.join(', ')}`,
          'Example: --map serial="Asset Serial",desktop.version="Claude Ver"',
        ],
      })
    }
    mapping[known] = column
  }
  const checked = Mapping.safeParse(mapping)
  if (checked.success) return checked.data
  throw new Failure(
    exitCode.usage,
    'bad-mapping',
    '--map names no identity: endpoints are never joined by name alone.',
    {
      tryThis: ['Map at least one of serial, deviceId and hardwareUuid.'],
    },
  )
}

/** A source for a list that is described by hand: any table or JSON list that has all mapped columns. */
export function mappedSource(mapping: Mapping): Source {
  const entries = Object.entries(mapping) as [MappingField, string][]
  const columns = Object.fromEntries(
    entries.flatMap(([name, column]) => (name === 'probe' ? [] : [[name, [column]] as const])),
  )
  const wanted = entries.map(([, column]) => column)
  const table: TableFormat = {
    kind: 'table',
    matches: (header) => header.has(...wanted),
    columns,
    appList: 'complete',
    ...(mapping.probe === undefined ? {} : { probes: [{ column: mapping.probe }] }),
  }
  const json: JsonFormat = {
    kind: 'json',
    matches: (shape) => listPath(shape.sample, wanted) !== undefined,
    records: (shape) => listPath(shape.sample, wanted) ?? [],
    open: (sink) => mappedRecords(mapping, sink),
  }
  return {
    id: 'mapped-list',
    product: 'custom',
    title: 'List mapped by hand',
    gives: 'endpoints and apps',
    docs: 'fleet scan --help',
    howToExport: 'Any CSV, TSV or JSON list with one identity column; say which column is which with --map.',
    uses: wanted,
    formats: [table, json],
  }
}

/** Where the list is whose first element has one of the wanted keys: at the top, or one member down. */
function listPath(sample: unknown, wanted: readonly string[]): string[] | undefined {
  const has = (value: unknown) =>
    wanted.some((key) => field(value, ...key.split('.')) !== undefined || field(value, key) !== undefined)
  if (Array.isArray(sample)) return has(sample[0]) ? [] : undefined
  if (has(sample)) return []
  if (typeof sample !== 'object' || sample === null) return undefined
  const member = Object.entries(sample).find(([, value]) => Array.isArray(value) && has(value[0]))
  return member ? [member[0]] : undefined
}

function mappedRecords(mapping: Mapping, sink: Parameters<JsonFormat['open']>[0]): RecordReader {
  return {
    record(value, record) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return sink.reject(record, 'not-an-object')
      const text = (name: MappingField) => {
        const key = mapping[name]
        if (key === undefined) return undefined
        return textField(value, key) ?? textField(value, ...key.split('.'))
      }
      const stated = (name: 'desktop.version' | 'code.version') => {
        const key = mapping[name]
        if (key === undefined) return undefined
        if (typeof (field(value, key) ?? field(value, ...key.split('.'))) === 'number') {
          sink.warn(
            'numeric-version',
            'A version is a JSON number and may have lost digits (1.10 becomes 1.1); it counts as unknown.',
          )
          return { field: key, version: '' }
        }
        const version = text(name)
        return version === undefined ? undefined : { field: key, version }
      }
      const appName = text('app.name')
      const bundleId = text('app.bundleId')
      sink.observe({
        record,
        deviceId: text('deviceId'),
        serial: text('serial'),
        hardwareUuid: text('hardwareUuid'),
        hostname: text('hostname'),
        os: text('os'),
        osVersion: text('osVersion'),
        user: text('user'),
        email: text('email'),
        department: text('department'),
        site: text('site'),
        groups: [text('group')].filter((group) => group !== undefined),
        lastSeen: text('lastSeen'),
        appsAsOf: text('appsAsOf'),
        probes: mapping.probe === undefined ? undefined : [{ field: mapping.probe, text: text('probe') ?? '' }],
        versions: { desktop: stated('desktop.version'), code: stated('code.version') },
        ...((appName ?? bundleId) === undefined
          ? {}
          : {
              apps: {
                kind: 'partial' as const,
                rows: [
                  {
                    ...(appName === undefined ? {} : { name: appName }),
                    ...(bundleId === undefined ? {} : { bundleId }),
                    version: text('app.version') ?? '',
                    publisher: text('app.publisher') ?? '',
                    path: text('app.path') ?? '',
                  },
                ],
              },
              versionField: mapping['app.version'],
            }),
      })
    },
  }
}
