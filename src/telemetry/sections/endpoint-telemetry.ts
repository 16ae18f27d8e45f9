import { getOrAdd } from '../../readiness/get-or-add.js'
import { firstRecord, lastRecord } from '../record-times.js'
import { type Surface, surfaces } from '../surfaces/index.js'
import type { HookRow, HookRunRow, Sender, SettingsRow } from '../tables.js'
import type { EvidenceView, MatchKind } from '../view.js'

/** A sender that was joined to an endpoint. */
export interface JoinedSender {
  readonly index: number
  readonly sender: Sender
  readonly kind: MatchKind
  readonly first: number
  readonly last: number
}

/** What one surface of an endpoint sent. */
export interface SurfaceTelemetry {
  readonly surface: Surface
  /** Everything joined to the endpoint. */
  readonly senders: readonly JoinedSender[]
  /**
   * The ones that are judged. An account may be used on a machine that is not the endpoint, so while records name the
   * machine itself, those that were joined by the address alone say nothing about it.
   */
  readonly judged: readonly JoinedSender[]
  /** The judged one with the last record. */
  readonly newest: JoinedSender
}

/** What was joined to each endpoint, by its index in the view. */
export interface JoinedTelemetry {
  senders(endpoint: number): readonly JoinedSender[]
  /** In the order of the surfaces; `recent` is the time from which a record counts as recent. */
  surfaces(endpoint: number, recent: number): readonly SurfaceTelemetry[]
  /** Time of its last log record after the window, of one surface or of any; 0 where there is none. */
  lastAfter(endpoint: number, service?: string): number
  settings(sender: number): readonly SettingsRow[]
  hooks(sender: number): readonly HookRow[]
  hookRuns(sender: number): readonly HookRunRow[]
}

const nothing: readonly never[] = []

/** The tables by endpoint; senders without any record in the window are left out. */
export function joinedTelemetry({ tables, matches, endpoints = [] }: EvidenceView): JoinedTelemetry {
  const byEndpoint: (JoinedSender[] | undefined)[] = new Array(endpoints.length)
  const late: (Sender[] | undefined)[] = []
  for (const [index, match] of matches.entries()) {
    if (match.kind === 'none') continue
    const sender = tables.senders[index]!
    const first = firstRecord(sender)
    if (sender.lastAfter > 0) {
      late[match.endpoint] ??= []
      late[match.endpoint]!.push(sender)
    }
    if (first === undefined) continue
    byEndpoint[match.endpoint] ??= []
    byEndpoint[match.endpoint]!.push({ index, sender, kind: match.kind, first, last: lastRecord(sender) })
  }
  const settings = bySender(tables.settings)
  const hooks = bySender(tables.hooks)
  const hookRuns = bySender(tables.hookRuns)
  return {
    senders: (endpoint) => byEndpoint[endpoint] ?? nothing,
    surfaces(endpoint, recent) {
      const senders = byEndpoint[endpoint] ?? nothing
      if (senders.length === 0) return nothing
      return surfaces.flatMap((surface) => {
        const own = senders.filter(({ sender }) => sender.service === surface.service)
        return own.length === 0 ? [] : [surfaceTelemetry(surface, own, recent)]
      })
    },
    lastAfter: (endpoint, service) =>
      (late[endpoint] ?? nothing).reduce(
        (last, sender) =>
          service === undefined || sender.service === service ? Math.max(last, sender.lastAfter) : last,
        0,
      ),
    settings: (sender) => settings.get(sender) ?? nothing,
    hooks: (sender) => hooks.get(sender) ?? nothing,
    hookRuns: (sender) => hookRuns.get(sender) ?? nothing,
  }
}

function surfaceTelemetry(surface: Surface, senders: readonly JoinedSender[], recent: number): SurfaceTelemetry {
  const named = senders.filter(({ kind }) => kind !== 'email')
  const judged = named.some(({ last }) => last >= recent) ? named : senders
  return { surface, senders, judged, newest: newestOf(judged)! }
}

/** The sender with the last record; of equal ones the last in the order of the table. */
export function newestOf(senders: readonly JoinedSender[]): JoinedSender | undefined {
  return senders.reduce<JoinedSender | undefined>(
    (newest, sender) => (newest === undefined || sender.last >= newest.last ? sender : newest),
    undefined,
  )
}

function bySender<Row extends { readonly sender: number }>(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const found = new Map<number, Row[]>()
  for (const row of rows) getOrAdd(found, row.sender, () => []).push(row)
  return found
}
