import type { Example, TelemetryTables } from '../tables.js'
import { earlier } from './reporter.js'

/** The earliest record of a sender that any table has as an example; undefined where none has one. */
export function senderExamples(tables: TelemetryTables, wanted: ReadonlySet<number>): ReadonlyMap<number, Example> {
  const found = new Map<number, Example>()
  const lists: readonly (readonly { readonly sender: number; readonly example: Example }[])[] = [
    tables.settings,
    tables.hooks,
    tables.tools,
    tables.decisions,
    tables.plugins,
    tables.skills,
    tables.connections,
    tables.modes,
  ]
  for (const rows of lists)
    for (const { sender, example } of rows)
      if (wanted.has(sender)) found.set(sender, earlier(found.get(sender), example)!)
  return found
}
