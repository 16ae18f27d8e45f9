import { TextBlocks } from '../../platform/text-blocks.js'
import { endpointTableHead, endpointTableLine } from '../scan-rows.js'
import type { ReportFormat } from './report-format.js'

/** The table of `fleet scan --format csv`. */
export const csv: ReportFormat = {
  id: 'csv',
  title:
    "all endpoints for a spreadsheet, as of fleet scan; a ' before what it would take for a date or number, such as versions",
  endings: ['csv'],
  start() {
    const lines = new TextBlocks()
    lines.add(endpointTableHead())
    return { add: (endpoint) => lines.add(endpointTableLine(endpoint)), finish: () => lines.texts() }
  },
}
