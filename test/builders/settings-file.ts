import { readJsonText } from '../../src/bundle/formats/json-text.js'
import { isRecord } from '../../src/bundle/is-record.js'
import type { Hit, LintContext, Rule } from '../../src/bundle/lint/rule.js'
import type { SettingsFile } from '../../src/bundle/settings-file.js'

/** Managed settings of Claude Code, from an object, or from a text or bytes where the form is the point. */
export function settingsFile(settings: unknown, more: Partial<SettingsFile> = {}): SettingsFile {
  const bytes = settings instanceof Uint8Array ? settings : Buffer.from(asText(settings))
  const read = readJsonText(bytes)
  return {
    file: more.channel === 'drop-in' ? 'managed-settings.d/50-more.json' : 'managed-settings.json',
    surface: 'claude-code',
    channel: 'file',
    format: 'json',
    value: isRecord(read.value) ? read.value : undefined,
    lenient: isRecord(read.lenient) ? read.lenient : undefined,
    problems: read.problems,
    lineOf: read.lineOf,
    ...more,
  }
}

function asText(settings: unknown): string {
  return typeof settings === 'string' ? settings : (JSON.stringify(settings) ?? '')
}

/** What rules may know, where nothing is said of it. */
export function lintContext(files: readonly SettingsFile[], more: Partial<LintContext> = {}): LintContext {
  return { files, codeVersions: [], desktopVersions: [], asOf: Date.UTC(2026, 10, 20), ...more }
}

/** What one rule finds in a file. Without `more.files` the file stands alone. */
export function hitsOf(rules: readonly Rule[], id: string, file: SettingsFile, more: Partial<LintContext> = {}): Hit[] {
  const rule = rules.find((candidate) => candidate.id === id)
  if (rule === undefined) throw new Error(`there is no rule ${id}`)
  return [...rule.check(file, lintContext(more.files ?? [file], more))]
}

/** Rules that find an error in the file. */
export function errorsOf(rules: readonly Rule[], file: SettingsFile, more: Partial<LintContext> = {}): string[] {
  return rules.flatMap((rule) =>
    hitsOf(rules, rule.id, file, more)
      .filter(({ severity }) => (severity ?? rule.severity) === 'error')
      .map(({ path, message }) => `${rule.id} ${path.join('.')}: ${message}`),
  )
}

/** Telemetry that leaves nothing open; `undefined` takes a variable out. */
export function goodEnvironment(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const environment: Record<string, unknown> = {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com:4318',
    OTEL_LOG_USER_PROMPTS: '0',
    OTEL_LOG_ASSISTANT_RESPONSES: '0',
    OTEL_LOG_TOOL_DETAILS: '0',
    OTEL_LOG_TOOL_CONTENT: '0',
    OTEL_LOG_RAW_API_BODIES: '0',
    ENABLE_BETA_TRACING_DETAILED: '0',
    OTEL_RESOURCE_ATTRIBUTES: 'department=field%20ops,fleet.policy=0123456789abcdef',
    ...changes,
  }
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
}

/** A file with that telemetry. */
export function withEnvironment(
  changes: Readonly<Record<string, unknown>> = {},
  settings: Readonly<Record<string, unknown>> = {},
  more: Partial<SettingsFile> = {},
): SettingsFile {
  return settingsFile({ env: goodEnvironment(changes), ...settings }, more)
}
