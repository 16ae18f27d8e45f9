import * as z from 'zod'
import { Gate } from '../gates/gate.js'
import { type EndpointHealth, probeProblems } from '../health/endpoint-health.js'
import { stageNames } from '../health/facts.js'
import { stageStates } from '../health/judge.js'
import { telemetryStatuses } from '../health/telemetry-evidence.js'
import { type Endpoint, endpointAttributes, type Install, type ProductStatus } from '../inventory/endpoint.js'
import { products } from '../inventory/observation.js'
import { claudeProducts } from '../inventory/observation-store.js'
import { isoTime } from '../platform/clock.js'
import type { FileReport } from '../sources/read-exports.js'
import type { Scan } from './scan.js'
import { type GateVerdict, type Reason, states, type Verdict } from './verdict.js'

const time = z.iso.datetime()
const count = z.int().min(0)
const product = z.enum(claudeProducts)
const state = z.enum(states)

const Receipt = z.object({ file: z.string(), record: count, field: z.string(), value: z.string() })

const ReasonEntry = z.object({
  code: z.string(),
  product: product.optional(),
  gate: z.string().optional(),
  stage: z.enum(stageNames).optional(),
  upgradeTo: z.string().optional(),
  detail: z.string().optional(),
  receipt: Receipt.optional(),
})

const Copy = z.object({
  version: z.string(),
  normal: z.string().optional(),
  path: z.string().optional(),
  startable: z.boolean(),
  notes: z.array(z.string()),
  receipt: Receipt,
})

const ProductEntry = z.object({
  status: z.enum(['installed', 'absent', 'unknown']),
  /** As given by the copy that decides: the oldest that can be started. */
  version: z.string().optional(),
  /** Its normal form; missing where it cannot be read. */
  normal: z.string().optional(),
  reason: z.string().optional(),
  asOf: time.optional(),
  receipt: Receipt.optional(),
  copies: z.array(Copy).optional(),
  disagreement: z.literal(true).optional(),
})

const StageEntry = z.object({ state: z.enum(stageStates), seen: z.string(), at: time.optional() })

/** What the probe of an endpoint says: its stages, or why it says nothing. */
const ProbeEntry = z.object({
  at: time.optional(),
  problem: z.enum(probeProblems).optional(),
  stages: z.partialRecord(z.enum(stageNames), StageEntry).optional(),
  diagnoses: z.array(z.string()).optional(),
  /** Its value is the line. */
  receipt: Receipt,
})

const HealthEntry = z.object({
  judged: count,
  withoutProbe: count,
  problems: z.record(z.enum(probeProblems), count),
  stages: z.array(
    z.object({
      stage: z.enum(stageNames),
      proven: count,
      contradicted: count,
      unknown: count,
      'not-applicable': count,
    }),
  ),
  diagnoses: z.array(z.object({ code: z.string(), stage: z.enum(stageNames), endpoints: count })),
})

export const EndpointEntry = z.object({
  id: z.string(),
  serial: z.string().optional(),
  hardwareUuid: z.string().optional(),
  hostname: z.string().optional(),
  platform: z.enum(['macos', 'windows', 'linux', 'other', 'unknown']),
  osVersion: z.string().optional(),
  user: z.string().optional(),
  email: z.string().optional(),
  department: z.string().optional(),
  site: z.string().optional(),
  groups: z.array(z.string()).optional(),
  lastSeen: time.optional(),
  desktop: ProductEntry,
  code: ProductEntry,
  state,
  reasons: z.array(ReasonEntry),
  /** The required gates only; the rules of all gates stand in the head, so the others can be worked out from it. */
  gates: z.array(
    z.object({
      id: z.string(),
      result: z.enum(['pass', 'fail', 'unknown', 'not-applicable']),
      reason: z.string().optional(),
      detail: z.string().optional(),
      upgradeTo: z.string().optional(),
    }),
  ),
  probe: ProbeEntry.optional(),
  /** What the evidence says; `record` is its place among the endpoints there. */
  telemetry: z
    .object({
      status: z.enum(telemetryStatuses),
      last: time.optional(),
      silentSince: time.optional(),
      detail: z.string().optional(),
      record: count,
    })
    .optional(),
  /** The records it was joined from, freshest first. */
  records: z.array(
    z.object({
      file: z.string(),
      record: count,
      product: z.enum(products),
      deviceId: z.string().optional(),
      serial: z.string().optional(),
      lastSeen: time.optional(),
      appsAsOf: time.optional(),
      apps: z.enum(['none', 'complete', 'partial', 'unknown']),
    }),
  ),
  /** Index into `records` of where each attribute was taken from. */
  origins: z.record(z.string(), count),
  extensionAttributes: z.record(z.string(), z.string()).optional(),
})
export type EndpointEntry = z.infer<typeof EndpointEntry>

const share = z.object({ of: count, percent: z.number().nullable() })
export const Coverage = z.object({
  ready: count,
  target: z.number(),
  met: z.boolean(),
  missing: count,
  managed: share,
  inScope: share,
  active: share,
})
const StateCounts = z.record(state, count)
const Breakdown = z.array(z.object({ name: z.string(), states: StateCounts, coverage: Coverage }))

