import * as z from 'zod'
import { Finding } from './evidence-findings.js'
import { BaselinesSection } from './sections/baselines.js'
import { CoverageSection } from './sections/coverage.js'
import { EndpointEvidence } from './sections/endpoints.js'
import { GhostsSection } from './sections/ghosts.js'
import { HooksSection } from './sections/hooks.js'
import { IdentitySection } from './sections/identity.js'
import { PermissionModesSection } from './sections/permission-modes.js'
import { PolicyInForceSection } from './sections/policy-in-force.js'
import { RedactionSection } from './sections/redaction.js'
import { ToolsSection } from './sections/tools.js'

const time = z.iso.datetime()
const count = z.int().min(0)
const counts = z.record(z.string(), count)

/** One file of telemetry, and what became of everything in it: records = counted + foreign + rejected. */
const InputEntry = z.object({
  file: z.string(),
  bytes: count,
  lines: count,
  emptyLines: count,
  /** Lines by why they could not be read. */
  badLines: counts,
  records: count,
  logs: count,
  points: count,
  spans: count,
  foreign: count,
  rejected: counts,
  problem: z.object({ code: z.string(), message: z.string(), tryThis: z.string().optional() }).optional(),
})

/** Where the records came from, and what was left out of them. */
const Input = z.object({
  kind: z.enum(['files', 'clickhouse']),
  files: z.array(InputEntry).optional(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })).optional(),
  /** Files given with --before. */
  before: z.array(InputEntry).optional(),
  tables: z.array(z.object({ name: z.string(), records: count })).optional(),
  /** Log records of the known surfaces: read = counted + duplicates + canary + beforeWindow + afterWindow. */
  read: count,
  counted: count,
  duplicates: count,
  /** Records that `fleet evidence canary` made. */
  canary: count,
  beforeWindow: count,
  afterWindow: count,
  /** Counted although nothing tells them from a copy. */
  withoutSequence: count,
  /** Time and arrival differ by more than five minutes; missing where the store keeps no time of arrival. */
  skewed: count.optional(),
  /** Log records of other services, the most frequent first. */
  foreign: z.array(z.object({ service: z.string(), records: count })),
  foreignServices: count,
})

/** `fleet.evidence/v1`: the telemetry that arrived, joined to the inventory. */
export const EvidenceDocument = z.object({
  schema: z.literal('fleet.evidence/v1'),
  asOf: time,
  policy: z.object({ digest: z.string(), file: z.string().optional(), stamp: z.string().optional() }),
  /** The inventory it was joined to; missing without one, and then nothing is said of endpoints. */
  scan: z.object({ file: z.string(), asOf: time, policyDigest: z.string() }).optional(),
  /** since <= record < until; first and last are those of the log records that were counted. */
  window: z.object({ since: time.optional(), until: time, first: time.optional(), last: time.optional() }),
  input: Input,
  warnings: z.array(z.object({ code: z.string(), message: z.string(), file: z.string().optional() })),
  /** What somebody should look at, the gravest first; the sections have the rest. */
  findings: z.array(Finding),
  coverage: CoverageSection.optional(),
  identity: IdentitySection,
  policyInForce: PolicyInForceSection,
  hooks: HooksSection,
  tools: ToolsSection,
  baselines: BaselinesSection,
  permissionModes: PermissionModesSection,
  redaction: RedactionSection,
  ghosts: GhostsSection,
  /** Ordered by id. */
  endpoints: z.array(EndpointEvidence),
})
export type EvidenceDocument = z.infer<typeof EvidenceDocument>
