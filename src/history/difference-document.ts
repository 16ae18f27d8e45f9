import * as z from 'zod'
import { states } from '../readiness/verdict.js'
import { SnapshotHead } from './snapshot.js'

const state = z.enum(states)
const count = z.int().min(0)
const change = z.object({ before: z.string(), after: z.string() })

const Compared = z.object({
  /** The run of the history; missing for the file of a scan. */
  run: z.string().optional(),
  /** The file of a scan, as it was named. */
  file: z.string().optional(),
  asOf: SnapshotHead.shape.asOf,
  recordedAt: SnapshotHead.shape.recordedAt.optional(),
  fleet: SnapshotHead.shape.fleet.optional(),
  policy: SnapshotHead.shape.policy,
  coverage: SnapshotHead.shape.coverage,
  states: SnapshotHead.shape.states,
  endpoints: count,
})

const Entry = z.object({
  id: z.string(),
  hostname: z.string().optional(),
  platform: z.string(),
})

const Reasons = z.object({
  /** Codes with what they are about, such as `below-gate:cowork-otel`: those that held before and no longer do. */
  gone: z.array(z.string()),
  /** Those that did not hold before. */
  come: z.array(z.string()),
})

const Move = z.object({
  ...Entry.shape,
  from: state,
  to: state,
  ...Reasons.shape,
  /** As given where it is installed, else `absent` or `unknown`. */
  desktop: change,
  code: change,
})

const OtherVersion = z.object({ ...Entry.shape, state, ...Reasons.shape, desktop: change, code: change })

const OtherReasons = z.object({ ...Entry.shape, state, ...Reasons.shape })

const Present = z.object({
  ...Entry.shape,
  state,
  desktop: z.string(),
  code: z.string(),
  reasons: z.array(z.string()),
})

/** What two scans differ in besides their endpoints, and how many moves it may explain. */
const differenceWarnings = [
  'other-policy',
  'other-target',
  'other-gates',
  'other-sources',
  'incomplete-scan',
  'other-evidence',
  'other-fleet',
  'same-hostname',
  'earlier-day',
] as const

/** `fleet.difference/v1`: what became of every endpoint from one scan to another. */
export const DifferenceDocument = z.object({
  schema: z.literal('fleet.difference/v1'),
  before: Compared,
  after: Compared,
  /** Sums: `before` = moved + stayed + disappeared, and `after` = moved + stayed + appeared. */
  counts: z.object({
    before: count,
    after: count,
    moved: count,
    stayed: count,
    appeared: count,
    disappeared: count,
    /** Of those that stayed: with another version of Claude Desktop or Claude Code. */
    otherVersion: count,
    /** Of those that stayed: with the same versions and other reasons. */
    otherReasons: count,
  }),
  /** How many went from which state to which, those that stayed too; no `from` for those that appeared, no `to` for those that disappeared. */
  matrix: z.array(z.object({ from: state.optional(), to: state.optional(), endpoints: count })),
  warnings: z.array(
    z.object({
      code: z.enum(differenceWarnings),
      message: z.string(),
      /** Moved, appeared and disappeared endpoints that may come from it; which of them do cannot be told. */
      endpoints: count,
    }),
  ),
  /** What the lists are narrowed to; counts, matrix and warnings are always those of all endpoints. */
  filter: z.object({ from: state.optional(), to: state.optional() }).optional(),
  /** Each list is ordered by id. */
  moved: z.array(Move),
  appeared: z.array(Present),
  disappeared: z.array(Present),
  otherVersion: z.array(OtherVersion),
  otherReasons: z.array(OtherReasons),
})
export type ComparedSide = z.infer<typeof Compared>
export type DifferenceDocument = z.infer<typeof DifferenceDocument>
export type OtherReasons = z.infer<typeof OtherReasons>
export type Move = z.infer<typeof Move>
export type Present = z.infer<typeof Present>
