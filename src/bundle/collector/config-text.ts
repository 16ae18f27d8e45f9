import { exitCode, Failure } from '../../platform/failure.js'
import type { JsonValue } from '../formats/json-text.js'

/**
 * What the collector itself looks up when it starts. In a text the collector expands `${…}` wherever it stands, so
 * references are kept apart from data until the file is rendered.
 */
export class CollectorReference {
  constructor(readonly uri: string) {}
}

/** A text of the configuration: data, with references between. */
export class ConfigText {
  constructor(readonly parts: readonly (string | CollectorReference)[]) {}
}

/** A configuration before it is rendered. */
export type ConfigValue =
  | string
  | number
  | boolean
  | ConfigText
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue }

/**
 * The reference of a secret as the collector looks it up: `env:NAME` in its environment, `file:PATH` on its host.
 * Throws a Failure that names where the reference stands when a path holds a character that ends a reference or that the collector
 * refuses: https://github.com/open-telemetry/opentelemetry-collector/blob/main/confmap/expand.go (v0.159.0, 2026-08-21).
 */
export function collectorReference(
  secret: string,
  where: { readonly file: string; readonly path: string },
): CollectorReference {
  if (/[${}]/.test(secret))
    throw new Failure(
      exitCode.inputRefused,
      'collector-reference',
      'The collector cannot look up a file with $, { or } in its path.',
      { where, tryThis: ['Use another path, or env:NAME.'] },
    )
  return new CollectorReference(secret)
}

/** The configuration as the collector reads it: every `$` of data doubled, references as `${…}`. */
export function renderConfig(value: ConfigValue): JsonValue {
  if (typeof value === 'string') return escapeDollars(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (value instanceof ConfigText)
    return value.parts.map((part) => (typeof part === 'string' ? escapeDollars(part) : `\${${part.uri}}`)).join('')
  if (isList(value)) return value.map(renderConfig)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renderConfig(inner)]))
}

function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$')
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value)
}
