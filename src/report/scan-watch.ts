import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isoTime, now } from '../platform/clock.js'
import { exitCode, Failure } from '../platform/failure.js'
import { errorText } from '../platform/fleet-command.js'
import { inputLimits } from '../platform/input-limits.js'
import { safeText } from '../platform/safe-text.js'
import {
  type Changes,
  isUnfinished,
  lookAtFiles,
  realPathOf,
  settledChanges,
  type WatchClock,
} from '../platform/watch-files.js'
import { belowThresholdText, type PreparedScan, prepareScan, runScan, type ScanFlags } from './scan-run.js'
import { countText } from './words.js'

/** Seconds in which no file may change before what changed is scanned. */
export const usualSettleSeconds = 5

/** The flags of `fleet scan --watch`. */
export interface WatchFlags extends ScanFlags {
  readonly settle?: number | undefined
}

/** Where a watch shows what it does. */
export interface WatchOutput {
  /** Writes a result; `closed` when the reader has gone, which ends the watch. */
  readonly print: (chunks: Iterable<string>) => Promise<'written' | 'closed'>
  /** One line beside the results. */
  readonly note: (text: string) => void
  /** A failure as safe text, of several lines. */
  readonly showFailure: (text: string) => void
  /** The version of fleet, for the history. */
  readonly fleet: string
  readonly clock?: WatchClock | undefined
}

/**
 * Scans, and scans again whenever files have come, changed or gone and then nothing has changed for a while. A scan that
 * fails is shown and the watch goes on. Ends when the reader of the results has gone; throws a Failure for wrong use,
 * for a path or policy that cannot be read at the beginning, and when the results cannot be shown.
 */
export async function watchScan(paths: readonly string[], flags: WatchFlags, output: WatchOutput): Promise<void> {
  refuseWrongUse(paths, flags)
  const seconds = flags.settle ?? usualSettleSeconds
  const own = await ownOutput(flags)
  const prepare = () => prepareScan(paths, flags, { passOver: (path, below) => passOver(path, below, own) })
  const first = await prepare()
  refuseMissing(first)
  let watched = watchedPaths(first, flags)
  let { isHistory } = first

  let number = 0
  let cut = false
  const settled = settledChanges({
    // What a scan writes is no reason for another.
    look: async () => {
      const sight = await lookAtFiles(watched, (path) => path === own?.file || isHistory(path))
      if (sight.cut && !cut)
        output.note(
          `There are more than ${countText(inputLimits.folderFiles)} files: changes of the others are not seen.`,
        )
      cut = sight.cut
      return sight
    },
    settle: seconds * 1000,
    onUnrest: (changes) => {
      const what = changes === undefined ? 'Something has just been written' : changesText(changes)
      output.note(`${what}: scanning when nothing has changed for ${seconds} s.`)
    },
    ...(output.clock && { clock: output.clock }),
  })
  for await (const changes of settled) {
    number += 1
    const header = `${isoTime(now())}  scan ${number}${number === 1 ? '' : `: ${changesText(changes)}`}\n`
    const result = await scanOnce().catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error
      const text = errorText({ message: error.message, ...error.details })
      output.showFailure(`${header}${text}This scan has no result. fleet goes on watching.\n`)
      return undefined
    })
    if (result) {
      if ((await output.print(inOrder([number === 1 ? header : `\n${header}`], result.output))) === 'closed') return
      if (result.belowThreshold) output.note(belowThresholdText(flags))
      if (result.incomplete) output.note('Not everything could be read: see Files.')
    }
    if (number === 1) output.note(`Watching ${first.paths.join(', ')}.`)
  }

  async function scanOnce() {
    const prepared = await prepare()
    watched = watchedPaths(prepared, flags)
    isHistory = prepared.isHistory
    // What is there and no output of fleet is an input: the writer will refuse to overwrite it.
    if (own) own.written ||= !prepared.inputs.some(({ file }) => file === own.file)
    return runScan(prepared, { notes: output.note, fleet: output.fleet, asks: false })
  }
}

function refuseWrongUse(paths: readonly string[], flags: WatchFlags): void {
  const refuse = (message: string, tryThis: string) =>
    new Failure(exitCode.usage, 'wrong-use', message, { tryThis: [tryThis] })
  if (paths.includes('-')) throw refuse('--watch cannot watch stdin.', 'Name the folder where the exports land.')
  if (flags.json) throw refuse('--watch prints a table for each scan, never one JSON document.', keepIt('scan.json'))
  if (flags.format !== undefined && flags.format !== 'table' && flags.output === undefined)
    throw refuse(`--watch prints a table for each scan; --format is that of the file of --output.`, keepIt('FILE'))
}

function keepIt(file: string): string {
  return `Add --output ${file}: it is written again by each scan.`
}

/** A path that is misspelt would be watched for ever; one that goes away later may come back. */
function refuseMissing({ paths, unreadable }: PreparedScan): void {
  const missing = unreadable.find(({ name, code }) => code === 'input-not-found' && paths.includes(name))
  if (!missing) return
  throw new Failure(exitCode.inputRefused, missing.code, missing.message, {
    where: { file: missing.name },
    tryThis: missing.tryThis ? [missing.tryThis] : [],
  })
}

/** What a scan reads: exports, evidence, and the policy, also where there is none yet. */
function watchedPaths({ paths, policy }: PreparedScan, flags: WatchFlags): readonly string[] {
  const policies =
    flags.policy === undefined
      ? ['fleet.yaml', ...paths.map((path) => join(path, 'fleet.yaml')), ...(policy.file ? [policy.file] : [])]
      : [flags.policy]
  return [...paths, ...policies, ...(flags.evidence === undefined ? [] : [flags.evidence])]
}

/** The file of `--output`, and whether what stands there is known to be fleet's own. */
interface OwnOutput {
  readonly file: string
  written: boolean
}

async function ownOutput({ output }: WatchFlags): Promise<OwnOutput | undefined> {
  if (output === undefined) return undefined
  const file = await realPathOf(output)
  return { file, written: await isScanDocument(file) }
}

/** From an earlier watch; the first bytes tell, since fleet writes the schema first. */
async function isScanDocument(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  if (!handle) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    return /^\{\s*"schema": ?"fleet\.scan\/v1"/.test(buffer.toString('utf8', 0, bytesRead))
  } catch {
    return false
  } finally {
    await handle.close()
  }
}

function passOver(path: string, below: string, own: OwnOutput | undefined): string | undefined {
  if (own?.written && path === own.file) return 'output'
  // As when looking: what is below an unfinished folder is not finished either.
  return below.split(/[\\/]/).some(isUnfinished) ? 'unfinished' : undefined
}

function* inOrder(...parts: readonly Iterable<string>[]): Generator<string> {
  for (const part of parts) yield* part
}

const shownNames = 10

/** What changed, in a line: `added exports/a.csv, exports/b.csv; removed exports/c.csv`. */
export function changesText(changes: Changes): string {
  const parts = (['added', 'changed', 'removed'] as const).flatMap((what) => {
    const names = changes[what]
    if (names.length === 0) return []
    const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : ''
    return [`${what} ${names.slice(0, shownNames).map(safeText).join(', ')}${more}`]
  })
  return parts.join('; ')
}
