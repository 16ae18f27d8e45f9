import type { ComparedSide, DifferenceDocument, Move, OtherReasons, Present } from '../history/difference-document.js'
import { type State, states } from '../readiness/verdict.js'
import { changeText, comparedName, momentText, recordedReasonText, signedText, stayedText } from './history-words.js'
import { paintState } from './paint.js'
import { cutText, numbered, shareText } from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, type TextColumn, textLines, textTable } from './text-table.js'
import { countText } from './words.js'

type Row = readonly (string | TextCell)[]
type Section = (document: DifferenceDocument, look: TerminalLook) => string

const mostGroups = 20
const longestName = 24
/** From this width on, two names have room. */
const roomy = 100

/** The difference as an administrator reads it on a terminal: what to beware of, how many moved where, and who and why. */
export function differenceText(document: DifferenceDocument, look: TerminalLook): string {
  const sections: readonly Section[] = [
    headText,
    warningsText,
    flowText,
    filterText,
    movesText,
    appearedText,
    disappearedText,
    otherReasonsText,
  ]
  const texts = sections.map((section) => section(document, look)).filter((text) => text !== '')
  return `${texts.join('\n\n')}\n`
}

const headText: Section = ({ before, after, counts }, { width, paint }) => {
  const [from, to] = [before.coverage, after.coverage]
  const tone = to.ready > from.ready ? paint.good : to.ready < from.ready ? paint.bad : paint.faint
  const coverage = `Coverage  ${shareText(from.inScope.percent)} → ${shareText(to.inScope.percent)}  ready ${countText(from.ready)} of ${countText(from.inScope.of)} → ${countText(to.ready)} of ${countText(to.inScope.of)} (${signedText(to.ready - from.ready)})`
  return [
    textLines(`${sideText(before)} → ${sideText(after)}`, width, 0, paint.strong),
    textLines(coverage, width, 0, tone),
    textLines(
      `${numbered(counts.before, 'endpoint')} before, ${countText(counts.after)} after: ${countText(counts.moved)} moved, ${stayedText(counts)}, ${countText(counts.appeared)} appeared, ${countText(counts.disappeared)} disappeared`,
      width,
      0,
    ),
  ].join('\n')
}

function sideText(side: ComparedSide): string {
  return `${cutText(comparedName(side), longestName)} (${momentText(side.asOf)})`
}

const warningsText: Section = ({ warnings }, { width, paint }) => {
  if (warnings.length === 0) return ''
  const lines = warnings.map(({ message, endpoints }) => {
    const may = endpoints === 0 ? '' : ` ${numbered(endpoints, 'change')} below may come from it.`
    return textLines(`! ${message}${may}`, width, 2, paint.doubtful)
  })
  return [paint.strong('Beware'), ...lines].join('\n')
}

/** The matrix of states where it fits, else the moves it holds, the worst first. */
const flowText: Section = (document, look) => {
  if (document.counts.moved + document.counts.appeared + document.counts.disappeared === 0) return ''
  const title = look.paint.strong('From each state to which')
  const matrix = matrixTable(document, look)
  return `${title}\n${matrix ?? flowTable(document, look)}`
}

function matrixTable({ matrix }: DifferenceDocument, { width, paint }: TerminalLook): string | undefined {
  const order = [...[...states].reverse(), undefined]
  const inUse = (side: 'from' | 'to') => order.filter((state) => matrix.some((cell) => cell[side] === state))
  const [froms, tos] = [inUse('from'), inUse('to')]
  const columns: TextColumn[] = [
    { head: 'from \\ to', whole: true },
    ...tos.map((to): TextColumn => ({ head: to ?? 'gone', align: 'right' })),
  ]
  const taken = columns.reduce((sum, { head }) => sum + Math.max(head.length, 7) + 2, 2)
  if (taken > width) return undefined
  const rows = froms.map((from): Row => {
    const cells = tos.map((to): TextCell => {
      const count = matrix.find((cell) => cell.from === from && cell.to === to)?.endpoints ?? 0
      if (count === 0) return { text: '' }
      return { text: countText(count), paint: from === to ? paint.faint : toneOf(from, to, paint) }
    })
    return [from ?? 'new', ...cells]
  })
  return textTable(columns, rows, width, paint)
}

function flowTable({ matrix }: DifferenceDocument, { width, paint }: TerminalLook): string {
  const moves = matrix
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => severity(a.from, a.to) - severity(b.from, b.to) || b.endpoints - a.endpoints)
  const rows = moves.map(
    ({ from, to, endpoints }): Row => [
      countText(endpoints),
      { text: `${from ?? 'new'} → ${to ?? 'gone'}`, paint: toneOf(from, to, paint) },
    ],
  )
  return textTable([{ head: 'endpoints', align: 'right' }, { head: 'from → to' }], rows, width, paint)
}

