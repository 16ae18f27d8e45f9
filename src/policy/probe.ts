import * as z from 'zod'
import { Name } from './name.js'

/** Stages that a probe alone can prove; `recorded` is proved by telemetry that arrived. */
const provableStages = ['installed', 'loaded', 'invoked', 'evaluated'] as const

/** The section `probe`: once it stands in a policy, an endpoint without a probe that proves these stages is not ready. */
export const Probe = z.strictObject({
  /** Columns and extension attributes that hold the probe line, besides the names that fleet gives them itself. */
  columns: z.array(Name).max(50).default([]),
  /** A probe that is this many days older than the last check-in says nothing any more. */
  staleAfterDays: z.int().min(1).max(365).default(7),
  /** Stages that must be proven for `ready`. What is contradicted is `repair` in any case. */
  requires: z
    .array(z.enum(provableStages))
    .max(provableStages.length)
    .refine((stages) => new Set(stages).size === stages.length, { error: 'names one twice' })
    .default(['installed']),
  /** An app that was not restarted is pending for this long after a change or update, and needs repair after it. */
  restartWithinHours: z.int().min(0).max(720).default(24),
})
export type Probe = z.infer<typeof Probe>
