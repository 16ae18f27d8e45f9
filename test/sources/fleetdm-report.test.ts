import { expect, test } from 'vitest'
import type { Observation } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/fleetdm-report.js'
import { tableHeader } from '../../src/sources/readers/table-header.js'

const app = (name: string, version = '1.0') => ({
  name,
  bundle_identifier: `org.example.${name}`,
  bundle_short_version: version,
})
const claude = {
  name: 'Claude.app',
  bundle_identifier: 'com.anthropic.claudefordesktop',
  bundle_short_version: '1.1.4173',
}
const on = (host: number, columns: object) => ({
  host_id: host,
  host_name: `h${host}`,
  last_fetched: '2026-11-18T03:00:05Z',
  columns,
})
const many = ['a', 'b', 'c', 'd', 'e'].map((name) => app(name))

test('a report of all apps shows what is absent; a clipped one does not', () => {
  const rows = [...many.map((columns) => on(1, columns)), on(1, claude), on(2, many[0]!)]
  expect(kinds(read(rows, [{ report_clipped: false }]))).toEqual(['complete', 'complete'])
  const clipped = read(rows, [{ report_clipped: true }])
  expect(kinds(clipped)).toEqual(['partial', 'report-clipped'])
  expect(clipped.warnings).toEqual(['report-clipped'])
})

test('a report of some apps never shows what is absent', () => {
  expect(kinds(read([on(1, claude), on(2, app('a'))], [{ report_clipped: false }]))).toEqual([
    'partial',
    'filtered-list',
  ])
})

test('the results of one host are given to the host of the envelope, or to nobody', () => {
  const rows = [{ columns: app('a') }, { columns: claude }, { columns: app('b') }]
  const one = read(rows, [{ host_id: 47, host_name: 'h47', last_fetched: '2026-11-18T03:00:05Z' }])
  expect(one.observed).toMatchObject([{ record: 2, deviceId: '47', hostname: 'h47', lastSeen: '2026-11-18T03:00:05Z' }])
  expect(read(rows, [{}, {}]).observed).toEqual([{ record: 1 }, { record: 2 }, { record: 3 }])
})

test.each([
  [['name', 'bundle_identifier', 'bundle_short_version'], 1],
  [['name', 'version', 'publisher'], 2],
  [['name', 'version', 'platform'], 3],
  [['hardware_serial', 'uuid'], 3],
])('the CSV with %j is read by exactly one format', (names, index) => {
  const header = tableHeader(['host_display_name', 'last_fetched', ...names])
  const matching = source.formats.flatMap((format, at) =>
    format.kind === 'table' && format.matches(header) ? [at] : [],
  )
  expect(matching).toEqual([index])
})

function read(rows: readonly unknown[], envelopes: readonly unknown[]) {
  const observed: Observation[] = []
  const warnings: string[] = []
  const settled: number[] = []
  const format = source.formats[0]
  if (format?.kind !== 'json') throw new Error('no JSON format')
  const reader = format.open({
    isProbeName: () => false,
    observe: (observation) => {
      observed.push(observation)
      settled.push(observation.record)
    },
    absorb: (record) => settled.push(record),
    reject: (record) => settled.push(record),
    warn: (code) => warnings.push(code),
    page: () => {},
  })
  rows.forEach((row, index) => {
    reader.record(row, index + 1)
  })
  reader.end?.(envelopes)
  expect(settled.sort((a, b) => a - b)).toEqual(rows.map((_, index) => index + 1))
  return { observed, warnings }
}

function kinds({ observed }: { observed: readonly Observation[] }) {
  return observed.map(({ apps }) => (apps?.kind === 'unknown' ? apps.reason : apps?.kind))
}
