import { type PrivacyTier, privacyTiers } from '../../policy/telemetry.js'
import { environmentVariableTable } from './environment-variable-table.js'
import type { Origin } from './settings-key.js'

export type VariableKind =
  | 'switch'
  | 'content-switch'
  | 'exporter'
  | 'protocol'
  | 'endpoint'
  | 'headers'
  | 'interval'
  | 'other'

export type Signal = 'metrics' | 'logs' | 'traces'

/** An environment variable of Claude Code that has to do with telemetry, updates or what is sent where. */
export interface EnvironmentVariable extends Origin {
  readonly name: string
  readonly kind: VariableKind
  /** The words it takes; absent when it takes more than words. */
  readonly values?: readonly string[]
  /** A comma list of `values`. */
  readonly list?: true
  readonly pattern?: RegExp
  readonly since?: string
  /** What holds when it is not set, where that was stated. */
  readonly default?: string
  readonly alias?: string
  /** Set for the variables that come as one block from the highest source that sets any of them. */
  readonly telemetryBlock?: true
  /** Content switches: the lowest tier that may turn it on. */
  readonly tier?: PrivacyTier
  /** Content switches that a built bundle leaves off at every tier: what they send goes to an endpoint of its own. */
  readonly alwaysOff?: true
  /** The variable whose value counts when this one is not set. */
  readonly follows?: string
  /** Set when it is about one signal only. */
  readonly signal?: Signal
  readonly note?: string
}

/** Every variable of the catalogue. */
export const environmentVariables: readonly EnvironmentVariable[] = environmentVariableTable.flatMap(
  ([origin, variables]) =>
    variables.map((variable) => ({
      ...variable,
      ...origin,
      ...(inTelemetryBlock(variable.name) && { telemetryBlock: true as const }),
    })),
)

const byName = new Map(
  environmentVariables.flatMap((variable) =>
    [variable.name, variable.alias].filter((name) => name !== undefined).map((name) => [name, variable] as const),
  ),
)

/** The variable of a name or second name, letter by letter. */
export function variableNamed(name: string): EnvironmentVariable | undefined {
  return byName.get(name)
}

/**
 * Whether a variable comes with the telemetry block: these are taken together from the highest managed source that sets
 * any of them. Source: https://code.claude.com/docs/en/server-managed-settings (2026-08-22).
 */
export function inTelemetryBlock(name: string): boolean {
  return (
    name.startsWith('OTEL_EXPORTER_OTLP_') ||
    name.startsWith('OTEL_LOG_') ||
    ['BETA_TRACING_ENDPOINT', 'ENABLE_BETA_TRACING_DETAILED', 'OTEL_LOGS_EXPORTER'].includes(name)
  )
}

/**
 * Every content switch with the value it has at a tier, by name. All are set, also to off: what a managed file leaves
 * open a user's own settings or shell can turn on (observed, client 2.1.197).
 */
export function contentSwitches(tier: PrivacyTier): Readonly<Record<string, '0' | '1'>> {
  const rank = privacyTiers.indexOf(tier)
  return Object.fromEntries(
    environmentVariables
      .filter(({ kind }) => kind === 'content-switch')
      .map(({ name, tier: from, alwaysOff }) => {
        const isAllowed = from !== undefined && privacyTiers.indexOf(from) <= rank
        return [name, isAllowed && alwaysOff !== true ? '1' : '0']
      }),
  )
}

/**
 * Whether a switch is on. `unknown` covers what was neither documented nor seen: `yes`, `TRUE`, `2`. A number or boolean
 * in `env` counts as its text (numbers: observed, client 2.1.197).
 */
export function switchState(value: string | number | boolean): 'on' | 'off' | 'unknown' {
  const text = String(value)
  if (text === '1' || text === 'true') return 'on'
  return text === '0' || text === 'false' || text === '' ? 'off' : 'unknown'
}
