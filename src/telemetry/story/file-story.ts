import type { Input } from '../../platform/input.js'
import { type KnownIds, knownIds } from './known-ids.js'
import { readStory, type StoryReading } from './read-story.js'
import { resolveId } from './resolve-id.js'
import type { StorySource } from './story.js'
import { idAttributes, type StoryRecord, textOf, type Wanted } from './story-record.js'

/** What a store holds of a session or prompt. */
export interface FoundStory extends StorySource {
  /** The whole id; undefined where nothing was found. */
  readonly id: string | undefined
  /** What there is instead; undefined where it was found, or where the input can be read only once. */
  readonly known?: KnownIds | undefined
}

/** The story from files. Throws a Failure when the id is the beginning of several. */
export async function storyFromFiles(
  inputs: readonly Input[],
  wanted: Wanted,
  onRead?: (file: string, bytes: number) => void,
): Promise<FoundStory> {
  const reading = await readStory(inputs, wanted, onRead)
  const input = inputOf(inputs, reading)
  // Stdin can be read once only.
  const canReadAgain = inputs.every(({ file }) => file !== undefined)
  const id = resolveId(reading.records, wanted)
  if (id === undefined) {
    const known = canReadAgain ? await knownIds(inputs, wanted) : undefined
    return { id, records: [], wholeSessions: false, input, known }
  }
  const otherSignals = { points: reading.points.get(id) ?? 0, spans: reading.spans.get(id) ?? 0 }
  const records = reading.records.filter((record) => textOf(record, idAttributes[wanted.kind]) === id)
  if (wanted.kind === 'session') return { id, records, wholeSessions: true, input, otherSignals }
  const whole = canReadAgain ? await wholeSessions(inputs, records, onRead) : undefined
  return { id, records: whole ?? records, wholeSessions: whole !== undefined, input, otherSignals }
}

/**
 * All records of the sessions of some records: the numbers of a prompt's records have gaps that only the rest of the
 * session explains. Undefined where a record names no session.
 */
async function wholeSessions(
  inputs: readonly Input[],
  records: readonly StoryRecord[],
  onRead?: (file: string, bytes: number) => void,
): Promise<StoryRecord[] | undefined> {
  const sessions = [...new Set(records.map((record) => textOf(record, 'session.id')))]
  if (sessions.includes('')) return undefined
  const whole: StoryRecord[] = []
  for (const id of sessions) {
    const { records: found } = await readStory(inputs, { kind: 'session', id }, onRead)
    for (const record of found) if (textOf(record, 'session.id') === id) whole.push(record)
  }
  return whole
}

function inputOf(inputs: readonly Input[], reading: StoryReading): StorySource['input'] {
  const { lines, badLines, badLinesWithId, problems } = reading
  return { files: inputs.map(({ name }) => name), lines, badLines, badLinesWithId, problems: [...problems] }
}
