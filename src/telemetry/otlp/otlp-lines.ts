import { exitCode, Failure } from '../../platform/failure.js'
import type { Input } from '../../platform/input.js'
import { type BadLine, emptyReport } from './input-report.js'
import { otlpBlocks } from './otlp-blocks.js'

const lineFeed = 0x0a

/**
 * The lines of an input, or its messages, one request or a list of them each, as bytes without the line feed; empty ones
 * are left out. They are not checked: a line may be no JSON and no UTF-8. Valid until the next one is asked for. `onBad`
 * is told of every line that was left out because it could not be had. Throws a Failure for what keeps the input from
 * being read to its end, after all lines before that.
 */
export async function* otlpLines(
  input: Input,
  onBad: (why: BadLine) => void = () => {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const report = emptyReport(input.name)
  for await (const block of otlpBlocks(input, report)) {
    for (let start = 0; start < block.length; ) {
      const found = block.indexOf(lineFeed, start)
      const end = found === -1 ? block.length : found
      const line = block.subarray(start, end)
      if (line.some((byte) => byte > 0x20)) yield line
      start = end + 1
    }
  }
  for (const [why, lines] of report.badLines) for (let line = 0; line < lines; line++) onBad(why)
  if (report.problem) {
    const { code, message, tryThis } = report.problem
    const details = { where: { file: input.name }, ...(tryThis !== undefined && { tryThis: [tryThis] }) }
    throw new Failure(exitCode.inputRefused, code, message, details)
  }
}
