import type { Gate } from '../gates/gate.js'
import { evidenceProblem, type TelemetryEvidence } from '../health/telemetry-evidence.js'
import type { Endpoint } from '../inventory/endpoint.js'
import type { SharedIdentity } from '../inventory/identity.js'
import { buildInventory, type Inventory } from '../inventory/inventory.js'
import { ObservationStore } from '../inventory/observation-store.js'
import { isoTime } from '../platform/clock.js'
import type { Input, InputProblem } from '../platform/input.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import { unusedSections } from '../policy/policy.js'
import {
  type FileReport,
  type OpenedExport,
  openExport,
  type ReadOptions,
  readOpened,
} from '../sources/read-exports.js'
import { type Summary, Tally } from './coverage.js'
import { assess, createJudge, holds, type Judge, type Verdict } from './verdict.js'
import { type ScanWarning, warningsOf } from './warnings.js'

/** How records came together. */
export interface Joins {
  /** Endpoints known to more than one product. */
  readonly acrossProducts: number
  /** Endpoints with several records of one product, such as after a re-enrolment. */
  readonly duplicates: number
  /** Endpoints whose equally fresh app lists gave different answers; the worse one stands. */
  readonly disagreements: number
  /** Up to five endpoint ids of each kind. */
  readonly examples: {
    readonly acrossProducts: readonly string[]
    readonly duplicates: readonly string[]
    readonly disagreements: readonly string[]
  }
}

/** A file that was not read, and why. */
export interface SkippedFile {
  readonly name: string
  readonly reason: string
}

/** Something that looks like Claude and does not count. */
interface LookAlikeRow {
  readonly name: string
  readonly why: string
  readonly rows: number
}

/** The result of a scan. Endpoints are made on demand, one at a time. */
export interface Scan {
  /** ISO 8601. */
  readonly asOf: string
  readonly policy: LoadedPolicy
  readonly gates: readonly Gate[]
  /** The telemetry that arrived, where it was given. */
  readonly evidence?: TelemetryEvidence | undefined
  readonly files: readonly FileReport[]
  readonly unreadable: readonly InputProblem[]
  /** Files of a folder that were left out on purpose. */
  readonly skipped: readonly SkippedFile[]
  readonly warnings: readonly ScanWarning[]
  readonly summary: Summary
  readonly joins: Joins
  readonly shared: readonly SharedIdentity[]
  readonly lookAlikes: readonly LookAlikeRow[]
  /** Endpoints with their verdicts, ordered by id. */
  endpoints(): Iterable<{ endpoint: Endpoint; verdict: Verdict }>
}

export interface ScanOptions {
  readonly inputs: readonly Input[]
  readonly unreadable: readonly InputProblem[]
  readonly skipped: readonly SkippedFile[]
  readonly policy: LoadedPolicy
  readonly gates: readonly Gate[]
  readonly evidence?: TelemetryEvidence | undefined
  /** Milliseconds since 1970 UTC. */
  readonly asOf: number
  readonly read: Omit<ReadOptions, 'asOf'>
  /** Is told of every endpoint while they are counted, in no particular order. */
  readonly onVerdict?: ((endpoint: Endpoint, verdict: Verdict) => void) | undefined
  /** Stop at the first file that cannot be read. */
  readonly stopAtProblem: boolean
}

