import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Observation } from '../../src/inventory/observation.js'
import { source } from '../../src/sources/osquery-results.js'
import { JsonReader, jsonShape } from '../../src/sources/readers/json.js'

const start = 1_794_884_402
const claude = (version: string, path = '/Applications/Claude.app') => ({
  name: 'Claude.app',
  bundle_identifier: 'com.anthropic.claudefordesktop',
  bundle_short_version: version,
  path,
})
const other = (name: string) => ({
  name: `${name}.app`,
  bundle_identifier: `org.example.${name}`,
  path: `/${name}.app`,
})
const others = ['a', 'b', 'c', 'd', 'e'].map(other)

function line(members: object, at = start, host = 'studio-1'): object {
  return { name: 'apps', hostIdentifier: host, unixTime: at, epoch: 0, counter: 0, ...members }
}

const added = (columns: object, at = start, members: object = {}) => line({ action: 'added', columns, ...members }, at)
const removed = (columns: object, at = start, members: object = {}) =>
  line({ action: 'removed', columns, ...members }, at)

test('all four shapes give the same state', () => {
  const rows = [...others, claude('1.1.4173')]
  const shapes = [
    rows.map((columns) => added(columns)),
    [line({ action: 'snapshot', snapshot: rows })],
    rows.map((columns) => line({ action: 'snapshot', columns })),
    [line({ diffResults: { added: rows, removed: '' } })],
  ]
  for (const lines of shapes)
    expect(stateOf(lines)).toEqual({ kind: 'complete', copies: ['1.1.4173 /Applications/Claude.app'] })
})

test('a removal deletes, and an app removed from a whole list is absent', () => {
  const initial = [...others, claude('1.1.3541')].map((columns) => added(columns))
  const later = { counter: 1 }
  expect(stateOf([...initial, removed(claude('1.1.3541'), start + 60, later)])).toEqual({
    kind: 'complete',
    copies: [],
  })
})

test('without the initial lines only what is seen is known', () => {
  const later = { counter: 9 }
  expect(stateOf(others.map((columns) => added(columns, start, later)))).toEqual({ kind: 'history-incomplete' })
  expect(stateOf([...others, claude('1.1.4173')].map((columns) => added(columns, start, later)))).toMatchObject({
    kind: 'partial',
  })
  const withoutCounter = { counter: undefined }
  expect(stateOf(others.map((columns) => added(columns, start, withoutCounter)))).toEqual({
    kind: 'history-incomplete',
  })
})

test('a removal of what was never added shows that lines are missing', () => {
  const initial = others.map((columns) => added(columns))
  const gap = removed(claude('1.1.3541'), start + 60, { counter: 1 })
  expect(stateOf([...initial, gap])).toEqual({ kind: 'history-incomplete' })
})

test('a new epoch, or a new initial result after the query changed, starts over', () => {
  const initial = [...others, claude('1.1.3541')].map((columns) => added(columns))
  const rows = [...others, claude('1.24012.9')]
  const newest = { kind: 'complete', copies: ['1.24012.9 /Applications/Claude.app'] }
  expect(stateOf([...initial, ...rows.map((columns) => added(columns, start + 60, { epoch: 1 }))])).toEqual(newest)
  expect(stateOf([...initial, ...rows.map((columns) => added(columns, start + 60))])).toEqual(newest)
  const tail = added(claude('1.24012.9'), start + 60, { epoch: 1, counter: 3 })
  expect(stateOf([...initial, tail])).toEqual({ ...newest, kind: 'partial' })
})

test('snapshot rows of the same time are one snapshot, those of another time replace it', () => {
  const first = [...others, claude('1.1.3541')].map((columns) => line({ action: 'snapshot', columns }))
  const second = others.map((columns) => line({ action: 'snapshot', columns }, start + 60))
  expect(stateOf([...first, ...second])).toEqual({ kind: 'complete', copies: [] })
})

test('a query for some apps shows what it lists and nothing else', () => {
  const snapshot = (rows: object[]) => [line({ action: 'snapshot', snapshot: rows })]
  expect(stateOf(snapshot([claude('1.1.4173')]))).toMatchObject({ kind: 'partial' })
  expect(stateOf(snapshot(others.slice(0, 4)))).toEqual({ kind: 'filtered-list' })
  const anotherHost = line({ action: 'snapshot', snapshot: [claude('1.1.4173')] }, start, 'studio-0')
  expect(read([anotherHost, ...snapshot([])]).observed[1]?.apps).toEqual({ kind: 'unknown', reason: 'filtered-list' })
})

test('a newer filtered query corrects the version of the whole list, an older one does not', () => {
  const whole = line({ action: 'snapshot', snapshot: [...others, claude('1.1.3541')] }, start + 60)
  const query = (at: number) =>
    line({ name: 'claude', action: 'snapshot', snapshot: [{ ...claude('1.24012.9'), path: undefined }] }, at)
  expect(stateOf([whole, query(start + 120)])).toEqual({ kind: 'complete', copies: ['1.24012.9 '] })
  expect(stateOf([query(start), whole])).toEqual({ kind: 'complete', copies: ['1.1.3541 /Applications/Claude.app'] })
})

test('a copy that a newer whole list no longer has is gone', () => {
  const query = line({ name: 'claude', action: 'snapshot', snapshot: [claude('1.1.3541', '/Users/bo/Claude.app')] })
  const whole = line({ action: 'snapshot', snapshot: others }, start + 60)
  expect(stateOf([query, whole])).toEqual({ kind: 'complete', copies: [] })
})

