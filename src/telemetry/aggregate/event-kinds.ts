import type { Words } from '../batch.js'
import { surfaces } from '../surfaces/index.js'
import { KeyTable } from './key-table.js'

/** What an event is counted as besides being an event. */
export const kinds = {
  other: 0,
  prompt: 1,
  settings: 2,
  hook: 3,
  hookRun: 4,
  tool: 5,
  decision: 6,
  plugin: 7,
  skill: 8,
  connection: 9,
  mode: 10,
} as const
export type Kind = (typeof kinds)[keyof typeof kinds]

const kindOf: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['user_prompt', kinds.prompt],
  ['managed_settings_resolved', kinds.settings],
  ['hook_registered', kinds.hook],
  ['hook_execution_complete', kinds.hookRun],
  ['tool_result', kinds.tool],
  ['tool_decision', kinds.decision],
  ['plugin_loaded', kinds.plugin],
  ['plugin_installed', kinds.plugin],
  ['skill_activated', kinds.skill],
  ['mcp_server_connection', kinds.connection],
  ['permission_mode_changed', kinds.mode],
])
const failures = new Map(surfaces.map(({ service, failures }) => [service, new Set(failures)]))

/** The table `events`, and for each of its rows what is to be done with such a record. */
export class EventKinds {
  /** Columns: service, event. Value: events. */
  readonly keys = new KeyTable(2, [0])
  readonly kind: Kind[] = []
  /** Whether it makes the run a failed one. */
  readonly isFailure: boolean[] = []
  readonly #words: Words

  constructor(words: Words) {
    this.#words = words
  }

  /** Counts an event; gives its row. */
  count(service: number, event: number): number {
    const { keys } = this
    keys.put(0, service)
    keys.put(1, event)
    const row = keys.row()
    keys.values[row]!++
    if (row === this.kind.length) {
      const name = this.#words.text(event)
      this.kind.push(kindOf.get(name) ?? kinds.other)
      this.isFailure.push(failures.get(this.#words.text(service))?.has(name) ?? false)
    }
    return row
  }
}
