import type { Input } from '../../platform/input.js'
import type { TelemetryBatch, TelemetryInput } from '../batch.js'
import { BatchColumns, fullRows, mostWords, type WordList } from './batch-columns.js'
import type { BlockParser } from './block-parser.js'
import { exactBlockParser } from './exact-block-parser.js'
import { type BadLine, emptyReport, finishedReport, type InputProblem, type InputReport } from './input-report.js'
import { kernelBlockParser } from './kernel-block-parser.js'
import { notOtlpProblem } from './otlp-form.js'
import { ReadingThreads, usualThreads } from './reading-threads.js'

export interface ReadOptions {
  /** Attributes whose values become columns of words after the fields. */
  readonly identityKeys: readonly string[]
  /** Told of every chunk, for a display. */
  readonly onRead?: (bytes: number) => void
  /** Reads blocks; without it the fastest that this machine can run, which all give the same. */
  readonly parser?: BlockParser
  /** Threads for large files, besides this one; by default one less than there are cores, at most two. */
  readonly threads?: number
}

/**
 * Reads OTLP in JSON: gives every batch of records to `visit`, in the order of the inputs, and says what became of each
 * input. Nothing in an input makes it throw: what cannot be read is counted, or is the problem of the input.
 */
export async function readOtlp(
  inputs: readonly Input[],
  words: WordList,
  { identityKeys, onRead, parser, threads = parser ? 0 : usualThreads() }: ReadOptions,
  visit: (batch: TelemetryBatch) => void,
): Promise<readonly TelemetryInput[]> {
  const columns = new BatchColumns(identityKeys)
  const blockParser = parser ?? kernelBlockParser(identityKeys) ?? exactBlockParser(identityKeys)
  const reading = new ReadingThreads(threads, identityKeys, words)
  const reports: TelemetryInput[] = []
  try {
    for (const input of inputs) {
      const report = emptyReport(input.name)
      const handOut = () => {
        if (columns.rows > 0) visit(columns)
        columns.clear(input.name)
      }
      columns.clear(input.name)
      columns.onFull = handOut
      for await (const block of await reading.blocks(input, report, visit, onRead)) {
        blockParser.parse(block, columns, words, report)
        // Small blocks share a batch: those of a pipe, or of messages, hold few rows each.
        if (columns.rows >= fullRows) handOut()
      }
      handOut()
      nameForeignInput(report)
      if (words.full) report.problem ??= tooManyTexts
      reports.push(finishedReport(report))
    }
  } finally {
    await reading.close()
  }
  return reports
}

const tooManyTexts: InputProblem = {
  code: 'telemetry-too-many-texts',
  message: `There are more than ${mostWords.toLocaleString('en')} different names and sessions in the telemetry up to the end of this file; those beyond are counted as one.`,
  tryThis: 'Give fewer files at a time, or put the telemetry into ClickHouse and ask that.',
}

const foreignLines: ReadonlySet<string> = new Set(['not-json', 'not-otlp', 'not-utf8'] satisfies BadLine[])

/** An input without a single request in it is no telemetry with flaws, but something else. */
function nameForeignInput(report: InputReport): void {
  let foreign = 0
  for (const [bad, lines] of report.badLines) if (foreignLines.has(bad)) foreign += lines
  if (foreign > 0 && foreign + report.emptyLines === report.lines) report.problem ??= notOtlpProblem
}
