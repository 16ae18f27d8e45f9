import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DateOrder, parseTimestamp, plainIsoTime, provenOrder } from '../../src/inventory/timestamp.js'
import { asOf } from '../builders/reading.js'

/** ISO 8601, with `no zone` where UTC was assumed; or the problem. */
function read(text: string, order: DateOrder = 'unknown'): string {
  const timestamp = parseTimestamp(text, order, asOf)
  if (timestamp.time === undefined) return timestamp.problem
  return new Date(timestamp.time).toISOString() + (timestamp.zoned ? '' : ', no zone')
}

describe('a date', () => {
  it.each([
    ['2026-11-18T07:41:10Z', '2026-11-18T07:41:10.000Z'],
    ['2026-11-18t07:41:10z', '2026-11-18T07:41:10.000Z'],
    ['2026-11-18T07:41:10.595Z', '2026-11-18T07:41:10.595Z'],
    ['2026-11-18T07:41:10,5Z', '2026-11-18T07:41:10.500Z'],
    ['2026-11-18T07:41:10.1239999Z', '2026-11-18T07:41:10.123Z'],
    ['2026-11-18T07:41:10.999999999Z', '2026-11-18T07:41:10.999Z'],
    ['2026-11-18T07:41Z', '2026-11-18T07:41:00.000Z'],
    ['2026-11-18T07:41:10.636+0000', '2026-11-18T07:41:10.636Z'],
    ['2026-11-18T07:41:10+02:00', '2026-11-18T05:41:10.000Z'],
    ['2026-11-18T07:41:10-0530', '2026-11-18T13:11:10.000Z'],
    ['2026-11-18T07:41:10+14:00', '2026-11-17T17:41:10.000Z'],
    ['2026-06-24 14:20:19.961496+00:00', '2026-06-24T14:20:19.961Z'],
    ['2026-06-24 14:20:19 +0000', '2026-06-24T14:20:19.000Z'],
    ['2026-06-24 14:20:19 UTC', '2026-06-24T14:20:19.000Z'],
    ['2026-06-24 14:20:19 GMT', '2026-06-24T14:20:19.000Z'],
    ['2026-11-18 07:41:10.0000000', '2026-11-18T07:41:10.000Z, no zone'],
    ['2026-11-18T04:35:20.150', '2026-11-18T04:35:20.150Z, no zone'],
    ['2026-11-18', '2026-11-18T00:00:00.000Z, no zone'],
    [' 2026-11-18 ', '2026-11-18T00:00:00.000Z, no zone'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z, no zone'],
    ['2026-11-18T23:59:60Z', '2026-11-19T00:00:00.000Z'],
    ['1794884402', '2026-11-17T03:00:02.000Z'],
    ['978307200', '2001-01-01T00:00:00.000Z'],
    ['1794884402123', '2026-11-17T03:00:02.123Z'],
    ['978307200000', '2001-01-01T00:00:00.000Z'],
    ['Mon Jan  8 14:51:55 2018 UTC', '2018-01-08T14:51:55.000Z'],
    ['Tue Nov 17 03:00:02 2026 UTC', '2026-11-17T03:00:02.000Z'],
    ['Tue Dec 30 03:00:02 2025', '2025-12-30T03:00:02.000Z, no zone'],
    ['18.11.2026 07:41:10', '2026-11-18T07:41:10.000Z, no zone'],
    ['02.11.2026', '2026-11-02T00:00:00.000Z, no zone'],
    ['18/11/2026, 07:41', '2026-11-18T07:41:00.000Z, no zone'],
    ['11/18/2026 7:41:10 PM', '2026-11-18T19:41:10.000Z, no zone'],
    ['11/18/2026 12:05 am', '2026-11-18T00:05:00.000Z, no zone'],
    ['11/18/2026 12:05 PM', '2026-11-18T12:05:00.000Z, no zone'],
    ['11/18/2026 1:05PM', '2026-11-18T13:05:00.000Z, no zone'],
    ['5/5/2026', '2026-05-05T00:00:00.000Z, no zone'],
    ['2000-01-01', '2000-01-01T00:00:00.000Z, no zone'],
    ['2026-11-21T00:00:00Z', '2026-11-21T00:00:00.000Z'],
  ])('%j is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each([
    ['03/04/2026', 'day-first', '2026-04-03T00:00:00.000Z, no zone'],
    ['03/04/2026', 'month-first', '2026-03-04T00:00:00.000Z, no zone'],
    ['03/04/2026', 'unknown', 'ambiguous'],
    ['03.04.2026', 'month-first', '2026-04-03T00:00:00.000Z, no zone'],
    ['13/04/2026', 'month-first', '2026-04-13T00:00:00.000Z, no zone'],
    ['04/13/2026', 'day-first', '2026-04-13T00:00:00.000Z, no zone'],
    ['12/12/2025', 'unknown', '2025-12-12T00:00:00.000Z, no zone'],
  ] as const)('%j, %s, is %s', (text, order, expected) => {
    expect(read(text, order)).toBe(expected)
  })

  it.each([
    '0001-01-01T00:00:00Z',
    '0001-01-01 00:00:00.0000000',
    '1970-01-01 00:00:00',
    '1999-12-31T23:59:59Z',
    '9999-12-31T23:59:59.9999999Z',
    '9999-12-31',
    '0',
    '-1',
    '01/01/1970',
    '000000000',
  ])('%j stands for never', (text) => {
    expect(read(text)).toBe('never')
  })

  it.each(['2026-11-21T00:00:01Z', '2083-02-17 21:33:23', '5251-12-17 21:33:23', '9999999999'])(
    '%j lies in the future',
    (text) => {
      expect(read(text)).toBe('future')
    },
  )

  it.each([
    '',
    'Never',
    'yesterday',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-02-30',
    '2025-02-29',
    '2026-11-18T24:00:00Z',
    '2026-11-18T07:60:00Z',
    '2026-11-18T07:00:61Z',
    '2026-11-18T07:41:10+14:01',
    '2026-11-18T07:41:10+99:99',
    '2026-11-18T07:41:10+02:60',
    '2026-11-18T7:41:10Z',
    '2026-11-18T07Z',
    '20261118',
    '18-11-2026',
    '13/13/2026',
    '31.04.2026',
    '18/11.2026',
    '18/11/26',
    '11/18/2026 13:05 PM',
    '11/18/2026 25:00 PM',
    '11/18/2026 0:05 AM',
    '11/18/2026 24:00',
    'Tue Foo 17 03:00:02 2026 UTC',
    'Tue Nov 31 03:00:02 2026 UTC',
    'Tue Nov 17 03:00:02 2026 CET',
    '12345678',
    '17948844021',
    '1794884402.5',
    '17948844021234',
    `2026-11-18${' '.repeat(40)}`,
    '1e9',
  ])('%j cannot be read', (text) => {
    expect(read(text)).toBe('unreadable')
  })

  it('is read whatever its outer blanks, up to 40 characters', () => {
    expect(read(`2026-11-18${' '.repeat(30)}`)).toBe('2026-11-18T00:00:00.000Z, no zone')
  })
})

