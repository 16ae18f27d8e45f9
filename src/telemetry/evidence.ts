import { policyStamp } from '../bundle/stamp.js'
import { byText } from '../platform/by-text.js'
import { isoTime } from '../platform/clock.js'
import type { InputProblem } from '../platform/input.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { ScanHead } from '../readiness/scan-document.js'
import { Aggregator } from './aggregate/aggregator.js'
import type { TelemetryInput } from './batch.js'
import type { CanaryResult } from './canary/canary-result.js'
import type { EvidenceDocument } from './evidence-document.js'
import { findingsOf } from './evidence-findings.js'
import { evidenceWarnings } from './evidence-warnings.js'
import type { FoundTelemetry } from './find-telemetry.js'
import { identityKeys } from './identity-keys.js'
import { matchSenders } from './match-senders.js'
import { WordList } from './otlp/batch-columns.js'
import { readOtlp } from './otlp/read-otlp.js'
import { baselinesSection } from './sections/baselines.js'
import { coverageSection } from './sections/coverage.js'
import { endpointsSection } from './sections/endpoints.js'
import { ghostsSection } from './sections/ghosts.js'
import { hooksSection } from './sections/hooks.js'
import { identitySection } from './sections/identity.js'
import { permissionModesSection } from './sections/permission-modes.js'
import { policyInForceSection } from './sections/policy-in-force.js'
import { redactionSection } from './sections/redaction.js'
import { toolsSection } from './sections/tools.js'
import type { TelemetryAnswer, TelemetryQuery } from './tables.js'
import type { EvidenceView, KnownEndpoint } from './view.js'

/** What was read, whichever engine did it. */
export interface GatheredTelemetry extends TelemetryAnswer {
  readonly source:
    | {
        readonly kind: 'files'
        readonly inputs: readonly TelemetryInput[]
        readonly unreadable: readonly InputProblem[]
        readonly skipped: FoundTelemetry['skipped']
      }
    | { readonly kind: 'clickhouse'; readonly tables: readonly { readonly name: string; readonly records: number }[] }
}

/** The inventory that telemetry is joined to. */
export interface KnownInventory {
  readonly file: string
  readonly head: ScanHead
  readonly endpoints: readonly KnownEndpoint[]
}

export interface EvidenceRequest {
  readonly policy: LoadedPolicy
  readonly inventory?: KnownInventory | undefined
  /** Milliseconds; records lie in since <= t < until. */
  readonly asOf: number
  readonly since: number
  readonly until: number
  /** The key of the collector's hash of identities, to join by hashed addresses. */
  readonly hashKey?: string | undefined
  /** The same telemetry upstream of the collector, and what was found of a canary. */
  readonly redaction?: { readonly before?: GatheredTelemetry; readonly canary?: CanaryResult } | undefined
}

/** What both engines are asked. */
export function telemetryQuery({ policy, since, until }: EvidenceRequest): TelemetryQuery {
  return { since, until, identityKeys: identityKeys(policy.policy).map(({ key }) => key) }
}

/** Reads OTLP files and sums them up on the way, in memory bounded by senders and sessions. */
export async function telemetryOfFiles(
  found: FoundTelemetry,
  query: TelemetryQuery,
  onRead?: (bytes: number) => void,
): Promise<GatheredTelemetry> {
  const words = new WordList()
  const aggregator = new Aggregator(query, words)
  const inputs = await readOtlp(
    found.inputs,
    words,
    { identityKeys: query.identityKeys, ...(onRead && { onRead }) },
    (batch) => aggregator.add(batch),
  )
  const source = { kind: 'files', inputs, unreadable: found.problems, skipped: found.skipped } as const
  return { ...aggregator.end(inputs), source }
}

