import { platformOf } from '../../inventory/platform.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { Example, HookRow, Sender } from '../tables.js'
import type { EvidenceView, KnownEndpoint, KnownProduct } from '../view.js'
import type { JoinedSender, JoinedTelemetry, SurfaceTelemetry } from './endpoint-telemetry.js'
import { newestOf } from './endpoint-telemetry.js'
import { isKeptOut, staysUntilLocked, wantsManagedOnly } from './foreign-hooks.js'
import { versionOrder } from './version-order.js'

/** How telemetry can contradict inventory and policy. */
export const contradictionCodes = [
  'lower-version',
  'not-in-inventory',
  'other-policy',
  'foreign-hook',
  'settings-refused',
] as const

interface Contradiction {
  readonly code: (typeof contradictionCodes)[number]
  readonly surface?: string | undefined
  readonly detail: string
  readonly example: Example
}

/** The hooks of one session are registered within moments; a registration this much later is of another session. */
const sameSession = 60_000

/**
 * Everything in the newest records of an endpoint that contradicts inventory or policy. What a newer record shows mended
 * is none.
 */
export function contradictions(
  view: EvidenceView,
  endpoint: KnownEndpoint,
  seen: readonly SurfaceTelemetry[],
  joined: JoinedTelemetry,
): Contradiction[] {
  const judged = seen.flatMap((surface) => surface.judged)
  return [
    ...seen.flatMap((surface) => [...lowerVersion(endpoint, surface), ...notInInventory(endpoint, surface)]),
    ...otherPolicy(view, seen),
    ...foreignHooks(view, endpoint, judged, joined),
    ...refusedSettings(judged, joined),
  ]
}

/** The product whose version a surface reports. */
export function productOf(endpoint: KnownEndpoint, { surface }: Pick<SurfaceTelemetry, 'surface'>): KnownProduct {
  return surface.versionOf === 'claude-code' ? endpoint.code : endpoint.desktop
}

/** When the inventory saw a product, or else the endpoint. */
export function seenByInventory(endpoint: KnownEndpoint, product: KnownProduct): number | undefined {
  return product.asOf ?? endpoint.lastSeen
}

/** A lower version than the inventory knows, in a record that is newer than the inventory. */
function lowerVersion(endpoint: KnownEndpoint, seen: SurfaceTelemetry): Contradiction[] {
  const product = productOf(endpoint, seen)
  const { sender, last } = seen.newest
  const inventoried = seenByInventory(endpoint, product)
  const order = versionOrder(sender.version, product.version)
  if (order === undefined || order >= 0 || inventoried === undefined || last <= inventoried) return []
  return [
    {
      code: 'lower-version',
      surface: seen.surface.service,
      detail: `${sender.version}, the inventory says ${product.version}`,
      example: only(last),
    },
  ]
}

/**
 * A product that the inventory did not find, although it had reported by then. A first record that is newer may be of an
 * installation since. What was joined by an address alone may come from another machine.
 */
function notInInventory(endpoint: KnownEndpoint, { surface, judged, newest }: SurfaceTelemetry): Contradiction[] {
  const product = productOf(endpoint, { surface })
  const inventoried = seenByInventory(endpoint, product)
  if (product.status !== 'absent' || inventoried === undefined || newest.kind === 'email') return []
  if (!judged.some(({ kind, first }) => kind !== 'email' && first <= inventoried)) return []
  const { version } = newest.sender
  return [
    {
      code: 'not-in-inventory',
      surface: surface.service,
      detail: version === '' ? 'the inventory has none' : `${version}, the inventory has none`,
      example: only(newest.last),
    },
  ]
}

/** The sender with the newest policy stamp of any surface. */
export function newestStamp(seen: readonly SurfaceTelemetry[]): JoinedSender | undefined {
  return newestOf(
    seen
      .filter(({ surface }) => surface.reportsPolicy)
      .flatMap(({ judged }) => judged.filter(({ sender }) => sender.stamp !== '')),
  )
}

function otherPolicy({ stamp }: EvidenceView, seen: readonly SurfaceTelemetry[]): Contradiction[] {
  const newest = newestStamp(seen)
  if (stamp === undefined || newest === undefined || newest.sender.stamp === stamp) return []
  const { service: surface, stamp: other } = newest.sender
  return [{ code: 'other-policy', surface, detail: other, example: only(newest.last) }]
}

/**
 * Hooks of users and projects where only managed ones may run. Without a stamp of the policy it cannot be told whether
 * its settings were there, and a bundle leaves the lock out on platforms for which it makes no hook; the
 * section on hooks lists them all the same. Mended is, of the same surface and system: a later execution says that only
 * managed hooks run; or, of a hook of the user, which every session registers, a later session registered hooks without
 * it.
 */
function foreignHooks(
  { policy: { policy }, stamp }: EvidenceView,
  endpoint: KnownEndpoint,
  judged: readonly JoinedSender[],
  joined: JoinedTelemetry,
): Contradiction[] {
  if (policy.hooks?.managedOnly !== true || stamp === undefined) return []
  const platformIn = ({ osType }: Sender) => {
    const told = platformOf(osType)
    return told === 'unknown' ? endpoint.platform : told
  }
  const places = new Map<string, { foreign: HookRow[]; lastOwn: number; lastLocked: number }>()
  for (const { index, sender } of judged) {
    const platform = platformIn(sender)
    const isLocked = sender.stamp === stamp && wantsManagedOnly(policy, platform) === true
    const place = getOrAdd(places, `${sender.service} ${platform}`, () => ({ foreign: [], lastOwn: 0, lastLocked: 0 }))
    for (const row of joined.hooks(index))
      if (!isKeptOut(policy, row.hookSource)) place.lastOwn = Math.max(place.lastOwn, row.last)
      else if (isLocked) place.foreign.push(row)
    for (const { managedOnly, last } of joined.hookRuns(index))
      if (managedOnly === 'true') place.lastLocked = Math.max(place.lastLocked, last)
  }
  let newest: HookRow | undefined
  for (const { foreign, lastOwn, lastLocked } of places.values())
    for (const row of foreign) {
      const mended = staysUntilLocked(row.hookSource) ? lastLocked : Math.max(lastOwn, lastLocked)
      if (mended > row.last + sameSession) continue
      if (newest === undefined || row.last > newest.last) newest = row
    }
  if (newest === undefined) return []
  return [{ code: 'foreign-hook', detail: `${newest.hookEvent} of ${newest.hookSource}`, example: newest.example }]
}

/** Whether the newest word on managed settings is that the client refused or failed to read them. */
function refusedSettings(judged: readonly JoinedSender[], joined: JoinedTelemetry): Contradiction[] {
  const rows = judged.flatMap(({ index }) => joined.settings(index))
  const last = rows.reduce((latest, row) => Math.max(latest, row.last), 0)
  const refused = rows.find((row) => row.last === last && isRefused(row))
  if (refused === undefined) return []
  const { trigger, error, example } = refused
  return [{ code: 'settings-refused', detail: error === '' ? trigger : error, example }]
}

/** Whether managed settings were not put in force (https://code.claude.com/docs/en/monitoring-usage, October 2026). */
export function isRefused({ trigger, error }: { readonly trigger: string; readonly error: string }): boolean {
  return trigger === 'refused' || error !== ''
}

/** A record of which only the time is known. */
function only(at: number): Example {
  return { session: '', sequence: -1, prompt: '', at }
}