/** The main job: reads the exports, joins them, and gives a verdict for every endpoint. */
export async function scan(options: ScanOptions): Promise<Scan> {
  const { policy, gates, asOf } = options
  const problem = options.evidence && evidenceProblem(options.evidence, { asOf, policyDigest: policy.digest })
  const evidence = options.evidence && { ...options.evidence, problem }
  const store = new ObservationStore()
  const files = await readAll(options, store)
  const inventory = buildInventory(store, { asOf, maximumAgeDays: policy.policy.scope.appListMaximumAgeDays })
  const judge = createJudge(policy.policy, gates, asOf, evidence)
  const { summary, joins } = tally(inventory, judge, options.onVerdict)
  const lookAlikes = mergeLookAlikes(files)
  return {
    asOf: isoTime(asOf),
    policy,
    gates,
    evidence,
    files,
    unreadable: options.unreadable,
    skipped: options.skipped,
    warnings: warningsOf({
      files,
      unreadable: options.unreadable,
      shared: inventory.shared,
      joins,
      expired: policy.policy.scope.exclude.filter((rule) => !holds(rule, asOf)),
      unusedSections: unusedSections(policy.policy, evidence !== undefined && problem === undefined),
      evidence,
      telemetry: summary.telemetry,
      endpoints: inventory.size,
    }),
    summary,
    joins,
    shared: inventory.shared,
    lookAlikes,
    *endpoints() {
      for (const endpoint of inventory.sortedById()) yield { endpoint, verdict: assess(endpoint, judge) }
    },
  }
}

/** Reads lists of apps last: they repeat what the devices exports say of an endpoint, and then need not keep it. */
async function readAll(options: ScanOptions, store: ObservationStore): Promise<FileReport[]> {
  const read = { ...options.read, asOf: options.asOf }
  const reports = new Map<Input, FileReport>()
  const later: OpenedExport[] = []
  const stop = () => options.stopAtProblem && [...reports.values()].some((report) => report.problem)
  for (const input of options.inputs) {
    const result = await openExport(input, read)
    if ('report' in result) reports.set(input, result.report)
    else if (result.opened.recognition.source.gives === 'apps') later.push(result.opened)
    else reports.set(input, await readOpened(result.opened, store, read))
    if (stop()) break
  }
  for (const opened of later) {
    if (stop()) break
    reports.set(opened.input, await readOpened(opened, store, read))
  }
  return options.inputs.flatMap((input) => reports.get(input) ?? [])
}

const mostExamples = 5

function tally(
  inventory: Inventory,
  judge: Judge,
  onVerdict: ScanOptions['onVerdict'],
): { summary: Summary; joins: Joins } {
  const counts = new Tally(judge.gates, judge.policy.target.coverage, judge.evidence !== undefined)
  const joins = { acrossProducts: new Examples(), duplicates: new Examples(), disagreements: new Examples() }
  for (const endpoint of inventory.endpoints()) {
    const verdict = assess(endpoint, judge)
    counts.add(endpoint, verdict)
    onVerdict?.(endpoint, verdict)
    if (endpoint.isAcrossProducts) joins.acrossProducts.add(endpoint.id)
    if (endpoint.hasDuplicates) joins.duplicates.add(endpoint.id)
    if (disagrees(endpoint.desktop) || disagrees(endpoint.code)) joins.disagreements.add(endpoint.id)
  }
  return {
    summary: counts.summary(),
    joins: {
      acrossProducts: joins.acrossProducts.count,
      duplicates: joins.duplicates.count,
      disagreements: joins.disagreements.count,
      examples: {
        acrossProducts: joins.acrossProducts.ids,
        duplicates: joins.duplicates.ids,
        disagreements: joins.disagreements.ids,
      },
    },
  }
}

/** Counts, and keeps the first few ids in their order, whatever order they came in. */
class Examples {
  count = 0
  ids: readonly string[] = []

  add(id: string): void {
    this.count++
    const last = this.ids.at(-1)
    if (this.ids.length === mostExamples && last !== undefined && id >= last) return
    this.ids = [...this.ids, id].sort().slice(0, mostExamples)
  }
}

function disagrees(status: Endpoint['desktop']): boolean {
  return status.status === 'installed' && status.disagreement
}

function mergeLookAlikes(files: readonly FileReport[]): LookAlikeRow[] {
  const merged = new Map<string, { name: string; why: string; rows: number }>()
  for (const file of files) {
    for (const [key, row] of file.lookAlikes) {
      const known = merged.get(key)
      if (known) known.rows += row.rows
      else merged.set(key, { ...row })
    }
  }
  return [...merged.values()].sort((a, b) => b.rows - a.rows || (a.name + a.why < b.name + b.why ? -1 : 1))
}
