import { endpointTableHead, endpointTableLine } from '../scan-rows.js'
import type { ReportFormat } from './report-format.js'

/** The table of `fleet scan --format csv`. */
export const csv: ReportFormat = {
  id: 'csv',
  title: 'all endpoints for a spreadsheet; the same table as of fleet scan',
  endings: ['csv'],
  start() {
    const lines = [endpointTableHead()]
    return { add: (endpoint) => lines.push(endpointTableLine(endpoint)), finish: () => lines }
  },
}
