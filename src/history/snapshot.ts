import * as z from 'zod'
import { Coverage } from '../readiness/scan-document.js'
import { states } from '../readiness/verdict.js'

const time = z.iso.datetime()
const count = z.int().min(0)

/** What a snapshot keeps of a whole scan. */
export const SnapshotHead = z.object({
  /** The day or time the scan judged for. */
  asOf: time,
  /** When it was appended, by the clock of that machine; the order is that of the file, since clocks go back. */
  recordedAt: time,
  /** The version of fleet that judged. */
  fleet: z.string(),
  policy: z.object({ digest: z.string(), file: z.string().optional() }),
  coverage: Coverage,
  states: z.record(z.enum(states), count),
  gates: z.array(
    z.object({ id: z.string(), level: z.enum(['required', 'advised']), pass: count, fail: count, unknown: count }),
  ),
  sources: z.array(
    z.object({
      file: z.string(),
      format: z.string().optional(),
      sha256: z.string().optional(),
      records: count,
      counted: count,
      rejected: count,
      problem: z.string().optional(),
    }),
  ),
  /** Every warning of the scan that its numbers may be incomplete, with the file it is about; each pair once. */
  strictWarnings: z.array(z.object({ code: z.string(), file: z.string().optional() })),
  /** The evidence the scan was given: proven, silent, contradicted, unknown and missing endpoints. */
  telemetry: z
    .object({ asOf: time, proven: count, silent: count, contradicted: count, unknown: count, missing: count })
    .optional(),
})
export type SnapshotHead = z.infer<typeof SnapshotHead>

/**
 * The endpoints of a snapshot. Versions, platforms and reasons repeat, so each text stands once in `texts`, and a row holds
 * its place there: id, host name, platform, state, version of Claude Desktop, version of Claude Code, reasons.
 * A reason is its code, with the gate or the stage it is about: `below-gate:cowork-otel`.
 */
export const SnapshotEndpoints = z.object({
  texts: z.array(z.string()),
  rows: z.array(z.tuple([z.string(), z.string().nullable(), count, z.enum(states), count, count, z.array(count)])),
})
export type SnapshotEndpoints = z.infer<typeof SnapshotEndpoints>

/** One endpoint of a snapshot, with its texts. */
export interface SnapshotEndpoint {
  readonly id: string
  readonly hostname?: string | undefined
  readonly platform: string
  readonly state: (typeof states)[number]
  /** The version as given where it is installed, else `absent` or `unknown`. */
  readonly desktop: string
  readonly code: string
  /** Codes with what they are about, such as `below-gate:cowork-otel`. */
  readonly reasons: readonly string[]
}

/** What one scan leaves in the history. */
export interface Snapshot {
  readonly head: SnapshotHead
  /** The JSON text of `SnapshotEndpoints`, as `EndpointsText` makes it. */
  readonly endpoints: Uint8Array
}
