import { stat } from 'node:fs/promises'
import { exitCode, Failure } from '../platform/failure.js'
import { nearestTexts } from '../platform/nearest-text.js'
import type { History, RecordedRun } from './read-history.js'
import { dayOf } from './trend.js'

/** What a word on the command line names: a run of the history, or a scan document. */
export type ChosenRun =
  | { readonly kind: 'run'; readonly run: RecordedRun }
  | { readonly kind: 'file'; readonly file: string }

/** For help texts: every way to name a run. */
export const runWordsHelp =
  'last, previous, first, -2 (two before the last), a day such as 2026-11-20 (the last run of it), the id of a run or its first 4 characters, or the file of a scan'

const words = ['last', 'previous', 'first']
const shortestPrefix = 4
const mostListed = 10

/** How many characters of an id are shown: enough to tell the runs of a history apart. */
export function shortRun(run: string): string {
  return run.slice(0, 8)
}

/**
 * What a word names. A word with a path separator, or that ends in `.json`, is a file; any other is looked up among the runs
 * first, so that no file hides one. Throws a Failure that lists the runs there are.
 */
export async function chooseRun(word: string, history: History | undefined, folder: string): Promise<ChosenRun> {
  if (namesFile(word)) {
    if (await isFile(word)) return { kind: 'file', file: word }
    throw new Failure(exitCode.inputRefused, 'input-not-found', 'There is no such file.', {
      where: { file: word },
      tryThis: [`Name a run otherwise: ${runWordsHelp}.`],
    })
  }
  if (history === undefined || history.runs.length === 0) {
    if (await isFile(word)) return { kind: 'file', file: word }
    throw emptyHistory(folder)
  }
  const found = runNamed(word, history.runs)
  if (found.length === 1) return { kind: 'run', run: found[0]! }
  if (found.length > 1)
    throw new Failure(exitCode.usage, 'run-ambiguous', `More than one run begins with ${word}.`, {
      where: { file: history.file },
      tryThis: [...listed(found), 'Give more characters.'],
    })
  if (await isFile(word)) return { kind: 'file', file: word }
  throw noSuchRun(word, history)
}

/** The runs that a word names, in the order of the file: none, one, or the many that share a prefix. */
export function runNamed(word: string, runs: readonly RecordedRun[]): readonly RecordedRun[] {
  const at = placeOf(word, runs.length)
  if (at !== undefined) return runs.slice(at, at + 1)
  if (/^\d{4}-\d{2}-\d{2}$/.test(word)) {
    const last = runs.findLast(({ head }) => dayOf(head) === word)
    return last === undefined ? [] : [last]
  }
  const id = word.toLowerCase()
  if (id.length < shortestPrefix) return []
  return runs.filter(({ run }) => run.startsWith(id))
}

/** The index of a word that counts; `runs` itself where there are too few, so that nothing is found. */
function placeOf(word: string, runs: number): number | undefined {
  if (word === 'first') return 0
  const back = word === 'last' ? 0 : word === 'previous' ? 1 : /^-\d{1,6}$/.test(word) ? -Number(word) : undefined
  if (back === undefined) return undefined
  return back < runs ? runs - 1 - back : runs
}

function noSuchRun(word: string, { file, runs }: History): Failure {
  const tooFew = placeOf(word, runs.length) === runs.length
  const near = nearestTexts(word, [...words, ...new Set(runs.map(({ head }) => dayOf(head)))])
  const hints = near.length > 0 && !tooFew ? [`Did you mean ${near.join(' or ')}?`] : []
  const all = runs.length === 1 ? 'The only run there is:' : `The runs there are, ${runs.length} in all:`
  return new Failure(
    tooFew ? exitCode.inputRefused : exitCode.usage,
    tooFew ? 'too-few-runs' : 'no-such-run',
    tooFew ? `The history has too few runs for "${word}".` : 'No run is named so.',
    { where: { file }, tryThis: [...hints, all, ...listed(runs), `A run is named by ${runWordsHelp}.`] },
  )
}

/** Whether a word can only be the file of a scan, so that no history is needed. */
export function namesFile(word: string): boolean {
  return /[/\\]|\.json$/i.test(word)
}

function emptyHistory(folder: string): Failure {
  return new Failure(exitCode.inputRefused, 'no-history', 'There is no history to compare yet.', {
    where: { file: folder },
    tryThis: [
      'Every fleet scan adds a run to it: scan twice, then compare.',
      'Or compare two scans that were kept: fleet history diff older-scan.json newer-scan.json',
      'A history in another place is named with --history FOLDER.',
    ],
  })
}

function listed(runs: readonly RecordedRun[]): string[] {
  return runs
    .slice(-mostListed)
    .reverse()
    .map(({ run, head }) => {
      const { ready, inScope } = head.coverage
      return `${shortRun(run)}  as of ${head.asOf}, ready ${ready} of ${inScope.of}`
    })
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}
