import type { DiagnosisRow, ReportView } from '../view/report-view.js'
import { countText } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'

/** What is known to be wrong, the most frequent first. What cannot be told has a section of its own. */
export function diagnoses({ diagnoses: rows, unknowns: untold }: ReportView, most: number): Blocks {
  const known = rows.filter((row) => !untold.includes(row))
  return reasonTable(known, most, 'What to do')
}

/** What cannot be told: unknown is never a pass. */
export function unknowns({ unknowns: rows }: ReportView, most: number): Blocks {
  return reasonTable(rows, most, 'What settles it')
}

/** What does not count, and why. */
export function excluded({ excluded: rows }: ReportView, most: number): Blocks {
  return boundedTable(
    ['Endpoints', 'Why'],
    rows,
    most,
    ({ endpoints, why }) => [countText(endpoints), shortText(why)],
    leftReasons,
  )
}

function reasonTable(rows: readonly DiagnosisRow[], most: number, todo: string): Blocks {
  return boundedTable(
    ['Endpoints', 'State', 'Why', todo],
    rows,
    most,
    (row) => [countText(row.endpoints), row.state, shortText(row.why), shortText(row.todo, 240)],
    leftReasons,
  )
}

function leftReasons(left: readonly DiagnosisRow[]): string {
  const endpoints = left.reduce((sum, row) => sum + row.endpoints, 0)
  return `${moreOf(left, 'reason')}, of ${countText(endpoints)} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`
}
