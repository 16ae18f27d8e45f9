import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { findInputs } from '../../../src/platform/input.js'
import { telemetryInputLimits } from '../../../src/telemetry/otlp/telemetry-limits.js'
import { fixture, input, logs, messages, type Row, read, recorded, sumsAddUp, zstdFrame } from './in-memory.js'

const folder = mkdtempSync(join(tmpdir(), 'otlp-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function readFiles(name: string, bytes: Uint8Array) {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const { inputs } = await findInputs([path], { stdin: Readable.from([]), limits: telemetryInputLimits })
  return read(inputs)
}

const lines = Buffer.concat(recorded)
const expected = await read([input(lines)])

describe('the recorded lines', () => {
  test('every record is a row', async () => {
    expect(expected.reports).toEqual([
      {
        file: 'a.jsonl',
        bytes: lines.length,
        lines: 2,
        emptyLines: 0,
        badLines: {},
        records: 15,
        counted: { log: 8, point: 7, span: 0 },
        foreign: {},
        foreignOther: 0,
        rejected: {},
      },
    ])
    await expect(`${JSON.stringify(expected.rows, undefined, 2)}\n`).toMatchFileSnapshot('golden/recorded-rows.json')
  })
})

describe('forms of the same lines give the same rows', () => {
  const packed: [string, Uint8Array][] = [
    ['plain', lines],
    ['gzip', gzipSync(lines)],
    ['gzip, members in a row', Buffer.concat(recorded.map((line) => gzipSync(line)))],
    ['zstd, frames in a row', fixture('two-frames.jsonl.zst')],
    ['messages, each a frame of zstd', fixture('messages-zstd')],
    ['messages, not packed', messages(recorded.map((line) => line.subarray(0, -1)))],
    ['messages in gzip', gzipSync(messages(recorded))],
    ['with a byte order mark', Buffer.concat([Buffer.from('\ufeff'), lines])],
    [
      'with a byte order mark before each file',
      Buffer.concat(recorded.flatMap((line) => [Buffer.from('\ufeff'), line])),
    ],
    ['CRLF', Buffer.from(lines.toString().replaceAll('\n', '\r\n'))],
    ['without the last line feed', lines.subarray(0, -1)],
    ['UTF-16', Buffer.from(`\ufeff${lines}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(lines.toString(), 'utf16le').swap16()],
    ['spread out', Buffer.from(`${documents(2)}\n`)],
    ['spread out, CRLF, without the last line feed', Buffer.from(documents('\t').replaceAll('\n', '\r\n'))],
    ['an array, spread out', Buffer.from(JSON.stringify(parsed(), undefined, 2))],
    ['an array in one line', Buffer.from(JSON.stringify(parsed()))],
    ['both kinds in one request', Buffer.from(JSON.stringify(Object.assign({}, ...parsed())))],
    ['times as numbers', Buffer.from(lines.toString().replace(/"(\d{19})"/g, ' $1'))],
    ['numbers as numbers and as texts', Buffer.from(lines.toString().replace(/"intValue":(\d+)/g, '"intValue":"$1"'))],
  ]
  test.each(packed)('%s', async (name, bytes) => {
    const { rows, reports } = await readFiles(`${name}.jsonl`, bytes)
    expect(rows).toEqual(expected.rows)
    expect(reports[0]).toMatchObject({ records: 15, counted: { log: 8, point: 7 }, emptyLines: 0, badLines: {} })
    expect(reports[0]).not.toHaveProperty('problem')
  })

  function parsed(): object[] {
    return recorded.map((line) => JSON.parse(line.toString()) as object)
  }

  function documents(indent: string | number): string {
    return parsed()
      .map((request) => JSON.stringify(request, undefined, indent))
      .join('\n')
  }
})

const one = (session: string) =>
  logs(
    { 'service.name': 'claude-code' },
    { timeUnixNano: '1795195312244000000', attributes: [{ key: 'session.id', value: { stringValue: session } }] },
  )

describe('any split into chunks gives the same rows and counts', () => {
  const bytes = Buffer.from(`${one('ä')}\n${one('b')}{"x":1}\nname,serial\n\u{1f600}\n${one('c')}{"resourceLogs":[`)
  const forms: [string, Buffer][] = [
    ['lines', bytes],
    [
      'messages',
      messages([zstdFrame(Buffer.from(one('a')), 7), Buffer.from(one('b')), Buffer.alloc(0), Buffer.from('x')]),
    ],
    ['messages cut off', messages([Buffer.from(one('a')), Buffer.from(one('b'))]).subarray(0, -9)],
    [
      'documents',
      Buffer.from(`[\n${one('a')},${JSON.stringify(JSON.parse(one('b')), undefined, 1)}]\nx,y\n{"a":"b\n${one('c')}`),
    ],
    ['UTF-16', Buffer.from(`\ufeff${bytes}`, 'utf16le')],
  ]
  test.each(forms)('%s', async (_, form) => {
    const whole = await read([input(form)])
    expect(whole.rows.length).toBeGreaterThanOrEqual(1)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(await read([input(form, sizes)])).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  test('what each line of them is', async () => {
    const counts = async (form: number) => {
      const { rows, reports } = await read([input(forms[form]![1])])
      const { lines, emptyLines, badLines } = reports[0]!
      return { sessions: rows.map(({ session }) => session), lines, emptyLines, badLines: { ...badLines } }
    }
    expect(await counts(0)).toEqual({
      sessions: ['ä', 'b', 'c'],
      lines: 8,
      emptyLines: 1,
      badLines: { 'cut-off': 1, 'not-otlp': 3 },
    })
    expect(await counts(1)).toEqual({ sessions: ['a', 'b'], lines: 4, emptyLines: 1, badLines: { 'not-otlp': 1 } })
    expect(await counts(2)).toEqual({ sessions: ['a'], lines: 2, emptyLines: 0, badLines: { 'cut-off': 1 } })
    expect(await counts(3)).toEqual({
      sessions: ['a', 'b', 'c'],
      lines: 5,
      emptyLines: 0,
      badLines: { 'not-json': 1, 'not-otlp': 1 },
    })
  })
})

test('any bytes give a report whose sums add up', async () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.constantFrom(...recorded, Buffer.from('\n'), Buffer.from(one('a')), fixture('messages-zstd')),
    fc
      .tuple(fc.constantFrom(...recorded), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }))
      .map(([line, at, change]) => {
        const damaged = Buffer.from(line)
        damaged.set(change, at % (line.length - change.length))
        return damaged
      }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }),
      async (parts, sizes) => {
        const bytes = Buffer.concat(parts)
        const { rows, reports } = await read([input(bytes, sizes)])
        const { counted, lines, emptyLines, badLines, records } = reports[0]!
        expect(sumsAddUp(reports[0]!)).toBe(true)
        expect(rows.length).toBe(counted.log + counted.point + counted.span)
        const unread = Object.values(badLines).reduce((sum, count) => sum + count, emptyLines)
        if (unread === lines) expect(records).toBe(0)
        expect(reports[0]!.bytes).toBeLessThanOrEqual(bytes.length)
      },
    ),
    { numRuns: 300 },
  )
})

describe('what is torn', () => {
  const bytes = Buffer.concat([lines, lines, lines])
  test('a packed file counts up to where it ends, and has a problem', async () => {
    for (const [name, packed] of [
      ['gzip', gzipSync(bytes)],
      ['zstd', zstdFrame(bytes)],
    ] as const) {
      const { rows, reports } = await readFiles(name, packed.subarray(0, packed.length - (name === 'gzip' ? 10 : 7000)))
      expect(rows.slice(0, 30)).toEqual([...expected.rows, ...expected.rows])
      expect(reports[0]).toMatchObject({ problem: { code: 'archive-damaged' }, badLines: { 'cut-off': 1 } })
    }
  })

  test('gzip cut anywhere gives all lines that are whole', async () => {
    const many = Buffer.from(Array.from({ length: 400 }, (_, index) => one(String((index * 7919) % 1000))).join(''))
    const packed = gzipSync(many)
    const all = (await readFiles('whole.gz', packed)).rows
    let before = -1
    for (let end = 20; end < packed.length; end += 61) {
      const first = await readFiles('cut.gz', packed.subarray(0, end))
      expect(first.reports[0]!.problem?.code).toBe('archive-damaged')
      expect(first.rows).toEqual(all.slice(0, first.rows.length))
      expect(first.rows.length).toBeGreaterThanOrEqual(before)
      before = first.rows.length
    }
    expect(before).toBeGreaterThan(300)
  })

  test('the beginning of a line that was rotated away', async () => {
    const { rows, reports } = await read([input(Buffer.concat([lines.subarray(300), lines]))])
    expect(rows.length).toBe(22)
    expect(reports[0]!.badLines).toEqual({ 'not-otlp': 1 })
  })

  test('a line that was torn and went on, and one that is not UTF-8', async () => {
    const latin1 = Buffer.from(one('é'), 'latin1')
    const { rows, reports } = await read([
      input(Buffer.concat([lines.subarray(0, 300), Buffer.from('\n'), latin1, lines])),
    ])
    expect(rows).toEqual(expected.rows)
    expect(reports[0]).toMatchObject({ lines: 4, badLines: { 'not-json': 1, 'not-utf8': 1 } })
  })
})

describe('what is no telemetry', () => {
  const others: [string, string | Uint8Array, string, Record<string, number>][] = [
    ['a table', 'Serial,Name\n1,a\n2,b\n', 'telemetry-not-otlp', { 'not-otlp': 3 }],
    [
      'a scan',
      JSON.stringify({ format: 'fleet.scan/v1', endpoints: [{ id: 'a' }] }, undefined, 2),
      'telemetry-not-otlp',
      { 'not-otlp': 1 },
    ],
    ['other JSON lines', '{"level":"info"}\n[]\n[1]\n7\nnull\n', 'telemetry-not-otlp', { 'not-otlp': 5 }],
    ['profiles', '{"resourceProfiles":[{}]}\n', 'telemetry-not-otlp', { 'not-otlp': 1 }],
    ['a PDF', '%PDF-1.7\n', 'telemetry-not-otlp', {}],
    ['Protobuf', Buffer.from([0x0a, 0x90, 1, 0x0a, 5, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0]), 'telemetry-protobuf', {}],
    ['messages in Protobuf', messages([Buffer.from([0x0a, 2, 0x0a, 0])]), 'telemetry-protobuf', { 'not-otlp': 1 }],
    [
      'packed messages in Protobuf',
      messages([zstdFrame(Buffer.from([0x0a, 2, 0x0a, 0]))]),
      'telemetry-protobuf',
      { 'not-otlp': 1 },
    ],
  ]
  test.each(others)('%s', async (_, bytes, code, badLines) => {
    const { rows, reports } = await read([input(bytes)])
    expect(rows).toEqual([])
    expect(reports[0]).toMatchObject({ problem: { code }, badLines })
    expect(reports[0]!.problem!.tryThis).toMatch(/format: json/)
  })

  test('requests with nothing in them are empty, and no problem', async () => {
    const { reports } = await read([input('{}\n{"resourceLogs":[]}\n{"resourceSpans":null}\n \t\r\n[{}]\n')])
    expect(reports[0]).toMatchObject({ lines: 5, emptyLines: 5, badLines: {}, records: 0 })
    expect(reports[0]).not.toHaveProperty('problem')
  })
})

test('batches are full but for the last of an input, and name it', async () => {
  const many = JSON.parse(one('a')) as { resourceLogs: { scopeLogs: { logRecords: unknown[] }[] }[] }
  const [record] = many.resourceLogs[0]!.scopeLogs[0]!.logRecords
  many.resourceLogs[0]!.scopeLogs[0]!.logRecords = Array.from({ length: 4500 }, () => record)
  const { readOtlp } = await import('../../../src/telemetry/otlp/read-otlp.js')
  const { WordList } = await import('../../../src/telemetry/otlp/batch-columns.js')
  const seen: [string, number][] = []
  const text = `${JSON.stringify(many)}\n`
  const small = input(Buffer.from(one('b').repeat(3)), [900], 'b')
  let told = 0
  const onRead = (bytes: number) => {
    told += bytes
  }
  const reports = await readOtlp(
    [input(text, [1000], 'a'), small],
    new WordList(),
    { identityKeys: [], onRead },
    ({ file, rows }) => {
      seen.push([file, rows])
    },
  )
  expect(seen).toEqual([
    ['a', 2000],
    ['a', 2000],
    ['a', 500],
    ['b', 3],
  ])
  expect(told).toBe(reports[0]!.bytes + reports[1]!.bytes)
})

test('rows keep nothing of the buffers they were read from', async () => {
  const { rows } = await read([input(lines, [100]), input(lines, [7])])
  const first: Row[] = rows.slice(0, expected.rows.length)
  expect(first).toEqual(expected.rows)
  expect(rows.slice(expected.rows.length)).toEqual(expected.rows)
})
