import type { Facts } from '../health/facts.js'

/** What a collector, or whatever stands before it, answered. */
export type CollectorAnswer = NonNullable<Facts['collector']>

/** The steps of a connection to the collector, in order. */
const connectionStepNames = ['headers', 'name', 'port', 'proxy', 'certificate', 'request'] as const
export type ConnectionStepName = (typeof connectionStepNames)[number]

/** One step of a connection, and what was seen of it. It never holds a secret. */
export interface ConnectionStep {
  readonly step: ConnectionStepName
  readonly outcome: 'done' | 'failed' | 'skipped'
  /** In words; parts that a server has sent are made safe to show. */
  readonly seen: string
}

/** A connection ends here: with an answer, or with none where the evidence decides nothing. */
export class ConnectionEnd extends Error {
  override readonly name = 'ConnectionEnd'

  constructor(
    readonly answer: CollectorAnswer | undefined,
    readonly seen: string,
  ) {
    super(seen)
  }
}

/** Milliseconds that one step and all of them together may take. */
export interface ConnectionLimits {
  readonly step: number
  readonly total: number
}

export const connectionLimits: ConnectionLimits = { step: 3000, total: 10_000 }

/** Ends each step in time. */
export interface Deadline {
  /** What the work gives; throws what `late` gives when the step, or the whole connection, has run out of time. */
  within<T>(work: Promise<T>, late: () => ConnectionEnd, share?: number): Promise<T>
}

/** A deadline that begins now. */
export function deadlineOf({ step, total }: ConnectionLimits): Deadline {
  const end = performance.now() + total
  return {
    async within(work, late, share = 1) {
      let timer: NodeJS.Timeout | undefined
      const limit = Math.max(0, Math.min(step * share, end - performance.now()))
      const tooLate = new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(late()), limit)
      })
      // Work that fails after its time is over has nobody to tell.
      work.catch(() => {})
      return await Promise.race([work, tooLate]).finally(() => clearTimeout(timer))
    },
  }
}

/** The system's code of an error, such as ECONNREFUSED; never its message, which quotes what was received. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
