import { csvCell } from '../platform/csv-cell.js'
import type { Candidate } from '../waves/candidate.js'
import type { PlanDocument, Wave } from '../waves/plan-document.js'
import { workText } from './plan-words.js'

interface PlannedEndpoint {
  readonly wave: Wave
  /** The day of its attempt; empty where the plan does not tell. */
  readonly date: string
  readonly id: string
  /** Undefined for one of a finished wave that needs nothing more, or is gone. */
  readonly candidate: Candidate | undefined
}

interface Column {
  readonly name: string
  readonly read: (row: PlannedEndpoint) => string | undefined
  /** Few different texts stand in a million rows: each becomes a cell once. */
  readonly repeats?: boolean
}

const columns: readonly Column[] = [
  { name: 'wave', read: ({ wave }) => wave.name, repeats: true },
  { name: 'status', read: ({ wave }) => wave.status, repeats: true },
  { name: 'date', read: ({ date }) => date, repeats: true },
  { name: 'id', read: ({ id }) => id },
  { name: 'serial', read: ({ candidate }) => candidate?.serial },
  { name: 'hostname', read: ({ candidate }) => candidate?.hostname },
  { name: 'platform', read: ({ candidate }) => candidate?.platform, repeats: true },
  { name: 'department', read: ({ candidate }) => candidate?.department, repeats: true },
  { name: 'site', read: ({ candidate }) => candidate?.site, repeats: true },
  { name: 'version', read: ({ candidate }) => candidate?.version, repeats: true },
  { name: 'user', read: ({ candidate }) => candidate?.user },
  { name: 'email', read: ({ candidate }) => candidate?.email },
  { name: 'what_to_do', read: ({ candidate }) => candidate?.work.map(workText).join('; '), repeats: true },
]

/**
 * The endpoints of all waves, one a line, in the order they are attempted: a table for spreadsheets, UTF-8 with a byte
 * order mark, every cell quoted, formulas disarmed. `candidates` are by id; of an endpoint that is not among them only
 * what the plan knows is told.
 */
export function* planCsv(plan: PlanDocument, candidates: ReadonlyMap<string, Candidate>): Iterable<string> {
  const known = new Map<string, string>()
  const cellOnce = (text: string) => {
    const cell = known.get(text) ?? csvCell(text)
    known.set(text, cell)
    return cell
  }
  yield `\ufeff${columns.map(({ name }) => csvCell(name)).join(',')}\r\n`
  for (const wave of plan.waves) {
    const dates = datesOf(wave)
    for (const id of wave.endpoints) {
      const row = { wave, date: dates.next().value ?? '', id, candidate: candidates.get(id) }
      const cells = columns.map(({ read, repeats }) => (repeats ? cellOnce(read(row) ?? '') : csvCell(read(row) ?? '')))
      yield `${cells.join(',')}\r\n`
    }
  }
}

/** The day of each endpoint of a wave, in their order. */
function* datesOf({ days }: Wave): Generator<string, undefined> {
  for (const { date, endpoints } of days) for (let at = 0; at < endpoints; at++) yield date
}
