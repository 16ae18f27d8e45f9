import type { Html } from './html.js'

/** One part of the page, with a heading of its own and a line in the table of contents. */
export interface ReportSection {
  /** In the address of the page, and fixed: `#gates`. */
  readonly id: string
  readonly title: string
  readonly body: Html
}
