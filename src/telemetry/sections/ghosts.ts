import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { firstRecord, lastRecord } from '../record-times.js'
import { identityOf, type NamedValue, ownerAttribute } from '../sender-identity.js'
import { surfaceNames } from '../surfaces/index.js'
import type { Example, Sender } from '../tables.js'
import type { EvidenceView, MatchProblem } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { earlier } from './reporter.js'
import { senderExamples } from './sender-examples.js'

const count = z.int().min(0)
const time = z.iso.datetime()
const mostNames = 10
const mostExamples = 5
const names = z.array(z.string()).max(mostNames)
const unattributed = ['no-identity', 'hashed', 'several-endpoints', 'disagreement'] as const

const Ghost = z.object({
  /** The attribute that names it. */
  key: z.string(),
  value: z.string(),
  /** Log records. */
  events: count,
  /** Of any signal. */
  first: time,
  last: time,
  surfaces: z.array(z.enum(surfaceNames)),
  versions: names,
  /** Addresses that were used on a machine. */
  accounts: names,
  example: ExampleEntry,
})
type Ghost = z.infer<typeof Ghost>

/** Telemetry that belongs to nothing in the inventory, and telemetry of which that cannot be told. */
export const GhostsSection = z.object({
  /** Without an inventory nothing is known or unknown. */
  problem: z.literal('no-inventory').optional(),
  /** By serial number or host name. */
  machines: cutOf(Ghost),
  /** By address, else login, else account id, else installation. */
  accounts: cutOf(Ghost),
  notAttributable: z.array(
    z.object({
      problem: z.enum(unattributed),
      events: count,
      /** Different clients, as far as they can be told apart. */
      senders: count,
      first: time,
      last: time,
      examples: z.array(Ghost).max(mostExamples),
    }),
  ),
})
export type GhostsSection = z.infer<typeof GhostsSection>

export function ghostsSection(view: EvidenceView): GhostsSection {
  const { tables, matches, endpoints } = view
  const nobody = { machines: cutList<Ghost>([]), accounts: cutList<Ghost>([]), notAttributable: [] }
  if (endpoints === undefined) return { problem: 'no-inventory', ...nobody }
  const unmatched = new Set<number>()
  for (const [index, { kind }] of matches.entries()) if (kind === 'none') unmatched.add(index)
  const examples = senderExamples(tables, unmatched)
  const groups = new Map<MatchProblem, Map<string, Group>>()
  for (const index of unmatched) {
    const match = matches[index]!
    const sender = tables.senders[index]!
    const first = firstRecord(sender)
    if (match.kind !== 'none' || first === undefined) continue
    const { key, value } = nameOf(sender, match.problem, view)
    const ofProblem = getOrAdd(groups, match.problem, () => new Map<string, Group>())
    getOrAdd(ofProblem, `${key}\n${value}`, () => new Group(key, value)).add(sender, first, examples.get(index))
  }
  const rowsOf = (problem: MatchProblem) =>
    [...(groups.get(problem)?.values() ?? [])].map((group) => group.row()).sort(byEvents)
  return {
    machines: cutList(rowsOf('unknown-machine')),
    accounts: cutList(rowsOf('unknown-account')),
    notAttributable: unattributed
      .map((problem) => ({ problem, rows: rowsOf(problem) }))
      .filter(({ rows }) => rows.length > 0)
      .map(({ problem, rows }) => ({ problem, ...totalsOf(rows), examples: rows.slice(0, mostExamples) }))
      .sort((a, b) => b.events - a.events || byText(a.problem, b.problem)),
  }
}

function totalsOf(rows: readonly Ghost[]) {
  let events = 0
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const row of rows) {
    events += row.events
    first = Math.min(first, Date.parse(row.first))
    last = Math.max(last, Date.parse(row.last))
  }
  return { events, senders: rows.length, first: isoTime(first), last: isoTime(last) }
}

function byEvents(a: Ghost, b: Ghost): number {
  return b.events - a.events || byText(a.value, b.value) || byText(a.key, b.key)
}

/** The name under which an admin finds the sender: what could not be found, or what made it ambiguous. */
function nameOf(sender: Sender, problem: MatchProblem, { identityKeys }: EvidenceView): NamedValue {
  const { serials, hostnames, logins, emails, hashedEmails, hashedLogins } = identityOf(sender, identityKeys)
  const machine = serials[0] ?? hostnames[0]
  const person = emails[0] ?? hashedEmails[0] ?? logins[0] ?? hashedLogins[0]
  const found = problem === 'unknown-account' ? person : (machine ?? person)
  if (found !== undefined) return found
  const columns: readonly NamedValue[] = [
    ...identityKeys.map(({ key }, index) => ({ key, value: sender.identity[index] ?? '' })),
    { key: 'user.account_uuid', value: sender.account },
    { key: 'user.id', value: sender.installation },
    { key: ownerAttribute, value: sender.owner },
  ]
  // Without an inventory's own names the random id of the installation still tells clients apart.
  const clients = columns.slice(identityKeys.length)
  return (
    clients.find(({ value }) => value !== '') ?? columns.find(({ value }) => value !== '') ?? { key: '', value: '' }
  )
}

/** The senders of one name. */
class Group {
  readonly #key: string
  readonly #value: string
  #events = 0
  #first = Number.POSITIVE_INFINITY
  #last = 0
  #example: Example | undefined
  readonly #surfaces = new Set<string>()
  readonly #versions = new Set<string>()
  readonly #accounts = new Set<string>()

  constructor(key: string, value: string) {
    this.#key = key
    this.#value = value
  }

  add(sender: Sender, first: number, example: Example | undefined): void {
    this.#events += sender.events
    this.#first = Math.min(this.#first, first)
    this.#last = Math.max(this.#last, lastRecord(sender))
    this.#example = earlier(this.#example, example)
    this.#surfaces.add(sender.service)
    if (sender.version !== '') this.#versions.add(sender.version)
    if (sender.email !== '') this.#accounts.add(sender.email)
  }

  row(): Ghost {
    const some = (texts: ReadonlySet<string>) => [...texts].sort(byText).slice(0, mostNames)
    return {
      key: this.#key,
      value: this.#value,
      events: this.#events,
      first: isoTime(this.#first),
      last: isoTime(this.#last),
      surfaces: surfaceNames.filter((surface) => this.#surfaces.has(surface)),
      versions: some(this.#versions),
      accounts: some(this.#accounts),
      example: this.#example === undefined ? { at: isoTime(this.#first) } : exampleEntry(this.#example),
    }
  }
}
