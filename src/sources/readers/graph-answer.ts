import type { ObservationSink } from '../../inventory/observation.js'
import { field, type JsonShape, type RecordsPath, textField } from './json.js'

/** Whether an answer of Microsoft Graph is a page (`value[]`), not a bare list or a lone object. */
export function isPage(shape: JsonShape): boolean {
  return shape.form !== 'array' && shape.keys.includes('value')
}

/** Where the records of an answer are. */
export function graphRecords(shape: JsonShape): RecordsPath {
  return isPage(shape) ? ['value'] : []
}

/** Whether a record of the answer has this member, as Graph or as PowerShell writes it. */
export function hasMember(shape: JsonShape, name: string): boolean {
  const path = graphRecords(shape)
  return shape.path(...path, name) || shape.path(...path, capitalized(name))
}

/** PowerShell's Graph cmdlets write the same names with a capital letter: DeviceName for deviceName. */
export function graphText(value: unknown, name: string): string | undefined {
  return textField(value, name) ?? textField(value, capitalized(name))
}

export function graphField(value: unknown, name: string): unknown {
  return field(value, name) ?? field(value, capitalized(name))
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/**
 * A page cap gives a well-formed but short file: links and counts in the envelopes are the only signs. `of` names the
 * list where a product has several, so that the last page of one does not stand for that of another; `what` is what
 * the list holds.
 */
export function tellPages(
  sink: ObservationSink,
  envelopes: readonly unknown[],
  records: number,
  what: string,
  of = '',
): void {
  const pages = envelopes.filter((envelope) => field(envelope, 'value') !== undefined)
  for (const page of pages) {
    const more = field(page, '@odata.nextLink') != null
    sink.page({ kind: 'next', marker: `@odata.nextLink${of}`, more })
  }
  const counts = pages.map((page) => field(page, '@odata.count')).filter((count) => typeof count === 'number')
  if (counts.length > 0) {
    // Depending on the request the count is that of its own page or of all pages; several pages show which.
    const sum = counts.reduce((total, count) => total + count, 0)
    const total = sum === records ? sum : Math.max(...counts)
    sink.page({ kind: 'total', marker: `@odata.count${of}`, total, read: records })
  }
  if (pages.length < envelopes.length) {
    const message = `${envelopes.length - pages.length} of ${envelopes.length} pages hold no ${what}, such as an error message; their ${what} are missing.`
    sink.warn('page-without-list', message)
  }
}
