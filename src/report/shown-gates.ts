import type { ScanHead } from '../readiness/scan-document.js'

type Gate = ScanHead['gates'][number]

/** The advised gates that bear on "only where we can audit it": telemetry, hooks, and builds known to be bad. */
const auditGates: ReadonlySet<string> = new Set([
  'cowork-otel-cloud',
  'cowork-content-export',
  'known-bad-builds',
  'otlp-resource-attributes',
  'plugin-hooks-windows',
])

/** The gates to show to a person: the required ones, and failing ones that bear on auditing; and how many others fail. */
export function shownGates(gates: readonly Gate[]): { readonly shown: readonly Gate[]; readonly others: number } {
  const required = gates.filter(({ level }) => level === 'required')
  const failing = gates.filter(({ level, fail }) => level === 'advised' && fail > 0)
  const advised = failing.filter(({ id }) => auditGates.has(id))
  return { shown: [...required, ...advised], others: failing.length - advised.length }
}
