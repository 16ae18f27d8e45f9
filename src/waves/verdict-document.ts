import * as z from 'zod'

const time = z.iso.datetime()
const day = z.iso.date()
const count = z.int().min(0)

/** Outcomes of the attempted endpoints of a wave, or of one platform of it. */
const Outcomes = z.object({
  attempted: count,
  /** Succeeded, failed and pending. */
  reported: count,
  succeeded: count,
  failed: count,
  /** Reported since the attempt and not ready, while the soak still goes on, or by an app list without a date. */
  pending: count,
})
export type Outcomes = z.infer<typeof Outcomes>

export const gateReasons = [
  'regressed',
  'too-many-failures',
  'one-platform-fails',
  'general-outage',
  'data-too-old',
  'control-silent',
  'treated-silent',
  'below-success',
  'too-few-succeeded',
  'too-few-reported',
  'fell-silent',
  'earlier-wave-open',
  'soak-not-over',
  'not-started',
  'scan-not-newer',
  'rules-changed',
  'all-good',
] as const

/** `fleet.verdict/v1`: whether the next wave may start. */
export const VerdictDocument = z.object({
  schema: z.literal('fleet.verdict/v1'),
  /** Of the newer scan. */
  asOf: time,
  plan: z.object({ digest: z.string(), asOf: time, campaign: z.string() }),
  scan: z.object({ digest: z.string(), asOf: time }),
  wave: z.object({ name: z.string(), size: count, start: day, end: day, soakUntil: day }),
  next: z.object({ name: z.string(), size: count, start: day }).optional(),
  verdict: z.enum(['advance', 'hold', 'halt']),
  /** What decided first; every reason found is listed. */
  reasons: z.array(
    z.object({ code: z.enum(gateReasons), effect: z.enum(['advance', 'hold', 'halt']), message: z.string() }),
  ),
  ...Outcomes.shape,
  /** Attempted, and missing, stale, unknown or without a report since. */
  silent: z.array(z.object({ why: z.enum(['missing', 'stale', 'unknown', 'no-report-since']), endpoints: count })),
  /** Of the wave, excluded by the policy since, or not yet attempted on that day. */
  withdrawn: count,
  notYetAttempted: count,
  platforms: z.array(z.object({ platform: z.string(), ...Outcomes.shape })),
  /** Endpoints that were ready and, by a report, no longer are: `treated` by finished waves of this campaign, or not. */
  regressed: z.object({ treated: count, untreated: count, examples: z.array(z.string()) }),
  /** Endpoints that no wave has touched yet: what happens to them is not the fault of a wave. */
  control: z.object({
    endpoints: count,
    reported: count,
    wereReady: count,
    regressed: count,
    /** Of automatic waves still to come: with their silence that of the wave is compared. */
    waiting: z.object({ endpoints: count, silent: count }),
  }),
  /** Endpoints that finished waves of this campaign had made ready, and how many of them the scan knows. */
  treated: z.object({ endpoints: count, reported: count }),
  /** Failed endpoints of the wave, at most a hundred. */
  failures: z.array(z.object({ id: z.string(), platform: z.string(), state: z.string(), code: z.string().optional() })),
  thresholds: z.object({
    success: z.number(),
    minimumSucceeded: count,
    minimumReported: z.number(),
    failureLimit: z.number(),
  }),
})
export type VerdictDocument = z.infer<typeof VerdictDocument>
