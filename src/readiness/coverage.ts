import type { Gate } from '../gates/gate.js'
import type { TelemetryStatus } from '../health/telemetry-evidence.js'
import type { Endpoint } from '../inventory/endpoint.js'
import { byText } from '../platform/by-text.js'
import { getOrAdd } from './get-or-add.js'
import { type HealthSummary, HealthTally } from './health-summary.js'
import { nextAction, type Reason, type ReasonCode, type State, states, type Verdict } from './verdict.js'

/** A share of ready endpoints; no share is given of nothing. */
export interface Share {
  readonly of: number
  /** One decimal, rounded down: it never reaches a target that is not met. */
  readonly percent: number | null
}

/** Ready endpoints against the three denominators (design, section 6). */
export interface Coverage {
  readonly ready: number
  readonly target: number
  readonly met: boolean
  /** How many more endpoints in scope must become ready. */
  readonly missing: number
  readonly managed: Share
  readonly inScope: Share
  readonly active: Share
}

export type StateCounts = Readonly<Record<State, number>>

/** One value of a dimension, such as a department. */
export interface BreakdownRow {
  readonly name: string
  readonly states: StateCounts
  readonly coverage: Coverage
}

export interface VersionRow {
  readonly product: 'claude-desktop' | 'claude-code'
  /** In normal form, or as given where it cannot be read. */
  readonly version: string
  readonly readable: boolean
  readonly endpoints: number
  /** Endpoints with this version on which a required gate fails. */
  readonly belowRequired: number
  /** Endpoints with this version on which no required gate fails, but one cannot tell: that is not a pass. */
  readonly unknownRequired: number
}

export interface GateRow {
  readonly id: string
  readonly level: Gate['level']
  readonly title: string
  readonly pass: number
  readonly fail: number
  readonly unknown: number
  readonly notApplicable: number
}

/** Why endpoints are in a state, and how many. */
export interface ReasonRow {
  readonly state: State
  readonly code: ReasonCode
  /** The policy's own words or the gate, where that is what tells the rows apart. */
  readonly detail?: string | undefined
  readonly endpoints: number
  readonly action: string
}

export interface Summary {
  readonly coverage: Coverage
  readonly states: StateCounts
  readonly gates: readonly GateRow[]
  readonly versions: readonly VersionRow[]
  readonly reasons: readonly ReasonRow[]
  readonly breakdown: Readonly<Record<'platform' | 'department' | 'site', readonly BreakdownRow[]>>
  /** Undefined where no endpoint has a probe. */
  readonly health?: HealthSummary | undefined
  /** What telemetry says of endpoints neither excluded nor stale; `missing` are not in the evidence. Undefined without evidence. */
  readonly telemetry?: TelemetrySummary | undefined
}

export type TelemetrySummary = Readonly<Record<TelemetryStatus | 'missing', number>>

export const noName = '(none)'

interface VersionCount {
  readonly text: string
  readonly readable: boolean
  endpoints: number
  below: number
  unknown: number
}

/** By product; a product of which every required gate passes or does not apply has none. */
type WorstAnswers = Readonly<Partial<Record<string, 'fail' | 'unknown'>>>

