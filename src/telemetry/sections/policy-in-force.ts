import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { firstRecord, lastRecord } from '../record-times.js'
import { surfaces } from '../surfaces/index.js'
import type { Example, SettingsRow } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { isRefused } from './endpoint-contradictions.js'
import { ExampleEntry, exampleEntry } from './example.js'
import { byReach, earlier, Reach, ReachTally, type Reporter, reportersOf } from './reporter.js'
import { VersionsInForce, versionsInForce } from './versions-in-force.js'

const count = z.int().min(0)
const time = z.iso.datetime()

const StampRow = z.object({
  /** '' where a surface that could bear one does not. */
  stamp: z.string(),
  standing: z.enum(['current', 'other', 'none', 'not-judged']),
  events: count,
  ...Reach.shape,
  first: time,
  last: time,
})

/** Log records over all rows, and everybody who sent any of them, once. */
const Total = z.object({ events: count, ...Reach.shape })

/** Log records by one value, and who sent them. */
const ValueRow = z.object({ value: z.string(), events: count, ...Reach.shape })

const SettingsEvents = z.object({
  events: count,
  /** Clients before 2.1.274 do not report them. */
  ...Reach.shape,
  triggers: z.array(ValueRow),
  errors: z.array(ValueRow),
  /** The source that won: the highest that has a policy; '' where none is named. */
  winning: z.array(ValueRow),
  /** Sources that were there and not used, under `first-wins`. */
  shadowed: z.array(ValueRow),
  behaviours: z.array(ValueRow),
  helpers: z.array(ValueRow),
  /** Equal digests are equal settings; opt-in. */
  digests: cutOf(ValueRow),
  refused: cutOf(
    z.object({
      trigger: z.string(),
      error: z.string(),
      events: count,
      ...Reach.shape,
      last: time,
      example: ExampleEntry,
    }),
  ),
  /** Of all kinds of refusal; who has several of them counts once. */
  refusedTotal: Total,
})

/** Whether the policy is in force where telemetry comes from. */
export const PolicyInForceSection = z.object({
  /** Without a section `telemetry` the policy sets no stamp, so that none can be judged. */
  problem: z.literal('no-stamp-in-policy').optional(),
  stamp: z.string().optional(),
  /** Of surfaces that can bear a stamp. */
  stamps: cutOf(StampRow),
  /** Of the rows with another stamp, and of the one without any; who has several of them counts once. */
  otherPolicy: Total,
  withoutStamp: Total,
  settings: SettingsEvents,
  versions: VersionsInForce,
})
export type PolicyInForceSection = z.infer<typeof PolicyInForceSection>

export function policyInForceSection(view: EvidenceView): PolicyInForceSection {
  const reporters = reportersOf(view)
  return {
    ...(view.stamp === undefined ? { problem: 'no-stamp-in-policy' as const } : { stamp: view.stamp }),
    ...stampCounts(view, reporters),
    settings: settingsEvents(view.tables.settings, reporters),
    versions: versionsInForce(view),
  }
}

type Stamp = z.infer<typeof StampRow>

function stampCounts(
  { tables, stamp: wanted }: EvidenceView,
  reporters: readonly Reporter[],
): Pick<PolicyInForceSection, 'stamps' | 'otherPolicy' | 'withoutStamp'> {
  const bearers = new Set(surfaces.filter(({ reportsPolicy }) => reportsPolicy).map(({ service }) => service))
  const rows = new Map<string, { events: number; first: number; last: number; who: ReachTally }>()
  const totals = { other: new Totals(), none: new Totals() }
  for (const [index, sender] of tables.senders.entries()) {
    const first = firstRecord(sender)
    if (!bearers.has(sender.service) || first === undefined) continue
    const row = getOrAdd(rows, sender.stamp, () => ({ events: 0, first, last: 0, who: new ReachTally() }))
    row.events += sender.events
    row.first = Math.min(row.first, first)
    row.last = Math.max(row.last, lastRecord(sender))
    row.who.add(reporters[index]!)
    const standing = standingOf(sender.stamp, wanted)
    if (standing === 'other' || standing === 'none') totals[standing].add(sender.events, reporters[index]!)
  }
  const stamps = [...rows]
    .map(([stamp, { events, first, last, who }]) => ({
      ...{ stamp, standing: standingOf(stamp, wanted), events, ...who.reach() },
      ...{ first: isoTime(first), last: isoTime(last) },
    }))
    .sort((a, b) => byReach(a, b) || b.events - a.events || byText(a.stamp, b.stamp))
  return { stamps: cutList(stamps), otherPolicy: totals.other.total(), withoutStamp: totals.none.total() }
}

