import { isoTime } from '../../platform/clock.js'
import { contentOf } from './story-content.js'
import type { RecordEntry, StoryEntry } from './story-document.js'
import { storyEvent } from './story-events.js'
import { eventOf } from './story-field.js'
import type { Generation, OrderedRecord, StoryOrder } from './story-order.js'
import { type StoryRecord, textOf } from './story-record.js'
import { cutTo, type StoryValue } from './story-value.js'

/** Characters of a value that is shown as it is, such as the name of a tool. */
export const longestFact = 200
/** Events that happen at once are numbered in either order; a clock that is set back goes back further. */
const leastClockStep = 1000

/** An entry that is not rendered yet: a record with what of it may be content, or a note between two records. */
export type DraftEntry =
  | {
      readonly type: 'record'
      readonly record: StoryRecord
      readonly entry: Omit<RecordEntry, 'content'>
      readonly content: ReadonlyMap<string, StoryValue>
    }
  | Exclude<StoryEntry, RecordEntry>

/** All records in order, with what is strange between them. `own` are attributes that say where a record comes from. */
export function draftEntries(order: StoryOrder, own: ReadonlySet<string>, judgesGaps: boolean): DraftEntry[] {
  return order.sessions.flatMap(({ session, generations }) => [
    ...(order.sessions.length > 1 ? [{ type: 'session' as const, session: cutTo(session, longestFact) }] : []),
    ...generations.flatMap((generation, index) => generationEntries(generation, index > 0, own, judgesGaps)),
  ])
}

function generationEntries(
  generation: Generation,
  isResumed: boolean,
  own: ReadonlySet<string>,
  judgesGaps: boolean,
): DraftEntry[] {
  const entries: DraftEntry[] = []
  const start = generation[0]?.record.time ?? Number.NaN
  if (isResumed) entries.push({ type: 'restart', ...(!Number.isNaN(start) && { at: isoTime(start) }) })
  let before = -1
  let time = Number.NaN
  for (const ordered of generation) {
    const { record, sequence } = ordered
    if (sequence >= 0) {
      const missing = sequence - before - 1
      if (missing > 0 && judgesGaps) entries.push({ type: 'gap', first: before + 1, last: sequence - 1, missing })
      before = sequence
    }
    if (time - record.time >= leastClockStep) entries.push({ type: 'clock-back', milliseconds: time - record.time })
    if (!Number.isNaN(record.time)) time = record.time
    entries.push(recordEntry(ordered, own))
  }
  return entries
}

function recordEntry({ record, sequence }: OrderedRecord, own: ReadonlySet<string>): DraftEntry {
  const name = eventOf(record)
  const { kind, text, facts } = storyEvent(name)
  const told = facts.flatMap((fact): [string, string][] => {
    const value = record.attributes.get(fact)
    return value === undefined || value.length === 0 ? [] : [[fact, cutTo(value.text, longestFact)]]
  })
  const values = new Map(told)
  const prompt = textOf(record, 'prompt.id')
  return {
    type: 'record',
    record,
    entry: {
      type: 'record',
      ...(!Number.isNaN(record.time) && { at: isoTime(record.time) }),
      ...(sequence >= 0 && { sequence }),
      event: cutTo(name, longestFact),
      kind,
      text: text((fact) => values.get(fact) ?? ''),
      ...(prompt !== '' && { prompt: cutTo(prompt, longestFact) }),
      facts: Object.fromEntries(told),
    },
    content: contentOf(record, new Set(facts), own),
  }
}
