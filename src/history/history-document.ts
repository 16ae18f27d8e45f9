import * as z from 'zod'
import { SnapshotHead } from './snapshot.js'
import { TrendPoint } from './trend.js'

const count = z.int().min(0)

/** A run of the history, with what differs from the run before it. */
const HistoryRun = z.object({
  run: z.string(),
  /** The line of the file, counted from 1. */
  line: count,
  ...SnapshotHead.shape,
  /** Files that could not be read. */
  notRead: count,
  /** Against the run before in the file, whether it is shown or not; missing for the first. */
  change: z
    .object({
      since: z.string(),
      ready: z.int(),
      inScope: z.int(),
      otherPolicy: z.boolean(),
      otherSources: z.boolean(),
      otherTarget: z.boolean(),
    })
    .optional(),
})
export type HistoryRun = z.infer<typeof HistoryRun>

/** `fleet.history/v1`: the runs of a history without their endpoints, and coverage day by day. */
export const HistoryDocument = z.object({
  schema: z.literal('fleet.history/v1'),
  /** The folder of the history, as it was named. */
  folder: z.string(),
  /** The last run of each day, in order of days. */
  trend: z.array(TrendPoint),
  /** In the order in which they were recorded. */
  runs: z.array(HistoryRun),
  /** Earlier runs that --since or --last left out. */
  leftOut: count,
  /** Lines of the file that are no run, which are never changed; without a line, what a killed prune has left undone. */
  problems: z.array(z.object({ line: count.optional(), code: z.string(), message: z.string(), tryThis: z.string() })),
})
export type HistoryDocument = z.infer<typeof HistoryDocument>
