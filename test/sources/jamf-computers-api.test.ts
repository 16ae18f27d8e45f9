import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Observation, ObservationSink, PageMarker } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/jamf-computers-api.js'
import { JsonReader, jsonShape } from '../../src/sources/readers/json.js'

test('a null section says nothing, neither of apps nor of anything else', () => {
  const { observed } = readCase('null-sections')
  expect(observed.map(({ apps }) => apps)).toEqual([
    { kind: 'unknown', reason: 'section-not-requested' },
    { kind: 'unknown', reason: 'section-not-requested' },
  ])
  expect(observed[1]).toMatchObject({ deviceId: '2', serial: 'EXAMPLE00002', lastSeen: undefined, groups: [] })
})

test('an empty app list was never collected, so it proves no absence', () => {
  const { observed } = readCase('basic')
  expect(observed[1]?.apps).toMatchObject({ kind: 'complete', rows: [{ name: 'Safari.app' }] })
  expect(observed[2]?.apps).toEqual({ kind: 'unknown', reason: 'no-app-list' })
})

test('totalCount is told together with the number of distinct computers', () => {
  const marker = { kind: 'total', marker: 'totalCount' }
  expect(readCase('total-count-short').pages).toEqual([{ ...marker, total: 3972, read: 2 }])
  expect(readCase('pages').pages).toEqual([{ ...marker, total: 4, read: 4 }])
  expect(readCase('duplicate-records').pages).toEqual([{ ...marker, total: 2, read: 2 }])
})

test('a repeated computer is counted once and told once', () => {
  const { observed, absorbed, warnings } = readCase('duplicate-records')
  expect(observed.map(({ record }) => record)).toEqual([1, 2])
  expect(absorbed).toEqual([3, 4, 5])
  expect(warnings.map(({ code }) => code)).toEqual(['duplicate-records'])
  expect(warnings[0]?.message).toContain('3 records')
})

test('a repeated computer with a further section is read, because it says more', () => {
  const bare = { id: '1', udid: 'U-1', general: { name: 'A' }, hardware: null, applications: null }
  const full = { ...bare, applications: [{ name: 'Claude.app', version: '1.1.4173' }] }
  const { observed, absorbed } = read(JSON.stringify({ totalCount: 1, results: [bare, full, full, bare] }))
  expect(observed.map(({ record, apps }) => [record, apps?.kind])).toEqual([
    [1, 'unknown'],
    [2, 'complete'],
  ])
  expect(absorbed).toEqual([3, 4])
})

test('departments are ids without names: none is invented, one warning tells how many', () => {
  const { observed, warnings } = readCase('department-ids')
  expect(observed.map(({ department }) => department)).toEqual([undefined, undefined, undefined])
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ code: 'department-ids' })
  expect(warnings[0]?.message).toContain('2 computers')
})

test('site -1 is none', () => {
  expect(readCase('basic').observed.map(({ site }) => site)).toEqual([undefined, 'Berlin', undefined])
})

test('extension attributes are found in every section; several values are joined, empty ones left out', () => {
  const { observed } = readCase('extension-attributes-everywhere')
  expect(observed[0]?.extensionAttributes).toEqual({
    'Claude Hook Health': 'FH1|ok|app=1.1.4173|hooks=3/3|end',
    'Claude Plugins': 'sales@acme 2.1.0, legal@acme 1.4.2',
    'Claude Version': '1.1.4173',
    'Cost Centre': '4711',
    'Lease Contract': 'L-1',
    'Owner Team': 'Platform',
  })
})

test('what is no object is rejected, and its neighbours are read', () => {
  const { observed, rejected } = readCase('not-an-object')
  expect(rejected).toEqual([
    [2, 'not-an-object'],
    [3, 'not-an-object'],
  ])
  expect(observed.map(({ deviceId }) => deviceId)).toEqual(['1', '2', '3'])
})

test('an error message between pages is told', () => {
  const page = readText('basic')
  const { observed, warnings } = read(`${page}{"httpStatus":401,"errors":[]}\n`)
  expect(observed).toHaveLength(3)
  expect(warnings.map(({ code }) => code)).toEqual(['page-without-list'])
})

test('mobile devices in the same envelope are not taken', () => {
  const mobile = { totalCount: 1, results: [{ mobileDeviceId: '1', general: {}, hardware: {} }] }
  const shape = jsonShape(Buffer.from(JSON.stringify(mobile)))
  expect(source.formats.some((format) => format.kind === 'json' && shape && format.matches(shape))).toBe(false)
})

function readCase(name: string) {
  return read(readText(name))
}

function readText(name: string): string {
  return readFileSync(new URL(`../fixtures/sources/${source.id}/${name}/input.json`, import.meta.url), 'utf8')
}

function read(text: string) {
  const observed: Observation[] = []
  const absorbed: number[] = []
  const rejected: [number, string][] = []
  const warnings: { code: string; message: string }[] = []
  const pages: PageMarker[] = []
  const sink: ObservationSink = {
    isProbeName: () => false,
    observe: (observation) => observed.push(observation),
    absorb: (record) => absorbed.push(record),
    reject: (record, reason) => rejected.push([record, reason]),
    warn: (code, message) => warnings.push({ code, message }),
    page: (marker) => pages.push(marker),
  }
  const bytes = Buffer.from(text)
  const shape = jsonShape(bytes)
  const format = source.formats.find((candidate) => candidate.kind === 'json')
  if (!shape || !format?.matches(shape)) throw new Error('not recognised')
  const records = format.open(sink)
  const fault = () => {
    throw new Error('not JSON')
  }
  const reader = new JsonReader(format.records(shape), { record: records.record, fault })
  reader.write(bytes)
  records.end?.(reader.end().envelopes)
  return { observed, absorbed, rejected, warnings, pages }
}
