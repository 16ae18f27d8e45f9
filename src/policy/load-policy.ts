import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type * as z from 'zod'
import { PolicyGate } from '../gates/catalogue.js'
import { canonicalJson } from '../platform/canonical-json.js'
import { detectEncoding } from '../platform/encoding.js'
import { exitCode, Failure } from '../platform/failure.js'
import { keysAt, Policy } from './policy.js'

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
  const parsed = Policy.safeParse(value)
  const unusable = unusableKeys(value)
  if (parsed.success && unusable.length === 0) return parsed.data
  const issues = parsed.error?.issues ?? []
  const problems = [...unusable, ...issues.flatMap((issue) => asMeant(issue, value)).flatMap(describeIssue)]
  throw new Failure(
    exitCode.inputRefused,
    'policy-invalid',
    `The policy has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}.`,
    {
      where: { file, path: problems[0]?.path },
      tryThis: problems.map(({ path, text }) => `${path}: ${text}`),
    },
  )
}

/** The checks drop a key of this name without a word, wherever a key of any name may stand. */
function unusableKeys(value: unknown, path: readonly PropertyKey[] = []): { path: string; text: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    return key === '__proto__'
      ? [{ path: keyPath(place), text: 'a key of this name cannot be used.' }]
      : unusableKeys(inner, place)
  })
}

const [anId, anIdWithLevel, aGate] = PolicyGate.options

/** The mistakes of an entry of `gates` in the form that was meant: zod knows only that none of the three fits. */
function asMeant(issue: z.core.$ZodIssue, policy: unknown): z.core.$ZodIssue[] {
  if (issue.code === 'invalid_union' && issue.path[0] !== 'gates') return nearestForm(issue)
  const [section, index] = issue.path
  if (section !== 'gates' || typeof index !== 'number') return [issue]
  const entry: unknown = (policy as { gates: unknown[] }).gates[index]
  const isChoice =
    typeof entry === 'object' && entry !== null && Object.keys(entry).every((key) => key === 'id' || key === 'level')
  const form = typeof entry === 'string' ? anId : isChoice ? anIdWithLevel : aGate
  return (form.safeParse(entry).error?.issues ?? []).map((inner) => ({
    ...inner,
    path: ['gates', index, ...inner.path],
  }))
}

/** The mistakes of the form that fits best: zod lists those of all of them. */
function nearestForm(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  const weigh = (inner: z.core.$ZodIssue) =>
    inner.path.length > 0 ? 1 : inner.code === 'invalid_type' ? 100 : inner.code === 'unrecognized_keys' ? 10 : 1
  const weight = (form: z.core.$ZodIssue[]) => form.reduce((sum, inner) => sum + weigh(inner), 0)
  const [best] = [...issue.errors].sort((a, b) => weight(a) - weight(b))
  if (best === undefined || best.length === 0) return [issue]
  return best
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    .flatMap((inner) => (inner.code === 'invalid_union' ? nearestForm(inner) : [inner]))
}

function describeIssue(issue: z.core.$ZodIssue): { path: string; text: string }[] {
  const path = keyPath(issue.path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: path === '(top level)' ? key : `${path}.${key}`,
      text: `unknown key. ${knownKeys(issue.path)}`,
    }))
  return [{ path, text: issue.message }]
}

function knownKeys(path: readonly PropertyKey[]): string {
  const keys = keysAt(path.filter((part) => typeof part === 'string').join('.'))
  return keys ? `Known keys: ${keys.join(', ')}.` : 'Check its spelling and its place.'
}

function keyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)'
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('')
}

function digestOf(policy: Policy): string {
  return `sha256:${createHash('sha256').update(canonicalJson(policy)).digest('hex')}`
}
