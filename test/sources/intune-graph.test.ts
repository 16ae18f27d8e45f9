import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Observation, ObservationSink, PageMarker } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/intune-graph.js'
import { JsonReader, jsonShape } from '../../src/sources/readers/json.js'

test("a personal device's list can show Claude, never its absence", () => {
  const { observed } = readCase('personal-device')
  expect(observed.map(({ apps }) => (apps?.kind === 'unknown' ? apps.reason : apps?.kind))).toEqual([
    'personal-device',
    'partial',
    'personal-device',
    'complete',
    'personal-device',
  ])
})

test('without detectedApps nothing is said of apps; an empty list proves nothing either', () => {
  expect(readCase('basic').observed.map(({ apps }) => apps)).toEqual([undefined, undefined, undefined])
  expect(readCase('detected-apps').observed.map(({ apps }) => apps?.kind)).toEqual([
    'complete',
    'complete',
    'complete',
    'unknown',
  ])
})

test('a single device keeps every copy of an app, also one without a version', () => {
  const { observed } = readCase('single-device')
  expect(observed).toHaveLength(1)
  expect(observed[0]).toMatchObject({ hardwareUuid: '0A1B2C3D-0000-4000-8000-000000000007', os: 'macOS' })
  const apps = observed[0]?.apps
  expect(apps?.kind === 'complete' && apps.rows.map(({ name, version }) => [name, version])).toEqual([
    ['Claude', '1.1.4173'],
    ['Python', '3.9.6'],
    ['Python', '3.11.1'],
    ['Python', undefined],
    ['Safari', '18.6'],
  ])
})

test('a link to a page that is missing, and counts, are told', () => {
  const total = { kind: 'total', marker: '@odata.count' }
  const next = { kind: 'next', marker: '@odata.nextLink' }
  expect(readCase('next-link').pages).toEqual([
    { ...next, more: true },
    { ...total, total: 1200, read: 2 },
  ])
  expect(readCase('count-mismatch').pages).toEqual([
    { ...next, more: false },
    { ...total, total: 5, read: 3 },
  ])
  expect(readCase('pages').pages).toEqual([
    { ...next, more: true },
    { ...next, more: false },
    { ...total, total: 3, read: 3 },
  ])
})

test('counts of single pages add up to the whole', () => {
  const page = (id: string) => JSON.stringify({ '@odata.count': 1, value: [{ id, deviceName: 'A', serialNumber: id }] })
  expect(read(page('1') + page('2')).pages.at(-1)).toMatchObject({ total: 2, read: 2 })
})

test('an app list that goes on behind a link is no complete list', () => {
  const detectedApps = [{ displayName: 'Safari', version: '18.6' }]
  const link = 'https://graph.microsoft.com/v1.0/example'
  const device = {
    id: '1',
    deviceName: 'A',
    serialNumber: 'EXAMPLE1',
    detectedApps,
    'detectedApps@odata.nextLink': link,
  }
  const { observed, warnings } = read(JSON.stringify(device))
  expect(observed[0]?.apps?.kind).toBe('partial')
  expect(warnings.map(({ code }) => code)).toEqual(['app-list-cut'])
})

test("the names of PowerShell's Graph cmdlets are read alike", () => {
  const { observed } = readCase('powershell-cmdlets')
  expect(observed[0]).toMatchObject({
    serial: 'EXAMPLE00001',
    osVersion: '10.0.26100.6584',
    apps: { kind: 'complete', rows: [{ name: 'Claude', version: '1.1.4173.0' }] },
  })
  expect(observed[1]?.apps).toEqual({ kind: 'unknown', reason: 'personal-device' })
})

test('what is no object is rejected, and its neighbours are read', () => {
  const { observed, rejected } = readCase('not-an-object')
  expect(rejected.map(([record]) => record)).toEqual([2, 3, 4])
  expect(observed.map(({ record }) => record)).toEqual([1, 5])
})

test.each([
  ['users', { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users', value: [{ id: '1', mail: 'a' }] }],
  [
    'the apps of one device',
    {
      '@odata.context': "https://graph.microsoft.com/v1.0/$metadata#deviceManagement/managedDevices('1')/detectedApps",
      value: [],
    },
  ],
  ['directory devices', { value: [{ id: '1', deviceId: '2', displayName: 'A', operatingSystem: 'Windows' }] }],
  ['devices of another product', [{ SerialNumber: 'EXAMPLE1', OperatingSystem: '15.6.1', DeviceFriendlyName: 'A' }]],
])('%s are not taken', (_, document) => {
  const shape = jsonShape(Buffer.from(JSON.stringify(document)))
  expect(source.formats.some((format) => format.kind === 'json' && shape && format.matches(shape))).toBe(false)
})

function readCase(name: string) {
  return read(readFileSync(new URL(`../fixtures/sources/${source.id}/${name}/input.json`, import.meta.url), 'utf8'))
}

function read(text: string) {
  const observed: Observation[] = []
  const rejected: [number, string][] = []
  const warnings: { code: string; message: string }[] = []
  const pages: PageMarker[] = []
  const sink: ObservationSink = {
    isProbeName: () => false,
    observe: (observation) => observed.push(observation),
    absorb: () => {
      throw new Error('nothing to absorb')
    },
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
  return { observed, rejected, warnings, pages }
}