test('times, identity and system come from any line of the host', () => {
  const lines = [
    line({ action: 'snapshot', snapshot: others, decorations: { hardware_serial: 'EXAMPLE00061' } }),
    line(
      {
        name: 'system',
        action: 'snapshot',
        snapshot: [{ uuid: 'u-1', hardware_serial: 'EXAMPLE00061', hostname: 'one' }],
      },
      start + 30,
    ),
    line({ name: 'disk', action: 'snapshot', snapshot: [{ name: '/dev/disk3', uuid: 'of-the-disk' }] }, start + 90),
  ]
  expect(read(lines).observed).toMatchObject([
    {
      record: 1,
      deviceId: 'studio-1',
      serial: 'EXAMPLE00061',
      hardwareUuid: 'u-1',
      hostname: 'one',
      os: 'darwin',
      lastSeen: String(start + 90),
      appsAsOf: String(start),
    },
  ])
})

test('queries without apps are named once, with their lines', () => {
  const usb = (at: number) => line({ name: 'usb', action: 'added', columns: { model: 'Hub' } }, at)
  const { warnings, observed } = read([usb(start), usb(start + 1)])
  expect(warnings).toEqual(['unused-queries'])
  expect(observed[0]?.apps).toBeUndefined()
})

test('extensions of editors and packages of languages are no list of apps', () => {
  const extension = { name: 'claude-code', version: '2.1', publisher: 'Example', publisher_id: '1', path: '/x' }
  const lines = [line({ action: 'snapshot', snapshot: [extension, extension, extension] })]
  expect(read(lines).observed[0]?.apps).toBeUndefined()
})

test('any history, cut into lines and batches in any way, gives the state of a snapshot', () => {
  const copy = fc.record({
    version: fc.constantFrom('1.1.3541', '1.1.4173', '1.24012.9'),
    path: fc.constantFrom('/A', '/B'),
  })
  const result = fc.array(
    fc.oneof(
      copy.map(({ version, path }) => claude(version, path)),
      fc.constantFrom('f', 'g', 'h').map(other),
    ),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(
      fc.array(result, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      (results, asBatch) => {
        const states = results.map((rows) => [...others, ...rows])
        const lines = states.flatMap((rows, counter) => {
          const before = counter === 0 ? [] : states[counter - 1]!
          const diff = { added: without(rows, before), removed: without(before, rows) }
          const at = start + counter * 60
          if (asBatch.next().value) return [line({ counter, diffResults: diff }, at)]
          const gone = diff.removed.map((columns) => removed(columns, at, { counter }))
          return [...gone, ...diff.added.map((columns) => added(columns, at, { counter }))]
        })
        const snapshot = [line({ action: 'snapshot', snapshot: states.at(-1) })]
        expect(copiesOf(lines)).toEqual(copiesOf(snapshot))
      },
    ),
  )
})

test('whatever the lines are, each is accounted for exactly once', () => {
  const anyLine = fc.oneof(
    fc.constant('a text'),
    fc.constant([]),
    fc.constant({ name: 'no host' }),
    fc.record(
      {
        hostIdentifier: fc.constantFrom('one', 'two'),
        name: fc.constantFrom('apps', 'usb'),
        unixTime: fc.oneof(fc.integer({ min: start, max: start + 9 }), fc.constant(String(start))),
        counter: fc.nat(3),
        action: fc.constantFrom('added', 'removed', 'snapshot', 'other'),
        columns: fc.constantFrom<object>(claude('1.1.4173'), ...others, { model: 'Hub' }, {}),
        snapshot: fc.constantFrom<unknown>([claude('1.1.4173'), ...others], [], 'none'),
        diffResults: fc.constantFrom<unknown>({ added: others, removed: '' }, null, 7),
      },
      { requiredKeys: ['hostIdentifier'] },
    ),
  )
  fc.assert(fc.property(fc.array(anyLine, { maxLength: 20 }), (lines) => void read(lines)))
})

test.each([
  ['torn-last-line', 1],
  ['numerics', 1],
  ['linux-packages', 3],
  ['windows-programs', 2],
])('the fixture %s gives %i endpoints', (name, count) => {
  const bytes = readFileSync(new URL(`../fixtures/sources/osquery-results/${name}/input.ndjson`, import.meta.url))
  const lines: unknown[] = []
  const reader = new JsonReader([], { record: (value) => lines.push(value), fault: () => {} })
  reader.write(bytes)
  reader.end()
  expect(jsonShape(bytes) && source.formats.some((f) => f.kind === 'json' && f.matches(jsonShape(bytes)!))).toBe(true)
  expect(read(lines).observed).toHaveLength(count)
})

/** Reads lines and checks that each is observed, absorbed or rejected exactly once. */
function read(lines: readonly unknown[]): { observed: Observation[]; warnings: string[] } {
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
  lines.forEach((one, index) => {
    reader.record(one, index + 1)
  })
  reader.end?.([])
  expect(settled.sort((a, b) => a - b)).toEqual(lines.map((_, index) => index + 1))
  return { observed, warnings }
}

function stateOf(lines: readonly object[]): { kind: string; copies?: string[] } | undefined {
  const apps = read(lines).observed[0]?.apps
  if (apps === undefined || apps.kind === 'unknown') return apps && { kind: apps.reason }
  return { kind: apps.kind, copies: apps.rows.map(({ version, path }) => `${version} ${path ?? ''}`) }
}

function copiesOf(lines: readonly object[]): { kind: string; copies: string[] } {
  const state = stateOf(lines)
  return { kind: state?.kind ?? 'none', copies: [...new Set(state?.copies)].sort() }
}

/** Rows of a that b does not have, as osquery compares them: with their number. */
function without(a: readonly object[], b: readonly object[]): object[] {
  const left = b.map((row) => JSON.stringify(row))
  return a.filter((row) => {
    const index = left.indexOf(JSON.stringify(row))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}