describe('the order of day and month', () => {
  it.each([
    ['13/04/2026', 'day-first'],
    ['04/13/2026', 'month-first'],
    ['04/03/2026', 'unknown'],
    ['12/12/2026', 'unknown'],
    ['4.3.2026', 'day-first'],
    [' 31/12/2026 10:00 ', 'day-first'],
    ['2026-04-13', 'unknown'],
    ['', 'unknown'],
  ])('%j proves %s', (text, order) => {
    expect(provenOrder(text)).toBe(order)
  })
})

describe('the short way for plain dates', () => {
  const shortly = (text: string) => {
    const bytes = Buffer.from(`<${text}>`)
    return plainIsoTime(bytes, 1, bytes.length - 1)
  }

  it.each([
    '2026-11-18T07:41:10Z',
    '2026-11-18 07:41:10',
    '2026-02-28T23:59:59.999Z',
    '2026-11-18 07:41:10.0000000',
    '2024-12-01T00:00:00.1Z',
    '2001-01-01 00:00:00.123456789Z',
  ])('is taken for %j', (text) => {
    expect(shortly(text)).toBe(
      Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}.${/\.(\d{1,3})/.exec(text)?.[1] ?? '0'}Z`),
    )
  })

  it.each([
    '',
    '2026-11-18',
    '2026-11-18T07:41:10+02:00',
    '2026-11-18T07:41:10Zulu',
    '2026-11-18T07:41:10.Z',
    '2026-11-18T07:41:10.',
    '2026-11-18T07:41:10.1234567890',
    '2026-11-29T07:41:10Z',
    '1999-11-18T07:41:10Z',
    '9999-11-18T07:41:10Z',
    '2026-13-18T07:41:10Z',
    '2026-00-18T07:41:10Z',
    '2026-11-00T07:41:10Z',
    '2026-11-18T24:00:00Z',
    '2026-11-18T07:60:00Z',
    '2026-11-18T07:41:60Z',
    '2026/11/18T07:41:10Z',
    '2026-11/18T07:41:10Z',
    '2026-11-18x07:41:10Z',
    '2026-11-18T07.41:10Z',
    '2026-11-18T07:41.10Z',
    '2o26-11-18T07:41:10Z',
    '2026-11-18T07:41:1oZ',
    '2026-11-18T07:41:10.1x3Z',
    '2026-11-18T07:41:10 UTC',
  ])('is not taken for %j', (text) => {
    expect(shortly(text)).toBeNaN()
  })

  it('gives what the long way gives', () => {
    const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) })
    const tail = fc.constantFrom(
      '',
      'Z',
      '.1',
      '.12Z',
      '.1234567',
      '.000Z',
      '.',
      '.Z',
      ' Z',
      '+00:00',
      'z',
      'ZZ',
      '.0123456789',
    )
    const texts = fc
      .tuple(time, tail, fc.constantFrom('T', ' ', 't'))
      .map(
        ([milliseconds, end, between]) => new Date(milliseconds).toISOString().slice(0, 19).replace('T', between) + end,
      )
    const broken = fc
      .tuple(texts, fc.nat(18), fc.constantFrom(...'0123456789-:/TZ. x'))
      .map(([text, at, character]) => text.slice(0, at) + character + text.slice(at + 1))
    fc.assert(
      fc.property(fc.oneof(texts, broken), (text) => {
        const plain = shortly(text)
        if (Number.isNaN(plain)) return
        expect(parseTimestamp(text, 'unknown', Number.POSITIVE_INFINITY)).toEqual({
          time: plain,
          zoned: text.endsWith('Z'),
        })
      }),
      { numRuns: 3000 },
    )
  })
})

describe('parseTimestamp', () => {
  const orders = fc.constantFrom<DateOrder>('day-first', 'month-first', 'unknown')

  it('never throws, and never gives a time outside the years it knows', () => {
    const piece = fc.constantFrom(...'0123456789-:/. TZ+,APM'.split(''), '2026', '-11-', 'Nov', ' UTC')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: piece, maxLength: 30 })), orders, (text, order) => {
        const timestamp = parseTimestamp(text, order, asOf)
        if (timestamp.time === undefined) return
        expect(timestamp.time).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1))
        expect(timestamp.time).toBeLessThanOrEqual(asOf + 86_400_000)
      }),
      { numRuns: 3000 },
    )
  })

  it('reads back what the calendar writes', () => {
    const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: asOf })
    fc.assert(
      fc.property(time, orders, (milliseconds, order) => {
        const iso = new Date(milliseconds).toISOString()
        for (const text of [iso, iso.replace('T', ' '), iso.replace('Z', '+0000'), iso.replace('Z', '0000Z')])
          expect(parseTimestamp(text, order, asOf)).toEqual({ time: milliseconds, zoned: true })
        const [year, month, day] = iso.slice(0, 10).split('-')
        const slashed = order === 'month-first' ? `${month}/${day}/${year}` : `${day}/${month}/${year}`
        const read = parseTimestamp(slashed, order, asOf)
        if (order !== 'unknown') expect(read).toMatchObject({ time: Date.parse(iso.slice(0, 10)), zoned: false })
        else if (read.time !== undefined) expect(read.time).toBe(Date.parse(iso.slice(0, 10)))
      }),
    )
  })
})
