import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Observation, ObservationSink } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/jamf-classic.js'
import { JsonReader, jsonShape } from '../../src/sources/readers/json.js'
import { createXmlReader, xmlShape } from '../../src/sources/readers/xml.js'

test('computers by version are counted by version, never a second time from unique_computers', async () => {
  const { observed, absorbed } = await readCase('computer-applications-json', 'json')
  expect(observed.map(({ record, deviceId, apps }) => [record, deviceId, versions(apps)])).toEqual([
    [1, '1', ['1.1.4173']],
    [1, '2', ['1.1.4173']],
    [2, '3', ['1.1.3918']],
    [2, '2', ['1.1.3918']],
  ])
  expect(observed.every(({ apps }) => apps?.kind === 'partial')).toBe(true)
  expect(absorbed).toEqual([3])
})

test('the list of computers by version does not name its app, which is told', async () => {
  for (const format of ['json', 'xml'] as const)
    expect((await readCase(`computer-applications-${format}`, format)).codes).toEqual(['app-not-named'])
})

test('computers without any id are left out and told, in a version of their own as a rejected record', async () => {
  const named = { id: 1, name: 'A', serial_number: 'EXAMPLE1' }
  const version = (number: string, computers: unknown[]) => ({ number, computers })
  const document = {
    computer_applications: { versions: [version('1', [named, {}]), version('2', [{ name: 'B' }, null])] },
  }
  const { observed, rejected, warnings } = await read(JSON.stringify(document))
  expect(observed.map(({ record }) => record)).toEqual([1])
  expect(rejected).toEqual([[2, 'no-identity']])
  expect(warnings.find(({ code }) => code === 'computers-left-out')?.message).toContain('3 computers')
})

test('JSON and XML of one computer say the same', async () => {
  const json = (await readCase('computer-json', 'json')).observed[0]
  const xml = (await readCase('computer-xml-one-of-each', 'xml')).observed[0]
  const { apps: jsonApps, extensionAttributes: _, groups: jsonGroups, ...jsonRest } = json!
  const { apps: xmlApps, extensionAttributes, groups: xmlGroups, ...xmlRest } = xml!
  expect(xmlRest).toEqual(jsonRest)
  expect(jsonGroups).toEqual(['All Managed Clients', 'Operations Macs'])
  expect(xmlGroups).toEqual(['All Managed Clients'])
  expect(versions(jsonApps)).toEqual(['1.1.4173', '18.6'])
  expect(versions(xmlApps)).toEqual(['1.1.4173'])
  expect(extensionAttributes).toEqual({ 'Claude Hook Health & more': 'FH1|ok|app=1.1.4173|hooks=3/3|end' })
})

test('lists and searches in XML say the same as in JSON', async () => {
  const json = (await readCase('advanced-search-json', 'json')).observed[0]
  const xml = (await readCase('advanced-search-xml', 'xml')).observed[0]
  for (const observation of [json, xml]) {
    expect(observation?.apps).toBeUndefined()
    expect(observation).toMatchObject({
      deviceId: '1',
      serial: 'EXAMPLE00001',
      hostname: 'OPS-MBP-001',
      os: 'macOS 15.6.1',
      department: 'Operations',
      lastSeen: '2026-11-18 07:41:10',
      appsAsOf: '2026-11-17 22:03:55',
      extensionAttributes: { 'Claude Hook Health': 'FH1|ok|app=1.1.4173|hooks=3/3|end' },
    })
  }
})

test('times come from the fields that name their zone', async () => {
  const { observed } = await readCase('computer-json', 'json')
  expect(observed[0]).toMatchObject({
    lastSeen: '2026-11-18T07:41:10.335+0000',
    appsAsOf: '2026-11-17T22:03:55.595+0000',
    site: 'HQ',
    department: 'Operations',
  })
})

test('no software, or an empty list, proves no absence', async () => {
  const { observed } = await readCase('computer-json-no-apps', 'json')
  expect(observed.map(({ apps }) => apps)).toEqual([
    { kind: 'unknown', reason: 'no-app-list' },
    { kind: 'unknown', reason: 'section-not-requested' },
  ])
  const [empty] = (await readCase('computer-xml-empty-lists', 'xml')).observed
  expect(empty).toMatchObject({ apps: { kind: 'unknown', reason: 'no-app-list' }, groups: [], extensionAttributes: {} })
})

test('a size that differs from the items is told', async () => {
  const { observed, warnings } = await readCase('xml-size-mismatch', 'xml')
  expect(observed).toHaveLength(2)
  expect(warnings).toEqual([{ code: 'page-truncated', message: expect.stringMatching(/\b3\b.*\b2\b/) }])
  expect((await readCase('computers-basic-xml', 'xml')).codes).toEqual([])
  expect((await readCase('computers-list-of-one', 'json')).codes).toEqual([])
})

test('an app list shorter than its size is no complete list', async () => {
  const text = `<computer><general><id>1</id></general><software><applications><size>2</size>
    <application><name>Safari.app</name><version>18.6</version></application></applications></software></computer>`
  const { observed, codes } = await read(text)
  expect(observed[0]?.apps?.kind).toBe('partial')
  expect(codes).toEqual(['page-truncated'])
})

test('a list of one that a converter turned into an object is a list of one', async () => {
  const { observed } = await readCase('computers-list-of-one', 'json')
  expect(observed.map(({ serial }) => serial)).toEqual(['EXAMPLE00001'])
})

test('documents of several kinds in one file are told, because only one kind is read', async () => {
  const { codes } = await read(
    `${JSON.stringify({ computer: { general: { id: 1 } } })}\n{"computers":[{"id":2,"name":"B"}]}\n`,
  )
  expect(codes).toEqual(['mixed-documents'])
})

function versions(apps: Observation['apps']) {
  return apps && apps.kind !== 'unknown' ? apps.rows.map(({ version }) => version) : apps
}

function readCase(name: string, format: 'json' | 'xml') {
  const url = new URL(`../fixtures/sources/${source.id}/${name}/input.${format}`, import.meta.url)
  return read(readFileSync(url, 'utf8'))
}

async function read(text: string) {
  const observed: Observation[] = []
  const absorbed: number[] = []
  const rejected: [number, string][] = []
  const warnings: { code: string; message: string }[] = []
  const sink: ObservationSink = {
    isProbeName: () => false,
    observe: (observation) => observed.push(observation),
    absorb: (record) => absorbed.push(record),
    reject: (record, reason) => rejected.push([record, reason]),
    warn: (code, message) => warnings.push({ code, message }),
    page: () => {
      throw new Error('the Classic API has no pages')
    },
  }
  const fault = () => {
    throw new Error('not readable')
  }
  const bytes = Buffer.from(text)
  for (const format of source.formats) {
    if (format.kind === 'json') {
      const shape = jsonShape(bytes)
      if (!shape || !format.matches(shape)) continue
      const records = format.open(sink)
      const reader = new JsonReader(format.records(shape), { record: records.record, fault })
      reader.write(bytes)
      records.end?.(reader.end().envelopes)
    } else if (format.kind === 'xml') {
      const shape = xmlShape(bytes)
      if (!shape || !format.matches(shape.root)) continue
      const records = format.open(sink)
      const options = { recordElement: format.isRecord, lists: format.lists }
      const reader = await createXmlReader(options, { record: records.record, fault })
      reader.write(bytes)
      records.end?.([reader.end().rest])
    }
  }
  return { observed, absorbed, rejected, warnings, codes: warnings.map(({ code }) => code) }
}
