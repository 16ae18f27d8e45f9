import type { DifferenceDocument } from '../history/difference-document.js'
import { markdownTable } from '../platform/markdown-table.js'
import { markdownText } from '../platform/markdown-text.js'
import { safeJson } from '../platform/safe-text.js'
import { spreadsheetCell } from '../platform/spreadsheet-cell.js'
import { worstFirst } from './history-difference-text.js'
import { changeText, comparedName, momentText, recordedReasonText, stayedText } from './history-words.js'
import { cutText, numbered, shareText } from './plan-words.js'
import { countText } from './words.js'

const lists = ['moved', 'appeared', 'disappeared', 'otherVersion', 'otherReasons'] as const

/** `fleet.difference/v1`, with one line an endpoint. */
export function* differenceJson(document: DifferenceDocument): Iterable<string> {
  const { moved, appeared, disappeared, otherVersion, otherReasons, ...rest } = document
  yield safeJson(rest, 2).slice(0, -2)
  for (const list of lists) {
    yield `,\n  "${list}": [`
    let separator = '\n    '
    for (const endpoint of document[list]) {
      yield separator + safeJson(endpoint)
      separator = ',\n    '
    }
    yield separator === '\n    ' ? ']' : '\n  ]'
  }
  yield '\n}\n'
}

const columns = [
  'change',
  'id',
  'hostname',
  'platform',
  'from',
  'to',
  'why',
  'reasons_gone',
  'reasons_come',
  'claude_desktop_before',
  'claude_desktop_after',
  'claude_code_before',
  'claude_code_after',
] as const

type Row = Readonly<Partial<Record<(typeof columns)[number], string | undefined>>>

/** One row for each endpoint that changed, the worst first: UTF-8 with a byte order mark, safe in a spreadsheet. */
export function* differenceCsv(document: DifferenceDocument): Iterable<string> {
  yield `\ufeff${columns.map(spreadsheetCell).join(',')}\r\n`
  for (const row of rowsOf(document))
    yield `${columns.map((column) => spreadsheetCell(row[column] ?? '')).join(',')}\r\n`
}

function* rowsOf({ moved, appeared, disappeared, otherVersion, otherReasons }: DifferenceDocument): Iterable<Row> {
  for (const move of worstFirst(moved))
    yield {
      change: 'moved',
      ...changeCells(move),
      ...versionCells(move),
    }
  for (const endpoint of disappeared)
    yield {
      change: 'disappeared',
      ...entryCells(endpoint),
      from: endpoint.state,
      reasons_gone: endpoint.reasons.join('; '),
      claude_desktop_before: endpoint.desktop,
      claude_code_before: endpoint.code,
    }
  for (const endpoint of appeared)
    yield {
      change: 'appeared',
      ...entryCells(endpoint),
      to: endpoint.state,
      why: endpoint.reasons.map(recordedReasonText).join('; '),
      reasons_come: endpoint.reasons.join('; '),
      claude_desktop_after: endpoint.desktop,
      claude_code_after: endpoint.code,
    }
  for (const endpoint of otherVersion)
    yield {
      change: 'other-version',
      ...changeCells({ ...endpoint, from: endpoint.state, to: endpoint.state }),
      ...versionCells(endpoint),
    }
  for (const endpoint of otherReasons)
    yield {
      change: 'other-reasons',
      ...changeCells({ ...endpoint, from: endpoint.state, to: endpoint.state }),
    }
}

function entryCells({ id, hostname, platform }: { id: string; hostname?: string | undefined; platform: string }): Row {
  return { id, hostname, platform }
}

type Changed = Parameters<typeof changeText>[0] & Parameters<typeof entryCells>[0]

function changeCells(
  changed: Changed & Pick<DifferenceDocument['moved'][number], 'from' | 'to' | 'gone' | 'come'>,
): Row {
  const { from, to, gone, come } = changed
  return {
    ...entryCells(changed),
    from,
    to,
    why: changeText(changed),
    reasons_gone: gone.join('; '),
    reasons_come: come.join('; '),
  }
}

function versionCells({
  desktop,
  code,
}: DifferenceDocument['otherVersion'][number] | DifferenceDocument['moved'][number]): Row {
  return {
    claude_desktop_before: desktop.before,
    claude_desktop_after: desktop.after,
    claude_code_before: code.before,
    claude_code_after: code.after,
  }
}

/** Endpoints of which a ticket shows the first ones; all are in the CSV. */
const mostMoves = 50
const longestName = 60

/** The difference for a ticket. */
export function differenceMarkdown(document: DifferenceDocument): string {
  const { before, after, counts, warnings, matrix, moved } = document
  const [from, to] = [before.coverage, after.coverage]
  const flows = matrix.filter((cell) => cell.from !== cell.to)
  const moves = worstFirst(moved).slice(0, mostMoves)
  const more = moved.length - moves.length
  const side = (of: DifferenceDocument['before']) => `${markdownText(comparedName(of))} (${momentText(of.asOf)})`
  const paragraphs = [
    '# Fleet difference',
    `${side(before)} → ${side(after)}`,
    `Coverage: **${shareText(from.inScope.percent)} → ${shareText(to.inScope.percent)}**; ready ${countText(from.ready)} of ${countText(from.inScope.of)} → ${countText(to.ready)} of ${countText(to.inScope.of)}.`,
    `${numbered(counts.before, 'endpoint')} before, ${countText(counts.after)} after: ${countText(counts.moved)} moved, ${stayedText(counts)}, ${countText(counts.appeared)} appeared, ${countText(counts.disappeared)} disappeared.`,
    ...(warnings.length > 0 ? [warnings.map(({ message }) => `- ${markdownText(message)}`).join('\n')] : []),
    ...(flows.length > 0
      ? [
          markdownTable(
            ['From', 'To', 'Endpoints'],
            flows.map((cell) => [cell.from ?? '(new)', cell.to ?? '(gone)', countText(cell.endpoints)]),
          ),
        ]
      : []),
    ...(moves.length > 0
      ? [
          '## Moved',
          markdownTable(
            ['Endpoint', 'Platform', 'From', 'To', 'Why'],
            moves.map((move) => [
              markdownText(cutText(move.hostname ?? move.id, longestName)),
              markdownText(move.platform),
              move.from,
              move.to,
              markdownText(changeText(move)),
            ]),
          ),
        ]
      : []),
    ...(more > 0 ? [`${countText(more)} more are in \`--format csv\`.`] : []),
  ]
  return `${paragraphs.join('\n\n')}\n`
}
