import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { identityFields } from '../content-fields.js'
import { standingOf } from '../sender-identity.js'
import type { ContentRow, Sender, TelemetryAnswer } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'

const count = z.int().min(0)

/**
 * Log records and spans; copies of log records that count once; and senders of metrics, whose data points are not counted.
 * A record is in both forms when its resource says the one and itself the other.
 */
const Share = { records: count, inCopies: count, metricSenders: count }
const Forms = { clear: z.object(Share), hashed: z.object(Share) }
type Forms = { [Form in keyof typeof Forms]: { -readonly [Name in keyof typeof Share]: number } }

/** How what names a person stands in the data. Never its values. */
export const IdentityRow = z.object({
  /** What it is of: an attribute, or `user.account` and `login`, which are several. */
  attribute: z.string(),
  ...Forms,
  /** Surfaces and versions that send it in clear, the most records first. */
  clearFrom: cutOf(z.object({ service: z.string(), version: z.string(), ...Share })),
  /** The same upstream of the collector; only where that was given. */
  before: z.object(Forms).optional(),
})
export type IdentityRow = z.infer<typeof IdentityRow>

/** Where one attribute stands in the tables. */
interface PersonAttribute {
  readonly attribute: string
  readonly sees: (tables: TelemetryAnswer['tables']) => readonly Seen[]
}

/** One row of a table that has something to say. */
interface Seen {
  readonly service: string
  readonly version: string
  readonly forms: Forms
}

/**
 * What names people: what clients send, and the attributes of the policy that hold an address or a login. The collector of
 * the bundle hashes all of them (bundle/collector/identity.ts). Of log records and spans everything is looked at, record
 * and resource; of data points and of the policy's attributes only what a sender is told by: the record, or else its resource.
 */
export function identityRows(view: EvidenceView, before: TelemetryAnswer | undefined): IdentityRow[] {
  const known = new Set(identityFields.flatMap(({ attributes }) => attributes))
  const attributes: PersonAttribute[] = [
    ...identityFields.map(({ name }) => ({
      attribute: name,
      sees: ({ content, senders }: TelemetryAnswer['tables']) => [
        ...content.flatMap((row) => (row.field === name ? [inContent(row)] : [])),
        ...senders.flatMap((sender) => inSender(sender, columnOf(sender, name), false)),
      ],
    })),
    ...view.identityKeys.flatMap(({ key, field }, index): PersonAttribute[] =>
      (field === 'email' || field === 'user') && !known.has(key)
        ? [
            {
              attribute: key,
              sees: ({ senders }) => senders.flatMap((sender) => inSender(sender, sender.identity[index] ?? '', true)),
            },
          ]
        : [],
    ),
  ]
  return attributes.map(({ attribute, sees }) => {
    const seen = sees(view.tables)
    return {
      attribute,
      ...sumOf(seen),
      clearFrom: cutList(clearFrom(seen)),
      ...(before !== undefined && { before: sumOf(sees(before.tables)) }),
    }
  })
}

/** Whether any of it is in clear; a copy that is left out of every count has leaked all the same. */
export function isInClear({ clear }: IdentityRow): boolean {
  return clear.records + clear.inCopies + clear.metricSenders > 0
}

function inContent({ service, version, present, presentInCopies, redacted }: ContentRow): Seen {
  const forms = noForms()
  Object.assign(forms.clear, { records: present, inCopies: presentInCopies })
  forms.hashed.records = redacted
  return { service, version, forms }
}

/** The column of senders that says of metrics what the tables of content say of log records and spans. */
function columnOf(sender: Sender, field: string): string {
  const columns: Readonly<Record<string, string>> = {
    'user.email': sender.email,
    'user.account': sender.account,
    'user.id': sender.installation,
    login: sender.owner,
  }
  return columns[field] ?? ''
}

function inSender(sender: Sender, value: string, countsRecords: boolean): Seen[] {
  const standing = standingOf('email', value)
  // A variable that nobody filled in names nobody.
  if (standing === 'none' || standing === 'unfilled') return []
  const forms = noForms()
  const form = forms[standing === 'hashed' ? 'hashed' : 'clear']
  if (countsRecords) form.records = sender.events
  // Spans of such an attribute are in no other table.
  const elsewhere = sender.lastPoint > 0 || (countsRecords && sender.events === 0)
  if (elsewhere) form.metricSenders = 1
  return [{ service: sender.service, version: sender.version, forms }]
}

function noForms(): Forms {
  return {
    clear: { records: 0, inCopies: 0, metricSenders: 0 },
    hashed: { records: 0, inCopies: 0, metricSenders: 0 },
  }
}

function sumOf(seen: readonly Seen[]): Forms {
  const sum = noForms()
  for (const { forms } of seen) for (const form of ['clear', 'hashed'] as const) addTo(sum[form], forms[form])
  return sum
}

function clearFrom(seen: readonly Seen[]): IdentityRow['clearFrom']['rows'] {
  const groups = new Map<string, IdentityRow['clearFrom']['rows'][number]>()
  for (const { service, version, forms } of seen) {
    const { clear } = forms
    if (clear.records + clear.inCopies + clear.metricSenders === 0) continue
    const none = noForms().clear
    addTo(
      getOrAdd(groups, JSON.stringify([service, version]), () => ({ service, version, ...none })),
      clear,
    )
  }
  return [...groups]
    .sort(([a, one], [b, other]) => other.records - one.records || byText(a, b))
    .map(([, group]) => group)
}

function addTo(sum: Forms['clear'], more: Forms['clear']): void {
  sum.records += more.records
  sum.inCopies += more.inCopies
  sum.metricSenders += more.metricSenders
}