function toneOf(from: State | undefined, to: State | undefined, paint: TerminalLook['paint']) {
  return to === 'ready' ? paint.good : from === 'ready' ? paint.bad : (text: string) => text
}

/** What was ready and is no longer comes first, what has become ready last. */
function severity(from: State | undefined, to: State | undefined): number {
  return from === 'ready' ? 0 : to === 'ready' ? 2 : 1
}

/** The moves, the worst first; moves of a kind by the state they led to, then by id. */
export function worstFirst(moves: readonly Move[]): Move[] {
  const place = (state: State) => states.indexOf(state)
  return [...moves].sort(
    (a, b) =>
      severity(a.from, a.to) - severity(b.from, b.to) || place(b.to) - place(a.to) || place(b.from) - place(a.from),
  )
}

const filterText: Section = ({ filter }, { width, paint }) => {
  if (filter === undefined) return ''
  const { from, to } = filter
  const parts = [...(from === undefined ? [] : [`were ${from}`]), ...(to === undefined ? [] : [`are ${to} now`])]
  return textLines(`Below only endpoints that ${parts.join(' and ')}.`, width, 0, paint.faint)
}

const movesText: Section = ({ moved }, look) => {
  const groups = groupsOf(worstFirst(moved), (move) => [`${move.from} → ${move.to}`, changeText(move)])
  const rows = groups.map(({ texts: [flow, why], members }): Row => {
    const { from, to } = members[0]!
    return [
      countText(members.length),
      { text: flow!, paint: toneOf(from, to, look.paint) },
      why!,
      namesOf(members, look),
    ]
  })
  return bounded('Moved', 'from → to', rows, look)
}

const appearedText: Section = ({ appeared }, look) => presentTable('Appeared', appeared, look)
const disappearedText: Section = ({ disappeared }, look) => presentTable('Disappeared', disappeared, look)

const otherReasonsText: Section = ({ otherReasons }, look) => {
  const groups = groupsOf(otherReasons, (endpoint) => [endpoint.state, changeText(endpoint)])
  return bounded('Other reasons for the same state', 'state', stateRows(groups, look), look)
}

function presentTable(title: string, endpoints: readonly Present[], look: TerminalLook): string {
  const groups = groupsOf(endpoints, (endpoint) => [endpoint.state, knownText(endpoint)])
  return bounded(title, 'state', stateRows(groups, look), look)
}

function stateRows(groups: readonly Group<Present | OtherReasons>[], look: TerminalLook): Row[] {
  return groups.map(({ texts: [state, why], members }) => {
    const paint = (text: string) => paintState(look.paint, members[0]!.state, text)
    return [countText(members.length), { text: state!, paint }, why!, namesOf(members, look)]
  })
}

function knownText({ platform, desktop, reasons }: Present): string {
  const installed = `${platform}, Claude Desktop ${cutText(desktop, longestName)}`
  return [installed, ...reasons.map(recordedReasonText)].join('; ')
}

interface Group<T> {
  readonly texts: readonly string[]
  readonly members: readonly T[]
}

/** Endpoints of which the same is to be said; those of the first text together, in the order given, the largest group first. */
function groupsOf<T>(endpoints: readonly T[], say: (endpoint: T) => readonly string[]): Group<T>[] {
  const groups = new Map<string, { texts: readonly string[]; members: T[] }>()
  for (const endpoint of endpoints) {
    const texts = say(endpoint)
    const key = JSON.stringify(texts)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { texts, members: [endpoint] })
    else group.members.push(endpoint)
  }
  const all = [...groups.values()]
  const place = new Map([...new Set(all.map(({ texts }) => texts[0]))].map((text, index) => [text, index]))
  const placeOf = ({ texts }: Group<T>) => place.get(texts[0]) ?? 0
  return all.sort((a, b) => placeOf(a) - placeOf(b) || b.members.length - a.members.length)
}

function bounded(title: string, what: string, rows: Row[], look: TerminalLook): string {
  if (rows.length === 0) return ''
  const { width, paint } = look
  const columns: TextColumn[] = [
    { head: '', align: 'right' },
    { head: what, whole: true },
    { head: 'why', flexible: true },
    { head: 'such as' },
  ]
  const more = rows.length - mostGroups
  const rest = more > 0 ? `${numbered(more, 'more row')}; each endpoint: --format csv` : 'each endpoint: --format csv'
  return [
    paint.strong(title),
    textTable(columns, rows.slice(0, mostGroups), width, paint),
    textLines(rest, width, 2, paint.faint),
  ].join('\n')
}

/** The first names, by host name where there is one; ids and host names may be of any length. */
function namesOf(endpoints: readonly (Move | Present | OtherReasons)[], { width }: TerminalLook): string {
  const most = width < roomy ? 1 : 2
  const names = endpoints.slice(0, most).map(({ id, hostname }) => cutText(hostname ?? id, longestName))
  return names.join(', ') + (endpoints.length > most ? ', …' : '')
}
