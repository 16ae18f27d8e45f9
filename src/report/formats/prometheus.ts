import { byText } from '../../platform/by-text.js'
import { safeText } from '../../platform/safe-text.js'
import { states } from '../../readiness/verdict.js'
import type { ReportView } from '../view/report-view.js'
import type { ReportFormat } from './report-format.js'

/**
 * Gauges in the text format of Prometheus, for the textfile collector of its node exporter or a push gateway. What
 * cannot be told is left out: an absent series can be alerted on, and is no 0 (`absent(fleet_coverage_ratio)`).
 */
export const prometheus: ReportFormat = {
  id: 'prometheus',
  title: 'gauges for a monitoring system: coverage, states, gates, files',
  endings: ['prom'],
  start: () => ({ add() {}, finish: async (view) => [await exposition(gaugesOf(view))] }),
}

/** Departments beyond these are one series: names come from data, and every series costs the server memory. */
const mostDepartments = 50

/** Names of files carry days and ids of jobs, which would be a new series every day; formats stay. */
const unknownFormat = '(unknown)'

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Names by https://prometheus.io/docs/practices/naming/: base units, ratios from 0 to 1. */
interface GaugeEntry {
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

async function exposition(gauges: readonly GaugeEntry[]): Promise<string> {
  const { Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  for (const { name, help, samples } of gauges) {
    const [first] = samples
    if (first === undefined) continue
    const gauge = new Gauge({ name, help, labelNames: Object.keys(first.labels), registers: [registry] })
    // Names that are shown alike are one series: their counts add up.
    for (const { labels, value } of samples) gauge.inc(shown(labels), value)
  }
  return registry.metrics()
}

function shown(labels: Sample['labels']): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, safeText(value)]))
}

function gaugesOf({ asOf, head }: ReportView): GaugeEntry[] {
  const { coverage, breakdown, gates, health, telemetry, sources } = head
  const { ready, target, met, missing } = coverage
  const denominators = { in_scope: coverage.inScope, managed: coverage.managed, active: coverage.active }
  // With nothing in scope a target is neither met nor missed.
  const judged = coverage.inScope.of > 0
  return [
    gauge('scan_timestamp_seconds', 'Time the scan judged for, in seconds since 1970.', [one(Date.parse(asOf) / 1000)]),
    gauge(
      'coverage_ratio',
      'Ready endpoints divided by the denominator: in_scope (managed without the excluded), managed, or active (in scope without the stale). Absent when there is nothing to divide by.',
      Object.entries(denominators).flatMap(([denominator, { of }]) =>
        of === 0 ? [] : [{ labels: { denominator }, value: ready / of }],
      ),
    ),
    gauge('target_ratio', 'Coverage in scope that the policy wants.', [one(target / 100)]),
    gauge(
      'target_met',
      'Whether coverage in scope reaches the target: 1 yes, 0 no. Absent when nothing is in scope.',
      judged ? [one(met ? 1 : 0)] : [],
    ),
    gauge(
      'endpoints_missing',
      'Endpoints in scope that must become ready before the target is met. Absent when nothing is in scope.',
      judged ? [one(missing)] : [],
    ),
    gauge('endpoints', 'Endpoints by state; each is in one.', byState({}, head.states)),
    gauge(
      'endpoints_by_platform',
      'Endpoints by platform and state.',
      breakdown.platform.flatMap((row) => byState({ platform: row.name }, row.states)),
    ),
    gauge(
      'endpoints_by_department',
      `Endpoints by department and state: the ${mostDepartments} departments with most endpoints, all others as (others).`,
      largestFirst(breakdown.department).flatMap((row, index) =>
        byState({ department: index < mostDepartments ? row.name : '(others)' }, row.states),
      ),
    ),
    gauge(
      'gate_endpoints',
      'Endpoints by the answer of each version gate.',
      gates.flatMap(({ id, level, pass, fail, unknown, notApplicable }) =>
        counted({ gate: id, level }, 'result', { pass, fail, unknown, 'not-applicable': notApplicable }),
      ),
    ),
    gauge(
      'chain_endpoints',
      'Endpoints by stage of the delivery chain and what the probe says of it. Absent without any probe.',
      (health?.stages ?? []).flatMap(({ stage, ...told }) => counted({ stage }, 'state', told)),
    ),
    gauge(
      'telemetry_endpoints',
      'Endpoints by what the evidence says of their telemetry; missing ones are not in it. Absent without evidence.',
      telemetry === undefined ? [] : telemetrySamples(telemetry),
    ),
    gauge(
      'source_records',
      'Records of the files of each format that were counted or rejected. A refused file has neither: see fleet_source_files.',
      sources.flatMap(({ format = unknownFormat, problem, counted: kept, rejected }) =>
        problem === undefined ? counted({ format }, 'result', { counted: kept, rejected }) : [],
      ),
    ),
    gauge(
      'source_files',
      `Files of each format that were read or refused; ${unknownFormat} is the format of those refused before it was told.`,
      sources.flatMap(({ format = unknownFormat, problem }) =>
        counted({ format }, 'result', problem === undefined ? { read: 1, refused: 0 } : { read: 0, refused: 1 }),
      ),
    ),
    gauge('incomplete_warnings', 'Warnings that put the completeness of the numbers in doubt.', [
      one(head.warnings.filter(({ strict }) => strict).length),
    ]),
  ]
}

function gauge(name: string, help: string, samples: readonly Sample[]): GaugeEntry {
  return { name: `fleet_${name}`, help, samples }
}

/** By size, which hardly changes from day to day: a department must not go back and forth between its name and (others). */
function largestFirst(rows: ReportView['head']['breakdown']['department']): typeof rows {
  const sized = rows.map((row) => ({ row, size: Object.values(row.states).reduce((sum, count) => sum + count, 0) }))
  return sized.sort((a, b) => b.size - a.size || byText(a.row.name, b.row.name)).map(({ row }) => row)
}

function one(value: number): Sample {
  return { labels: {}, value }
}

function byState(labels: Sample['labels'], counts: ReportView['head']['states']): Sample[] {
  return states.map((state) => ({ labels: { ...labels, state }, value: counts[state] }))
}

function counted(labels: Sample['labels'], of: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { ...labels, [of]: name }, value }))
}

function telemetrySamples(telemetry: NonNullable<ReportView['head']['telemetry']>): Sample[] {
  const { proven, silent, contradicted, unknown, missing } = telemetry
  return counted({}, 'status', { proven, silent, contradicted, unknown, missing })
}
