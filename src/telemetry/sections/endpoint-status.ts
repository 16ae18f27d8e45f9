import { platformOf } from '../../inventory/platform.js'
import { isoTime } from '../../platform/clock.js'
import { type PossibleRecords, platformsOf } from '../possible-endpoints.js'
import type { Example, Sender } from '../tables.js'
import type { EvidenceView, KnownEndpoint, MatchKind } from '../view.js'
import { contradictionCodes, contradictions, productOf, seenByInventory } from './endpoint-contradictions.js'
import type { SilenceRule } from './endpoint-silence.js'
import type { JoinedTelemetry, SurfaceTelemetry } from './endpoint-telemetry.js'
import { versionOrder } from './version-order.js'

/** Why telemetry of an endpoint is what it is called. */
export const reasonCodes = [
  ...contradictionCodes,
  /** Silent: nothing in the data at all, nothing any more, nothing of a surface that the policy wants. */
  'no-telemetry',
  'stopped',
  'surface-silent',
  /** Unknown: why neither proof nor silence can be told. */
  'window-too-short',
  'after-window',
  'may-be-unattributed',
  'no-stamp',
  'stamp-behind',
  'version-behind',
  'version-unknown',
  'other-platform',
  'not-expected',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

export interface StatusReason {
  readonly code: ReasonCode
  readonly surface?: string | undefined
  readonly detail?: string | undefined
  readonly example?: Example | undefined
}

type EndpointStatus = 'proven' | 'silent' | 'contradicted' | 'unknown'

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

/** Whether an endpoint should report: ready, or with a need of repair; silence alone never ends that. */
function isExpected({ state, reasons }: KnownEndpoint): boolean {
  if (state === 'ready' || state === 'repair') return true
  return state === 'unknown' && reasons.length > 0 && reasons.every((code) => code.startsWith('telemetry-'))
}

/**
 * The status of one endpoint. In this order, the first that holds:
 *
 * 1. Nothing recent (`evidence.silentAfterDays` before `asOf`). Of an endpoint that need not report: `unknown`
 *    (`not-expected`). Else `unknown` where the data does not cover the days (`window-too-short`), where it has records
 *    only after the window, by a fast clock (`after-window`), or where somebody who could not be joined may be it
 *    (`may-be-unattributed`), else `silent`; an older contradiction stays among the reasons.
 * 2. `contradicted`, where the newest records contradict inventory or policy.
 * 3. A surface of `evidence.requires` has nothing recent: as in 1, for that surface (`surface-silent`), where the data of
 *    that surface itself covers the days.
 * 4. `unknown`, where the newest record of a surface bears no stamp although the policy sets one (`no-stamp`), where a
 *    required surface is not proven, or where no surface is.
 * 5. `proven`: the newest record of a surface is recent, is of a version at or above the one in the inventory, and bears
 *    the stamp of the policy where the surface can. Where the inventory has no version to compare with, because it does
 *    not have the product or has not seen it, nothing is proven (`version-unknown`); nor is
 *    anything by records of an operating system that the endpoint does not have (`other-platform`).
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
    const silence = silenceOf(rule.cannotTell, rule.recent, joined.lastAfter(index), possible.last(index))
    const code = last === 0 ? 'no-telemetry' : 'stopped'
    if (silence !== undefined) return { ...base, status: 'unknown', reasons: [silence] }
    return { ...base, status: 'silent', reasons: [{ code }, ...against], ...silentFrom(endpoint, seen) }
  }
  if (against.length > 0) return { ...base, status: 'contradicted', reasons: against }

  const required = expected ? (view.policy.policy.evidence?.requires ?? []) : []
  const missing = required.filter((service) => !recent.some(({ surface }) => surface.service === service))
  const silences = missing.map((surface): StatusReason => {
    const after = joined.lastAfter(index, surface)
    const silence = silenceOf(rule.cannotTellOf(surface), rule.recent, after, possible.last(index, surface))
    const reason = silence ?? { code: 'surface-silent' }
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
function silenceOf(
  cannotTell: string | undefined,
  recent: number,
  after: number,
  possible: number,
): StatusReason | undefined {
  if (cannotTell !== undefined) return { code: 'window-too-short', detail: cannotTell }
  if (after > 0) return { code: 'after-window', detail: isoTime(after) }
  return possible >= recent ? { code: 'may-be-unattributed' } : undefined
}

/**
 * Whether an endpoint can have sent a record by its operating system. Linux on Windows is WSL where the machine is named;
 * where only a person is, it may as well be another machine of that person.
 */
function isPlatformOf({ platform }: KnownEndpoint, { service, osType }: Sender, kind: MatchKind): boolean {
  if (kind === 'email' && platform === 'windows' && service !== 'cowork' && platformOf(osType) === 'linux') return false
  return platformsOf(service, osType).includes(platform)
}

/** What keeps the newest record of a surface from being a proof. */
function openReasons({ stamp }: EvidenceView, endpoint: KnownEndpoint, surface: SurfaceTelemetry): StatusReason[] {
  const { service, reportsPolicy } = surface.surface
  const { sender, kind } = surface.newest
  const reasons: StatusReason[] = []
  if (!isPlatformOf(endpoint, sender, kind))
    reasons.push({
      code: 'other-platform',
      surface: service,
      detail: `${sender.osType}, the inventory says ${endpoint.platform}`,
    })
  if (stamp !== undefined && reportsPolicy && sender.stamp !== stamp) {
    reasons.push({ code: sender.stamp === '' ? 'no-stamp' : 'stamp-behind', surface: service })
  }
  const { status, version } = productOf(endpoint, surface)
  const order = versionOrder(sender.version, version)
  if (order === undefined) {
    const detail = status === 'absent' ? 'the inventory does not have it' : undefined
    reasons.push({ code: 'version-unknown', surface: service, detail })
  } else if (order < 0)
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
  let since: number | undefined
  for (const surface of proven)
    for (const { sender, first } of surface.judged) {
      const isProof =
        stamp !== undefined && surface.surface.reportsPolicy
          ? sender.stamp === stamp
          : (versionOrder(sender.version, productOf(endpoint, surface).version) ?? -1) >= 0
      if (isProof) since = Math.min(since ?? first, first)
    }
  return since
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
