import { guardFormula } from '../../platform/csv-cell.js'
import { safeText } from '../../platform/safe-text.js'

/**
 * A quoted cell that stays on one line and has no formula in it. A line end, which `csvCell` keeps, would make a row of
 * its own for scripts that read line by line, and so put whatever it names into the group.
 */
export function lineCell(text = ''): string {
  return `"${guardFormula(safeText(text)).replaceAll('"', '""')}"`
}
