import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProbeLine, writeProbeLine } from '../../src/health/probe-line.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { Intake } from '../../src/inventory/intake.js'
import { buildInventory } from '../../src/inventory/inventory.js'
import type { StatedProbe } from '../../src/inventory/observation.js'
import { ObservationStore } from '../../src/inventory/observation-store.js'
import { keepProbe, keptAgain } from '../../src/inventory/probe-text.js'
import { type FileSaid, joined, onlyEndpoint, type Said } from '../builders/observations.js'
import { asOf } from '../builders/reading.js'

const lineAt = (at: string, desktopVersion = '1.1.4173') =>
  writeProbeLine({ platform: 'macos', desktopVersion, hooks: { good: 1, of: 1 }, at }, 'ok')
const older = lineAt('2026-11-17T06:00:00Z')
const newer = lineAt('2026-11-18T06:00:00Z')
const ahead = lineAt('2027-06-01T00:00:00Z')
const cut = newer.slice(0, -6)
const later = newer.replace('FH1', 'FH2')

const stated = (text: string, more: Partial<StatedProbe> = {}): StatedProbe => ({ field: 'probe', text, ...more })
const withProbe = (...probes: readonly StatedProbe[]): Said => ({ serial: 'EXAMPLE1', probes })
const probeOf = (...files: readonly FileSaid[]) => onlyEndpoint(...files).probe
const lineOf = (...probes: readonly StatedProbe[]) => probeOf({ records: [withProbe(...probes)] })?.receipt.value

describe('the probe of an endpoint', () => {
  it('is the line, with where it stands and when it was taken', () => {
    const text = `Running audit script\n${newer}\nExit code 0, "success"`
    const said = withProbe(stated(text, { field: 'last_audit_log', asOf: '2026-11-18T06:00:05Z' }))
    expect(probeOf({ name: 'items.json', records: [said] })).toEqual({
      reading: readProbeLine(newer),
      receipt: { file: 'items.json', record: 1, field: 'last_audit_log', value: newer },
      asOf: Date.UTC(2026, 10, 18, 6, 0, 5),
    })
  })

  it('is not there without a line, nor without any probe at all', () => {
    expect(probeOf({ records: [withProbe(stated('sh: error'))] })).toBeUndefined()
    expect(probeOf({ records: [{ serial: 'EXAMPLE1' }] })).toBeUndefined()
    const { endpoints } = joined([{ records: [{ serial: 'OTHER1' }, withProbe(stated(newer))] }])
    expect(endpoints.map(({ id, probe }) => [id, probe?.receipt.record])).toEqual([
      ['EXAMPLE1', 2],
      ['OTHER1', undefined],
    ])
  })

  it('names the record that a gathered text came from', () => {
    expect(probeOf({ records: [withProbe(stated(newer, { record: 7 }))] })?.receipt.record).toBe(7)
  })

  it('knows no time where the date says nothing', () => {
    for (const date of [undefined, '', '0001-01-01T00:00:00Z', 'soon'])
      expect(probeOf({ records: [withProbe(stated(newer, { asOf: date }))] })?.asOf).toBeUndefined()
  })

  it.each([
    ['the newer of two lines', [older, newer], newer],
    ['a whole line before a cut one', [cut, older], older],
    ['a whole line before one of a later form', [later, older], older],
    ['a line of the past before one of a clock that runs ahead', [ahead, older], older],
    ['a line of a clock that runs ahead before a cut one', [cut, ahead], ahead],
    ['the newest line of a log', [`${newer}\n${older}`], newer],
  ])('is %s', (_, texts, expected) => {
    expect(lineOf(...texts.map((text) => stated(text)))).toBe(expected)
    expect(lineOf(...texts.map((text) => stated(text)).reverse())).toBe(expected)
    for (const list of [texts, [...texts].reverse()])
      expect(probeOf(...list.map((text) => ({ records: [withProbe(stated(text))] })))?.receipt.value).toBe(expected)
  })

  it('is the first of two equally new texts of one record, such as that after a repair', () => {
    const other = lineAt('2026-11-18T06:00:00Z', '1.0.0')
    expect(lineOf(stated(newer), stated(other))).toBe(newer)
    expect(lineOf(stated(other), stated(newer))).toBe(other)
  })

  it('is the smaller text of two equally new ones of several files, taken last', () => {
    const other = lineAt('2026-11-18T06:00:00Z', '1.0.0')
    const files = [
      { name: 'b', records: [withProbe(stated(newer))] },
      { name: 'a', records: [withProbe(stated(other, { asOf: '2026-11-18T07:00:00Z' }))] },
      { name: 'c', records: [withProbe(stated(other, { asOf: '2026-11-18T08:00:00Z' }))] },
    ]
    for (const list of [files, [...files].reverse()])
      expect(probeOf(...list)).toMatchObject({ receipt: { file: 'c', value: other }, asOf: Date.UTC(2026, 10, 18, 8) })
  })

  it('says what is wrong with a line that is none', () => {
    const files = [{ records: [withProbe(stated(cut)), { serial: 'EXAMPLE2', probes: [stated(later)] }] }]
    const { endpoints, intakes } = joined(files)
    expect(endpoints.map(({ probe }) => probe?.reading)).toEqual([{ kind: 'cut' }, { kind: 'newer' }])
    expect(intakes[0]!.notices.list().map(({ code, firstRecord }) => [code, firstRecord])).toEqual([
      ['probe-cut', 1],
      ['probe-newer', 2],
    ])
  })

  it('of which a log keeps nothing but the line', () => {
    expect(lineOf(stated(`secret\n${newer}\nsecret`))).toBe(newer)
    expect(lineOf(stated(`secret\n${cut}`))).toBe(cut)
    const long = `FH1|ok|${'x'.repeat(3000)}`
    expect(lineOf(stated(`secret ${long}`))).toBe(long.slice(0, 200))
  })
})

