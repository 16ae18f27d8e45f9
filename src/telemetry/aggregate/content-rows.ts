import { byText } from '../../platform/by-text.js'
import { contentFields } from '../content-fields.js'
import type { ContentRow, Example } from '../tables.js'

/** Records that hold the same fields. A bit of a mask is a place in `contentFields`. */
export interface ContentGroup extends Pick<ContentRow, 'service' | 'version' | 'signal' | 'event'> {
  readonly present: number
  readonly redacted: number
  readonly records: number
  /** Copies of records, which deduplication leaves out. */
  readonly copies: number
  /** Of the records, and of the copies; undefined where nothing is present. */
  readonly example?: Example | undefined
  readonly copyExample?: Example | undefined
}

interface FieldSum {
  present: number
  redacted: number
  presentInCopies: number
  example?: Example | undefined
  copyExample?: Example | undefined
}

/** The table `content`, for either engine: a row for each field, sorted. */
export function contentRows(groups: Iterable<ContentGroup>): ContentRow[] {
  const sums = new Map<string, { readonly key: readonly string[]; readonly sum: FieldSum }>()
  for (const { service, version, signal, event, ...group } of groups) {
    for (const [place, { name }] of contentFields.entries()) {
      const bit = 1 << place
      const [isPresent, isRedacted] = [(group.present & bit) !== 0, (group.redacted & bit) !== 0]
      // What is redacted in a copy only is counted nowhere.
      if (!isPresent && !(isRedacted && group.records > 0)) continue
      const key = [service, version, signal, event, name]
      const found = sums.get(JSON.stringify(key)) ?? { key, sum: { present: 0, redacted: 0, presentInCopies: 0 } }
      sums.set(JSON.stringify(key), found)
      add(found.sum, group, isPresent, isRedacted)
    }
  }
  return [...sums.values()]
    .sort((a, b) => byTexts(a.key, b.key))
    .map(({ key: [service, version, signal, event, field], sum: { example, copyExample, ...counts } }) => {
      const shown = example ?? copyExample
      return {
        service: service!,
        version: version!,
        signal: signal as ContentRow['signal'],
        event: event!,
        field: field!,
        ...counts,
        ...(shown && { example: shown }),
      }
    })
}

function add(
  sum: FieldSum,
  group: Omit<ContentGroup, 'service' | 'version' | 'signal' | 'event'>,
  isPresent: boolean,
  isRedacted: boolean,
): void {
  if (isRedacted) sum.redacted += group.records
  if (!isPresent) return
  sum.present += group.records
  sum.presentInCopies += group.copies
  sum.example = earlier(sum.example, group.example)
  sum.copyExample = earlier(sum.copyExample, group.copyExample)
}

function earlier(one: Example | undefined, other: Example | undefined): Example | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const order =
    one.at - other.at ||
    byText(one.session, other.session) ||
    one.sequence - other.sequence ||
    byText(one.prompt, other.prompt)
  return order <= 0 ? one : other
}

function byTexts(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = byText(text, b[index]!)
    if (order !== 0) return order
  }
  return 0
}
