import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentBlocks } from '../../../src/telemetry/otlp/document-blocks.js'
import { emptyReport } from '../../../src/telemetry/otlp/input-report.js'
import { lineBlocks } from '../../../src/telemetry/otlp/line-blocks.js'
import { messageBlocks } from '../../../src/telemetry/otlp/message-blocks.js'
import { otlpLines } from '../../../src/telemetry/otlp/otlp-lines.js'
import { fixture, input, messages, recorded, zstdFrame } from './in-memory.js'

async function linesOf(from: ReturnType<typeof input>) {
  const lines: string[] = []
  const bad: string[] = []
  try {
    for await (const line of otlpLines(from, (why) => bad.push(why))) lines.push(Buffer.from(line).toString())
  } catch (error) {
    return { lines, bad, code: (error as { code: string }).code }
  }
  return { lines, bad }
}
const texts = recorded.map((line) => line.toString().trim())

describe('lines of an input', () => {
  test('as they are, without empty ones', async () => {
    expect(await linesOf(input('a\r\n\n \n{"b":1}'))).toEqual({ lines: ['a\r', '{"b":1}'], bad: [] })
  })
  test('messages, and what is missing of them', async () => {
    expect(await linesOf(input(fixture('messages-zstd')))).toEqual({ lines: texts, bad: [] })
    expect(await linesOf(input(fixture('messages-zstd').subarray(0, -1)))).toEqual({
      lines: texts.slice(0, 1),
      bad: ['cut-off'],
    })
  })
  test('a failure comes after the lines', async () => {
    const proto = messages([Buffer.from(texts[0]!), Buffer.from([0x0a, 0])])
    expect(await linesOf(input(proto))).toEqual({ lines: [texts[0]], bad: ['not-otlp'], code: 'telemetry-protobuf' })
    expect(await linesOf(input('%PDF-1.7'))).toEqual({ lines: [], bad: [], code: 'telemetry-not-otlp' })
  })
})

describe('what is longer than a line may be is counted and left out, in any split', () => {
  const most = 50
  const short = `${'s'.repeat(most - 1)}\n`
  const long = `${'l'.repeat(most)}\n`
  const object = (length: number) => `{"a":\n"${'x'.repeat(length - 9)}"}`
  const framed = [object(most - 1), object(most + 1), object(20)].map((text) => Buffer.from(text))
  const bomb = zstdFrame(Buffer.alloc(5000, 0x20))
  test.each([
    ['lines', lineBlocks, Buffer.from(`${short}${long}a\n${long}${short}${long}`), [short, 'a\n', short], 3],
    ['the last line', lineBlocks, Buffer.from(`${short}${long}${long.trim()}l`), [short], 2],
    ['documents', documentBlocks, Buffer.concat(framed), [`${object(most - 1)}\n`, `${object(20)}\n`], 1],
    ['messages', messageBlocks, messages([...framed, bomb]), [`${object(most - 1)}\n`, `${object(20)}\n`], 2],
  ] as const)('%s', async (_, blocks, bytes, kept, tooLong) => {
    const flat = (text: string) => text.replaceAll('\n', ' ')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 9 }), async (sizes) => {
        const report = emptyReport('a')
        const found: string[] = []
        for await (const block of blocks(input(bytes, sizes).open(), report, most))
          found.push(Buffer.from(block).toString())
        expect(flat(found.join(''))).toBe(flat(kept.join('')))
        expect(Object.fromEntries(report.badLines)).toEqual({ 'too-long': tooLong })
        expect(report.lines).toBe(kept.length + tooLong)
      }),
      { numRuns: 60 },
    )
  })
})
