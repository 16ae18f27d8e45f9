import type { EndpointNote, EndpointRow } from './endpoint-row.js'
import { escapeHtml } from './html.js'

/**
 * An endpoint as lines of text, escaped for HTML: its fields with a TAB between, and a line for each note that begins with a
 * TAB. No text has a TAB or a line end of its own left (`safeText`), so the script of the page reads it back as it was.
 */
export function endpointLines(row: EndpointRow, fileNumber: (file: string) => number): string {
  const { name, identity, platform, department, state, desktop, code, lastSeen, notes } = row
  const fields = [name, identity, platform, department, state, desktop, code, lastSeen]
  return `${fields.map(escapeHtml).join('\t')}\n${notes.map((note) => noteLine(note, fileNumber)).join('')}`
}

function noteLine({ label, text, receipt, next }: EndpointNote, fileNumber: (file: string) => number): string {
  const fields = [label, text, receipt === undefined ? '' : receiptText(receipt, fileNumber), next ?? '']
  return `\t${fields.map(escapeHtml).join('\t').trimEnd()}\n`
}

/** `[3] record 12, version`: the file by its number among the sources. */
function receiptText(
  { file, text }: NonNullable<EndpointNote['receipt']>,
  fileNumber: (file: string) => number,
): string {
  return `[${fileNumber(file)}] ${text}`
}
