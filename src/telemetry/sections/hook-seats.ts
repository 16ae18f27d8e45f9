import type { EndpointPlatform } from '../../inventory/platform.js'
import { platformOf } from '../../inventory/platform.js'
import type { Hooks, RequiredHook } from '../../policy/hooks.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { surfaces } from '../surfaces/index.js'
import type { EvidenceView } from '../view.js'
import { type Reporter, reportersOf } from './reporter.js'

/** `hook_source` of a hook from the managed settings (https://code.claude.com/docs/en/monitoring-usage, October 2026). */
export const managedSource = 'policySettings'

/**
 * One reporter on one surface and operating system: what has one set of managed settings. A Windows endpoint with WSL
 * has two, as has one with a terminal and the Code tab.
 */
export interface Seat {
  readonly reporter: Reporter
  readonly service: string
  readonly platform: EndpointPlatform
  /** Whether the surface documents events of hooks at all. */
  readonly reportsPolicy: boolean
  readonly senders: Set<number>
  /** Events for which a hook of the managed settings was registered or executed. */
  readonly managedEvents: Set<string>
  /** Executions of hooks of any source, by event. */
  readonly executions: Map<string, number>
  /** Prompts and tool events: a session that did something has registered its hooks. */
  activity: number
  toolEvents: number
}

/** Every seat that sent log records, in the order of the senders. */
export function seatsOf(view: EvidenceView): readonly Seat[] {
  const reporters = reportersOf(view)
  const seats = new Map<string, Seat>()
  const seatOfSender: (Seat | undefined)[] = []
  for (const [index, sender] of view.tables.senders.entries()) {
    if (sender.events === 0) continue
    const reporter = reporters[index]!
    const told = platformOf(sender.osType)
    const platform = told === 'unknown' ? (reporter.endpoint?.platform ?? 'unknown') : told
    const { service } = sender
    const seat = getOrAdd(seats, JSON.stringify([reporter.key, service, platform]), () => ({
      ...{ reporter, service, platform, activity: 0, toolEvents: 0 },
      ...{ senders: new Set<number>(), managedEvents: new Set<string>(), executions: new Map<string, number>() },
      reportsPolicy: surfaces.find((surface) => surface.service === service)?.reportsPolicy ?? false,
    }))
    seatOfSender[index] = seat
    seat.senders.add(index)
    seat.activity += sender.prompts + sender.toolEvents
    seat.toolEvents += sender.toolEvents
  }
  for (const { sender, hookEvent, hookSource } of view.tables.hooks)
    if (hookSource === managedSource) seatOfSender[sender]?.managedEvents.add(hookEvent)
  for (const { sender, hookEvent, hookSource, executions } of view.tables.hookRuns) {
    const seat = seatOfSender[sender]
    if (hookSource === managedSource) seat?.managedEvents.add(hookEvent)
    seat?.executions.set(hookEvent, (seat.executions.get(hookEvent) ?? 0) + executions)
  }
  return [...seats.values()]
}

/** The hooks that the policy puts on a platform; undefined where the platform is not known. */
export function requiredOn(hooks: Hooks, platform: EndpointPlatform): readonly RequiredHook[] | undefined {
  if (platform === 'unknown') return undefined
  if (platform === 'other') return []
  return hooks.required.filter(({ command, url }) => {
    if (url !== undefined) return true
    if (typeof command === 'string') return platform !== 'windows'
    return command?.[platform] !== undefined
  })
}
