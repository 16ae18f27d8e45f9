import { Evidence } from '../../policy/evidence.js'
import type { PossibleRecords } from '../possible-endpoints.js'
import { firstRecord, lastRecord } from '../record-times.js'
import type { Example } from '../tables.js'
import type { EvidenceView, KnownEndpoint } from '../view.js'
import { contradictionCodes, contradictions, productOf, seenByInventory } from './endpoint-contradictions.js'
import type { JoinedTelemetry, SurfaceTelemetry } from './endpoint-telemetry.js'
import { versionOrder } from './version-order.js'

const day = 86_400_000

/** Why telemetry of an endpoint is what it is called. */
export const reasonCodes = [
  ...contradictionCodes,
  /** Silent: nothing in the data at all, nothing any more, nothing of a surface that the policy wants. */
  'no-telemetry',
  'stopped',
  'surface-silent',
  /** Unknown: why neither proof nor silence can be told. */
  'window-too-short',
  'may-be-unattributed',
  'no-stamp',
  'stamp-behind',
  'version-behind',
  'version-unknown',
  'not-expected',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

export interface StatusReason {
  readonly code: ReasonCode
  readonly surface?: string | undefined
  readonly detail?: string | undefined
  readonly example?: Example | undefined
}

export type EndpointStatus = 'proven' | 'silent' | 'contradicted' | 'unknown'

/** Silence that begins with an upgrade: the last version that reported, and the one that never did. */
export interface Dark {
  readonly product: 'claude-code' | 'claude-desktop'
  readonly surface: string
  readonly from: string
  readonly to: string
}

export interface JudgedSurface {
  readonly surface: string
  readonly status: EndpointStatus
  readonly seen: SurfaceTelemetry
}

export interface EndpointJudgement {
  readonly status: EndpointStatus
  readonly expected: boolean
  readonly reasons: readonly StatusReason[]
  readonly surfaces: readonly JudgedSurface[]
  readonly since?: number | undefined
  readonly silentSince?: number | undefined
  readonly dark?: Dark | undefined
}

/** When silence begins to count, and whether the data can tell it. */
export interface SilenceRule {
  readonly days: number
  /** A record from here on is recent. */
  readonly recent: number
  /** Why silence cannot be told of anybody. */
  readonly cannotTell?: string | undefined
}

/** Silence can be told only where the data covers all of the days up to `asOf`. */
export function silenceRule(view: EvidenceView): SilenceRule {
  const { policy, asOf, since, until, tables, counts } = view
  const days = (policy.policy.evidence ?? Evidence.parse({})).silentAfterDays
  const recent = asOf - days * day
  let begin = Number.POSITIVE_INFINITY
  let end = 0
  for (const sender of tables.senders) {
    begin = Math.min(begin, firstRecord(sender) ?? begin)
    end = Math.max(end, lastRecord(sender))
  }
  // Records before the window prove that data was kept then.
  const isOlder = counts.beforeWindow > 0
  const cannotTell =
    since > recent
      ? 'the window begins later'
      : until < asOf
        ? 'the window ends earlier'
        : end < recent
          ? 'no record of anybody in those days'
          : !isOlder && begin > recent
            ? 'the first record of anybody is later'
            : undefined
  return { days, recent, cannotTell }
}

/** Whether an endpoint should report: ready, or with a need of repair; silence alone never ends that. */
export function isExpected({ state, reasons }: KnownEndpoint): boolean {
  if (state === 'ready' || state === 'repair') return true
  return state === 'unknown' && reasons.length > 0 && reasons.every((code) => code.startsWith('telemetry-'))
}

/**
 * The status of one endpoint. In this order, the first that holds:
 *
 * 1. Nothing recent (`evidence.silentAfterDays` before `asOf`). Of an endpoint that need not report: `unknown`
 *    (`not-expected`). Else `unknown` where the data does not cover the days (`window-too-short`) or somebody who could
 *    not be joined may be it (`may-be-unattributed`), else `silent`; an older contradiction stays among the reasons.
 * 2. `contradicted`, where the newest records contradict inventory or policy.
 * 3. A surface of `evidence.requires` has nothing recent: as in 1, for that surface (`surface-silent`).
 * 4. `unknown`, where the newest record of a surface bears no stamp although the policy sets one (`no-stamp`), where a
 *    required surface is not proven, or where no surface is.
 * 5. `proven`: the newest record of a surface is recent, is of a version at or above the one in the inventory, and bears
 *    the stamp of the policy where the surface can.
 *
 * What need not report is judged by what it sends, and never silent. `since` is the first record with the current stamp:
 * that is the proof of "since it became ready", because a scan has no date for that. Only the newest record of a surface
 * decides, so what was mended since is forgiven, and what was lost since is not.
 */
export function judgeEndpoint(
  view: EvidenceView,
  index: number,
  rule: SilenceRule,
  joined: JoinedTelemetry,
  possible: PossibleRecords,
): EndpointJudgement {
  const endpoint = view.endpoints![index]!
  const expected = isExpected(endpoint)
  const seen = joined.surfaces(index, rule.recent)
  const recent = seen.filter(({ newest }) => newest.last >= rule.recent)
  // What a surface said long ago says nothing against what others say now.
  const against = contradictions(view, endpoint, recent.length > 0 ? recent : seen, joined)
  const open = recent.map((surface) => ({ surface, reasons: openReasons(view, endpoint, surface) }))
  const isContradicted = ({ surface }: SurfaceTelemetry) =>
    against.some((reason) => reason.surface === undefined || reason.surface === surface.service)
  const proven = open
    .filter(({ surface, reasons }) => reasons.length === 0 && !isContradicted(surface))
    .map(({ surface }) => surface)
  const surfaces = seen.map((surface): JudgedSurface => {
    const status = !recent.includes(surface)
      ? 'silent'
      : isContradicted(surface)
        ? 'contradicted'
        : proven.includes(surface)
          ? 'proven'
          : 'unknown'
    return { surface: surface.surface.service, status, seen: surface }
  })
  const base = { expected, surfaces }

  if (recent.length === 0) {
    if (!expected) return { ...base, status: 'unknown', reasons: [{ code: 'not-expected', detail: endpoint.state }] }
    const last = Math.max(0, ...seen.map(({ newest }) => newest.last))
    const silence = silenceOf(rule, possible.last(index))
    const code = last === 0 ? 'no-telemetry' : 'stopped'
    if (silence !== undefined) return { ...base, status: 'unknown', reasons: [silence] }
    return { ...base, status: 'silent', reasons: [{ code }, ...against], ...silentFrom(endpoint, seen) }
  }
  if (against.length > 0) return { ...base, status: 'contradicted', reasons: against }

  const required = expected ? (view.policy.policy.evidence?.requires ?? []) : []
  const missing = required.filter((service) => !recent.some(({ surface }) => surface.service === service))
  const silences = missing.map((surface): StatusReason => {
    const reason = silenceOf(rule, possible.last(index, surface)) ?? { code: 'surface-silent' }
    return { ...reason, surface }
  })
  if (silences.some(({ code }) => code === 'surface-silent')) {
    const gone = seen.filter(({ surface }) => missing.some((service) => service === surface.service))
    return { ...base, status: 'silent', reasons: silences, ...silentFrom(endpoint, gone) }
  }
  const doubts = open.flatMap(({ reasons }) => reasons)
  const isProven =
    silences.length === 0 &&
    proven.length > 0 &&
    required.every((service) => proven.some(({ surface }) => surface.service === service)) &&
    !doubts.some(({ code }) => code === 'no-stamp')
  if (!isProven) return { ...base, status: 'unknown', reasons: [...silences, ...doubts] }
  return { ...base, status: 'proven', reasons: [], since: provenSince(view, endpoint, proven) }
}

/** Why silence cannot be told, or undefined where it can. */
function silenceOf(rule: SilenceRule, possible: number): StatusReason | undefined {
  if (rule.cannotTell !== undefined) return { code: 'window-too-short', detail: rule.cannotTell }
  return possible >= rule.recent ? { code: 'may-be-unattributed' } : undefined
}

/** What keeps the newest record of a surface from being a proof. */
function openReasons({ stamp }: EvidenceView, endpoint: KnownEndpoint, surface: SurfaceTelemetry): StatusReason[] {
  const { service, reportsPolicy } = surface.surface
  const { sender } = surface.newest
  const reasons: StatusReason[] = []
  if (stamp !== undefined && reportsPolicy && sender.stamp !== stamp) {
    reasons.push({ code: sender.stamp === '' ? 'no-stamp' : 'stamp-behind', surface: service })
  }
  const { version } = productOf(endpoint, surface)
  const order = versionOrder(sender.version, version)
  if (version !== undefined && order === undefined) reasons.push({ code: 'version-unknown', surface: service })
  if (order !== undefined && order < 0)
    reasons.push({
      code: 'version-behind',
      surface: service,
      detail: `${sender.version}, the inventory says ${version}`,
    })
  return reasons
}

function provenSince(
  { stamp }: EvidenceView,
  endpoint: KnownEndpoint,
  proven: readonly SurfaceTelemetry[],
): number | undefined {
  const firsts = proven.flatMap((surface) =>
    surface.judged
      .filter(({ sender }) =>
        stamp !== undefined && surface.surface.reportsPolicy
          ? sender.stamp === stamp
          : (versionOrder(sender.version, productOf(endpoint, surface).version) ?? 0) >= 0,
      )
      .map(({ first }) => first),
  )
  return firsts.length === 0 ? undefined : Math.min(...firsts)
}

/** Since when it is silent, and whether an upgrade is what ended the telemetry. */
function silentFrom(
  endpoint: KnownEndpoint,
  seen: readonly SurfaceTelemetry[],
): Pick<EndpointJudgement, 'silentSince' | 'dark'> {
  const byTime = [...seen].sort((a, b) => b.newest.last - a.newest.last)
  const [latest] = byTime
  if (latest === undefined) return {}
  const silentSince = latest.newest.last
  for (const surface of byTime) {
    const product = productOf(endpoint, surface)
    const { sender, last } = surface.newest
    const inventoried = seenByInventory(endpoint, product)
    const order = versionOrder(sender.version, product.version)
    if (order === undefined || order >= 0 || inventoried === undefined || inventoried < last) continue
    const { versionOf, service } = surface.surface
    return {
      silentSince,
      dark: { product: versionOf, surface: service, from: sender.version, to: product.version! },
    }
  }
  return { silentSince }
}