/** `fleet.scan/v1`, the document that every other command reads. */
export const ScanDocument = z.object({
  schema: z.literal('fleet.scan/v1'),
  asOf: time,
  policy: z.object({
    digest: z.string(),
    file: z.string().optional(),
    staleAfterDays: count,
    expectDesktop: z.boolean(),
  }),
  sources: z.array(
    z.object({
      file: z.string(),
      format: z.string().optional(),
      encoding: z.string().optional(),
      /** In hexadecimal, of the bytes that were read; of a packed export those inside. Missing where it was not read. */
      sha256: z.string().optional(),
      records: count,
      counted: count,
      rejected: count,
      rejectedBy: z.record(z.string(), count).optional(),
      problem: z.object({ code: z.string(), message: z.string(), tryThis: z.string().optional() }).optional(),
    }),
  ),
  /** Files of a folder that were left out on purpose, such as hidden files and notes. */
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  /** The first hundred rejected records of each file; `sources[].rejectedBy` counts all of them. */
  rejected: z.array(z.object({ file: z.string(), record: count, line: count.optional(), reason: z.string() })),
  warnings: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      file: z.string().optional(),
      records: count.optional(),
      firstRecord: count.optional(),
      strict: z.boolean(),
    }),
  ),
  coverage: Coverage,
  states: StateCounts,
  reasons: z.array(
    z.object({ state, code: z.string(), detail: z.string().optional(), endpoints: count, action: z.string() }),
  ),
  /** Every gate with its whole rule, and how many endpoints gave which answer. */
  gates: z.array(z.object({ ...Gate.shape, pass: count, fail: count, unknown: count, notApplicable: count })),
  versions: z.array(
    z.object({
      product,
      version: z.string(),
      readable: z.boolean(),
      endpoints: count,
      belowRequired: count,
      /** No required gate fails on them, but one cannot tell; missing in scans that did not count them. */
      unknownRequired: count.optional(),
    }),
  ),
  breakdown: z.object({ platform: Breakdown, department: Breakdown, site: Breakdown }),
  joins: z.object({
    acrossProducts: count,
    duplicates: count,
    disagreements: count,
    examples: z.object({
      acrossProducts: z.array(z.string()),
      duplicates: z.array(z.string()),
      disagreements: z.array(z.string()),
    }),
  }),
  sharedIdentities: z.array(
    z.object({ kind: z.enum(['serial', 'hardware-uuid']), value: z.string(), why: z.string() }),
  ),
  lookAlikes: z.array(z.object({ name: z.string(), why: z.string(), rows: count })),
  /** How far the delivery chain reaches, over endpoints neither excluded nor stale; missing without any probe. */
  health: HealthEntry.optional(),
  /** The evidence that was given, and what it says of endpoints neither excluded nor stale; `missing` are not in it. */
  telemetry: z
    .object({
      file: z.string(),
      asOf: time,
      policyDigest: z.string(),
      /** `sha256:…` of the file, which tells it from other evidence of the same time. */
      digest: z.string().optional(),
      proven: count,
      silent: count,
      contradicted: count,
      unknown: count,
      missing: count,
    })
    .optional(),
  endpoints: z.array(EndpointEntry),
})
export type ScanDocument = z.infer<typeof ScanDocument>

/** Everything of the document but its endpoints. */
export type ScanHead = Omit<ScanDocument, 'endpoints'>

/** The head of the document of a scan. */
export function scanHead(scan: Scan): ScanHead {
  const { policy, summary } = scan
  const gates = new Map(scan.gates.map((gate) => [gate.id, gate]))
  return {
    schema: 'fleet.scan/v1',
    asOf: scan.asOf,
    policy: {
      digest: policy.digest,
      ...optional({ file: policy.file }),
      staleAfterDays: policy.policy.scope.staleAfterDays,
      expectDesktop: policy.policy.scope.expectDesktop,
    },
    sources: scan.files.map(fileEntry),
    skipped: scan.skipped.map(({ name, reason }) => ({ file: name, reason })),
    rejected: scan.files.flatMap(({ file, rejects }) => rejects.map((reject) => optional({ file, ...reject }))),
    warnings: scan.warnings.map((warning) => optional({ ...warning })),
    coverage: summary.coverage,
    states: summary.states,
    reasons: summary.reasons.map((row) => optional({ ...row })),
    gates: summary.gates.map(({ id, pass, fail, unknown, notApplicable }) => ({
      ...gates.get(id)!,
      pass,
      fail,
      unknown,
      notApplicable,
    })),
    versions: [...summary.versions],
    breakdown: {
      platform: [...summary.breakdown.platform],
      department: [...summary.breakdown.department],
      site: [...summary.breakdown.site],
    },
    joins: {
      ...scan.joins,
      examples: {
        acrossProducts: [...scan.joins.examples.acrossProducts],
        duplicates: [...scan.joins.examples.duplicates],
        disagreements: [...scan.joins.examples.disagreements],
      },
    },
    sharedIdentities: [...scan.shared],
    lookAlikes: [...scan.lookAlikes],
    ...(summary.health && {
      health: {
        ...summary.health,
        problems: { ...summary.health.problems },
        stages: summary.health.stages.map((row) => ({ ...row })),
        diagnoses: summary.health.diagnoses.map((row) => ({ ...row })),
      },
    }),
    ...(scan.evidence &&
      summary.telemetry && {
        telemetry: {
          file: scan.evidence.file,
          asOf: scan.evidence.asOf,
          policyDigest: scan.evidence.policyDigest,
          ...optional({ digest: scan.evidence.digest }),
          ...summary.telemetry,
        },
      }),
  }
}

