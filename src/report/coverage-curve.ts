import stringWidth from 'string-width'
import { safeText } from '../platform/safe-text.js'
import type { PlanDocument } from '../waves/plan-document.js'
import { cutText, shareText } from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { countText } from './words.js'

/** Coverage on one day. */
export interface CurvePoint {
  readonly date: string
  readonly percent: number | null
  readonly ready: number
  /** Whether the target is met; a percentage is rounded, so it cannot tell. */
  readonly met: boolean
}

/** What happens on a day. */
export interface CurveMark {
  readonly date: string
  readonly text: string
}

export interface CurveTarget {
  readonly percent: number
  /** How many endpoints must be ready for that; a percentage is rounded, so it cannot tell. */
  readonly endpoints: number
}

const mostRows = 12
const narrowestBar = 10
const widestBar = 50
const widestText = 30

/**
 * Expected coverage over time, a row a day: a bar, its percentage and number, and what has happened by then; above the bars,
 * where the target is. Of more points than fit, the first, the last and the one that meets the target are always shown, the
 * marked ones as far as there is room. A bar reaches the line of the target only where the target is met. Empty without
 * points.
 */
export function coverageCurve(
  points: PlanDocument['projection'],
  target: CurveTarget,
  marks: readonly CurveMark[],
  look: TerminalLook,
): string[] {
  const drawn = points.map(({ date, percent, expectedReady }) => ({
    date,
    percent,
    ready: expectedReady,
    // Without a percentage nothing is in scope, and that is no success.
    met: percent !== null && expectedReady >= target.endpoints,
  }))
  return curveLines(
    chosenRows(drawn, marks, (marked) => marked),
    target.percent,
    look,
  )
}

/** Coverage as it was, drawn like `coverageCurve`: of more points than fit, those between are spread over the time. */
export function pastCurve(
  points: readonly CurvePoint[],
  target: number,
  marks: readonly CurveMark[],
  look: TerminalLook,
): string[] {
  return curveLines(
    chosenRows(points, marks, () => [...points.keys()]),
    target,
    look,
  )
}

interface Row {
  readonly point: CurvePoint
  readonly text: string
}

function curveLines(rows: readonly Row[], target: number, { width, paint }: TerminalLook): string[] {
  if (rows.length === 0) return []
  const counts = rows.map(({ point }) => countText(point.ready))
  const countWidth = Math.max(...counts.map((count) => count.length))
  const beside = 2 + 10 + 2 + 2 + 7 + 2 + countWidth + 2
  const textWidth = Math.min(widestText, Math.max(...rows.map(({ text }) => stringWidth(text))))
  const cells = Math.min(widestBar, Math.max(narrowestBar, width - beside - textWidth - 1))
  const line = Math.round((target * cells) / 100)
  const room = Math.max(0, width - beside - cells - 1)
  const drawn = rows.map(({ point, text }, index) => {
    const { met } = point
    const bar = barOf(point.percent ?? 0, met, cells, line)
    const share = shareText(point.percent).padStart(7)
    const [left, right] = [bar.slice(0, line), bar.slice(line)].map((part) =>
      part.replace(/█+/, paint.good).replace(/░+/, paint.faint),
    )
    return [
      `  ${point.date}  ${left}${paint.strong('│')}${right}`,
      met ? paint.good(share) : share,
      counts[index]!.padStart(countWidth),
      paint.faint(cutText(text, room)),
    ]
      .join('  ')
      .trimEnd()
  })
  return [paint.faint(`${' '.repeat(14)}${ruler(target, line)}`), ...drawn]
}

/** Cells without the line of the target: what is not met ends before it, and what is met touches it at least. */
function barOf(percent: number, met: boolean, cells: number, line: number): string {
  const share = Math.floor((Math.min(100, percent) * cells) / 100)
  const filled = met ? Math.max(share, line) : Math.min(share, Math.max(0, line - 1))
  return '█'.repeat(filled) + '░'.repeat(cells - filled)
}

/** `target 95 % ────┐` with its corner above the line, or `┌── target 10 %` where there is no room on the left. */
function ruler(percent: number, line: number): string {
  const name = `target ${percent} %`
  if (name.length + 2 > line) return `${' '.repeat(line)}┌ ${name}`
  return `${name} ${'─'.repeat(line - name.length - 1)}┐`
}

/** The rows that are shown: `rest` says which points may stand between those that always do, given the marked ones. */
function chosenRows(
  points: readonly CurvePoint[],
  marks: readonly CurveMark[],
  rest: (marked: readonly number[]) => readonly number[],
): Row[] {
  if (points.length === 0) return []
  const texts = new Map<number, string[]>()
  const say = (index: number, text: string) => texts.set(index, [...(texts.get(index) ?? []), text])
  for (const { date, text } of marks) {
    // What counts on a day is in the last point up to it.
    const index = points.findLastIndex((point) => point.date <= date)
    if (index >= 0) say(index, text)
  }
  const met = points.findIndex(({ met: isMet }) => isMet)
  if (met >= 0) say(met, 'target met')
  const always = [...new Set([0, ...(met >= 0 ? [met] : []), points.length - 1])]
  const others = points.length <= mostRows ? [...points.keys()] : rest([...texts.keys()])
  const between = others.filter((index) => !always.includes(index)).sort((a, b) => a - b)
  const chosen = [...always, ...spread(between, mostRows - always.length)].sort((a, b) => a - b)
  return chosen.map((index) => ({ point: points[index]!, text: safeText((texts.get(index) ?? []).join(', ')) }))
}

/** At most so many of a list, evenly spread over it. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, at) => items[Math.floor(((at + 0.5) * items.length) / most)]!)
}
