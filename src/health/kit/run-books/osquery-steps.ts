import { plain, type Step, step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, probeColumn } from '../kit-places.js'

/** The way back over osquery, for products that give no list with the line. */
export const osquerySteps: readonly Step[] = [
  step`With osquery: add ${kitPaths.osqueryPack} under \`packs\` in its configuration. On Linux it needs the macadmins extension for the table \`file_lines\`; without it the query fails, and no line comes.`,
  step`Give \`fleet scan\` the log of results (\`osqueryd.snapshots.log\`): the line stands in \`${plain(probeColumn)}\`.`,
  step`Without osquery: collect the lines with what you have into a CSV with a column for the serial number and one called \`Fleet probe\`, and describe it in \`sources.map\` of the policy.`,
]
