import { platformOf } from '../../inventory/platform.js'
import type { Example, Sender } from '../tables.js'
import type { EvidenceView, KnownEndpoint, KnownProduct } from '../view.js'
import type { JoinedSender, JoinedTelemetry, SurfaceTelemetry } from './endpoint-telemetry.js'
import { newestOf } from './endpoint-telemetry.js'
import { requiredOn } from './hook-seats.js'
import { versionOrder } from './version-order.js'

/** How telemetry can contradict inventory and policy. */
export const contradictionCodes = ['lower-version', 'other-policy', 'foreign-hook', 'settings-refused'] as const

export interface Contradiction {
  readonly code: (typeof contradictionCodes)[number]
  readonly surface?: string | undefined
  readonly detail: string
  readonly example: Example
}

/** `hook_source` of hooks that `allowManagedHooksOnly` keeps out (https://code.claude.com/docs/en/settings, October 2026). */
const foreignSources = new Set(['userSettings', 'projectSettings', 'localSettings'])
/** Allowed where the policy forces a plugin: telemetry does not tell which plugin a hook is from. */
const pluginSource = 'pluginHook'
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
    ...seen.flatMap((surface) => lowerVersion(endpoint, surface)),
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
 * section on hooks lists them all the same. Mended is: a later session registered hooks
 * without these, or a later execution says that only managed hooks run.
 */
function foreignHooks(
  { policy, stamp }: EvidenceView,
  endpoint: KnownEndpoint,
  judged: readonly JoinedSender[],
  joined: JoinedTelemetry,
): Contradiction[] {
  const { hooks, plugins } = policy.policy
  if (hooks?.managedOnly !== true || stamp === undefined) return []
  const forcesPlugins = plugins?.approved.some(({ forced }) => forced) ?? false
  const rows = judged.flatMap(({ index }) => joined.hooks(index))
  const isForeign = (source: string) => foreignSources.has(source) || (source === pluginSource && !forcesPlugins)
  const isLocked = ({ osType }: Sender) => {
    const told = platformOf(osType)
    const platform = told === 'unknown' ? endpoint.platform : told
    return hooks.required.length === 0 || (requiredOn(hooks, platform) ?? []).length > 0
  }
  const current = new Set(
    judged.filter(({ sender }) => sender.stamp === stamp && isLocked(sender)).map(({ index }) => index),
  )
  const foreign = rows.filter(({ sender, hookSource }) => current.has(sender) && isForeign(hookSource))
  if (foreign.length === 0) return []
  const lastForeign = Math.max(...foreign.map(({ last }) => last))
  const lastOther = Math.max(0, ...rows.filter(({ hookSource }) => !isForeign(hookSource)).map(({ last }) => last))
  const lastManagedOnly = Math.max(
    0,
    ...judged
      .flatMap(({ index }) => joined.hookRuns(index))
      .filter(({ managedOnly }) => managedOnly === 'true')
      .map(({ last }) => last),
  )
  if (lastOther > lastForeign + sameSession || lastManagedOnly > lastForeign + sameSession) return []
  const newest = foreign.find(({ last }) => last === lastForeign)!
  return [{ code: 'foreign-hook', detail: `${newest.hookEvent} of ${newest.hookSource}`, example: newest.example }]
}

/** Whether the newest word on managed settings is that the client refused or failed to read them. */
function refusedSettings(judged: readonly JoinedSender[], joined: JoinedTelemetry): Contradiction[] {
  const rows = judged.flatMap(({ index }) => joined.settings(index))
  const last = Math.max(...rows.map((row) => row.last))
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
