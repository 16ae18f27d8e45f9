import { findKey } from '../catalogue/claude-code-keys.js'
import { desktopKey } from '../catalogue/desktop-keys.js'
import { defineKey } from '../formats/define-key.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import { isSecretName, knownToken } from '../lint/secret-shapes.js'

export const redacted = '[redacted]'

/** Objects whose values are headers or credentials, whatever their names. */
const secretObjects = /headers$|^oauth$|oidc$/i
/** Names of variables that hold headers or tokens; counts of tokens are none. */
const secretVariable = /HEADERS$|_API_KEY$|TOKEN(?!S$)|SECRET|PASSWORD|PASSPHRASE/i

/** A value as it may be shown: headers, tokens, keys and passwords are `[redacted]`. Nothing else is changed. */
export function shownSetting(path: KeyPath, value: unknown): unknown {
  return hidesAt(path) ? hidden(value) : shown(value, 0)
}

/** Whether the name says that the value is a secret. Keys of the catalogue hold none: names inside them may. */
function hidesAt(path: KeyPath): boolean {
  const [name] = path
  if (typeof name === 'string' && path.length === 1 && desktopKey(name)?.secret === true) return true
  const names = findKey(path)?.inside ?? path
  return names.some((part) => typeof part === 'string' && isSecret(part))
}

function isSecret(name: string): boolean {
  // A helper is a program that prints the secret, a path to show.
  if (/helper/i.test(name)) return false
  return isSecretName(name) || secretVariable.test(name) || secretObjects.test(name)
}

/** The environment of a server's process: what stands there is mostly a secret. */
function holdsVariables(name: string, value: unknown): boolean {
  return name === 'env' && isRecord(value)
}

/** Empty texts, numbers and booleans hide nothing. */
function hidden(value: unknown): unknown {
  return value === '' || typeof value === 'number' || typeof value === 'boolean' || value === null ? value : redacted
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shownText(value)
  if (depth > 64) return redacted
  if (Array.isArray(value)) return shownList(value, depth)
  if (!isRecord(value)) return value
  const safe: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value))
    defineKey(safe, name, isSecret(name) || holdsVariables(name, inner) ? hidden(inner) : shown(inner, depth + 1))
  return safe
}

/** Arguments follow the option that names them: `--token abc`. */
function shownList(list: readonly unknown[], depth: number): unknown[] {
  return list.map((item, index) => {
    const before = list[index - 1]
    const isArgument = typeof item === 'string' && typeof before === 'string' && /^--?[A-Za-z]/.test(before)
    return isArgument && isSecret(before.replace(/^-+/, '')) ? redacted : shown(item, depth + 1)
  })
}

function shownText(text: string): string {
  if (knownToken(text) !== undefined) return redacted
  return text
    .replace(/(?<start>\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, `$<start>${redacted}@`)
    .replace(/\b(?<kind>Bearer|Basic)\s+[^\s"']{4,}/gi, `$<kind> ${redacted}`)
    .replace(
      /(?<name>--?[A-Za-z-]*(?:token|secret|password|api-?key))(?<sign>[= ])[^\s"']+/gi,
      `$<name>$<sign>${redacted}`,
    )
    .replace(/(?<name>[?&](?:token|key|secret|sig|access_token|api_key)=)[^&\s"']+/gi, `$<name>${redacted}`)
}
