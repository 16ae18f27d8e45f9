import * as z from 'zod'
import { includesTier } from '../../bundle/privacy-tier.js'
import { byText } from '../../platform/by-text.js'
import type { Collector } from '../../policy/delivery.js'
import { type PrivacyTier, privacyTiers } from '../../policy/telemetry.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { CanaryResult } from '../canary/canary-result.js'
import { type ContentField, contentFields } from '../content-fields.js'
import type { ContentRow, Example, TelemetryAnswer } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { IdentityRow, identityRows, isInClear } from './redaction-identity.js'
import { earlier } from './reporter.js'

const count = z.int().min(0)

/** Records with content in a field, records where the client put its mark for redacted content there, and copies with content. */
const Counts = z.object({ present: count, redacted: count, presentInCopies: count })

const Place = z.object({ service: z.string(), version: z.string(), ...Counts.shape })

const FieldRow = z.object({
  field: z.string(),
  /** The first tier that allows it. */
  tier: z.enum(privacyTiers),
  /** Whether the policy's tier allows it; null where no policy says. */
  allowed: z.boolean().nullable(),
  ...Counts.shape,
  /** By surface and version, those with content first. */
  places: cutOf(Place),
  /** Events and kinds of record that it stood on, such as `tool_result`. */
  events: cutOf(z.object({ signal: z.enum(['log', 'span']), event: z.string(), ...Counts.shape })),
  example: ExampleEntry.optional(),
  /** The same upstream of the collector; only where that was given. */
  before: Counts.optional(),
})

/**
 * What must not be there. How many records hold any of it cannot be told, since a record may have several such fields: at
 * least as many as the field with the most, of records that count and of their copies.
 */
const Leaking = z.object({ atLeast: count, inCopies: count, fields: z.array(z.string()) })

/** Whether content above the policy's tier, or identity in clear, is in the data. Never any content itself. */
export const RedactionSection = z.object({
  verdict: z.enum(['clean', 'leak', 'not-judged']),
  problem: z.enum(['no-policy', 'no-records', 'not-all-read', 'canary-unknown', 'identity-not-judged']).optional(),
  tier: z.enum(privacyTiers).optional(),
  /**
   * Log records that were looked at, and what was not: those outside the window, and those of services that fleet does not
   * know. Whether there is content in these is not known.
   */
  records: z.object({ now: count, before: count.optional(), outsideWindow: count, ofOtherServices: count }),
  /** Why part of what there is could not be looked at; then nothing is clean. */
  unread: cutOf(z.string()),
  /** Content above the policy's tier. */
  leaking: Leaking,
  /** Identity that the policy's collector has to hash; and the most senders of metrics with it. */
  inClear: Leaking.extend({ metricSenders: count }),
  /** Records with content above the tier are in several of these when they have several such fields. */
  fields: z.array(FieldRow),
  identity: z.object({
    /** What the policy's collector does with it; not there where the policy has no section `collector`. */
    expected: z.enum(['hashed', 'clear']).optional(),
    attributes: z.array(IdentityRow),
  }),
  canary: CanaryResult.optional(),
})
export type RedactionSection = z.infer<typeof RedactionSection>

/** What was found besides the data itself: the same data upstream of the collector, and a canary that was sent through. */
export interface RedactionExtra {
  readonly before?: TelemetryAnswer | undefined
  readonly canary?: CanaryResult | undefined
  /** Why part of the input could not be looked at, in words: lines, records, files, services that may be Claude's. */
  readonly unread?: readonly string[] | undefined
}

export function redactionSection(
  view: EvidenceView,
  { before, canary, unread = [] }: RedactionExtra = {},
): RedactionSection {
  const { telemetry, collector } = view.policy.policy
  const fields = fieldRows(view, before)
  const identity = identityRows(view, before)
  const leaking = fields.filter(isLeaking)
  const inClear = collector?.hashIdentity === true ? identity.filter(isInClear) : []
  const leaks = canary?.verdict === 'leak' || leaking.length > 0 || inClear.length > 0
  const problem = problemOf(view, { canary, unread })
  return {
    verdict: leaks ? 'leak' : problem === undefined ? 'clean' : 'not-judged',
    ...(!leaks && problem !== undefined && { problem }),
    ...(telemetry !== undefined && { tier: telemetry.privacy }),
    records: {
      now: recordsOf(view),
      ...(before !== undefined && { before: recordsOf(before) }),
      outsideWindow: view.counts.beforeWindow + view.counts.afterWindow,
      ofOtherServices: Object.values(view.counts.foreign).reduce((sum, records) => sum + records, 0),
    },
    unread: cutList(unread),
    leaking: {
      atLeast: greatest(leaking, ({ present }) => present),
      inCopies: greatest(leaking, ({ presentInCopies }) => presentInCopies),
      fields: leaking.map(({ field }) => field),
    },
    inClear: {
      atLeast: greatest(inClear, ({ clear }) => clear.records),
      inCopies: greatest(inClear, ({ clear }) => clear.inCopies),
      metricSenders: greatest(inClear, ({ clear }) => clear.metricSenders),
      fields: inClear.map(({ attribute }) => attribute),
    },
    fields,
    identity: { ...(collector !== undefined && { expected: expectedOf(collector) }), attributes: identity },
    ...(canary !== undefined && { canary }),
  }
}

