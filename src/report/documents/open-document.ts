import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeHead, detectEncoding, toUtf8 } from '../../platform/encoding.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { type HashedInput, hashedInput } from '../../platform/hashed-input.js'
import { findInputs, headLimit, type Input, readHead } from '../../platform/input.js'
import { field, JsonReader } from '../../sources/readers/json.js'
import type { ReportedDocument } from '../view/report-view.js'

const kinds = ['scan', 'plan', 'verdict', 'evidence'] as const
export type DocumentKind = (typeof kinds)[number]

/** A document that was recognised by its schema, and not yet read. */
export interface OpenedDocument extends HashedInput {
  readonly kind: DocumentKind
  /** The path as given, `plan.json` of a folder of plans, or `stdin`. */
  readonly file: string
  /** The path as given. */
  readonly path: string
}

/** Looks at the beginning of a file, a folder of a plan, or stdin. Throws a Failure that says what it is instead. */
export async function openDocument(path: string): Promise<OpenedDocument> {
  const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory()
  const given = isFolder ? await planOfFolder(path) : path
  const { inputs, problems } = await findInputs([given], { stdin: process.stdin })
  const [problem] = problems
  if (problem)
    throw new Failure(exitCode.inputRefused, problem.code, problem.message, {
      where: { file: problem.name },
      tryThis: [problem.tryThis ?? howToMake],
    })
  const [input] = inputs
  if (input === undefined || inputs.length > 1) throw noDocument(path)
  const hashed = hashedInput(input)
  const file = path === '-' ? 'stdin' : given
  return { ...hashed, kind: kindOf(await schemaOf(hashed.input, file), file), file, path }
}

/** A document as the report names it, once it was read; `digest` where whoever read it has it already. */
export async function reported(
  document: OpenedDocument,
  asOf: string,
  digest?: string | undefined,
): Promise<ReportedDocument> {
  const { kind, file, input } = document
  // What was read of a compressed file is not what sha256sum sees.
  const known = input.packed === undefined ? digest : undefined
  return { kind, file, asOf, digest: known ?? (await document.digest()) }
}

const howToMake = 'Make a scan with: fleet scan exports --output scan.json'

async function planOfFolder(folder: string): Promise<string> {
  const plan = join(folder, 'plan.json')
  if ((await stat(plan).catch(() => undefined))?.isFile()) return plan
  throw new Failure(exitCode.inputRefused, 'no-plan-in-folder', 'The folder holds no plan.', {
    where: { file: folder },
    tryThis: ['A folder of exports is scanned first: fleet scan FOLDER --output scan.json'],
  })
}

function kindOf(schema: string | undefined, file: string): DocumentKind {
  const kind = kinds.find((name) => schema?.startsWith(`fleet.${name}/`))
  if (kind === undefined) throw noDocument(file, schema)
  if (schema === `fleet.${kind}/v1`) return kind
  throw new Failure(exitCode.inputRefused, 'newer-document', 'The document was written by another version of fleet.', {
    where: { file },
    tryThis: ['Update fleet, or make the document again with this version.'],
  })
}

/** The schema that a JSON document names; undefined where it names none. Throws a Failure for what is no JSON document. */
async function schemaOf(input: Input, file: string): Promise<string | undefined> {
  const { head, whole } = await readHead(input, headLimit)
  const encoding = detectEncoding(head, whole)
  if (encoding === 'binary') throw notJson(file)
  const start = decodeHead(head, encoding)
  const first = Buffer.from(start.subarray(0, 1024)).toString('latin1').trimStart()[0]
  if (first !== '{' && first !== '[') throw notJson(file)
  const schema = await schemaIn([start])
  if (schema !== undefined || whole || input.size === undefined) return schema
  // Other programs sort the keys of a document, and then the endpoints come before its schema.
  return await schemaIn(toUtf8(input.open(), encoding))
}

async function schemaIn(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const reader = new JsonReader(['endpoints'], { record() {}, fault() {} })
  for await (const chunk of chunks) reader.write(chunk)
  const schema = field(reader.end().envelopes[0], 'schema')
  return typeof schema === 'string' ? schema : undefined
}

function notJson(file: string): Failure {
  return new Failure(
    exitCode.inputRefused,
    'not-a-document',
    'This is no JSON document; a report is made from a scan, not from exports.',
    { where: { file }, tryThis: ['Scan the exports first: fleet scan exports --output scan.json'] },
  )
}

function noDocument(file: string, schema?: string): Failure {
  // Its own words only where they are ours: nothing of a foreign file is repeated.
  const known = schema !== undefined && /^fleet\.[a-z-]{1,30}\/v\d{1,4}$/.test(schema) ? schema : undefined
  return new Failure(
    exitCode.inputRefused,
    'unknown-document',
    known === undefined
      ? 'This is no document of fleet that a report can show.'
      : `A report shows no ${known} documents.`,
    {
      where: { file },
      tryThis: [
        'A report is made from a scan (fleet scan --output), and if there are: a plan (fleet plan), verdicts (fleet plan check --json) and evidence (fleet evidence --output).',
      ],
    },
  )
}
