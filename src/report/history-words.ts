import { shortRun } from '../history/choose-run.js'
import type { DifferenceDocument, Move } from '../history/difference-document.js'
import type { HistoryDocument, HistoryRun } from '../history/history-document.js'
import { numbered, someOf } from './plan-words.js'
import { countText, reasonText } from './words.js'

const mostCodes = 3

/** `2026-11-20`, or `2026-11-20 08:15` where it is not midnight; in UTC. */
export function momentText(time: string): string {
  const clock = time.slice(11, 16)
  return clock === '00:00' ? time.slice(0, 10) : `${time.slice(0, 10)} ${clock}`
}

/** `+12`, `−3`, `±0`. */
export function signedText(count: number): string {
  if (count === 0) return '±0'
  return count > 0 ? `+${countText(count)}` : `−${countText(-count)}`
}

/** What makes a run hard to compare with the one before it. */
export function runNotes({ change, notRead, coverage, telemetry, sources, strictWarnings }: HistoryRun): string[] {
  return [
    ...(change?.otherPolicy ? ['other policy'] : []),
    ...(change?.otherTarget ? [`target ${coverage.target} %`] : []),
    ...(change?.otherSources ? ['other sources'] : []),
    ...(notRead > 0 ? [`${numbered(notRead, 'file')} not read`] : []),
    ...incompleteNote({ sources, strictWarnings }),
    ...(change !== undefined && change.inScope !== 0 ? [`in scope ${signedText(change.inScope)}`] : []),
    ...(telemetry === undefined ? [] : ['with evidence']),
  ]
}

/** What else a scan said against its numbers; a file that was not read is counted already. */
function incompleteNote({ sources, strictWarnings }: Pick<HistoryRun, 'sources' | 'strictWarnings'>): string[] {
  const told = new Set(sources.map(({ file, problem }) => JSON.stringify([problem, file])))
  const codes = strictWarnings.flatMap(({ code, file }) => (told.has(JSON.stringify([code, file])) ? [] : [code]))
  return codes.length === 0 ? [] : [`incomplete: ${someOf([...new Set(codes)], mostCodes)}`]
}

/** That something is wrong with the file of a history, a sentence for each kind. */
export function problemTexts(problems: HistoryDocument['problems']): string[] {
  const lines = problems.filter(({ line }) => line !== undefined).length
  return [
    ...(lines > 0 ? [`${numbered(lines, 'line')} of the file could not be used.`] : []),
    ...(problems.length > lines ? ['A prune was stopped, or is at work: runs may be missing.'] : []),
  ]
}

/** The short id of a run, or the file of a scan. */
export function comparedName({ run, file }: DifferenceDocument['before']): string {
  return run === undefined ? (file ?? '') : shortRun(run)
}

/** A reason such as `below-gate:cowork-otel` in words. */
export function recordedReasonText(reason: string): string {
  const at = reason.indexOf(':')
  return at < 0 ? reasonText({ code: reason }) : reasonText({ code: reason.slice(0, at), detail: reason.slice(at + 1) })
}

/** What is installed in another version than before; nothing where versions are not told. */
function versionText(product: string, change: Move['desktop'] | undefined): string[] {
  if (change === undefined || change.before === change.after) return []
  const { before, after } = change
  // From or to unknown nothing was done to the endpoint: only more or less is known.
  if (after === 'absent' && before !== 'unknown') return [`${product} removed (was ${before})`]
  if (before === 'absent' && after !== 'unknown') return [`${product} installed: ${after}`]
  return [`${product} ${before} → ${after}`]
}

/** `12 stayed (3 of them with another version, 1 with other reasons)`. */
export function stayedText({ stayed, otherVersion, otherReasons }: DifferenceDocument['counts']): string {
  const parts = [
    ...(otherVersion > 0 ? [`${countText(otherVersion)} of them with another version`] : []),
    ...(otherReasons > 0 ? [`${countText(otherReasons)}${otherVersion > 0 ? '' : ' of them'} with other reasons`] : []),
  ]
  return `${countText(stayed)} stayed${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

type Change = Pick<Move, 'come' | 'gone'> & Partial<Pick<Move, 'desktop' | 'code'>>

/** What became of an endpoint: what holds now, what no longer does, and what is installed in another version. */
export function changeText({ come, gone, desktop, code }: Change): string {
  const parts = [
    ...come.map(recordedReasonText),
    ...(gone.length > 0 ? [`no longer: ${gone.map(recordedReasonText).join(', ')}`] : []),
    ...versionText('Claude Desktop', desktop),
    ...versionText('Claude Code', code),
  ]
  return parts.length === 0 ? 'nothing recorded says why' : parts.join('; ')
}
