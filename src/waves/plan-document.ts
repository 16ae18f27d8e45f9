import * as z from 'zod'
import { states } from '../readiness/verdict.js'

const time = z.iso.datetime()
const day = z.iso.date()
const count = z.int().min(0)
const percent = z.number().min(0).max(100)
const Counted = z.array(z.object({ name: z.string(), endpoints: count }))

const moveRules = [
  'working-week',
  'holiday',
  'blackout',
  'no-start-day',
  'day-before-blackout',
  // The day that was announced before: a re-plan never comes earlier.
  'announced',
  // The days before it have moved.
  'days-before',
] as const

/** A date that a rule has shifted, always forward. */
const Move = z.object({
  what: z.enum(['start', 'rollout-day', 'soak-day']),
  from: day,
  to: day,
  rule: z.enum(moveRules),
  why: z.string(),
})
export type Move = z.infer<typeof Move>

export const Work = z.object({
  action: z.enum(['install', 'upgrade', 'repair']),
  product: z.string().optional(),
  to: z.string().optional(),
})

/** What a scan said of a wave when it was found finished. */
const Outcome = z.object({
  asOf: time,
  /** True: a person took it as finished although its gate did not say advance. */
  accepted: z.boolean(),
  succeeded: count,
  failed: z.array(z.string()),
  /** Not ready by an app list without a date. */
  pending: z.array(z.string()),
  /** Missing from the scan, stale, unknown, or without a report since the attempt. */
  silent: z.array(z.string()),
  /** Excluded since. */
  withdrawn: z.array(z.string()),
})

const Wave = z.object({
  name: z.string(),
  kind: z.enum(['pilot', 'automatic', 'last']),
  status: z.enum(['planned', 'running', 'finished']),
  /** Of the automatic waves: what the preset gives it, in percent or endpoints. */
  share: z.string().optional(),
  size: count,
  start: day,
  /** The last day on which endpoints are attempted. */
  end: day,
  /** The last day of the soak; the next wave starts later. */
  soakUntil: day,
  days: z.array(z.object({ date: day, endpoints: count })),
  /** When it starts in each time zone. */
  startsAt: z.array(z.object({ timeZone: z.string(), sites: z.array(z.string()).optional(), at: time })),
  who: z.object({ platform: Counted, department: Counted, site: Counted, version: Counted }),
  /** With all of `clean` endpoints well, failure rates above `failureRate` percent are ruled out (95 % confidence). */
  proves: z.object({ clean: count, failureRate: percent }),
  moved: z.array(Move),
  /** In the order they are attempted: those of the first day first. */
  endpoints: z.array(z.string()),
  outcome: Outcome.optional(),
})
export type Wave = z.infer<typeof Wave>

const Population = z.object({
  states: z.record(z.enum(states), count),
  /** Endpoints in waves that are not finished. */
  planned: count,
  /** Of these: pinned first, last by name, last because they have no serial number of their own. */
  pinned: count,
  last: count,
  withoutIdentity: count,
  /** Failed in waves that have soaked: see `repair`. */
  inRepair: count,
  /** In finished waves, and silent since they were attempted. */
  waiting: count,
  work: z.array(z.object({ ...Work.shape, endpoints: count })),
  /** Everything else, by state, with the reason. */
  notPlanned: z.array(z.object({ state: z.enum(states), endpoints: count, why: z.string() })),
})

const Strata = z.object({
  by: z.array(z.string()),
  minimum: count,
  /** Every stratum of at least so many endpoints has one in the first automatic wave. */
  represented: count,
  strata: count,
  /** Strata of at least `minimum` without one there, the largest first; at most twenty. */
  missing: z.array(z.object({ stratum: z.string(), endpoints: count })),
  missingCount: count,
})

/** `soaked`: endpoints of waves that are not finished whose soak is over on that day. */
const Projection = z.array(z.object({ date: day, soaked: count, expectedReady: count, percent: percent.nullable() }))

const Obstacle = z.object({
  state: z.enum(states),
  /** The code of the reason, as in the scan. */
  code: z.string(),
  endpoints: count,
  /** 1 one export or one setting settles all of them, 2 each needs to come online, 3 each needs a person. */
  cost: z.int().min(1).max(3),
  /** The cheapest first; at most ten. */
  examples: z.array(z.string()),
})
export type Obstacle = z.infer<typeof Obstacle>

const Target = z.object({
  percent,
  by: day.optional(),
  /** Endpoints in scope. */
  denominator: count,
  ready: count,
  /** How many more must become ready. */
  needed: count,
  expected: count,
  expectedSuccess: z.object({ percent, from: z.enum(['default', 'policy', 'flag', 'history']), why: z.string() }),
  reachable: z.boolean(),
  answer: z.enum(['met', 'in-time', 'late', 'no-date', 'unreachable']),
  /** The first day on which the expected endpoints suffice. */
  earliest: day.optional(),
  /** The same without blackouts, holidays, days without starts, working weeks and capacity. */
  lowerBound: day.optional(),
  /** The last day to start on and still meet `by`. */
  latestStart: day.optional(),
  obstacles: z.array(Obstacle),
})

export const Difference = z.object({
  finished: z.array(z.string()),
  running: z.array(z.string()),
  dropped: z.array(z.string()),
  joined: count,
  left: z.array(z.object({ why: z.string(), endpoints: count })),
  /** Endpoints that are in another wave than before. */
  moved: count,
  dates: z.array(z.object({ wave: z.string(), from: day, to: day })),
  /** Settings that are not what they were. */
  settings: z.array(z.object({ key: z.string(), from: z.json(), to: z.json() })),
})
export type Difference = z.infer<typeof Difference>

/** `fleet.plan/v1`: who is upgraded when, and what has to be true before the next wave. */
export const PlanDocument = z.object({
  schema: z.literal('fleet.plan/v1'),
  asOf: time,
  organization: z.string().optional(),
  policy: z.object({ digest: z.string(), file: z.string().optional() }),
  /** The digest does not depend on the order of records. */
  scan: z.object({ digest: z.string(), asOf: time, policy: z.string() }),
  /** Digest of the required gates and of what counts as stale: a scan judged by other rules cannot be compared. */
  rules: z.string(),
  campaign: z.string(),
  settings: z.array(
    z.object({
      key: z.string(),
      value: z.json(),
      from: z.enum(['default', 'policy', 'flag', 'previous']),
      why: z.string(),
    }),
  ),
  population: Population,
  strata: Strata,
  waves: z.array(Wave),
  /** Endpoints of waves that have soaked, finished or not, that have failed. */
  repair: z.array(z.object({ id: z.string(), wave: z.string(), state: z.enum(states), code: z.string().optional() })),
  projection: Projection,
  target: Target,
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  previous: z.object({ digest: z.string(), asOf: time, difference: Difference }).optional(),
  /** What was ready when the plan was made, so that a later scan can tell what no longer is. */
  baseline: z.object({ ready: z.array(z.string()) }),
})
export type PlanDocument = z.infer<typeof PlanDocument>