describe('a record that only adds', () => {
  const added: Said = { ...withProbe(stated(older)), addsOnly: true, hostname: 'A' }
  it('makes no duplicate of its endpoint, and the newest of its lines counts', () => {
    const again: Said = { ...withProbe(stated(newer)), addsOnly: true, hostname: 'B' }
    for (const records of [
      [added, again],
      [again, added],
    ]) {
      const { endpoints, intakes } = joined([{ records }])
      expect(endpoints).toHaveLength(1)
      expect(endpoints[0]).toMatchObject({ hasDuplicates: false, hostname: records[0]!.hostname })
      expect(endpoints[0]!.probe?.receipt).toMatchObject({ value: newer, record: records.indexOf(again) + 1 })
      expect(intakes[0]!.accounting).toMatchObject({ counted: 2, rejected: 0 })
    }
  })

  it('still needs an identity', () => {
    const { endpoints, intakes } = joined([{ records: [{ ...added, serial: undefined }] }])
    expect([endpoints.length, intakes[0]!.accounting.rejected]).toEqual([0, 1])
  })
})

describe('an extension attribute', () => {
  const read = (attributes: Record<string, string>, probeColumns: readonly string[] = []) => {
    const store = new ObservationStore()
    const intake = new Intake(store, { name: 'file', product: 'jamf', asOf, dateOrder: 'unknown', probeColumns })
    intake.observe({ record: 1, serial: 'EXAMPLE1', extensionAttributes: attributes, attributesAsOf: '2026-11-18' })
    intake.end(1)
    const [endpoint] = buildInventory(store, { asOf, maximumAgeDays: 30 }).sortedById() as Iterable<Endpoint>
    return { endpoint: endpoint!, notices: intake.notices.list() }
  }

  it.each(['Fleet probe', 'fleet-probe', 'FLEET_PROBE', ' Fleet\u00a0Probe ', 'fleetprobe'])(
    'of the name %j is the probe, and no attribute any more',
    (name) => {
      const { endpoint } = read({ [name]: newer, Owner: 'IT' })
      expect(endpoint.probe).toMatchObject({ receipt: { field: name, value: newer }, asOf: Date.UTC(2026, 10, 18) })
      expect(endpoint.extensionAttributes).toEqual({ Owner: 'IT' })
    },
  )

  it('of another name is one where it begins with a line, or the policy says so', () => {
    expect(read({ 'Claude health': newer }).endpoint.probe?.receipt.field).toBe('Claude health')
    const log = `checked\n${newer}`
    expect(read({ 'Claude health': log }).endpoint.probe).toBeUndefined()
    expect(read({ 'Claude health': log }, ['claude_HEALTH']).endpoint.probe?.receipt.value).toBe(newer)
  })

  it.each([
    ['', undefined],
    ['Not Collected', undefined],
    ['sh: error', 'A cell for the probe line holds another text, such as an error message of the script.'],
  ])('that holds %j stays an attribute', (text, message) => {
    const { endpoint, notices } = read({ 'Fleet probe': text })
    expect(endpoint.probe).toBeUndefined()
    expect(endpoint.extensionAttributes).toEqual({ 'Fleet probe': text })
    expect(notices.find(({ code }) => code === 'no-probe-line')?.message).toBe(message)
  })

  it('counts its cells, and names the first record', () => {
    const { intakes } = joined([
      {
        records: [1, 2].map((index) => ({
          serial: `EXAMPLE${index}`,
          probes: [
            stated('sh: error'),
            stated('x', { field: 'log' }),
            stated('y', { field: 'any', mayHoldOther: true }),
          ],
        })),
      },
    ])
    expect(intakes[0]!.notices.list()).toMatchObject([{ code: 'no-probe-line', records: 4, firstRecord: 1 }])
  })
})

