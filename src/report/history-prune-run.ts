import { historyFile } from '../history/history-file.js'
import { planPrune, pruneHistory } from '../history/prune-history.js'
import { type RecordedRun, readHistory } from '../history/read-history.js'
import { dayLength, now } from '../platform/clock.js'
import { exitCode, Failure } from '../platform/failure.js'
import { safeJson } from '../platform/safe-text.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import { type HistoryPlaceFlags, openPlace, tellProblems } from './history-run.js'

/** The flags of `fleet history prune`. */
export interface PruneFlags extends HistoryPlaceFlags {
  readonly keep?: number | undefined
  readonly 'keep-days'?: number | undefined
  readonly 'dry-run'?: boolean | undefined
}

/** What a prune removed, or would. */
export interface Pruned {
  readonly file: string
  /** False where there is no history at all. */
  readonly exists: boolean
  readonly dryRun: boolean
  readonly keep: Keep
  readonly kept: number
  readonly removed: readonly RecordedRun[]
  /** Lines dropped besides: cut off by a crash, or copies of a run that is there already. */
  readonly rubbish: number
  /** Undefined in a dry run, which writes nothing. */
  readonly bytes?: { readonly before: number; readonly after: number } | undefined
}

type Keep = { readonly runs: number } | { readonly days: number }

/** Removes old runs, or says which; throws a Failure where nobody says how many to keep, and for a file that is not whole. */
export async function runPrune(flags: PruneFlags, notes: (text: string) => void): Promise<Pruned> {
  const { folder, policy } = await openPlace(flags)
  const keep = keepOf(flags, policy)
  const dryRun = flags['dry-run'] === true
  const history = await readHistory(folder)
  // What a killed prune has left undone is what this one does first.
  tellProblems(history, notes, ({ code }) => dryRun || code !== 'unfinished-prune')
  const about = { file: historyFile(folder), exists: history !== undefined, dryRun, keep }
  const nothing = { kept: 0, removed: [], rubbish: 0 }
  if (history === undefined) return { ...about, ...nothing }
  const stays = keepRule(keep, now())
  if (dryRun) return { ...about, ...((await planPrune(folder, stays)) ?? nothing) }
  const { bytesBefore: before, bytesAfter: after, ...result } = await pruneHistory(folder, { keep: stays })
  return { ...about, ...result, bytes: { before, after } }
}

function keepOf(flags: PruneFlags, { policy }: LoadedPolicy): Keep {
  if (flags.keep !== undefined) return { runs: flags.keep }
  const days = flags['keep-days'] ?? (policy.history === false ? undefined : policy.history?.keepDays)
  if (days !== undefined) return { days }
  throw new Failure(exitCode.usage, 'nothing-to-keep', 'Nothing says which runs to keep.', {
    tryThis: [
      'Keep the last runs: --keep 100',
      'Or those of the last days: --keep-days 400',
      'Or say it once in fleet.yaml: history: { keepDays: 400 }',
    ],
  })
}

/** Which runs stay. The last one always does: it is what the next scan is compared with. */
export function keepRule(
  keep: Keep,
  nowMilliseconds: number,
): (run: Pick<RecordedRun, 'head'>, index: number, all: readonly unknown[]) => boolean {
  if ('runs' in keep) return (_, index, all) => index >= all.length - keep.runs
  const oldest = nowMilliseconds - keep.days * dayLength
  return ({ head }, index, all) => index === all.length - 1 || Date.parse(head.recordedAt) >= oldest
}

/** What was removed, as JSON. */
export function pruneJson({ file, dryRun, keep, kept, removed, rubbish, bytes }: Pruned): string {
  const runs = removed.map(({ run, head }) => ({ run, asOf: head.asOf, recordedAt: head.recordedAt }))
  const document = { schema: 'fleet.history-prune/v1', file, dryRun, keep, kept, removed: runs, rubbish, bytes }
  return `${safeJson(document, 2)}\n`
}
