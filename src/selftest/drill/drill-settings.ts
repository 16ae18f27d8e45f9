import { matcherMeaning } from '../../bundle/catalogue/hook-matcher.js'
import { formatSizeLimit } from '../../bundle/formats/read-format.js'
import { handlersOf, wellFormed } from '../../bundle/lint/hook-groups.js'
import { explainCode } from '../../bundle/precedence/explain-code.js'
import type { ExplainedKey } from '../../bundle/precedence/explained-key.js'
import type { Explanation } from '../../bundle/precedence/explanation.js'
import type { Machine } from '../../platform/machine.js'
import { isLoopback } from '../../policy/telemetry.js'
import { type Denial, denialOf, strongest } from './denial.js'
import { type ManagedFiles, managedFiles, type UnreadPlace } from './managed-files.js'

/** What the managed settings of this machine say, as far as a drill has to know it. */
export interface DrillSettings {
  /** Files and registry values that were read. */
  readonly files: readonly string[]
  /** Whether a session starts with them. */
  readonly start: Explanation['start']
  /** Places that could not be looked at: what they say is not known, and may outrank what is. */
  readonly unread: readonly UnreadPlace[]
  /** Places that hold no settings but something broken. */
  readonly broken: readonly string[]
  /** Whether somebody's client keeps settings from the server: they outrank all others, and a drill is not signed in. */
  readonly fromServer: ManagedFiles['fromServer']
  /** A program works out further settings when a session starts: what they say is not known beforehand. */
  readonly policyHelper: boolean
  /** Addresses that telemetry goes to, or may go to; without user names and queries. */
  readonly endpoints: readonly string[]
  /** Telemetry is switched on or off by them; `open` where they say nothing. */
  readonly telemetry: 'on' | 'off' | 'open'
  /** The text of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly attributes: string | undefined
  /** A well-formed hook that is asked before a Bash command runs. */
  readonly asksHook: boolean
  /** All hooks are switched off. */
  readonly hooksOff: boolean
  /** Addresses that events are posted to by hooks. */
  readonly hookUrls: readonly string[]
  /** What the deny rules come to for the drill's command. */
  readonly deny: Denial
  readonly ask: boolean
  /** Variables by which requests for the model do not reach the drill's stand-in. */
  readonly modelElsewhere: readonly string[]
}

/** Reads the managed settings that stand on this machine, and works out what a client of this version makes of them. */
export async function readDrillSettings(machine: Machine, version: string | undefined): Promise<DrillSettings> {
  const { given, unread, broken, fromServer } = await managedFiles(machine, formatSizeLimit)
  const explanation = explainCode(given, version)
  const values = (...path: readonly string[]) => valuesAt(explanation.keys, path)
  const text = (name: string) => values('env', name).at(0)
  const groups = values('hooks', 'PreToolUse').flatMap((value) => wellFormed({ hooks: { PreToolUse: value } }))
  const handlers = explanation.keys
    .filter(({ path }) => path[0] === 'hooks' && path.length === 2)
    .flatMap((key) => possible(key).flatMap((value) => handlersOf({ hooks: { [String(key.path[1])]: value } })))
  return {
    files: given.map(({ settings }) => settings.file),
    start: explanation.start,
    unread,
    broken,
    fromServer,
    policyHelper: values('policyHelper').length > 0,
    endpoints: [...new Set(endpointVariables.flatMap((name) => values('env', name)).map(shownUrl))],
    telemetry: telemetryOf(text('CLAUDE_CODE_ENABLE_TELEMETRY')),
    attributes: textOf(text('OTEL_RESOURCE_ATTRIBUTES')),
    asksHook: groups.some(({ matcher }) => matchesBash(matcher, version) !== false),
    hooksOff: values('disableAllHooks').includes(true),
    hookUrls: [...new Set(handlers.flatMap(({ fields }) => textOf(fields.url) ?? []).map(shownUrl))],
    deny: strongest(values('permissions', 'deny').flatMap(listOf).map(denialOf)),
    ask: values('permissions', 'ask')
      .flatMap(listOf)
      .some((rule) => denialOf(rule) !== 'no'),
    modelElsewhere: modelElsewhere((name) => values('env', name)),
  }
}

/** https://code.claude.com/docs/en/monitoring-usage (2026-08-22); the last is of the beta for traces. */
const endpointVariables = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'BETA_TRACING_ENDPOINT',
]

/** Another provider, or another address: https://code.claude.com/docs/en/third-party-integrations (2026-08-22). */
const providerVariables = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_ANTHROPIC_AWS',
]

function modelElsewhere(valuesOf: (name: string) => readonly unknown[]): string[] {
  const found = providerVariables.filter((name) => valuesOf(name).some((value) => !isOff(value)))
  if (valuesOf('ANTHROPIC_BASE_URL').length > 0) found.push('ANTHROPIC_BASE_URL')
  // The drill keeps loopback out of proxies, unless these settings say so otherwise.
  const throughProxy = valuesOf('NO_PROXY').some(
    (value) => !/(?:^|[\s,])(?:127\.0\.0\.1|\*)(?:[\s,]|$)/.test(String(value)),
  )
  if (throughProxy) found.push('NO_PROXY')
  return found
}

function isOff(value: unknown): boolean {
  return ['', '0', 'false'].includes(String(value))
}

function telemetryOf(value: unknown): DrillSettings['telemetry'] {
  if (value === undefined) return 'open'
  return isOff(value) ? 'off' : 'on'
}

/** The value in force, or all that may be. */
function valuesAt(keys: readonly ExplainedKey[], path: readonly string[]): unknown[] {
  return keys
    .filter((key) => key.path.length === path.length && path.every((name, index) => key.path[index] === name))
    .flatMap(possible)
}

function possible(key: ExplainedKey): unknown[] {
  if (key.state === 'set') return [key.value]
  return key.state === 'unknown' ? key.losers.map(({ value }) => value) : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

/** An address without what may be secret in it. */
function shownUrl(value: unknown): string {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined
  return url === undefined ? notAnAddress : `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
}

/** Stands for a value that cannot be told where it leads. */
export const notAnAddress = 'an address that is no URL'

/** The port on this machine that an address stands for; undefined where it is another machine, or needs TLS. */
export function loopbackPort(address: string): number | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, port } = new URL(address)
  return protocol === 'http:' && isLoopback(hostname) ? Number(port || 80) : undefined
}

/** Whether an address leads to another machine, or may do so. */
export function isElsewhere(address: string): boolean {
  return !URL.canParse(address) || !isLoopback(new URL(address).hostname)
}

/** Whether a matcher takes the tool Bash; undefined where that depends on a version that is not known. */
export function matchesBash(matcher: string | undefined, version?: string): boolean | undefined {
  const meaning = matcherMeaning(matcher ?? '', 'PreToolUse')
  if (meaning.kind === 'all') return true
  if (meaning.kind === 'invalid-pattern') return false
  if (meaning.kind === 'pattern') return new RegExp(meaning.source).test('Bash')
  const named = meaning.names.includes('Bash')
  return named && meaning.since !== undefined && version === undefined ? undefined : named
}
