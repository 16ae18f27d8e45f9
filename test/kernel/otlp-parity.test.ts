import { env } from 'node:process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { looseFields, numberFields } from '../../src/telemetry/fields.js'
import { BatchColumns, WordList } from '../../src/telemetry/otlp/batch-columns.js'
import type { BlockParser } from '../../src/telemetry/otlp/block-parser.js'
import { exactBlockParser } from '../../src/telemetry/otlp/exact-block-parser.js'
import { emptyReport, finishedReport } from '../../src/telemetry/otlp/input-report.js'
import { kernelBlockParser } from '../../src/telemetry/otlp/kernel-block-parser.js'
import { block } from './otlp-lines.js'

const identityKeys = ['endpoint.serial', 'host.name', 'user.email']
// More by hand: OTLP_PARITY_RUNS=100000 npx vitest run test/kernel/otlp-parity.test.ts
const numRuns = Number(env.OTLP_PARITY_RUNS ?? 300)

function read(parser: BlockParser, blocks: readonly Buffer[]) {
  const columns = new BatchColumns(identityKeys)
  const words = new WordList()
  const report = emptyReport('x')
  columns.clear('x')
  for (const bytes of blocks) parser.parse(bytes, columns, words, report)
  const rows = Array.from({ length: columns.rows }, (_, row) => ({
    signal: columns.signal[row],
    time: columns.time[row],
    observed: columns.observed[row],
    words: Array.from(columns.words.subarray(row * columns.wordColumns, (row + 1) * columns.wordColumns), (word) =>
      words.text(word),
    ),
    numbers: [...columns.numbers.subarray(row * numberFields.length, (row + 1) * numberFields.length)],
    content: columns.content[row],
    redacted: columns.redacted[row],
    loose: looseFields.map((field) => [columns.loose(row, field), columns.looseHash(row, field)]),
  }))
  return { rows, report: finishedReport(report) }
}

it('gives the rows and counts of the exact parser, whatever is in the lines', { timeout: 3_600_000 }, () => {
  const kernel = kernelBlockParser(identityKeys)!
  const exact = exactBlockParser(identityKeys)
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 2 }), (blocks) => {
      expect(read(kernel, blocks)).toEqual(read(exact, blocks))
    }),
    { numRuns },
  )
})
