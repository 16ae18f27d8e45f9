import { historyFile } from '../history/history-file.js'
import { pruneHistory, refusal } from '../history/prune-history.js'
import { type History, type RecordedRun, readHistory } from '../history/read-history.js'
import { now } from '../platform/clock.js'
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

const day = 86_400_000

/** Removes old runs, or says which; throws a Failure where nobody says how many to keep, and for a file that is not whole. */
export async function runPrune(flags: PruneFlags, notes: (text: string) => void): Promise<Pruned> {
  const { folder, policy } = await openPlace(flags)
  const keep = keepOf(flags, policy)
  const dryRun = flags['dry-run'] === true
  const history = await readHistory(folder)
  tellProblems(history, notes)
  const about = { file: historyFile(folder), exists: history !== undefined, dryRun, keep }
  if (history === undefined) return { ...about, kept: 0, removed: [], rubbish: 0 }
  const stays = keepRule(keep, now())
  if (dryRun) {
    refuseAsPruneDoes(folder, history)
    const removed = history.runs.filter((run, index, all) => !stays(run, index, all))
    const rubbish = history.lines - history.runs.length
    return { ...about, kept: history.runs.length - removed.length, removed, rubbish }
  }
  const removed: RecordedRun[] = []
  const result = await pruneHistory(folder, {
    keep: (run, index, all) => {
      const kept = stays(run, index, all)
      if (!kept) removed.push(run)
      return kept
    },
  })
  const bytes = { before: result.bytesBefore, after: result.bytesAfter }
  return { ...about, kept: result.kept, removed, rubbish: result.rubbish, bytes }
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
  const oldest = nowMilliseconds - keep.days * day
  return ({ head }, index, all) => index === all.length - 1 || Date.parse(head.recordedAt) >= oldest
}

/** A dry run promises nothing that the prune would refuse. */
function refuseAsPruneDoes(folder: string, { problems }: History): void {
  for (const { line, code } of problems) if (code !== 'torn') throw refusal(folder, line, code)
}

/** What was removed, as JSON. */
export function pruneJson({ file, dryRun, keep, kept, removed, rubbish, bytes }: Pruned): string {
  const runs = removed.map(({ run, head }) => ({ run, asOf: head.asOf, recordedAt: head.recordedAt }))
  const document = { schema: 'fleet.history-prune/v1', file, dryRun, keep, kept, removed: runs, rubbish, bytes }
  return `${safeJson(document, 2)}\n`
}