/** Counts verdicts as they come, so that the endpoints themselves need not be kept. */
export class Tally {
  readonly #states = emptyCounts()
  readonly #target: number
  readonly #gates: readonly Gate[]
  /** How many endpoints got each list of answers; equal answers are one list. */
  readonly #answers = new Map<Verdict['gates'], number>()
  /** By product, then by what the version was read as: parsed versions are kept once a text. */
  readonly #versions = {
    'claude-desktop': new Map<unknown, VersionCount>(),
    'claude-code': new Map<unknown, VersionCount>(),
  }
  readonly #worst = new Map<Verdict['gates'], WorstAnswers>()
  #lastGates: Verdict['gates'] | undefined
  #lastWorst: WorstAnswers = {}
  /** By state, code and detail. */
  readonly #reasons = new Map<State, Map<ReasonCode, Map<string | undefined, { endpoints: number }>>>()
  readonly #dimensions = {
    platform: new Map<string, Record<State, number>>(),
    department: new Map<string, Record<State, number>>(),
    site: new Map<string, Record<State, number>>(),
  }
  readonly #health = new HealthTally()
  readonly #telemetry: Record<TelemetryStatus | 'missing', number> | undefined

  constructor(gates: readonly Gate[], target: number, hasEvidence = false) {
    this.#gates = gates
    this.#target = target
    if (hasEvidence) this.#telemetry = { proven: 0, silent: 0, contradicted: 0, unknown: 0, missing: 0 }
  }

  add(endpoint: Endpoint, verdict: Verdict): void {
    const { state } = verdict
    this.#states[state]++
    count(this.#dimensions.platform, endpoint.platform, state)
    count(this.#dimensions.department, endpoint.department ?? noName, state)
    count(this.#dimensions.site, endpoint.site ?? noName, state)
    this.#answers.set(verdict.gates, (this.#answers.get(verdict.gates) ?? 0) + 1)
    this.#addVersion(endpoint.desktop, 'claude-desktop', verdict)
    this.#addVersion(endpoint.code, 'claude-code', verdict)
    if (state !== 'excluded' && state !== 'stale') {
      this.#health.add(verdict.health)
      if (this.#telemetry !== undefined) this.#telemetry[verdict.telemetry?.status ?? 'missing'] += 1
    }
    const [reason] = verdict.reasons
    if (!reason) return
    const detail = tellsApart(reason, state)
    const byCode = getOrAdd(this.#reasons, state, () => new Map())
    const byDetail = getOrAdd(byCode, reason.code, () => new Map())
    getOrAdd(byDetail, detail, () => ({ endpoints: 0 })).endpoints++
  }

  summary(): Summary {
    return {
      coverage: coverageOf(this.#states, this.#target),
      states: { ...this.#states },
      gates: this.#gateRows().sort((a, b) =>
        a.level === b.level ? byText(a.id, b.id) : a.level === 'required' ? -1 : 1,
      ),
      versions: [...this.#versionRows('claude-desktop'), ...this.#versionRows('claude-code')],
      reasons: [...this.#reasons]
        .flatMap(([state, byCode]) =>
          [...byCode].flatMap(([code, byDetail]) =>
            [...byDetail].map(([detail, { endpoints }]) => ({
              state,
              code,
              detail,
              endpoints,
              action: nextAction[state],
            })),
          ),
        )
        .sort(
          (a, b) =>
            states.indexOf(b.state) - states.indexOf(a.state) ||
            b.endpoints - a.endpoints ||
            byText(a.code + (a.detail ?? ''), b.code + (b.detail ?? '')),
        ),
      breakdown: {
        platform: this.#breakdown('platform'),
        department: this.#breakdown('department'),
        site: this.#breakdown('site'),
      },
      health: this.#health.summary(),
      telemetry: this.#telemetry && { ...this.#telemetry },
    }
  }

  #gateRows(): GateRow[] {
    const rows = this.#gates.map(({ id, level, title }) => ({
      id,
      level,
      title,
      pass: 0,
      fail: 0,
      unknown: 0,
      notApplicable: 0,
    }))
    for (const [answers, endpoints] of this.#answers) {
      answers.forEach(({ outcome: { result } }, index) => {
        rows[index]![result === 'not-applicable' ? 'notApplicable' : result] += endpoints
      })
    }
    return rows
  }

  #addVersion(status: Endpoint['desktop'], product: VersionRow['product'], verdict: Verdict): void {
    if (status.status !== 'installed') return
    const { parsed, version } = status.deciding
    const readable = parsed.kind === 'version'
    const row = getOrAdd(this.#versions[product], readable ? parsed : version, () => ({
      text: readable ? parsed.normal : version,
      readable,
      endpoints: 0,
      below: 0,
      unknown: 0,
    }))
    row.endpoints++
    const worst = this.#worstAnswers(verdict.gates)[product]
    if (worst === 'fail') row.below++
    else if (worst === 'unknown') row.unknown++
  }

  /** The worst answer of the required gates of each product; endpoints with the same answers share it. */
  #worstAnswers(gates: Verdict['gates']): WorstAnswers {
    if (gates === this.#lastGates) return this.#lastWorst
    this.#lastGates = gates
    this.#lastWorst = getOrAdd(this.#worst, gates, () => {
      const worst: Partial<Record<string, 'fail' | 'unknown'>> = {}
      for (const { gate, outcome } of gates) {
        if (gate.level !== 'required') continue
        if (outcome.result === 'fail') worst[gate.product] = 'fail'
        else if (outcome.result === 'unknown') worst[gate.product] ??= 'unknown'
      }
      return worst
    })
    return this.#lastWorst
  }

  /** Texts that mean the same version, such as 1.1.4173 and 1.1.4173.0, are one row. */
  #versionRows(product: VersionRow['product']): VersionRow[] {
    const rows = new Map<string, { -readonly [K in keyof VersionRow]: VersionRow[K] }>()
    for (const { text, readable, endpoints, below, unknown } of this.#versions[product].values()) {
      const row = getOrAdd(rows, `${readable} ${text}`, () => ({
        product,
        version: text,
        readable,
        endpoints: 0,
        belowRequired: 0,
        unknownRequired: 0,
      }))
      row.endpoints += endpoints
      row.belowRequired += below
      row.unknownRequired += unknown
    }
    return [...rows.values()].sort((a, b) => b.endpoints - a.endpoints || byText(a.version, b.version))
  }

  /** Furthest from the target first: that is where the work is. */
  #breakdown(dimension: 'platform' | 'department' | 'site'): BreakdownRow[] {
    return [...this.#dimensions[dimension]]
      .map(([name, counts]) => ({ name, states: counts, coverage: coverageOf(counts, this.#target) }))
      .sort((a, b) => b.coverage.missing - a.coverage.missing || byText(a.name, b.name))
  }
}

/** What tells the endpoints of one reason apart: the policy's own words, the gate, or the stage. */
function tellsApart({ code, detail, gate, stage }: Reason, state: State): string | undefined {
  if (code === 'excluded-by-policy') return detail
  if (code === 'stage-not-proven') return stage
  return state === 'upgrade' ? gate : undefined
}

/** Coverage of a set of endpoints: `managed` all, `inScope` without the excluded, `active` also without the stale. */
export function coverageOf(counts: StateCounts, target: number): Coverage {
  const managed = states.reduce((sum, state) => sum + counts[state], 0)
  const inScope = managed - counts.excluded
  const active = inScope - counts.stale
  const { ready } = counts
  // The tiny part keeps 57 % of 100 from becoming 57.000000000000007 and then 58.
  const missing = Math.max(0, Math.ceil((target * inScope) / 100 - 1e-9) - ready)
  return {
    ready,
    target,
    // Nothing in scope is no success.
    met: inScope > 0 && missing === 0,
    missing,
    managed: share(ready, managed),
    inScope: share(ready, inScope),
    active: share(ready, active),
  }
}

function share(ready: number, of: number): Share {
  return { of, percent: of === 0 ? null : Math.floor((ready * 1000) / of) / 10 }
}

function count(dimension: Map<string, Record<State, number>>, name: string, state: State): void {
  let counts = dimension.get(name)
  if (!counts) {
    counts = emptyCounts()
    dimension.set(name, counts)
  }
  counts[state]++
}

function emptyCounts(): Record<State, number> {
  return { excluded: 0, stale: 0, unknown: 0, install: 0, upgrade: 0, repair: 0, ready: 0 }
}
