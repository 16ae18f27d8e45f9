import { shortRun } from '../history/choose-run.js'
import type { DifferenceDocument, Move } from '../history/difference-document.js'
import type { HistoryRun } from '../history/history-document.js'
import { numbered } from './plan-words.js'
import { countText, reasonText } from './words.js'

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
export function runNotes({ change, notRead, coverage, telemetry }: HistoryRun): string[] {
  return [
    ...(change?.otherPolicy ? ['other policy'] : []),
    ...(change?.otherTarget ? [`target ${coverage.target} %`] : []),
    ...(change?.otherSources ? ['other sources'] : []),
    ...(notRead > 0 ? [`${numbered(notRead, 'file')} not read`] : []),
    ...(change !== undefined && change.inScope !== 0 ? [`in scope ${signedText(change.inScope)}`] : []),
    ...(telemetry === undefined ? [] : ['with evidence']),
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

/** What is installed in another version than before, a part each. */
export function versionTexts({ desktop, code }: Pick<Move, 'desktop' | 'code'>): string[] {
  return [...versionText('Claude Desktop', desktop), ...versionText('Claude Code', code)]
}

function versionText(product: string, { before, after }: Move['desktop']): string[] {
  if (before === after) return []
  // From or to unknown nothing was done to the endpoint: only more or less is known.
  if (after === 'absent' && before !== 'unknown') return [`${product} removed (was ${before})`]
  if (before === 'absent' && after !== 'unknown') return [`${product} installed: ${after}`]
  return [`${product} ${before} → ${after}`]
}

/** Why an endpoint moved: what holds now, what no longer does, and what is installed in another version. */
export function moveText(move: Move): string {
  const { come, gone } = move
  const parts = [
    ...come.map(recordedReasonText),
    ...(gone.length > 0 ? [`no longer: ${gone.map(recordedReasonText).join(', ')}`] : []),
    ...versionTexts(move),
  ]
  return parts.length === 0 ? 'nothing recorded says why' : parts.join('; ')
}
