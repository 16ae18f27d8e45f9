import * as z from 'zod'
import { storyKinds } from './story-events.js'

const time = z.iso.datetime()
const count = z.int().min(0)

/** An attribute that may hold content: what it says only with `--content`, otherwise how long it is. */
const ContentValue = z.object({
  name: z.string(),
  characters: count,
  /** The client left it out and put its mark there. */
  redacted: z.boolean().optional(),
  /** At most the first `content.limit` characters. */
  text: z.string().optional(),
})
export type ContentValue = z.infer<typeof ContentValue>

const RecordEntry = z.object({
  type: z.literal('record'),
  /** Not there where the record has no time. */
  at: time.optional(),
  sequence: count.optional(),
  event: z.string(),
  kind: z.enum(storyKinds),
  /** What happened, in one sentence. */
  text: z.string(),
  prompt: z.string().optional(),
  /** Attributes without content, at most 200 characters each. */
  facts: z.record(z.string(), z.string()),
  content: z.array(ContentValue),
})
export type RecordEntry = z.infer<typeof RecordEntry>

const StoryEntry = z.discriminatedUnion('type', [
  RecordEntry,
  /** The records of another session follow; only where there are several. */
  z.object({ type: z.literal('session'), session: z.string() }),
  /** The sequence starts again: the session was resumed. */
  z.object({ type: z.literal('restart'), at: time.optional() }),
  /** Numbers that never arrived, first and last of them. */
  z.object({ type: z.literal('gap'), first: count, last: count, missing: count }),
  /** The clock of the endpoint went back between two records. */
  z.object({ type: z.literal('clock-back'), milliseconds: count }),
])
export type StoryEntry = z.infer<typeof StoryEntry>

export const strangeCodes = [
  'several-services',
  'unknown-service',
  'several-versions',
  'several-endpoints',
  'several-accounts',
  'several-emails',
  'several-organizations',
  'several-installations',
  'several-stamps',
  'several-sessions',
  'clock-back',
  'clock-skew',
  'no-time',
  'no-sequence',
] as const
export type StrangeCode = (typeof strangeCodes)[number]

const Strange = z.object({
  code: z.enum(strangeCodes),
  /** Records or places it was seen at. */
  count,
  /** What differs, at most five. */
  values: z.array(z.string()),
})
export type Strange = z.infer<typeof Strange>

const Totals = z.object({
  prompts: count,
  requests: count,
  tokens: z.object({ input: count, output: count, cacheRead: count, cacheCreation: count }),
  /** An estimate of the client, in US dollars; null where no request tells it. */
  costUsd: z.number().min(0).nullable(),
  /** Requests that tell no cost: they are not in the sum. */
  requestsWithoutCost: count,
  /** Results of tools; `failures` are those that say so. */
  toolCalls: count,
  toolFailures: count,
  tools: z.array(z.object({ tool: z.string(), calls: count, failures: count, refused: count })),
  /** Of `tools`, how many more there are than shown. */
  moreTools: count,
  /** Decisions to refuse a call. A refusal by a hook may be told as a decision, as a blocked execution, or both. */
  refused: count,
  refusedBy: z.record(z.string(), count),
  /** Runs of hooks of which at least one blocked. */
  blockedByHooks: count,
  modeChanges: count,
  errors: count,
})
export type Totals = z.infer<typeof Totals>

/** `fleet.story/v1`: what one session or prompt did, in order. */
export const StoryDocument = z.object({
  schema: z.literal('fleet.story/v1'),
  kind: z.enum(['session', 'prompt']),
  id: z.string(),
  sessions: z.array(z.string()),
  first: time.optional(),
  last: time.optional(),
  durationMs: count,
  /** What the records say of where they come from. Of each at most five values. */
  from: z.array(z.object({ name: z.string(), values: z.array(z.string()), more: count })),
  /** Of `from`, how many more names there are than shown. */
  moreFrom: count,
  input: z.object({
    files: z.array(z.string()),
    /** Undefined for a database. */
    lines: count.optional(),
    /** Lines that could not be read, by why. */
    badLines: z.record(z.string(), count),
    /** Of these, lines with the id in them: parts of this story may be in there. */
    badLinesWithId: count,
    problems: z.array(z.object({ file: z.string(), message: z.string() })),
  }),
  records: count,
  duplicates: count,
  /** Data points and spans that carry the id; they are not part of the story. Undefined where that was not asked. */
  otherSignals: z.object({ points: count, spans: count }).optional(),
  /** Numbers between the first and the last of each run that never arrived; null where it cannot be told. */
  missing: count.nullable(),
  totals: Totals,
  strange: z.array(Strange),
  content: z.object({ shown: z.boolean(), limit: count }),
  /** Content that is the same on every record. */
  commonContent: z.array(ContentValue),
  entries: z.array(StoryEntry),
})
export type StoryDocument = z.infer<typeof StoryDocument>
