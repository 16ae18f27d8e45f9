import type { StoryValue } from './story-value.js'

/** One log record as the story needs it; both stores give it. */
export interface StoryRecord {
  /** Milliseconds since 1970 UTC; NaN where the record has no time. */
  readonly time: number
  /** When the collector or exporter saw it; NaN where that is not told. */
  readonly observed: number
  readonly resource: ReadonlyMap<string, StoryValue>
  readonly attributes: ReadonlyMap<string, StoryValue>
  /** Where a record names its event beside its attributes; '' where it does not. */
  readonly eventName: string
  /** Undefined where the record has none. */
  readonly body: StoryValue | undefined
}

/** What is looked for: one session, or one prompt of it. */
export interface Wanted {
  readonly kind: 'session' | 'prompt'
  readonly id: string
}

/** The attribute that holds the id. */
export const idAttributes = { session: 'session.id', prompt: 'prompt.id' } as const satisfies Record<
  Wanted['kind'],
  string
>

/** From so many characters on the beginning of an id is enough, if it is the beginning of one only. */
export const shortestPrefix = 8

/** Whether an id is the wanted one, or may be it. */
export function mayBeWanted(id: string, wanted: Wanted): boolean {
  return wanted.id.length >= shortestPrefix ? id.startsWith(wanted.id) : id === wanted.id
}

/** The text of an attribute of the record, or else of its resource; '' where neither has it. */
export function textOf({ attributes, resource }: StoryRecord, name: string): string {
  return attributes.get(name)?.text || resource.get(name)?.text || ''
}