class Totals {
  #events = 0
  readonly #who = new ReachTally()

  add(events: number, reporter: Reporter): void {
    this.#events += events
    this.#who.add(reporter)
  }

  total(): z.infer<typeof Total> {
    return { events: this.#events, ...this.#who.reach() }
  }
}

function standingOf(stamp: string, wanted: string | undefined): Stamp['standing'] {
  if (wanted === undefined) return 'not-judged'
  if (stamp === '') return 'none'
  return stamp === wanted ? 'current' : 'other'
}

function settingsEvents(rows: readonly SettingsRow[], reporters: readonly Reporter[]): z.infer<typeof SettingsEvents> {
  const who = new ReachTally()
  for (const { sender } of rows) who.add(reporters[sender]!)
  const by = (values: (row: SettingsRow) => readonly string[]) => valueRows(rows, reporters, values)
  const some = (text: string) => (text === '' ? [] : [text])
  const refused = rows.filter(isRefused)
  const refusedTotal = new Totals()
  for (const { sender, events } of refused) refusedTotal.add(events, reporters[sender]!)
  return {
    events: rows.reduce((sum, { events }) => sum + events, 0),
    ...who.reach(),
    triggers: by(({ trigger }) => [trigger]),
    errors: by(({ error }) => some(error)),
    winning: by(({ sources }) => [sourcesOf(sources)[0] ?? '']),
    shadowed: by(({ sources, behavior }) => (behavior === 'first-wins' ? sourcesOf(sources).slice(1) : [])),
    behaviours: by(({ behavior }) => some(behavior)),
    helpers: by(({ helper }) => some(helper)),
    digests: cutList(by(({ digest }) => some(digest))),
    refused: cutList(refusedRows(refused, reporters)),
    refusedTotal: refusedTotal.total(),
  }
}

/** Highest first, as `managed_settings.sources` has them: https://code.claude.com/docs/en/monitoring-usage (October 2026). */
function sourcesOf(sources: string): readonly string[] {
  return [...new Set(sources.split(',').map((source) => source.trim()))].filter((source) => source !== '')
}

function valueRows(
  rows: readonly SettingsRow[],
  reporters: readonly Reporter[],
  values: (row: SettingsRow) => readonly string[],
): z.infer<typeof ValueRow>[] {
  const found = new Map<string, { events: number; who: ReachTally }>()
  for (const row of rows)
    for (const value of values(row)) {
      const entry = getOrAdd(found, value, () => ({ events: 0, who: new ReachTally() }))
      entry.events += row.events
      entry.who.add(reporters[row.sender]!)
    }
  return [...found]
    .map(([value, { events, who }]) => ({ value, events, ...who.reach() }))
    .sort((a, b) => b.events - a.events || byText(a.value, b.value))
}

function refusedRows(
  rows: readonly SettingsRow[],
  reporters: readonly Reporter[],
): z.infer<typeof SettingsEvents>['refused']['rows'] {
  const found = new Map<
    string,
    { trigger: string; error: string; events: number; last: number; example: Example; who: ReachTally }
  >()
  for (const { trigger, error, events, last, example, sender } of rows) {
    const row = getOrAdd(found, JSON.stringify([trigger, error]), () => ({
      ...{ trigger, error, events: 0, last, example, who: new ReachTally() },
    }))
    row.events += events
    row.last = Math.max(row.last, last)
    row.example = earlier(row.example, example)!
    row.who.add(reporters[sender]!)
  }
  return [...found.values()]
    .map(({ trigger, error, events, last, example, who }) => ({
      ...{ trigger, error, events, ...who.reach(), last: isoTime(last), example: exampleEntry(example) },
    }))
    .sort((a, b) => b.events - a.events || byText(a.error, b.error) || byText(a.trigger, b.trigger))
}
