import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { isHistoryFile } from '../history/history-file.js'
import type { HistoryPlace } from '../history/history-folder.js'
import { exitCode, Failure } from '../platform/failure.js'
import { realPathOf } from '../platform/watch-files.js'
import type { LoadedPolicy } from '../policy/load-policy.js'

/** The paths given, else that of the policy, else exports. Throws a Failure (wrong use) where there is none of them. */
export async function pathsToRead(paths: readonly string[], policy: LoadedPolicy): Promise<readonly string[]> {
  if (paths.length > 0) return paths
  const { path } = policy.policy.sources
  if (path !== undefined) return [join(policy.folder, path)]
  if ((await stat('exports').catch(() => undefined))?.isDirectory()) return ['exports']
  throw new Failure(
    exitCode.usage,
    'no-input',
    'There is nothing to scan: no path was given, and there is no exports/ folder here.',
    {
      tryThis: [
        'Give the folder with your MDM exports: fleet scan ~/exports/2026-11-20',
        'Or name it once in fleet.yaml: sources: { path: exports }',
        'fleet sources says how to make each export.',
      ],
    },
  )
}

/** Gives what of a path without links is below the nearest of the paths that were given: of a given file nothing. */
export async function pathsBelow(given: readonly string[]): Promise<(path: string) => string> {
  const roots = await Promise.all(given.filter((path) => path !== '-').map(realPathOf))
  return (path) => {
    const ways = roots
      .map((root) => relative(root, path))
      .filter((way) => !/^\.\.(?:$|[\\/])/.test(way) && !isAbsolute(way))
    return ways.sort((a, b) => a.length - b.length)[0] ?? basename(path)
  }
}

/** Tells the files of the history (paths without links); exports may lie in its folder, too. */
export async function inHistory(history: HistoryPlace | undefined): Promise<(path: string) => boolean> {
  if (history === undefined) return () => false
  const folder = await realPathOf(history.folder)
  return (path) => dirname(path) === folder && isHistoryFile(basename(path))
}
