import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as waitFor } from 'node:timers/promises'
import { byText } from './by-text.js'
import { inputLimits } from './input-limits.js'

/** What stands under some paths at one moment: for each file its size and times. */
export interface Sight {
  readonly files: ReadonlyMap<string, string>
  /** Milliseconds since 1970 of the latest change that any file tells; it is by the clock of the machine that keeps it. */
  readonly latest: number
  /** There are more files than are looked at: changes of the others are not seen. */
  readonly cut: boolean
}

/** Names of files by what happened to them, in the order of the names. */
export interface Changes {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** Names that programs give to files they have not finished: hidden ones, and those of downloads and copies. */
export function isUnfinished(name: string): boolean {
  return /^\.|\.(?:partial|part|filepart|crdownload|download|tmp)$/i.test(name)
}

/**
 * Looks at files and at everything below folders, without opening any of them. What is not there or may not be read is
 * left out: whoever reads the files says so. Links to folders are not entered, hidden and unfinished files not looked
 * at, nor what is `own` (told the path without links), which is how a watch does not see what it writes itself. Of more
 * than `most` files below folders it looks at the first in the order of their names.
 *
 * Not chokidar: when it polls, it takes a file of the same size with an older date for unchanged (4.0.3, handler.js:268,
 * read on 2026-11-21). Copies to a share have their full size from the beginning and get the date of the original at
 * the end, so that would be the very moment a copy is complete.
 */
export async function lookAtFiles(
  paths: readonly string[],
  own: (path: string) => boolean = () => false,
  most: number = inputLimits.folderFiles,
): Promise<Sight> {
  const files = new Map<string, string>()
  let latest = 0
  let cut = false
  const lookAt = async (path: string, real: string, named = false): Promise<void> => {
    if (own(real)) return
    const stats = await stat(path).catch(() => undefined)
    if (stats?.isFile() && files.size >= most && !named) cut ||= !files.has(path)
    else if (stats?.isFile()) {
      // Change time too: a copy can give back the old date, but not the old change time.
      files.set(path, `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`)
      latest = Math.max(latest, stats.mtimeMs, stats.ctimeMs)
    } else if (stats?.isDirectory()) await lookBelow(path, real)
  }
  const lookBelow = async (folder: string, real: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries.sort((a, b) => byText(a.name, b.name))) {
      if (cut) return
      if (isUnfinished(entry.name)) continue
      const path = join(folder, entry.name)
      if (!entry.isSymbolicLink()) await lookAt(path, join(real, entry.name))
      else if ((await stat(path).catch(() => undefined))?.isFile()) await lookAt(path, await realPathOf(path))
    }
  }
  for (const path of paths) await lookAt(path, await realPathOf(path), true)
  return { files, latest, cut }
}

/** The path without links, also of a file that does not exist yet. */
export async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path)
  const found = await realpath(whole).catch(() => undefined)
  return found ?? join(await realpath(dirname(whole)).catch(() => dirname(whole)), basename(whole))
}

/** What differs between two sights. */
export function changesBetween(before: Sight['files'], after: Sight['files']): Changes {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(byText),
    changed: [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)).sort(byText),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(byText),
  }
}

/** The number of files that changed in some way. */
function countOfChanges({ added, changed, removed }: Changes): number {
  return added.length + changed.length + removed.length
}

/** How files are watched. */
export interface Watch {
  readonly look: () => Promise<Sight>
  /** Milliseconds in which nothing may change before a change counts as complete. */
  readonly settle: number
  /** Told once when something has begun to change, until it has settled; at the beginning it is not known what changed. */
  readonly onUnrest?: ((changes: Changes | undefined) => void) | undefined
  readonly clock?: WatchClock
}

/** The time a watch lives in; a test has its own. */
export interface WatchClock {
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly today: () => number
  readonly wait: (milliseconds: number) => Promise<unknown>
}

const realClock: WatchClock = { now: () => performance.now(), today: () => Date.now(), wait: (time) => waitFor(time) }

/**
 * Gives the files that are there, at once; then, without an end, what has changed since it gave the last time, whenever
 * nothing at all has changed for a while. It looks again and again, because shares send no events. A file still being
 * written holds everything back: a scan would read it, whichever file it was that changed first.
 */
export async function* settledChanges({ look, settle, onUnrest, clock = realClock }: Watch): AsyncGenerator<Changes> {
  const interval = Math.min(2000, Math.max(50, settle / 5))
  let given: Sight['files'] | undefined
  let seen = await look()
  // A copy may have begun before the watch did.
  const age = clock.today() - seen.latest
  let changedAt = age >= 0 && age < settle ? clock.now() - age : Number.NEGATIVE_INFINITY
  if (changedAt > Number.NEGATIVE_INFINITY) onUnrest?.(undefined)
  let pause = interval
  for (;;) {
    const changes = changesBetween(given ?? new Map(), seen.files)
    if (clock.now() - changedAt >= settle && (given === undefined || countOfChanges(changes) > 0)) {
      given = seen.files
      yield changes
    } else await clock.wait(pause)
    const started = clock.now()
    const next = await look()
    // A folder that is slow to list is not listed without a break.
    pause = Math.max(interval, 4 * (clock.now() - started))
    if (countOfChanges(changesBetween(seen.files, next.files)) > 0) {
      const settled = given !== undefined && countOfChanges(changesBetween(given, seen.files)) === 0
      changedAt = clock.now()
      if (settled) onUnrest?.(changesBetween(seen.files, next.files))
    }
    seen = next
  }
}
