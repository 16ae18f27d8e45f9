import type { EndpointPlatform } from '../../inventory/platform.js'
import { platformOf } from '../../inventory/platform.js'
import type { Hooks, RequiredHook } from '../../policy/hooks.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { surfaces } from '../surfaces/index.js'
import type { EvidenceView } from '../view.js'
import { type Reporter, reportersOf } from './reporter.js'

/** `hook_source` of a hook from the managed settings (https://code.claude.com/docs/en/monitoring-usage, October 2026). */
export const managedSource = 'policySettings'
/** `hook_source` of an execution of the hooks of all sources together: which of them ran it does not tell. */
export const mergedSource = 'merged'

/** Collectors may keep these apart from prompts and tool results: that of `fleet settings build` does. Every session that uses a tool sends one. */
const policyEvents = /^(?:hook_|plugin_|managed_settings_resolved$|permission_mode_changed$|tool_decision$)/

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
  /** Nothing of the kind came in from anybody: a file, or a pipeline, is missing. */
  readonly streamMissing: boolean
  readonly senders: Set<number>
  /** By event, when a hook of the managed settings was last registered or executed. */
  readonly managedEvents: Map<string, number>
  /** When a hook of any source and event was last registered; 0 where none was. */
  lastRegistered: number
  /** Executions of hooks by event, then by source. */
  readonly executions: Map<string, Map<string, number>>
  /** Prompts and tool events: a session that did something has registered its hooks. */
  activity: number
  /** The last record of a sender with such activity; 0 where there is none. */
  lastActive: number
  toolEvents: number
}

/** Every seat that sent log records, in the order of the senders. */
export function seatsOf(view: EvidenceView): readonly Seat[] {
  const reporters = reportersOf(view)
  const streamMissing = !view.tables.events.some(({ event }) => policyEvents.test(event))
  const seats = new Map<string, Seat>()
  const seatOfSender: (Seat | undefined)[] = []
  for (const [index, sender] of view.tables.senders.entries()) {
    if (sender.events === 0) continue
    const reporter = reporters[index]!
    const told = platformOf(sender.osType)
    const platform = told === 'unknown' ? (reporter.endpoint?.platform ?? 'unknown') : told
    const { service } = sender
    const seat = getOrAdd(seats, JSON.stringify([reporter.key, service, platform]), () => ({
      ...{ reporter, service, platform, activity: 0, lastActive: 0, toolEvents: 0, lastRegistered: 0 },
      ...{ senders: new Set<number>(), managedEvents: new Map<string, number>(), executions: new Map() },
      streamMissing,
      reportsPolicy: surfaces.find((surface) => surface.service === service)?.reportsPolicy ?? false,
    }))
    seatOfSender[index] = seat
    seat.senders.add(index)
    seat.activity += sender.prompts + sender.toolEvents
    if (sender.prompts + sender.toolEvents > 0) seat.lastActive = Math.max(seat.lastActive, sender.last)
    seat.toolEvents += sender.toolEvents
  }
  for (const { sender, hookEvent, hookSource, last } of view.tables.hooks) {
    const seat = seatOfSender[sender]
    if (seat === undefined) continue
    seat.lastRegistered = Math.max(seat.lastRegistered, last)
    if (hookSource === managedSource) sawManaged(seat, hookEvent, last)
  }
  for (const { sender, hookEvent, hookSource, executions, last } of view.tables.hookRuns) {
    const seat = seatOfSender[sender]
    if (seat === undefined) continue
    if (hookSource === managedSource) sawManaged(seat, hookEvent, last)
    const bySource = getOrAdd(seat.executions, hookEvent, () => new Map<string, number>())
    bySource.set(hookSource, (bySource.get(hookSource) ?? 0) + executions)
  }
  return [...seats.values()]
}

function sawManaged({ managedEvents }: Seat, event: string, at: number): void {
  managedEvents.set(event, Math.max(managedEvents.get(event) ?? 0, at))
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
