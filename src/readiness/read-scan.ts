import { detectEncoding, toUtf8 } from '../platform/encoding.js'
import { exitCode, Failure } from '../platform/failure.js'
import { findInputs, headLimit, type Input, readHead } from '../platform/input.js'
import { field, JsonReader } from '../sources/readers/json.js'
import { EndpointEntry, ScanDocument, type ScanHead } from './scan-document.js'
import { states } from './verdict.js'

/** One endpoint of a scan, with the head of the document it stands in. */
export interface FoundEndpoint {
  readonly head: ScanHead
  readonly endpoint: EndpointEntry
}

const ScanHeadOnly = ScanDocument.omit({ endpoints: true })

/**
 * Reads a `fleet.scan/v1` document in one pass, never held as a whole: `visit` gets each endpoint as it stands there, with
 * its bytes, and the head comes back. `onRead` is told of every chunk, for a display. Throws a Failure when the file is no
 * whole scan.
 */
export async function readScan(
  file: string,
  visit: (endpoint: unknown, bytes: () => Uint8Array) => void = () => {},
  onRead: (bytes: number) => void = () => {},
): Promise<ScanHead> {
  const found = await findInputs([file], { stdin: process.stdin })
  const [problem] = found.problems
  if (problem)
    throw new Failure(exitCode.inputRefused, problem.code, problem.message, {
      where: { file },
      tryThis: ['Make the document with: fleet scan exports --output scan.json'],
    })
  const [input, ...others] = found.inputs
  if (!input || others.length > 0) throw notAScan(file)
  return await readScanInput(input, file, visit, onRead)
}

/** The same of an input that was found already. */
export async function readScanInput(
  input: Input,
  file: string,
  visit: (endpoint: unknown, bytes: () => Uint8Array) => void,
  onRead: (bytes: number) => void,
): Promise<ScanHead> {
  const { head: bytes, whole } = await readHead(input, headLimit)
  const encoding = detectEncoding(bytes, whole)
  if (encoding === 'binary') throw notAScan(file)
  let lost = false
  const counts = new Map<unknown, number>()
  const reader = new JsonReader(['endpoints'], {
    record(endpoint) {
      const state = field(endpoint, 'state')
      counts.set(state, (counts.get(state) ?? 0) + 1)
      visit(endpoint, () => reader.recordBytes())
    },
    fault() {
      lost = true
    },
  })
  for await (const chunk of toUtf8(input.open(), encoding)) {
    onRead(chunk.length)
    reader.write(chunk)
  }
  const { envelopes } = reader.end()
  if (lost) throw notAScan(file)
  const schema = field(envelopes[0], 'schema')
  if (typeof schema === 'string' && schema.startsWith('fleet.scan/') && schema !== 'fleet.scan/v1')
    throw new Failure(exitCode.inputRefused, 'newer-document', 'The scan was written by another version of fleet.', {
      where: { file },
      tryThis: ['Update fleet, or scan again with this version.'],
    })
  const head = ScanHeadOnly.safeParse(envelopes[0])
  if (!head.success) throw notAScan(file)
  refuseMiscounted(file, head.data, counts)
  return head.data
}

/** The head is what people read, the endpoints are what it was counted from: a scan in which they differ was changed. */
function refuseMiscounted(file: string, { states: told }: ScanHead, counts: ReadonlyMap<unknown, number>): void {
  const wrong = states.find((state) => told[state] !== (counts.get(state) ?? 0))
  if (wrong === undefined) return
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)
  const [all, found] = [sum(Object.values(told)), sum(counts.values())]
  const message =
    all === found
      ? `The scan counts ${told[wrong]} endpoints as ${wrong}, and has ${counts.get(wrong) ?? 0}.`
      : `The scan counts ${all} endpoints, and has ${found}.`
  throw new Failure(exitCode.inputRefused, 'scan-incomplete', message, {
    where: { file },
    tryThis: ['Make it again with: fleet scan exports --output scan.json'],
  })
}

/**
 * What stands at the beginning of a scan about the policy that judged it; undefined where that cannot be told. Only looks:
 * whether it is a whole scan is for `readScan` to say.
 */
export async function policyOfScan(file: string): Promise<{ digest: string; file?: string | undefined } | undefined> {
  const { inputs } = await findInputs([file], { stdin: process.stdin })
  const [input] = inputs
  if (!input) return undefined
  const { head } = await readHead(input, headLimit)
  const reader = new JsonReader(['endpoints'], { record() {}, fault() {} })
  reader.write(head)
  const policy = ScanDocument.shape.policy.safeParse(field(reader.end().envelopes[0], 'policy'))
  return policy.success ? policy.data : undefined
}

/**
 * Finds one endpoint of a `fleet.scan/v1` document by id, serial number, device id, host name or e-mail address. The
 * document is read in one pass and never held as a whole. Throws a Failure when there is none, or more than one.
 */
export async function findEndpoint(file: string, wanted: string): Promise<FoundEndpoint> {
  const byId: unknown[] = []
  const byName: unknown[] = []
  const folded = wanted.trim().toLowerCase()
  const head = await readScan(file, (value) => {
    if (idsOf(value).includes(folded)) byId.push(value)
    else if (namesOf(value).includes(folded) && byName.length < 20) byName.push(value)
  })
  const matches = byId.length > 0 ? byId : byName
  if (matches.length === 0)
    throw new Failure(
      exitCode.inputRefused,
      'no-such-endpoint',
      'The scan has no endpoint of that id, serial number, host name, device id or e-mail address.',
      {
        where: { file },
        tryThis: ['fleet scan … --format csv lists all endpoints.'],
      },
    )
  if (matches.length > 1)
    throw new Failure(
      exitCode.inputRefused,
      'several-endpoints',
      `${matches.length} endpoints are called that; names are not unique.`,
      {
        where: { file },
        tryThis: [`Use one of these ids: ${matches.map((match) => String(field(match, 'id'))).join(', ')}`],
      },
    )
  const endpoint = EndpointEntry.safeParse(matches[0])
  if (!endpoint.success) throw notAScan(file)
  return { head, endpoint: endpoint.data }
}

function notAScan(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'not-a-scan', 'This is not a whole fleet.scan/v1 document.', {
    where: { file },
    tryThis: ['Make it with: fleet scan exports --output scan.json'],
  })
}

function idsOf(value: unknown): string[] {
  const records = field(value, 'records')
  const devices = Array.isArray(records) ? records.map((record) => field(record, 'deviceId')) : []
  return fold([field(value, 'id'), field(value, 'serial'), field(value, 'hardwareUuid'), ...devices])
}

function namesOf(value: unknown): string[] {
  return fold([field(value, 'hostname'), field(value, 'email')])
}

function fold(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string').map((value) => value.toLowerCase())
}
