import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { emailAttribute, ownerAttribute, standingOf } from '../sender-identity.js'
import type { Sender, TelemetryAnswer } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'

const count = z.int().min(0)

/**
 * Log records, and senders: everything that said the same of itself. A sender without log records has sent metrics or
 * spans, and these may name people too.
 */
const Share = z.object({ records: count, senders: count })
const Forms = { clear: Share, hashed: Share, none: Share }

/** How one attribute that names people stands in the data. Never its values. */
export const IdentityRow = z.object({
  attribute: z.string(),
  ...Forms,
  /** Surfaces and versions that send it in clear, the most records first. */
  clearFrom: cutOf(z.object({ service: z.string(), version: z.string(), ...Share.shape })),
  /** The same upstream of the collector; only where that was given. */
  before: z.object(Forms).optional(),
})
export type IdentityRow = z.infer<typeof IdentityRow>
type Share = z.infer<typeof Share>

interface PersonAttribute {
  readonly attribute: string
  readonly read: (sender: Sender) => string
}

/**
 * The attributes that name people: those that clients send, and those of the policy that hold an address or a login. The
 * collector of the bundle hashes all of them (bundle/collector/identity.ts).
 */
export function identityRows(view: EvidenceView, before: TelemetryAnswer | undefined): IdentityRow[] {
  const attributes: PersonAttribute[] = [
    { attribute: emailAttribute, read: ({ email }) => email },
    { attribute: 'user.account_uuid', read: ({ account }) => account },
    { attribute: 'user.id', read: ({ installation }) => installation },
    { attribute: ownerAttribute, read: ({ owner }) => owner },
    ...view.identityKeys.flatMap(({ key, field }, index): PersonAttribute[] =>
      field === 'email' || field === 'user' ? [{ attribute: key, read: ({ identity }) => identity[index] ?? '' }] : [],
    ),
  ]
  return attributes.map(({ attribute, read }) => ({
    attribute,
    ...formsOf(view.tables.senders, read),
    clearFrom: cutList(clearFrom(view.tables.senders, read)),
    ...(before !== undefined && { before: formsOf(before.tables.senders, read) }),
  }))
}

/** A variable that nobody filled in names nobody. */
function formOf(value: string): keyof typeof Forms {
  const standing = standingOf('email', value)
  if (standing === 'hashed') return 'hashed'
  return standing === 'none' || standing === 'unfilled' ? 'none' : 'clear'
}

function formsOf(senders: readonly Sender[], read: (sender: Sender) => string): Record<keyof typeof Forms, Share> {
  const forms = {
    clear: { records: 0, senders: 0 },
    hashed: { records: 0, senders: 0 },
    none: { records: 0, senders: 0 },
  }
  for (const sender of senders) addTo(forms[formOf(read(sender))], sender)
  return forms
}

function clearFrom(
  senders: readonly Sender[],
  read: (sender: Sender) => string,
): ({ service: string; version: string } & Share)[] {
  const groups = new Map<string, { service: string; version: string } & Share>()
  for (const sender of senders) {
    if (formOf(read(sender)) !== 'clear') continue
    const { service, version } = sender
    addTo(
      getOrAdd(groups, JSON.stringify([service, version]), () => ({ service, version, records: 0, senders: 0 })),
      sender,
    )
  }
  return [...groups]
    .sort(([a, one], [b, other]) => other.records - one.records || byText(a, b))
    .map(([, group]) => group)
}

function addTo(share: Share, { events }: Sender): void {
  share.records += events
  share.senders += 1
}
