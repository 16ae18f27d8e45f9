import { csv } from './csv.js'
import { html } from './html.js'
import { junit } from './junit.js'
import { markdown } from './markdown.js'
import { prometheus } from './prometheus.js'
import type { ReportFormat } from './report-format.js'
import { sarif } from './sarif.js'

/** All forms of a report, as --help lists them. */
export const reportFormats: readonly ReportFormat[] = [markdown, html, csv, junit, sarif, prometheus]

/** The form that the ending of a file name asks for, or undefined. The longest ending wins: `.sarif.json` is no `.json`. */
export function reportFormatOfFile(file: string): ReportFormat | undefined {
  const name = file.toLowerCase()
  const endings = reportFormats.flatMap((format) => format.endings.map((ending) => ({ format, ending })))
  return endings
    .filter(({ ending }) => name.endsWith(`.${ending}`))
    .sort((a, b) => b.ending.length - a.ending.length)[0]?.format
}
