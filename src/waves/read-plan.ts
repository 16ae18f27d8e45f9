import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import { findInputs, type Input } from '../platform/input.js'
import { checksumsFile } from '../platform/publish-folder.js'
import { sha256 } from '../platform/sha256.js'
import { PlanDocument } from './plan-document.js'
import { thresholdsOf } from './resolve-settings.js'

/** A plan, and what it was written as. */
export interface ReadPlan {
  readonly plan: PlanDocument
  /** The file that was read: `plan.json` of a folder. */
  readonly file: string
  /** SHA-256 of its bytes, as sha256sum tells it. */
  readonly digest: string
  readonly bytes: Uint8Array
}

/** A plan of ten million endpoints has about half a gigabyte; texts of the engine end there too. */
const largestPlan = 512 * 1024 * 1024

/** Reads a plan, or the one in a folder that `fleet plan` wrote. Throws a Failure when it is no whole plan. */
export async function readPlan(path: string): Promise<ReadPlan> {
  const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory()
  const file = isFolder ? join(path, 'plan.json') : path
  const { inputs, problems } = await findInputs([file], { stdin: process.stdin })
  const [problem] = problems
  if (problem)
    throw new Failure(exitCode.inputRefused, problem.code, problem.message, {
      where: { file },
      tryThis: ['Make a plan with: fleet plan scan.json'],
    })
  const [input] = inputs
  if (!input || inputs.length > 1) throw notAPlan(file)
  const read = await readPlanInput(input, file)
  if (isFolder && (await isChanged(path, read.digest)))
    throw new Failure(
      exitCode.inputRefused,
      'plan-changed',
      'The plan is not what fleet wrote: it was changed by hand.',
      {
        where: { file },
        tryThis: ['Take back the change (git, or a backup), or change the policy and plan again.'],
      },
    )
  return read
}

/** The same of an input that was found already; a folder's checksums are not looked at. */
export async function readPlanInput(input: Input, file: string): Promise<ReadPlan> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input.open()) {
    size += chunk.length
    if (size > largestPlan) throw notAPlan(file)
    // The reader uses its buffers again.
    chunks.push(Buffer.from(chunk))
  }
  const bytes = Buffer.concat(chunks)
  const value = parse(bytes, file)
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (typeof schema === 'string' && schema.startsWith('fleet.plan/') && schema !== 'fleet.plan/v1')
    throw new Failure(exitCode.inputRefused, 'newer-document', 'The plan was written by another version of fleet.', {
      where: { file },
      tryThis: ['Update fleet, or plan again with this version.'],
    })
  const plan = PlanDocument.safeParse(value)
  if (!plan.success || !isConsistent(plan.data)) throw notAPlan(file)
  return { plan: plan.data, file, digest: `sha256:${sha256(bytes)}`, bytes }
}

/** Whether the checksums of its folder say something else of `plan.json`. */
async function isChanged(folder: string, digest: string): Promise<boolean> {
  const sums = join(folder, checksumsFile)
  if (!(await stat(sums).catch(() => undefined))?.isFile()) return false
  const line = (await readFile(sums, 'utf8')).split('\n').find((text) => text.endsWith('  plan.json'))
  return line !== undefined && `sha256:${line.slice(0, 64)}` !== digest
}

function parse(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw notAPlan(file)
  }
}

/** What the schema cannot say: the gate has its thresholds, sizes and days fit the lists, and nobody is in two waves. */
function isConsistent(plan: PlanDocument): boolean {
  const { waves } = plan
  const ids = new Set(waves.flatMap(({ endpoints }) => endpoints))
  const names = new Set(waves.map(({ name }) => name))
  return (
    Object.values(thresholdsOf(plan)).every((value) => value >= 0 && Number.isFinite(value)) &&
    names.size === waves.length &&
    ids.size === waves.reduce((sum, { size }) => sum + size, 0) &&
    waves.every(
      ({ size, endpoints, days }) =>
        endpoints.length === size && days.reduce((sum, day) => sum + day.endpoints, 0) === size,
    )
  )
}

function notAPlan(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'not-a-plan', 'This is not a whole fleet.plan/v1 document.', {
    where: { file },
    tryThis: ['Make one with: fleet plan scan.json, and do not edit it: change the policy, and plan again.'],
  })
}
