import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { type ContentRule, contentValues, isShownFrom, isStandard } from './story-content.js'
import type { ContentValue, StoryDocument, StoryEntry } from './story-document.js'
import { type DraftEntry, draftEntries, longestFact, plain } from './story-entries.js'
import { storyOrder } from './story-order.js'
import { idAttributes, type StoryRecord, textOf, type Wanted } from './story-record.js'
import { strangeThings } from './story-strange.js'
import { totalsOf } from './story-totals.js'
import { cutTo } from './story-value.js'

/** What a story is made from. */
export interface StorySource {
  /** Of all sessions that the wanted records are in, or the wanted records only; see `wholeSessions`. */
  readonly records: readonly StoryRecord[]
  /** Whether `records` are all of their sessions, so that gaps in the numbers can be told. */
  readonly wholeSessions: boolean
  readonly input: StoryDocument['input']
  readonly otherSignals?: StoryDocument['otherSignals']
}

export interface StoryOptions {
  /** The whole id; not a prefix. */
  readonly wanted: Wanted
  /** Attributes that name an endpoint. */
  readonly identityKeys: readonly string[]
  readonly content: ContentRule
}

const mostNames = 60
const mostValues = 5

/** The story of a session or prompt. The order in which the records come makes no difference. */
export function storyOf(
  { records, wholeSessions, input, otherSignals }: StorySource,
  options: StoryOptions,
): StoryDocument {
  const { wanted, identityKeys, content } = options
  const isWanted = (record: StoryRecord) => textOf(record, idAttributes[wanted.kind]) === wanted.id
  const order = storyOrder(records)
  const own = new Set(identityKeys)
  const showsContent = content.shown
  const drafts = between(draftEntries(order, own, { judgesGaps: wholeSessions, showsContent }), isWanted)
  const told = drafts.flatMap((draft) => (draft.type === 'record' ? [draft.record] : []))
  const toldOrder = { ...order, sessions: withWanted(order.sessions, isWanted) }
  const times = told.map(({ time }) => time).filter((time) => !Number.isNaN(time))
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  const last = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)
  const clockSteps = drafts.filter(({ type }) => type === 'clock-back').length
  const common = commonContent(drafts)
  const from = fromOf(told, own, content)
  return {
    schema: 'fleet.story/v1',
    kind: wanted.kind,
    id: wanted.id,
    sessions: toldOrder.sessions.map(({ session }) =>
      session === wanted.id ? session : plain(session, { showsContent }),
    ),
    ...(times.length > 0 && { first: isoTime(first), last: isoTime(last) }),
    durationMs: times.length > 0 ? last - first : 0,
    from: from.slice(0, mostNames),
    moreFrom: Math.max(0, from.length - mostNames),
    input,
    records: told.length,
    duplicates: records.filter(isWanted).length - told.length,
    ...(otherSignals !== undefined && { otherSignals }),
    missing: wholeSessions ? missingOf(drafts) : null,
    totals: totalsOf(told, showsContent),
    strange: strangeThings(toldOrder, told, identityKeys, { clockSteps, showsContent }),
    content: { ...content },
    commonContent: common,
    entries: drafts.map((draft) => finished(draft, content, common)),
  }

  function finished(draft: DraftEntry, rule: ContentRule, everywhere: readonly ContentValue[]): StoryEntry {
    if (draft.type !== 'record') return draft
    const values = contentValues(draft.content, rule)
    return { ...draft.entry, content: values.filter(({ name }) => !everywhere.some((value) => value.name === name)) }
  }

  /** Content such as the folders of the session: the same on every record, so that it is told once. */
  function commonContent(all: readonly DraftEntry[]): ContentValue[] {
    const contents = all.flatMap((draft) => (draft.type === 'record' ? [draft.content] : []))
    const [one, ...others] = contents
    if (one === undefined || others.length === 0) return []
    const same = [...one].filter(([name, { text, length }]) =>
      others.every((other) => other.get(name)?.text === text && other.get(name)?.length === length),
    )
    return contentValues(new Map(same), content)
  }
}

function withWanted(
  sessions: ReturnType<typeof storyOrder>['sessions'],
  isWanted: (record: StoryRecord) => boolean,
): ReturnType<typeof storyOrder>['sessions'] {
  return sessions
    .map(({ session, generations }) => ({
      session,
      generations: generations.map((members) => members.filter(({ record }) => isWanted(record))),
    }))
    .filter(({ generations }) => generations.some((members) => members.length > 0))
}

/** The wanted records, and what is strange between them; of what lies before, behind and elsewhere nothing. */
function between(drafts: readonly DraftEntry[], isWanted: (record: StoryRecord) => boolean): DraftEntry[] {
  const kept = (draft: DraftEntry) => draft.type === 'record' && isWanted(draft.record)
  if (drafts.every((draft) => draft.type !== 'record' || kept(draft))) return [...drafts]
  const from = drafts.findIndex(kept)
  const to = drafts.findLastIndex(kept)
  return drafts.slice(from, to + 1).filter((draft) => draft.type !== 'record' || kept(draft))
}

/** Numbers before the first one of a run are not counted: they may lie before these files begin. */
function missingOf(drafts: readonly DraftEntry[]): number {
  return drafts.reduce((sum, draft) => sum + (draft.type === 'gap' && draft.first > 0 ? draft.missing : 0), 0)
}

/** Everything that the records say of where they come from, once. */
function fromOf(
  records: readonly StoryRecord[],
  own: ReadonlySet<string>,
  { shown, limit }: ContentRule,
): StoryDocument['from'] {
  const names = new Map<string, Set<string>>()
  const add = (name: string, text: string, length: number) => {
    if (length === 0 || perRecord.has(name)) return
    const isPlain = isShownFrom(name, text, own)
    const value = isPlain || shown ? cutTo(text, isPlain ? longestFact : limit) : `(${length} characters, not shown)`
    const values = names.get(name)
    if (values === undefined) names.set(name, new Set([value]))
    else values.add(value)
  }
  for (const { resource, attributes } of records) {
    for (const [name, { text, length }] of resource) add(name, text, length)
    for (const [name, { text, length }] of attributes) if (isStandard(name) || own.has(name)) add(name, text, length)
  }
  return [...names]
    .sort(([a], [b]) => byText(a, b))
    .map(([name, values]) => ({
      name: cutTo(name, longestFact),
      values: [...values].sort(byText).slice(0, mostValues),
      more: Math.max(0, values.size - mostValues),
    }))
}

/** Standard attributes that differ from record to record, or that the story tells already. */
const perRecord = new Set([
  'event.name',
  'event.sequence',
  'event.timestamp',
  'prompt.id',
  'safe_mode',
  'session.id',
  'span_id',
  'trace_id',
])
