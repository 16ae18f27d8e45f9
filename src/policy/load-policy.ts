import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { canonicalJson } from '../platform/canonical-json.js'
import { detectEncoding } from '../platform/encoding.js'
import { exitCode, Failure } from '../platform/failure.js'
import { Policy } from './policy.js'
import { checkPolicy } from './policy-mistakes.js'

/** A policy and where it came from. */
export interface LoadedPolicy {
  readonly policy: Policy
  /** SHA-256 of the policy with its defaults, so that an added comment changes nothing. */
  readonly digest: string
  /** The file, or undefined for the defaults. */
  readonly file?: string | undefined
  /** The folder that relative paths of the policy start from. */
  readonly folder: string
}

const largestPolicy = 1024 * 1024

/** The policy file that is used when none is named: `fleet.yaml` here, or beside the exports. */
export async function findPolicy(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, 'fleet.yaml')
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile()) return file
  }
  return undefined
}

/** Reads and checks a policy; without a file, the defaults. Throws a Failure that names every wrong key. */
export async function loadPolicy(file: string | undefined): Promise<LoadedPolicy> {
  if (file === undefined) {
    const policy = Policy.parse({})
    return { policy, digest: digestOf(policy), folder: '.' }
  }
  const size = await stat(file).catch(() => undefined)
  if (!size?.isFile())
    throw new Failure(exitCode.usage, 'policy-not-found', 'The policy file is not there, or is no file.', {
      where: { file },
      tryThis: ['Check the path given with --policy.'],
    })
  if (size.size > largestPolicy)
    throw new Failure(exitCode.inputRefused, 'policy-too-large', `A policy is at most ${largestPolicy} bytes.`, {
      where: { file },
    })
  const bytes = await readFile(file).catch(() => {
    throw new Failure(exitCode.inputRefused, 'policy-unreadable', 'The policy file cannot be read.', {
      where: { file },
    })
  })
  const text = decode(bytes, file)
  const policy = parsePolicy(await parseYaml(text, file), file)
  return { policy, digest: digestOf(policy), file, folder: dirname(file) }
}

/** UTF-8, or UTF-16 with its mark; anything else would silently change names. */
function decode(bytes: Uint8Array, file: string): string {
  const encoding = detectEncoding(bytes, true)
  if (encoding === 'binary' || encoding === 'windows-1252')
    throw new Failure(exitCode.inputRefused, 'policy-not-utf-8', 'The policy file is not UTF-8 text.', {
      where: { file },
      tryThis: ['Save it as UTF-8 in your editor.'],
    })
  return new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding, { fatal: true }).decode(bytes)
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const { parseDocument } = await import('./yaml.js')
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true })
  const [error] = document.errors
  if (error) {
    const line = text.slice(0, error.pos[0]).split('\n').length
    throw new Failure(
      exitCode.inputRefused,
      'policy-not-yaml',
      `The policy is not valid YAML (${yamlProblem(error.code)}).`,
      {
        where: { file, line },
        tryThis: ['Check the indentation, quotes and colons at that line.'],
      },
    )
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch {
    throw new Failure(
      exitCode.inputRefused,
      'policy-not-yaml',
      'The policy uses a YAML alias without its anchor, or too many aliases.',
      {
        where: { file },
      },
    )
  }
}

/** The yaml package's error codes, as words; its messages quote the file. */
function yamlProblem(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}

function parsePolicy(value: unknown, file: string): Policy {
  const { policy, mistakes } = checkPolicy(value)
  if (policy !== undefined) return policy
  throw new Failure(
    exitCode.inputRefused,
    'policy-invalid',
    `The policy has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}.`,
    {
      where: { file, path: mistakes[0]?.path },
      tryThis: mistakes.map(({ path, text }) => `${path}: ${text}`),
    },
  )
}

function digestOf(policy: Policy): string {
  return `sha256:${createHash('sha256').update(canonicalJson(policy)).digest('hex')}`
}
