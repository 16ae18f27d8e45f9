import { detectEncoding, toUtf8 } from '../../platform/encoding.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { headLimit, type Input, readHead } from '../../platform/input.js'
import { VerdictDocument } from '../../waves/verdict-document.js'

/** A verdict names at most a hundred endpoints: a few kilobytes. */
const largestVerdict = 16 * 1024 * 1024

/** Reads what `fleet plan check --json` printed. Throws a Failure when it is no whole verdict. */
export async function readVerdict(input: Input, file: string): Promise<VerdictDocument> {
  const { head, whole } = await readHead(input, headLimit)
  const encoding = detectEncoding(head, whole)
  if (encoding === 'binary') throw notAVerdict(file)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of toUtf8(input.open(), encoding)) {
    size += chunk.length
    if (size > largestVerdict) throw notAVerdict(file)
    // The reader uses its buffers again.
    chunks.push(Buffer.from(chunk))
  }
  const verdict = VerdictDocument.safeParse(parse(Buffer.concat(chunks)))
  if (!verdict.success) throw notAVerdict(file)
  return verdict.data
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

function notAVerdict(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'not-a-verdict', 'This is not a whole fleet.verdict/v1 document.', {
    where: { file },
    tryThis: ['Make it with: fleet plan check plan newer-scan.json --json > verdict.json'],
  })
}
