import type { EndpointEntry } from '../../readiness/scan-document.js'
import type { ReportView } from '../view/report-view.js'

/** One report in the making: it is shown every endpoint once, ordered by id, and then the whole. */
export interface ReportWriter {
  add(endpoint: EndpointEntry): void
  /** The finished report, piece by piece. */
  finish(view: ReportView): Iterable<string> | Promise<Iterable<string>>
}

/** One form of report. A new one is one file here and one line in `index.ts`. */
export interface ReportFormat {
  /** The word for --format, equal to the file name. */
  readonly id: string
  /** For --help: what it is for. */
  readonly title: string
  /** Endings of --output that mean this format, without the dot. */
  readonly endings: readonly string[]
  /** Nobody can read it on a terminal: refused there, and welcome in a pipe or a file. */
  readonly unfitForTerminal?: true
  /** Shows how coverage went from day to day: only then is the history read, which may be large. */
  readonly showsTrend?: true
  /** Loads what only this format needs. */
  start(): ReportWriter | Promise<ReportWriter>
}
