import type { Telemetry } from '../../policy/telemetry.js'

/** A kind of telemetry, and what the collector calls one record of it. */
export interface Signal {
  readonly name: 'logs' | 'metrics' | 'traces'
  /** The key of the transform processor that holds its statements. */
  readonly statements: 'log_statements' | 'metric_statements' | 'trace_statements'
  /** The context of OTTL that stands for one record. */
  readonly record: 'log' | 'datapoint' | 'span'
}

const logs = { name: 'logs', statements: 'log_statements', record: 'log' } as const
const metrics = { name: 'metrics', statements: 'metric_statements', record: 'datapoint' } as const
const traces = { name: 'traces', statements: 'trace_statements', record: 'span' } as const

/** What the clients of this policy send. */
export function signalsOf(telemetry: Telemetry): readonly Signal[] {
  return telemetry.traces ? [logs, metrics, traces] : [logs, metrics]
}

/** A text in OTTL. Keys and patterns are ours or checked by the policy; the escapes are a second net. */
export function ottlText(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** An attribute of a record or of its resource. */
export function attribute(context: string, key: string): string {
  return `${context}.attributes[${ottlText(key)}]`
}
