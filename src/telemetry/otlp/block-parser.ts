import type { Words } from '../batch.js'
import type { BatchColumns } from './batch-columns.js'
import type { InputReport } from './input-report.js'

/**
 * Reads the records of a block of whole lines. Each line ends with a line feed, but for the very last of an input, which
 * may lack it: if that one begins as JSON and does not end, it is `cut-off`. `bytes` need not be UTF-8 (such lines are
 * counted), is valid only during the call, and must not be written to.
 *
 * It appends rows to the columns and never clears them itself (`BatchColumns.add` hands full ones out), and counts in
 * the report everything that is inside a line: `emptyLines`, `badLines`, `records`, `counted`, `foreign`,
 * `foreignOther`, `rejected`. `bytes`, `lines` and `too-long` are counted by who made the block. It never throws because
 * of what is in the bytes.
 */
export interface BlockParser {
  parse(bytes: Uint8Array, columns: BatchColumns, words: Words, report: InputReport): void
}
