import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { lastRecord } from '../record-times.js'
import { surfaceNames } from '../surfaces/index.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf } from './cut-list.js'
import { productOf } from './endpoint-contradictions.js'
import { joinedTelemetry } from './endpoint-telemetry.js'
import { byReach, Reach, ReachTally, reportersOf } from './reporter.js'
import { versionOrder } from './version-order.js'

const count = z.int().min(0)

/** What `service.version` says, and how it compares with the inventory. */
export const VersionsInForce = z.object({
  /** Endpoints with telemetry of a surface, by the version of its newest record against the inventory. */
  comparison: z.array(
    z.object({
      surface: z.enum(surfaceNames),
      product: z.enum(['claude-code', 'claude-desktop']),
      equal: count,
      newer: count,
      lower: count,
      /** The inventory does not have the product, or one of the two versions cannot be read. */
      notInInventory: count,
      notComparable: count,
    }),
  ),
  reported: cutOf(
    z.object({
      surface: z.string(),
      /** '' where the records have none. */
      version: z.string(),
      events: count,
      ...Reach.shape,
    }),
  ),
})

export function versionsInForce(view: EvidenceView): z.infer<typeof VersionsInForce> {
  return { comparison: comparison(view), reported: cutList(reported(view)) }
}

function comparison(view: EvidenceView): z.infer<typeof VersionsInForce>['comparison'] {
  const rows = new Map<string, z.infer<typeof VersionsInForce>['comparison'][number]>()
  const joined = joinedTelemetry(view)
  for (const [index, endpoint] of (view.endpoints ?? []).entries())
    for (const seen of joined.surfaces(index, 0)) {
      const { service, versionOf: product } = seen.surface
      const row = getOrAdd(rows, service, () => ({
        ...{ surface: service as (typeof surfaceNames)[number], product },
        ...{ equal: 0, newer: 0, lower: 0, notInInventory: 0, notComparable: 0 },
      }))
      const known = productOf(endpoint, seen)
      const order = versionOrder(seen.newest.sender.version, known.version)
      if (known.status === 'absent') row.notInInventory++
      else if (order === undefined) row.notComparable++
      else row[order === 0 ? 'equal' : order > 0 ? 'newer' : 'lower']++
    }
  return surfaceNames.flatMap((surface) => rows.get(surface) ?? [])
}

function reported(view: EvidenceView): z.infer<typeof VersionsInForce>['reported']['rows'] {
  const reporters = reportersOf(view)
  const rows = new Map<string, { surface: string; version: string; events: number; who: ReachTally }>()
  for (const [index, sender] of view.tables.senders.entries()) {
    if (lastRecord(sender) === 0) continue
    const { service: surface, version, events } = sender
    const row = getOrAdd(rows, JSON.stringify([surface, version]), () => ({
      ...{ surface, version, events: 0, who: new ReachTally() },
    }))
    row.events += events
    row.who.add(reporters[index]!)
  }
  return [...rows.values()]
    .map(({ surface, version, events, who }) => ({ surface, version, events, ...who.reach() }))
    .sort(
      (a, b) => b.events - a.events || byReach(a, b) || byText(a.surface, b.surface) || byText(a.version, b.version),
    )
}
