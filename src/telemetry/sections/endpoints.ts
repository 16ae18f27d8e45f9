import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { states } from '../../readiness/verdict.js'
import { possibleRecords } from '../possible-endpoints.js'
import { surfaceNames } from '../surfaces/index.js'
import { type EvidenceView, type MatchKind, matchKinds } from '../view.js'
import { newestStamp } from './endpoint-contradictions.js'
import { silenceRule } from './endpoint-silence.js'
import {
  type EndpointJudgement,
  type JudgedSurface,
  judgeEndpoint,
  reasonCodes,
  type StatusReason,
} from './endpoint-status.js'
import { type JoinedSender, joinedTelemetry } from './endpoint-telemetry.js'
import { ExampleEntry, exampleEntry } from './example.js'

const time = z.iso.datetime()
const count = z.int().min(0)

export const endpointStatuses = ['proven', 'silent', 'contradicted', 'unknown'] as const

const EndpointReason = z.object({
  code: z.enum(reasonCodes),
  surface: z.enum(surfaceNames).optional(),
  detail: z.string().optional(),
  example: ExampleEntry.optional(),
})

const EndpointSurface = z.object({
  surface: z.enum(surfaceNames),
  status: z.enum(endpointStatuses),
  /** Of its newest record that is judged. */
  version: z.string().optional(),
  first: time,
  last: time,
  events: count,
})

/** What telemetry says of one endpoint of the inventory; how it is judged stands at `judgeEndpoint`. */
export const EndpointEvidence = z.object({
  id: z.string(),
  serial: z.string().optional(),
  hostname: z.string().optional(),
  department: z.string().optional(),
  platform: z.enum(['macos', 'windows', 'linux', 'other', 'unknown']),
  state: z.enum(states),
  status: z.enum(endpointStatuses),
  /** Whether it should report: ready or in repair, by the scan. */
  expected: z.boolean(),
  reasons: z.array(EndpointReason),
  /** First and last record of any signal in the window. */
  first: time.optional(),
  last: time.optional(),
  /** Log records. */
  events: count,
  /** A session that changes its version or account counts once for each. */
  sessions: count,
  /** Log records by what joined them. */
  matchedBy: z.object({ serial: count, attribute: count, email: count }),
  surfaces: z.array(EndpointSurface),
  /** The policy stamp of the newest record that has one. */
  stamp: z.string().optional(),
  /** Proven since this record. */
  since: time.optional(),
  /** Its last record; missing where the window has none. */
  silentSince: time.optional(),
  /** Set where an upgrade ended the telemetry. */
  dark: z
    .object({
      product: z.enum(['claude-code', 'claude-desktop']),
      surface: z.enum(surfaceNames),
      from: z.string(),
      to: z.string(),
    })
    .optional(),
})
export type EndpointEvidence = z.infer<typeof EndpointEvidence>

/** One entry for every endpoint of the inventory, ordered by id; none without an inventory. */
export function endpointsSection(view: EvidenceView): readonly EndpointEvidence[] {
  const { endpoints } = view
  if (endpoints === undefined) return []
  const joined = joinedTelemetry(view)
  const possible = possibleRecords(view)
  const rule = silenceRule(view)
  return endpoints
    .map((endpoint, index): EndpointEvidence => {
      const judgement = judgeEndpoint(view, index, rule, joined, possible)
      const { id, serial, hostname, department, platform, state } = endpoint
      return {
        id,
        ...(serial !== undefined && { serial }),
        ...(hostname !== undefined && { hostname }),
        ...(department !== undefined && { department }),
        platform,
        state,
        ...entryOf(judgement, joined.senders(index)),
      }
    })
    .sort((a, b) => byText(a.id, b.id))
}

function entryOf(
  { status, expected, reasons, surfaces, since, silentSince, dark }: EndpointJudgement,
  senders: readonly JoinedSender[],
) {
  const matchedBy = Object.fromEntries(matchKinds.map((kind) => [kind, 0])) as Record<MatchKind, number>
  let events = 0
  let sessions = 0
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const { sender, kind, ...times } of senders) {
    matchedBy[kind] += sender.events
    events += sender.events
    sessions += sender.sessions
    first = Math.min(first, times.first)
    last = Math.max(last, times.last)
  }
  const stamp = newestStamp(surfaces.map(({ seen }) => seen))?.sender.stamp
  return {
    status,
    expected,
    reasons: reasons.map(reasonEntry),
    ...(last > 0 && { first: isoTime(first), last: isoTime(last) }),
    events,
    sessions,
    matchedBy,
    surfaces: surfaces.map(surfaceEntry),
    ...(stamp !== undefined && { stamp }),
    ...(since !== undefined && { since: isoTime(since) }),
    ...(silentSince !== undefined && { silentSince: isoTime(silentSince) }),
    ...(dark && { dark: { ...dark, surface: dark.surface as (typeof surfaceNames)[number] } }),
  }
}

function reasonEntry({ code, surface, detail, example }: StatusReason): EndpointEvidence['reasons'][number] {
  return {
    code,
    ...(surface !== undefined && { surface: surface as (typeof surfaceNames)[number] }),
    ...(detail !== undefined && { detail }),
    ...(example !== undefined && { example: exampleEntry(example) }),
  }
}

function surfaceEntry({ surface, status, seen }: JudgedSurface): EndpointEvidence['surfaces'][number] {
  const { senders, newest } = seen
  let first = Number.POSITIVE_INFINITY
  let last = 0
  let events = 0
  for (const one of senders) {
    first = Math.min(first, one.first)
    last = Math.max(last, one.last)
    events += one.sender.events
  }
  return {
    surface: surface as (typeof surfaceNames)[number],
    status,
    ...(newest.sender.version !== '' && { version: newest.sender.version }),
    first: isoTime(first),
    last: isoTime(last),
    events,
  }
}
