import { safeJson } from '../platform/safe-text.js'
import type { Source } from '../sources/source.js'
import type { TerminalLook } from './terminal-look.js'
import { textLines, textTable } from './text-table.js'

/** `fleet.sources/v1`: the formats as data. */
export function sourcesJson(sources: readonly Source[]): string {
  const list = sources.map(({ id, product, title, gives, docs, howToExport, uses, caveat, formats }) => ({
    id,
    product,
    title,
    gives,
    docs,
    howToExport,
    uses,
    ...(caveat === undefined ? {} : { caveat }),
    kinds: [...new Set(formats.map(({ kind }) => kind))],
  }))
  return `${safeJson({ schema: 'fleet.sources/v1', sources: list }, 2)}\n`
}

export function sourcesTable(sources: readonly Source[], { width, paint }: TerminalLook): string {
  const rows = sources.map(({ id, gives, title, howToExport }) => [id, gives, `${title}. ${howToExport}`])
  const table = textTable(
    [{ head: 'format', whole: true }, { head: 'gives' }, { head: 'how to export', flexible: true }],
    rows,
    width,
    paint,
  )
  return `${table}\n\n${textLines('fleet sources FORMAT tells the columns that are used. Any other list: fleet scan --map.', width, 2, paint.faint)}\n`
}

export function sourceText(source: Source, { width, paint }: TerminalLook): string {
  const rows = [
    ['format', source.id],
    ['product', source.product],
    ['gives', source.gives],
    ['how to export', source.howToExport],
    ['used', source.uses.join(', ')],
    ...(source.caveat ? [['caveat', source.caveat]] : []),
    ['documentation', source.docs],
  ]
  return `${paint.strong(source.title)}\n${textTable([{ head: '' }, { head: '', flexible: true }], rows, width, paint)}\n`
}