/** The document: everything that telemetry, inventory and policy say together. The same of all gives the same bytes. */
export function evidenceDocument(telemetry: GatheredTelemetry, request: EvidenceRequest): EvidenceDocument {
  const { policy, inventory, asOf, since, until, hashKey } = request
  const { tables, counts } = telemetry
  const keys = identityKeys(policy.policy)
  const view: EvidenceView = {
    tables,
    counts,
    identityKeys: keys,
    policy,
    stamp: policy.policy.telemetry && policyStamp(policy.policy),
    endpoints: inventory?.endpoints,
    matches: matchSenders(tables.senders, keys, inventory?.endpoints, { ...(hashKey !== undefined && { hashKey }) }),
    asOf,
    since,
    until,
  }
  const endpoints = endpointsSection(view)
  const document: Omit<EvidenceDocument, 'findings'> = {
    schema: 'fleet.evidence/v1',
    asOf: isoTime(asOf),
    policy: {
      digest: policy.digest,
      ...(policy.file !== undefined && { file: policy.file }),
      ...(view.stamp !== undefined && { stamp: view.stamp }),
    },
    ...(inventory && {
      scan: { file: inventory.file, asOf: inventory.head.asOf, policyDigest: inventory.head.policy.digest },
    }),
    window: windowOf(view),
    input: inputOf(telemetry, request.redaction?.before),
    warnings: evidenceWarnings(telemetry, request, view),
    ...(inventory && { coverage: coverageSection(view, endpoints) }),
    identity: identitySection(view),
    policyInForce: policyInForceSection(view),
    hooks: hooksSection(view),
    tools: toolsSection(view),
    baselines: baselinesSection(view),
    permissionModes: permissionModesSection(view),
    redaction: redactionSection(view, { ...request.redaction, unread: unreadReasons(telemetry) }),
    ghosts: ghostsSection(view),
    endpoints: [...endpoints],
  }
  const { schema, asOf: at, policy: by, scan, window, input, warnings, ...sections } = document
  const head = { schema, asOf: at, policy: by, ...(scan && { scan }), window, input, warnings }
  return { ...head, findings: findingsOf(document), ...sections }
}

function windowOf({ tables, since, until }: EvidenceView): EvidenceDocument['window'] {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const sender of tables.senders) {
    if (sender.events === 0) continue
    first = Math.min(first, sender.first)
    last = Math.max(last, sender.last)
  }
  return {
    ...(since > 0 && { since: isoTime(since) }),
    until: isoTime(until),
    ...(last > 0 && { first: isoTime(first), last: isoTime(last) }),
  }
}

const mostServices = 50

function inputOf(
  { counts, tables, source }: GatheredTelemetry,
  before: GatheredTelemetry | undefined,
): EvidenceDocument['input'] {
  const { read, canary, duplicates, beforeWindow, afterWindow, withoutSequence, skewed } = counts
  const foreign = Object.entries(counts.foreign)
    .map(([service, records]) => ({ service, records }))
    .sort((a, b) => b.records - a.records || (a.service < b.service ? -1 : 1))
  return {
    kind: source.kind,
    ...(source.kind === 'files'
      ? {
          files: source.inputs.map(fileEntry),
          skipped: source.skipped.map(({ name, reason }) => ({ file: name, reason })),
        }
      : { tables: source.tables.map((table) => ({ ...table })) }),
    ...(before?.source.kind === 'files' && { before: before.source.inputs.map(fileEntry) }),
    read,
    counted: tables.senders.reduce((sum, { events }) => sum + events, 0),
    duplicates,
    canary,
    beforeWindow,
    afterWindow,
    withoutSequence,
    ...(skewed !== undefined && { skewed }),
    foreign: foreign.slice(0, mostServices),
    foreignServices: foreign.length,
  }
}

/** Why content may be in the data that nobody looked at. */
function unreadReasons({ source, counts }: GatheredTelemetry): string[] {
  const ours = Object.keys(counts.foreign).filter((service) => /claude|cowork/i.test(service))
  const reasons = ours.sort(byText).map((service) => `records of ${service}`)
  if (source.kind !== 'files') return reasons
  const bad = source.inputs.some(({ badLines }) => Object.keys(badLines).length > 0)
  const rejected = source.inputs.some((input) => Object.keys(input.rejected).length > 0)
  const unreadable = source.unreadable.length > 0 || source.inputs.some(({ problem }) => problem)
  return [
    ...(bad ? ['lines that could not be read'] : []),
    ...(rejected ? ['records that could not be used'] : []),
    ...(unreadable ? ['files that could not be read to their end'] : []),
    ...reasons,
  ]
}

function fileEntry(input: TelemetryInput): NonNullable<EvidenceDocument['input']['files']>[number] {
  const { file, bytes, lines, emptyLines, badLines, records, counted, foreign, foreignOther, rejected, problem } = input
  return {
    file,
    bytes,
    lines,
    emptyLines,
    badLines: { ...badLines },
    records,
    logs: counted.log,
    points: counted.point,
    spans: counted.span,
    foreign: Object.values(foreign).reduce((sum, each) => sum + each, foreignOther),
    rejected: { ...rejected },
    ...(problem && {
      problem: {
        code: problem.code,
        message: problem.message,
        ...(problem.tryThis !== undefined && { tryThis: problem.tryThis }),
      },
    }),
  }
}