function fileEntry(file: FileReport): ScanDocument['sources'][number] {
  const { format, encoding, sha256, records, counted, rejected, rejectedBy, problem } = file
  return optional({
    file: file.file,
    format,
    encoding,
    sha256,
    records,
    counted,
    rejected,
    rejectedBy: rejectedBy.size === 0 ? undefined : Object.fromEntries([...rejectedBy].sort()),
    problem: problem && optional({ ...problem }),
  })
}

/** One endpoint of the document; members without a value are left to JSON to drop, since there may be a million. */
export function endpointEntry(endpoint: Endpoint, verdict: Verdict): EndpointEntry {
  const attributes = Object.entries(endpoint.extensionAttributes)
  const { groups } = endpoint
  return {
    id: endpoint.id,
    serial: endpoint.serial,
    hardwareUuid: endpoint.hardwareUuid,
    hostname: endpoint.hostname,
    platform: endpoint.platform,
    osVersion: endpoint.osVersion,
    user: endpoint.user,
    email: endpoint.email,
    department: endpoint.department,
    site: endpoint.site,
    groups: groups.length === 0 ? undefined : [...groups],
    lastSeen: iso(endpoint.lastSeen),
    desktop: productEntry(endpoint.desktop),
    code: productEntry(endpoint.code),
    state: verdict.state,
    reasons: verdict.reasons.map(reasonEntry),
    gates: verdict.gates.filter(({ gate }) => gate.level === 'required').map(gateEntry),
    probe: verdict.health && probeEntry(verdict.health),
    telemetry: verdict.telemetry,
    records: endpoint.records.map((record) => ({
      ...record,
      lastSeen: iso(record.lastSeen),
      appsAsOf: iso(record.appsAsOf),
    })),
    origins: originsOf(endpoint),
    extensionAttributes: attributes.length === 0 ? undefined : Object.fromEntries(attributes),
  }
}

export function gateEntry({ gate, outcome }: GateVerdict): EndpointEntry['gates'][number] {
  const { result, reason, detail, upgradeTo } = outcome
  return { id: gate.id, result, reason, detail, upgradeTo }
}

function reasonEntry({
  code,
  product: of,
  gate,
  stage,
  upgradeTo,
  detail,
  receipt,
}: Reason): EndpointEntry['reasons'][number] {
  return { code, product: of, gate, stage, upgradeTo, detail, receipt }
}

function probeEntry(health: EndpointHealth): NonNullable<EndpointEntry['probe']> {
  const { receipt } = health
  if (health.kind === 'problem') return { problem: health.problem, receipt }
  const { stages, diagnoses } = health.health
  return { at: health.facts.at, stages, diagnoses: diagnoses.map(({ code }) => code), receipt }
}

function originsOf(endpoint: Endpoint): Record<string, number> {
  const origins: Record<string, number> = {}
  for (const name of endpointAttributes) {
    const index = endpoint.origin(name)
    if (index !== undefined) origins[name] = index
  }
  return origins
}

function productEntry(status: ProductStatus): EndpointEntry['desktop'] {
  if (status.status === 'unknown') return { status: 'unknown', reason: status.reason, receipt: status.receipt }
  if (status.status === 'absent') return { status: 'absent', asOf: iso(status.asOf), receipt: status.receipt }
  const { deciding, copies, disagreement } = status
  return {
    status: 'installed',
    version: deciding.version,
    normal: normalOf(deciding),
    reason: deciding.parsed.kind === 'unknown' ? deciding.parsed.reason : undefined,
    asOf: iso(status.asOf),
    receipt: deciding.receipt,
    copies: copies.length > 1 || deciding.notes.length > 0 ? copies.map(copyEntry) : undefined,
    disagreement: disagreement ? true : undefined,
  }
}

function copyEntry(install: Install): z.infer<typeof Copy> {
  const { version, path, startable, notes, receipt } = install
  return { version, normal: normalOf(install), path, startable, notes: [...notes], receipt }
}

function normalOf({ parsed }: Install): string | undefined {
  return parsed.kind === 'version' ? parsed.normal : undefined
}

function iso(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : isoTime(milliseconds)
}

type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}

/** The object without its undefined members, so that JSON and types agree. */
function optional<T extends object>(value: T): Optional<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Optional<T>
}