describe('laws', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      newer,
      older,
      cut,
      later,
      ahead,
      'FH1|',
      'FH1|ok|t=2026-11-18T06:00:00Z|end',
      '|end',
      'FH12|',
      '\n',
      ' ',
    ),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 0, max: 300 }).map((length) => 'x'.repeat(length)),
  )
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

  it('any text is read without a throw, and what is kept reads the same again', () => {
    fc.assert(
      fc.property(text, (given) => {
        const kept = keepProbe(given)
        const reading = readProbeLine(given)
        expect(kept?.kind ?? 'none').toBe(reading.kind)
        if (kept === undefined) return
        expect(given).toContain(kept.text)
        expect(readProbeLine(kept.text)).toEqual(reading)
        expect(keptAgain(kept.kind, kept.text)).toEqual(kept)
        if (kept.kind !== 'line') expect(kept.text.length).toBeLessThanOrEqual(200)
      }),
      { numRuns: 500 },
    )
  })

  it('a text of a million prefixes is read, too', () => {
    expect(keepProbe('FH1| '.repeat(1_000_000))?.kind).toBe('cut')
    expect(keepProbe(`${'FH1| '.repeat(200_000)}${newer}`)?.text).toBe(newer)
  })

  it('no cut line becomes whole by being shortened', () => {
    fc.assert(
      fc.property(fc.integer({ min: 150, max: 260 }), (length) => {
        const known = 'FH1|ok|t=2026-11-18T06:00:00Z|y='
        const given = `${known}${'x'.repeat(length - known.length)}|endX`
        expect(keepProbe(given)?.kind).toBe('cut')
        expect(readProbeLine(keepProbe(given)!.text).kind).toBe('cut')
      }),
    )
  })

  const said = fc.record({
    serial: fc.constantFrom('EXAMPLE1', 'EXAMPLE2'),
    addsOnly: fc.option(fc.constant(true), { nil: undefined }),
    lastSeen: fc.constantFrom(undefined, '2026-11-18T00:00:00Z', '2026-11-17T00:00:00Z'),
    probes: fc
      .array(text, { maxLength: 1 })
      .chain((texts) =>
        fc
          .constantFrom(undefined, '2026-11-18T07:00:00Z', '2026-11-18T08:00:00Z')
          .map((date) => texts.map((given) => stated(given, { asOf: date }))),
      ),
  })
  const files = fc
    .array(fc.array(said, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
    .map((list) => list.map((records, index): FileSaid => ({ name: `file-${index}`, records })))

  it('the order of files does not matter, and every record is accounted for', () => {
    fc.assert(
      fc.property(
        files.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const one = joined(list)
          const told = ({ endpoints }: typeof one) => endpoints.map(({ id, probe }) => ({ id, probe }))
          expect(told(joined(shuffled))).toEqual(told(one))
          const records = list.reduce((sum, file) => sum + file.records.length, 0)
          expect(one.intakes.reduce((sum, { accounting }) => sum + accounting.counted, 0)).toBe(records)
        },
      ),
      { numRuns: 250 },
    )
  })

  it('the newest whole line that is not of the future counts', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
        const { probe } = onlyEndpoint(...texts.map((given) => ({ records: [withProbe(stated(given))] })))
        const times = texts.flatMap((given) => {
          const reading = readProbeLine(given)
          return reading.kind === 'line' && Date.parse(reading.facts.at) <= asOf ? [reading.facts.at] : []
        })
        if (times.length === 0) return
        expect(probe?.reading).toMatchObject({ kind: 'line', facts: { at: times.sort().at(-1) } })
      }),
      { numRuns: 200 },
    )
  })
})

it('a file that is taken back leaves no probe', () => {
  const store = new ObservationStore()
  const mark = store.mark()
  const add = (said: Said) =>
    new Intake(store, { name: 'file', product: 'intune', asOf, dateOrder: 'unknown' }).observe({ ...said, record: 1 })
  add(withProbe(stated(newer)))
  expect(store.hasNoProbes).toBe(false)
  store.rewind(mark)
  expect(store.hasNoProbes).toBe(true)
  add({ serial: 'EXAMPLE1' })
  add({ serial: 'EXAMPLE2', probes: [stated(older)] })
  const endpoints = [...buildInventory(store, { asOf, maximumAgeDays: 30 }).sortedById()]
  expect(endpoints.map(({ probe }) => probe?.receipt.value)).toEqual([undefined, older])
})
