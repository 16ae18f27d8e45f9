import type { DifferenceDocument } from '../history/difference-document.js'
import { onlyStates } from '../history/difference-filter.js'
import type { HistoryDocument } from '../history/history-document.js'
import type { State } from '../readiness/verdict.js'
import { differenceCsv, differenceJson, differenceMarkdown } from './history-difference-rows.js'
import { differenceText } from './history-difference-text.js'
import { historyCsv, historyJson, historyMarkdown } from './history-rows.js'
import { historyText } from './history-text.js'
import { terminalLook } from './terminal-look.js'

interface FormatFlags {
  readonly json?: boolean | undefined
  readonly format?: string | undefined
}

/** What `fleet history` prints. */
export function historyOutput(document: HistoryDocument, flags: FormatFlags): Iterable<string> {
  if (flags.json || flags.format === 'json') return historyJson(document)
  if (flags.format === 'csv') return historyCsv(document)
  if (flags.format === 'markdown') return [historyMarkdown(document)]
  return [historyText(document, terminalLook())]
}

/** What `fleet history diff` prints. */
export function differenceOutput(
  whole: DifferenceDocument,
  flags: FormatFlags & { readonly from?: string | undefined; readonly to?: string | undefined },
): Iterable<string> {
  const document = onlyStates(whole, { from: flags.from as State | undefined, to: flags.to as State | undefined })
  if (flags.json || flags.format === 'json') return differenceJson(document)
  if (flags.format === 'csv') return differenceCsv(document)
  if (flags.format === 'markdown') return [differenceMarkdown(document)]
  return [differenceText(document, terminalLook())]
}
