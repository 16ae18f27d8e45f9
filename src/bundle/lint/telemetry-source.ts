import { isRecord } from '../is-record.js'
import type { SettingsFile } from '../settings-file.js'
import type { LintContext } from './rule.js'
import { entriesAt, isManaged, type SettingsSource, sourceOf } from './settings-source.js'

// Every rule about telemetry asks for the same variables.
const alreadyRead = new WeakMap<object, ReadonlyMap<string, string>>()

/** The variables of `env` as the client sees them. Numbers and booleans count as their text (numbers: observed). */
export function environmentOf(value: unknown): ReadonlyMap<string, string> {
  if (!isRecord(value)) return new Map()
  const environment = alreadyRead.get(value) ?? readEnvironment(value)
  alreadyRead.set(value, environment)
  return environment
}

function readEnvironment(value: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    entriesAt(value, ['env']).flatMap(([name, text]) =>
      typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean'
        ? [[name, String(text)] as const]
        : [],
    ),
  )
}

/** Whether a file has anything to do with telemetry. */
export function isAboutTelemetry(value: unknown): boolean {
  return entriesAt(value, ['env']).some(([name]) => name.startsWith('OTEL_') || name === 'CLAUDE_CODE_ENABLE_TELEMETRY')
}

export interface TelemetrySource extends SettingsSource {
  readonly environment: ReadonlyMap<string, string>
}

/**
 * The managed source of a file, where the file is the first in it that is about telemetry: what is missing is said once,
 * there. Undefined for every other file. A source that only says that telemetry is off misses nothing.
 */
export function telemetrySource(file: SettingsFile, context: LintContext): TelemetrySource | undefined {
  if (!isManaged(file) || !isAboutTelemetry(file.value)) return undefined
  const source = sourceOf(file, context)
  if (source.files.find(({ value }) => isAboutTelemetry(value)) !== file) return undefined
  const environment = environmentOf(source.value)
  const isOff = /^(?:0|false)$/.test(environment.get('CLAUDE_CODE_ENABLE_TELEMETRY') ?? '')
  const sends = [...environment.keys()].some((name) => /^OTEL_(?:EXPORTER_OTLP_|[A-Z]+_EXPORTER$)/.test(name))
  return isOff && !sends ? undefined : { ...source, environment }
}
