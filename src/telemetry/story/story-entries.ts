import { isoTime } from '../../platform/clock.js'
import { contentOf } from './story-content.js'
import type { RecordEntry, StoryEntry } from './story-document.js'
import { storyEvent } from './story-events.js'
import { eventOf } from './story-field.js'
import type { Generation, OrderedRecord, StoryOrder } from './story-order.js'
import { isCode, notShown } from './story-plain.js'
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

/** Whether gaps can be told, and whether `--content` was given. */
interface HowToTell {
  readonly judgesGaps: boolean
  readonly showsContent: boolean
}

/** A value where it may be shown: with `--content`, or when it has the form of a code. */
export function plain(text: string, { showsContent }: Pick<HowToTell, 'showsContent'>): string {
  return text === '' || showsContent || isCode(text) ? text : notShown
}

/** All records in order, with what is strange between them. `own` are attributes that say where a record comes from. */
export function draftEntries(order: StoryOrder, own: ReadonlySet<string>, how: HowToTell): DraftEntry[] {
  return order.sessions.flatMap(({ session, generations }) => [
    ...(order.sessions.length > 1
      ? [{ type: 'session' as const, session: cutTo(plain(session, how), longestFact) }]
      : []),
    ...generations.flatMap((generation, index) => generationEntries(generation, index > 0, own, how)),
  ])
}

function generationEntries(
  generation: Generation,
  isResumed: boolean,
  own: ReadonlySet<string>,
  how: HowToTell,
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
      if (missing > 0 && how.judgesGaps) entries.push({ type: 'gap', first: before + 1, last: sequence - 1, missing })
      before = sequence
    }
    if (time - record.time >= leastClockStep) entries.push({ type: 'clock-back', milliseconds: time - record.time })
    if (!Number.isNaN(record.time)) time = record.time
    entries.push(recordEntry(ordered, own, how))
  }
  return entries
}

function recordEntry({ record, sequence }: OrderedRecord, own: ReadonlySet<string>, how: HowToTell): DraftEntry {
  const name = eventOf(record)
  const { kind, text, facts } = storyEvent(name, plain(name, how))
  const present = facts.filter((fact) => (record.attributes.get(fact)?.length ?? 0) > 0)
  // A fact whose value reads like a text counts as content, whatever its name promises.
  const isTold = (fact: string) => how.showsContent || isCode(record.attributes.get(fact)?.text ?? '')
  const told = present
    .filter(isTold)
    .map((fact): [string, string] => [fact, cutTo(record.attributes.get(fact)?.text ?? '', longestFact)])
  const hidden = present.filter((fact) => !isTold(fact)).map((fact): [string, string] => [fact, notShown])
  const values = new Map([...told, ...hidden])
  const prompt = textOf(record, 'prompt.id')
  return {
    type: 'record',
    record,
    entry: {
      type: 'record',
      ...(!Number.isNaN(record.time) && { at: isoTime(record.time) }),
      ...(sequence >= 0 && { sequence }),
      event: cutTo(plain(name, how), longestFact),
      kind,
      text: text((fact) => values.get(fact) ?? ''),
      ...(prompt !== '' && { prompt: cutTo(plain(prompt, how), longestFact) }),
      facts: Object.fromEntries(told),
    },
    content: contentOf(record, new Set(told.map(([fact]) => fact)), own),
  }
}