/** Why nothing can be called clean. */
function problemOf(
  { policy, tables }: EvidenceView,
  { canary, unread }: { readonly canary: CanaryResult | undefined; readonly unread: readonly string[] },
): RedactionSection['problem'] {
  const { telemetry, collector } = policy.policy
  if (telemetry === undefined) return 'no-policy'
  // What could not be read is why there are none.
  if (unread.length > 0) return 'not-all-read'
  if (tables.content.length === 0 && tables.senders.length === 0) return 'no-records'
  // The canary follows the same rule: what it says of identity is said of all data.
  if (canary?.verdict === 'unknown' && canary.problem !== 'identity-not-judged') return 'canary-unknown'
  return collector === undefined ? 'identity-not-judged' : undefined
}

function greatest<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  return rows.reduce((most, row) => Math.max(most, read(row)), 0)
}

/** Content that the tier does not allow; what leaks in a copy that counts once has leaked. */
function isLeaking({ allowed, present, presentInCopies }: RedactionSection['fields'][number]): boolean {
  return allowed === false && present + presentInCopies > 0
}

function expectedOf({ hashIdentity }: Collector): 'hashed' | 'clear' {
  return hashIdentity ? 'hashed' : 'clear'
}

function recordsOf({ tables }: Pick<TelemetryAnswer, 'tables'>): number {
  return tables.senders.reduce((sum, { events }) => sum + events, 0)
}

/** One row for each field that is in the data, or was upstream; what leaks comes first. */
function fieldRows(view: EvidenceView, before: TelemetryAnswer | undefined): RedactionSection['fields'] {
  const privacy = view.policy.policy.telemetry?.privacy
  const now = byField(view.tables.content)
  const upstream = before && byField(before.tables.content)
  const rows = contentFields
    .filter(isContent)
    .filter(({ name }) => now.has(name) || upstream?.has(name))
    .map(({ name, tier }) => {
      const found = now.get(name) ?? []
      const example = found.reduce<Example | undefined>((first, row) => earlier(first, row.example), undefined)
      return {
        field: name,
        tier,
        allowed: privacy === undefined ? null : includesTier(privacy, tier),
        ...countsOf(found),
        places: cutList(
          grouped(found, ({ service, version }) => [service, version]).map(
            ({ key: [service = '', version = ''], counts }) => ({
              ...{ service, version },
              ...counts,
            }),
          ),
        ),
        events: cutList(
          grouped(found, ({ signal, event }) => [signal, event]).map(({ key: [signal, event = ''], counts }) => ({
            signal: signal === 'span' ? ('span' as const) : ('log' as const),
            event,
            ...counts,
          })),
        ),
        ...(example !== undefined && { example: exampleEntry(example) }),
        ...(upstream !== undefined && { before: countsOf(upstream.get(name) ?? []) }),
      }
    })
  const rank = (row: RedactionSection['fields'][number]) => (isLeaking(row) ? 0 : row.present > 0 ? 1 : 2)
  return rows.sort((a, b) => rank(a) - rank(b) || b.present - a.present || byText(a.field, b.field))
}

/** What names people is judged by itself: no tier allows or forbids it. */
function isContent(field: ContentField): field is ContentField & { readonly tier: PrivacyTier } {
  return field.tier !== 'identity'
}

function byField(rows: readonly ContentRow[]): ReadonlyMap<string, readonly ContentRow[]> {
  const found = new Map<string, ContentRow[]>()
  for (const row of rows) getOrAdd(found, row.field, () => []).push(row)
  return found
}

function countsOf(rows: readonly ContentRow[]): z.infer<typeof Counts> {
  return {
    present: rows.reduce((sum, { present }) => sum + present, 0),
    redacted: rows.reduce((sum, { redacted }) => sum + redacted, 0),
    presentInCopies: rows.reduce((sum, { presentInCopies }) => sum + presentInCopies, 0),
  }
}

function grouped(
  rows: readonly ContentRow[],
  keyOf: (row: ContentRow) => readonly string[],
): { readonly key: readonly string[]; readonly counts: z.infer<typeof Counts> }[] {
  const groups = new Map<string, ContentRow[]>()
  for (const row of rows) getOrAdd(groups, JSON.stringify(keyOf(row)), () => []).push(row)
  return [...groups]
    .map(([name, members]) => ({ name, key: JSON.parse(name) as string[], counts: countsOf(members) }))
    .sort(
      (a, b) => b.counts.present - a.counts.present || b.counts.redacted - a.counts.redacted || byText(a.name, b.name),
    )
    .map(({ key, counts }) => ({ key, counts }))
}
