import { expect, test } from 'vitest'
import type { Observation, PageMarker } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/iru-prism.js'

const claude = { name: 'Claude', bundle_id: 'com.anthropic.claudefordesktop', version: '1.1.4173' }
const safari = { name: 'Safari', bundle_id: 'com.apple.Safari', version: '26.1' }
const mail = { name: 'Mail', bundle_id: 'com.apple.mail', version: '16.0' }
const on = (device: string, app: object) => ({ device_id: device, device__name: device, ...app })
const last = [{ cursor: null }]

test('with the last page, a device with other apps has a whole list', () => {
  const { observed } = read([on('a', safari), on('a', claude), on('b', mail)], last)
  expect(observed.map(({ apps }) => apps)).toMatchObject([
    { kind: 'complete', rows: [{ version: '1.1.4173' }] },
    { kind: 'complete', rows: [] },
  ])
})

test('the receipt is the row of Claude', () => {
  expect(read([on('a', safari), on('a', claude), on('a', mail)], last).observed[0]?.record).toBe(2)
})

test.each([
  ['a cursor is left', [{ cursor: 'bz0x' }]],
  ['no page says anything', [{}]],
  ['no envelope was read', []],
  ['the total is higher', [{ total: 9 }]],
])('nothing is absent where %s', (_, envelopes) => {
  const { observed } = read([on('a', safari), on('a', mail), on('b', claude)], envelopes)
  expect(observed.map(({ apps }) => apps?.kind)).toEqual(['partial', 'partial'])
})

test('a filtered export shows what is there, never what is not', () => {
  expect(read([on('a', claude)], last).observed[0]?.apps).toMatchObject({ kind: 'partial' })
  expect(read([on('a', safari), on('b', safari)], last).observed[0]?.apps).toEqual({
    kind: 'unknown',
    reason: 'filtered-list',
  })
})

test('pages say whether another follows, apart for apps and devices', () => {
  expect(read([on('a', safari)], [{ cursor: 'bz0x' }, { cursor: null }]).pages).toEqual([
    { kind: 'next', marker: 'cursor of apps', more: true },
    { kind: 'next', marker: 'cursor of apps', more: false },
  ])
  expect(read([on('a', {})], [{ cursor: 'bz0x' }]).pages).toEqual([
    { kind: 'next', marker: 'cursor of device information', more: true },
  ])
})

function read(rows: readonly unknown[], envelopes: readonly unknown[]) {
  const observed: Observation[] = []
  const pages: PageMarker[] = []
  const settled: number[] = []
  const format = source.formats[0]
  if (format?.kind !== 'json') throw new Error('no JSON format')
  const { record, end } = bound(
    format.open({
      isProbeName: () => false,
      observe: (observation) => {
        observed.push(observation)
        settled.push(observation.record)
      },
      absorb: (number) => settled.push(number),
      reject: (number) => settled.push(number),
      warn: () => {},
      page: (marker) => pages.push(marker),
    }),
  )
  rows.forEach((row, index) => {
    record(row, index + 1)
  })
  end(envelopes)
  expect(settled.sort((a, b) => a - b)).toEqual(rows.map((_, index) => index + 1))
  return { observed, pages }
}

/** `record` is handed on without its object, as the reading of files does. */
function bound(reader: { record(value: unknown, record: number): void; end?(envelopes: readonly unknown[]): void }) {
  const { record } = reader
  return { record, end: (envelopes: readonly unknown[]) => reader.end?.(envelopes) }
}
