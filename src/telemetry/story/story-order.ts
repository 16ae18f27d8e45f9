import { byText } from '../../platform/by-text.js'
import { sequenceOf } from '../aggregate/record-numbers.js'
import { type StoryRecord, textOf } from './story-record.js'
import { numberOf } from './story-value.js'

/** A record with what orders it. */
export interface OrderedRecord {
  readonly record: StoryRecord
  /** -1 where there is none. */
  readonly sequence: number
}

/** Records of one run of the client: its sequence numbers rise, and start again when the session is resumed. */
export type Generation = readonly OrderedRecord[]

/** The records of one session in their order. */
export interface SessionOrder {
  readonly session: string
  readonly generations: readonly Generation[]
}

export interface StoryOrder {
  readonly sessions: readonly SessionOrder[]
  /** Records that came a second time: same session, sequence and time. */
  readonly duplicates: number
}

/** Puts records in order: sessions by their first time, in each its generations. Every record stands once. */
export function storyOrder(records: readonly StoryRecord[]): StoryOrder {
  const bySession = new Map<string, OrderedRecord[]>()
  const seen = new Set<string>()
  for (const record of records) {
    const session = textOf(record, 'session.id')
    const sequence = sequenceOf(numberOf(record.attributes.get('event.sequence')?.text))
    if (session !== '' && sequence >= 0) {
      // What tells two records apart is the same here as in the evidence (tables.ts), and so is what a sequence may be.
      const key = JSON.stringify([session, sequence, record.time])
      if (seen.has(key)) continue
      seen.add(key)
    }
    const list = bySession.get(session)
    if (list === undefined) bySession.set(session, [{ record, sequence }])
    else list.push({ record, sequence })
  }
  const kept = [...bySession.values()].reduce((sum, list) => sum + list.length, 0)
  const sessions = [...bySession]
    .map(([session, list]) => ({ session, generations: generationsOf(list) }))
    .sort((a, b) => firstTime(a) - firstTime(b) || byText(a.session, b.session))
  return { sessions, duplicates: records.length - kept }
}

function firstTime({ generations }: SessionOrder): number {
  return orLast(generations[0]?.[0]?.record.time ?? Number.NaN)
}

/** What has no time stands after all that has. */
function orLast(time: number): number {
  return Number.isNaN(time) ? Number.MAX_VALUE : time
}

/**
 * In order of time the sequence numbers form rising stretches. A stretch that repeats a number of the generation before
 * it begins another generation. One that repeats none belongs to it: events that happen at once are numbered in either
 * order, and a clock can be set back. So a resumed session of which only higher numbers arrived looks like one run.
 */
function generationsOf(list: readonly OrderedRecord[]): Generation[] {
  const inTime = [...list].sort(
    (a, b) => orLast(a.record.time) - orLast(b.record.time) || a.sequence - b.sequence || byContent(a, b),
  )
  const generations: { readonly members: OrderedRecord[]; readonly numbers: Set<number> }[] = []
  for (const stretch of risingStretches(inTime.filter(({ sequence }) => sequence >= 0))) {
    const current = generations.at(-1)
    if (current === undefined || stretch.some(({ sequence }) => current.numbers.has(sequence)))
      generations.push({ members: [...stretch], numbers: new Set(stretch.map(({ sequence }) => sequence)) })
    else
      for (const member of stretch) {
        current.members.push(member)
        current.numbers.add(member.sequence)
      }
  }
  const ordered = generations.map(({ members }) => members.sort((a, b) => a.sequence - b.sequence))
  return placeUnnumbered(
    ordered,
    inTime.filter(({ sequence }) => sequence < 0),
  )
}

function risingStretches(inTime: readonly OrderedRecord[]): OrderedRecord[][] {
  const stretches: OrderedRecord[][] = []
  for (const entry of inTime) {
    const current = stretches.at(-1)
    if (current === undefined || entry.sequence <= current.at(-1)!.sequence) stretches.push([entry])
    else current.push(entry)
  }
  return stretches
}

/** Records without a number go where their time puts them: before the first one that is later. */
function placeUnnumbered(generations: readonly OrderedRecord[][], unnumbered: readonly OrderedRecord[]): Generation[] {
  if (unnumbered.length === 0) return [...generations]
  if (generations.length === 0) return [unnumbered]
  const starts = generations.map((members) => orLast(members[0]!.record.time))
  const lists = generations.map((): OrderedRecord[] => [])
  for (const entry of unnumbered) {
    const at = starts.findLastIndex((start) => start <= orLast(entry.record.time))
    lists[Math.max(0, at)]!.push(entry)
  }
  return generations.map((members, index) => {
    const merged: OrderedRecord[] = []
    const waiting = lists[index]!
    let next = 0
    for (const member of members) {
      while (next < waiting.length && orLast(waiting[next]!.record.time) < orLast(member.record.time))
        merged.push(waiting[next++]!)
      merged.push(member)
    }
    return [...merged, ...waiting.slice(next)]
  })
}

/** Records that nothing else tells apart: the order in which they were read must not matter. */
function byContent(a: OrderedRecord, b: OrderedRecord): number {
  return byText(contentOf(a.record), contentOf(b.record))
}

function contentOf({ attributes, body }: StoryRecord): string {
  return JSON.stringify([[...attributes].sort(([a], [b]) => byText(a, b)), body?.text])
}
