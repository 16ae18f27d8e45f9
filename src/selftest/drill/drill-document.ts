import * as z from 'zod'
import { probePlatforms, stageNames } from '../../health/facts.js'
import { stageStates } from '../../health/judge.js'
import { type ExitCode, exitCode } from '../../platform/failure.js'

export const DrillCheck = z.strictObject({
  /** Stable, such as `hook-invoked`. */
  id: z.string(),
  stage: z.enum(stageNames),
  state: z.enum(stageStates),
  /** What was seen, in words. */
  seen: z.string(),
})
export type DrillCheck = z.infer<typeof DrillCheck>

/**
 * Where the telemetry of the session went: to the address that managed settings name (`collector`), to that address while
 * the drill listened on it (`pinned-loopback`), to a receiver of the drill because they name none (`own-receiver`), or nowhere (`off`).
 */
export const telemetryPlaces = ['collector', 'pinned-loopback', 'own-receiver', 'off'] as const

/** What a drill proved: `fleet.drill/v1`. */
export const DrillDocument = z.strictObject({
  schema: z.literal('fleet.drill/v1'),
  asOf: z.string(),
  platform: z.enum(probePlatforms),
  client: z.strictObject({ path: z.string(), version: z.string().nullable() }),
  sessionId: z.string(),
  /** The mode the client says it started in. */
  permissionMode: z.string().nullable(),
  /** `refused`: the client ended before a session began. */
  ended: z.enum(['done', 'refused', 'timed-out']),
  seconds: z.number(),
  checks: z.array(DrillCheck),
  telemetry: z.strictObject({
    where: z.enum(telemetryPlaces),
    /** What managed settings name; without user names and queries. */
    endpoints: z.array(z.string()),
    requests: z.int(),
    events: z.record(z.string(), z.int()),
    metrics: z.array(z.string()),
  }),
  /**
   * Temporary folders are gone, and so is every process of the client's group. Null: the folders are gone, but the system
   * cannot tell whether a program that the client started still runs (Windows).
   */
  cleanedUp: z.boolean().nullable(),
})
export type DrillDocument = z.infer<typeof DrillDocument>

/**
 * Unknown is never a pass: 3 where something is contradicted or was left behind, 8 where a check is not known, otherwise 0.
 * That the system cannot tell what still runs says nothing of the policy.
 */
export function drillExit({ checks, cleanedUp }: DrillDocument): ExitCode {
  if (cleanedUp === false || checks.some(({ state }) => state === 'contradicted')) return exitCode.thresholdFailed
  return checks.some(({ state }) => state === 'unknown') ? exitCode.hold : exitCode.ok
}
