import * as z from 'zod'
import { privacyTiers } from '../../policy/telemetry.js'
import { tokenFormNames } from './token-search.js'

const count = z.int().min(0)
const place = {
  field: z.string(),
  signal: z.enum(['log', 'span']),
  service: z.string(),
  /** Not there for an attribute of the resource. */
  event: z.string().optional(),
}

/** What became of a canary that was sent. */
export const CanaryResult = z.object({
  /** `clean`: all records arrived, and no token is where it must not be. `leak`: one is. Else nothing is proven. */
  verdict: z.enum(['clean', 'leak', 'unknown']),
  /** Why it is unknown. */
  problem: z.enum(['not-arrived', 'arrived-in-part', 'not-searched', 'no-policy', 'identity-not-judged']).optional(),
  records: z.object({ sent: count, arrived: count }),
  tokens: z.object({ sent: count, survived: count, leaked: count }),
  /** Records that did not arrive: of their tokens nothing is known. */
  missing: z.array(z.object({ signal: place.signal, service: place.service, event: z.string() })),
  survivors: z.array(
    z.object({
      ...place,
      kind: z.enum(['content', 'identity']),
      /** The first tier that allows it; not there for identity. */
      tier: z.enum(privacyTiers).optional(),
      forms: z.array(z.enum(tokenFormNames)),
      /** Whether the policy allows it to be stored; null where the policy says nothing of it. */
      allowed: z.boolean().nullable(),
    }),
  ),
  /** Of `survivors`, how many more there are than shown; those that leaked come first. */
  moreSurvivors: count,
  /** Inputs that could not be searched to their end. */
  unsearched: z.array(z.string()),
})
export type CanaryResult = z.infer<typeof CanaryResult>
