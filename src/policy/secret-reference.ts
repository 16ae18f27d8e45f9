import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import * as z from 'zod'
import { exitCode, Failure } from '../platform/failure.js'

/** Where a secret is, never the secret: `env:NAME` or `file:PATH`. */
export const SecretReference = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\u0000-\u001f\u007f]+)$/, {
    error:
      'a secret stands nowhere in the policy: write env:NAME or file:PATH (or plain:TEXT for a value that is none)',
  })
  .max(1024)

/** A secret that can be printed by no mistake: as text, JSON or in a log it is `[redacted]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself; for the writer of artifacts only. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [inspect.custom](): string {
    return '[redacted]'
  }
}

/** Kind and place of a reference: `env` and a name, `file` and a path; of a value that is none, `plain` and the text. */
export function partsOfReference(reference: string): readonly [kind: string, rest: string] {
  const at = reference.indexOf(':')
  return [reference.slice(0, at), reference.slice(at + 1)]
}

/** The environment that `env:` references are looked up in. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads what a reference names; one final line end of a file is taken off. A relative path starts from `folder`, that of
 * the policy. Throws a Failure that names the reference,
 * never the value: when there is none, when it is empty, or when a file can be read by others.
 */
export async function resolveSecret(reference: string, environment: Environment, folder = '.'): Promise<Secret> {
  const [kind, name] = partsOfReference(reference)
  const value = kind === 'env' ? environment[name] : await readSecretFile(reference, resolve(folder, name))
  if (value === undefined || value === '')
    throw refuse(reference, 'secret-missing', 'A secret that the policy names is not there, or is empty.')
  if (/[\u0000-\u001f\u007f]/.test(value))
    throw refuse(reference, 'secret-invalid', 'A secret holds a line break or control character.')
  return new Secret(value)
}

async function readSecretFile(reference: string, path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    throw refuse(reference, 'secret-readable', 'The file of a secret can be read by others.', 'chmod 600 it.')
  if (found.size > 64 * 1024) throw refuse(reference, 'secret-invalid', 'The file of a secret is too large.')
  return (await readFile(path, 'utf8').catch(() => undefined))?.replace(/\r?\n$/, '')
}

function refuse(reference: string, code: string, message: string, tryThis = 'Set it, then run again.'): Failure {
  return new Failure(exitCode.inputRefused, code, message, { tryThis: [`${reference}: ${tryThis}`] })
}
