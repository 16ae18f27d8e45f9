import * as z from 'zod'
import { includesTier } from '../../bundle/privacy-tier.js'
import { byText } from '../../platform/by-text.js'
import type { Collector } from '../../policy/delivery.js'
import { privacyTiers } from '../../policy/telemetry.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { CanaryResult } from '../canary/canary-result.js'
import { contentFields } from '../content-fields.js'
import type { ContentRow, Example, TelemetryAnswer } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { IdentityRow, identityRows } from './redaction-identity.js'
import { earlier } from './reporter.js'

const count = z.int().min(0)

/** Records with content in a field, and records where the client put its mark for redacted content there. */
const Counts = z.object({ present: count, redacted: count })

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

/** Whether content above the policy's tier, or identity in clear, is in the data. Never any content itself. */
export const RedactionSection = z.object({
  verdict: z.enum(['clean', 'leak', 'not-judged']),
  problem: z.enum(['no-policy', 'no-records', 'canary-unknown']).optional(),
  tier: z.enum(privacyTiers).optional(),
  /** Log records that were looked at. */
  records: z.object({ now: count, before: count.optional() }),
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
}

export function redactionSection(view: EvidenceView, { before, canary }: RedactionExtra = {}): RedactionSection {
  const { telemetry, collector } = view.policy.policy
  const fields = fieldRows(view, before)
  const identity = identityRows(view, before)
  const records = recordsOf(view)
  const looked = records > 0 || view.tables.content.length > 0 || view.tables.senders.length > 0
  const leaks =
    canary?.verdict === 'leak' ||
    fields.some(({ allowed, present }) => allowed === false && present > 0) ||
    (collector?.hashIdentity === true && identity.some(({ clear }) => clear.senders > 0))
  const problem =
    telemetry === undefined
      ? 'no-policy'
      : !looked
        ? 'no-records'
        : canary?.verdict === 'unknown'
          ? 'canary-unknown'
          : undefined
  return {
    verdict: leaks ? 'leak' : problem === undefined ? 'clean' : 'not-judged',
    ...(!leaks && problem !== undefined && { problem }),
    ...(telemetry !== undefined && { tier: telemetry.privacy }),
    records: { now: records, ...(before !== undefined && { before: recordsOf(before) }) },
    fields,
    identity: { ...(collector !== undefined && { expected: expectedOf(collector) }), attributes: identity },
    ...(canary !== undefined && { canary }),
  }
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
  const rank = ({ allowed, present }: RedactionSection['fields'][number]) =>
    allowed === false && present > 0 ? 0 : present > 0 ? 1 : 2
  return rows.sort((a, b) => rank(a) - rank(b) || b.present - a.present || byText(a.field, b.field))
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
