import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { EvidenceView } from '../view.js'
import { cutList, cutOf, percentOf } from './cut-list.js'

const Count = z.int().min(0)

const DecisionSource = z.object({
  service: z.string(),
  source: z.string(),
  /** Whether the documentation names the source. */
  documented: z.boolean(),
  decision: z.string(),
  decisions: Count,
  /** With a result of the same call; a rejected call has none. */
  matched: Count,
  /** Null where no decision of the service could be matched: the calls may carry no id there. */
  matchedPercent: z.number().nullable(),
  /** From decision to result, so that the run of the tool is in it. */
  meanMs: z.number().nullable(),
  longestMs: z.number().nullable(),
})

/** Who let tools run or stopped them, and whether the calls came to a result. */
export const Decisions = z.object({
  sources: cutOf(DecisionSource),
  accepted: Count,
  rejected: Count,
  /** Neither accepted nor rejected. */
  other: Count,
  undocumentedSources: Count,
  /** Services of which no decision could be matched to a call. */
  unmatchedServices: z.array(z.string()),
})
export type Decisions = z.infer<typeof Decisions>

/** https://code.claude.com/docs/en/monitoring-usage, https://claude.com/docs/cowork/monitoring (October and July 2026). */
const documentedSources = new Set(['config', 'hook', 'user_permanent', 'user_temporary', 'user_abort', 'user_reject'])

/** Decisions by surface, source and verdict, matched to tool calls. */
export function decisionsOf({ tables }: EvidenceView): Decisions {
  const groups = new Map<string, Group>()
  const matchedOf = new Map<string, number>()
  const total = { accept: 0, reject: 0, other: 0, undocumented: 0 }
  for (const { sender, source, decision, events, matched, waitMs, longestMs } of tables.decisions) {
    const service = tables.senders[sender]?.service ?? ''
    const group = getOrAdd(groups, `${service}\u0000${source}\u0000${decision}`, () => ({
      ...{ service, source, decision, events: 0, matched: 0, waitMs: 0, longestMs: 0 },
    }))
    group.events += events
    group.matched += matched
    group.waitMs += waitMs
    group.longestMs = Math.max(group.longestMs, longestMs)
    matchedOf.set(service, (matchedOf.get(service) ?? 0) + matched)
    total[decision === 'accept' || decision === 'reject' ? decision : 'other'] += events
    if (!documentedSources.has(source)) total.undocumented += events
  }
  const rows = [...groups.values()]
    .sort(
      (a, b) =>
        b.events - a.events ||
        byText(a.service, b.service) ||
        byText(a.source, b.source) ||
        byText(a.decision, b.decision),
    )
    .map((group) => sourceRow(group, (matchedOf.get(group.service) ?? 0) > 0))
  return {
    sources: cutList(rows),
    accepted: total.accept,
    rejected: total.reject,
    other: total.other,
    undocumentedSources: total.undocumented,
    unmatchedServices: [...matchedOf].flatMap(([service, matched]) => (matched === 0 ? [service] : [])).sort(byText),
  }
}

interface Group {
  readonly service: string
  readonly source: string
  readonly decision: string
  events: number
  matched: number
  waitMs: number
  longestMs: number
}

function sourceRow(group: Group, canMatch: boolean): z.infer<typeof DecisionSource> {
  const { service, source, decision, events, matched, waitMs, longestMs } = group
  return {
    ...{ service, source, documented: documentedSources.has(source), decision, decisions: events, matched },
    matchedPercent: canMatch ? percentOf(matched, events) : null,
    meanMs: matched === 0 ? null : Math.round(waitMs / matched),
    longestMs: matched === 0 ? null : longestMs,
  }
}
