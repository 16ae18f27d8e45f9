import { desktopKey } from '../catalogue/desktop-keys.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import type { Channel, SettingsFile } from '../settings-file.js'
import { docs } from './references.js'
import type { Rule, Severity } from './rule.js'
import { isReference, isSecretName, knownToken, secretHeadersIn } from './secret-shapes.js'

/** Rules about secrets in files that others can read. A finding says what is where, and never a piece of it. */
export const rules: readonly Rule[] = [
  {
    id: 'secret-in-settings',
    title: 'A secret in the settings',
    surface: 'any',
    severity: 'error',
    why: 'Every local user can read managed settings, profiles and policies in the registry; a project file goes to everybody who has the repository.',
    fix: 'Let a helper (otelHeadersHelper, apiKeyHelper, headersHelper) read it from a file that only root can read, or use client certificates; then replace the secret.',
    ...docs.managedMcp,
    *check(file) {
      for (const { path, what } of secretsIn(file, file.value ?? file.lenient, [], undefined))
        yield {
          path,
          severity: severityOf(file.channel),
          message: `There is ${what} here, which ${readers(file.channel)}.`,
        }
    },
  },
]

/** A user's own file is that user's risk; it is still clear text. */
function severityOf(channel: Channel): Severity {
  return channel === 'user' || channel === 'hkcu' ? 'warning' : 'error'
}

function readers(channel: Channel): string {
  if (channel === 'user' || channel === 'hkcu') return 'every program of the user can read'
  if (channel === 'project') return 'everybody with the repository can read'
  return channel === 'server' ? 'every member of the organization gets' : 'every local user can read'
}

interface FoundSecret {
  readonly path: KeyPath
  readonly what: string
}

/** `parent` is the name of the object around the value: in `env` and `headers` names are the administrator's own. */
function* secretsIn(
  file: SettingsFile,
  value: unknown,
  path: KeyPath,
  parent: string | undefined,
): Iterable<FoundSecret> {
  if (typeof value === 'string') {
    const what = isReference(value) ? undefined : secretKind(file, value, path, parent)
    if (what !== undefined) yield { path, what }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* secretsIn(file, item, [...path, index], parent)
  } else if (isRecord(value)) {
    const name = lastName(path)
    for (const [key, item] of Object.entries(value)) yield* secretsIn(file, item, [...path, key], name)
  }
}

function lastName(path: KeyPath): string | undefined {
  return path.findLast((part) => typeof part === 'string')
}

/** Headers that stand as one text, in a form that is no longer accepted. */
function inText({ name }: { readonly name: string }): boolean {
  return /Headers$/.test(name)
}

function secretKind(file: SettingsFile, text: string, path: KeyPath, parent: string | undefined): string | undefined {
  const name = lastName(path) ?? ''
  const inHeaders = /headers$/i.test(parent ?? '')
  const token = knownToken(text)
  if (token !== undefined) return token
  const wholeKey = file.surface === 'claude-desktop' && path.length === 1 ? desktopKey(name) : undefined
  if (
    (parent === 'env' && /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?HEADERS$/.test(name)) ||
    (wholeKey?.secret && inText(wholeKey))
  ) {
    const [header] = secretHeadersIn(text)
    return header === undefined ? undefined : `the value of the header ${header}`
  }
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i.test(text)) return 'a password in a URL'
  if (inHeaders && isSecretName(name)) return `the value of the header ${name}`
  if (parent === 'env' && isSecretName(name)) return `the value of ${name}`
  if (wholeKey?.secret) return `the value of ${name}`
  return /(?:^|[a-z])(?:clientSecret|ClientSecret|apiKey|ApiKey|bearerToken|BearerToken|password|Password)$/.test(name)
    ? `the value of ${name}`
    : undefined
}
