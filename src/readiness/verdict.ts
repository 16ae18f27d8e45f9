import type { Gate, GateInstall, GateOutcome } from '../gates/gate.js'
import { evaluateGate, isInForce } from '../gates/gate.js'
import type { DiagnosisCode } from '../health/diagnoses.js'
import { createHealthJudge, type EndpointHealth, type ProbeProblem } from '../health/endpoint-health.js'
import type { StageName } from '../health/facts.js'
import type { Stage } from '../health/judge.js'
import type { EndpointTelemetry, TelemetryEvidence } from '../health/telemetry-evidence.js'
import type { ClaudeProduct } from '../inventory/claude-product.js'
import type { Endpoint, ProductStatus, Receipt } from '../inventory/endpoint.js'
import type { AppListProblem } from '../inventory/observation.js'
import { claudeProducts } from '../inventory/observation-store.js'
import { isoTime } from '../platform/clock.js'
import type { Exclusion, Policy } from '../policy/policy.js'
import { selects } from '../policy/selector.js'
import { getOrAdd } from './get-or-add.js'

/** The states of an endpoint in the order they are tried; the first that matches wins (design, section 6). */
export const states = ['excluded', 'stale', 'unknown', 'install', 'upgrade', 'repair', 'ready'] as const
export type State = (typeof states)[number]

/** What is good first and what is out of scope last, as bars, legends and tables have them. */
export const goodFirst: readonly State[] = ['ready', 'upgrade', 'install', 'repair', 'unknown', 'stale', 'excluded']

/** The most urgent first: what is known to fail, then what nobody can tell, then what is in order or out of scope. */
export const urgentFirst: readonly State[] = ['upgrade', 'install', 'repair', 'unknown', 'stale', 'ready', 'excluded']

/** What to do next in each state. */
export const nextAction: Readonly<Record<State, string>> = {
  excluded: 'none',
  stale: 'reconnect',
  unknown: 'investigate',
  install: 'install',
  upgrade: 'upgrade',
  repair: 'repair',
  ready: 'none',
}

export type ReasonCode =
  | 'excluded-by-policy'
  | 'not-a-computer'
  | 'not-installed'
  | 'check-in-too-old'
  | 'no-check-in'
  | AppListProblem
  | 'version-unknown'
  | 'copy-unreadable'
  | 'platform-unknown'
  | 'below-gate'
  | 'above-gate'
  | 'known-bad'
  | 'no-probe'
  | ProbeProblem
  | 'stage-not-proven'
  | 'telemetry-silent'
  | 'telemetry-contradicted'
  | 'telemetry-unknown'
  | DiagnosisCode

/** Why an endpoint is in its state, with the record that shows it. */
export interface Reason {
  readonly code: ReasonCode
  readonly product?: ClaudeProduct | undefined
  readonly gate?: string | undefined
  /** The stage of the delivery chain that fails or stays open. */
  readonly stage?: StageName | undefined
  /** The lowest version that would pass. */
  readonly upgradeTo?: string | undefined
  /** Finer than the code, such as why a version cannot be read, or the policy's own words. */
  readonly detail?: string | undefined
  readonly receipt?: Receipt | undefined
}

/** The answer of one gate for one endpoint. */
export interface GateVerdict {
  readonly gate: Gate
  readonly outcome: GateOutcome
}

export interface Verdict {
  readonly state: State
  readonly reasons: readonly Reason[]
  /** Every gate of the catalogue that applies, required ones first. */
  readonly gates: readonly GateVerdict[]
  /** What the probe says; undefined without one, and where nothing needs it: excluded and stale endpoints. */
  readonly health?: EndpointHealth | undefined
  /** What its telemetry comes to; undefined without evidence, and where the evidence does not name the endpoint. */
  readonly telemetry?: EndpointTelemetry | undefined
}

/** What endpoints are judged by. Made once a scan, see `createJudge`. */
export interface Judge {
  readonly policy: Policy
  readonly gates: readonly Gate[]
  /** Milliseconds since 1970 UTC. */
  readonly asOf: number
  /** Products that a required gate, or the policy, wants to know about. */
  readonly products: readonly ClaudeProduct[]
  readonly exclusions: readonly Exclusion[]
  answers(endpoint: Endpoint): GateAnswers
  /** What the probe of an endpoint comes to. */
  health(endpoint: Endpoint): EndpointHealth | undefined
  readonly evidence?: TelemetryEvidence | undefined
}

/** The answers of all gates to one combination of platform and installs. */
interface GateAnswers {
  readonly all: readonly GateVerdict[]
  readonly required: readonly GateVerdict[]
  readonly failed: readonly GateVerdict[]
}

const day = 86_400_000

/**
 * Prepares the judging of many endpoints. A million endpoints come in a few hundred combinations of platform and
 * versions, so the answers of the gates are kept for each of them.
 */
export function createJudge(
  policy: Policy,
  gates: readonly Gate[],
  asOf: number,
  evidence?: TelemetryEvidence | undefined,
): Judge {
  const today = new Date(asOf).toISOString().slice(0, 10)
  const required = new Set(gates.filter((gate) => gate.level === 'required' && isInForce(gate, today)))
  const products = new Set([...required].map((gate) => gate.product))
  if (policy.scope.expectDesktop) products.add('claude-desktop')
  const known = new Map<unknown, Map<unknown, Map<unknown, GateAnswers>>>()
  return {
    policy,
    gates,
    asOf,
    products: claudeProducts.filter((product) => products.has(product)),
    exclusions: policy.scope.exclude.filter((rule) => holds(rule, asOf)),
    health: createHealthJudge(policy, asOf),
    evidence,
    answers(endpoint) {
      const byDesktop = getOrAdd(known, endpoint.platform, () => new Map())
      const byCode = getOrAdd(byDesktop, keyOf(endpoint.desktop), () => new Map())
      return getOrAdd(byCode, keyOf(endpoint.code), () => {
        const all = gates.map((gate) => ({ gate, outcome: answer(gate, endpoint) }))
        const asked = all.filter(({ gate }) => required.has(gate))
        return { all, required: asked, failed: asked.filter(({ outcome }) => outcome.result === 'fail') }
      })
    },
  }
}

/** What a gate sees of a status. Parsed versions are kept once a text, so they can stand for themselves. */
function keyOf(status: ProductStatus): unknown {
  if (status.status === 'unknown') return status.reason
  if (status.status === 'absent') return 'absent'
  return status.unreadable ? `unreadable ${status.deciding.version}` : status.deciding.parsed
}

/** The verdict on one endpoint. The same endpoint, policy, gates and time give the same verdict. */
export function assess(endpoint: Endpoint, judge: Judge): Verdict {
  const answers = judge.answers(endpoint)
  const early = outOfReach(endpoint, judge)
  if (early !== undefined) return { ...early, gates: answers.all }
  const telemetry = telemetryOf(endpoint, judge.evidence)
  const health = withRecorded(judge.health(endpoint), telemetry)
  if (endpoint.lastSeen === undefined)
    return { state: 'unknown', reasons: [{ code: 'no-check-in' }], gates: answers.all, health, telemetry }
  return { ...decide(endpoint, judge, answers, { health, telemetry }), gates: answers.all, health, telemetry }
}

interface Decision {
  readonly state: State
  readonly reasons: readonly Reason[]
}

function answer(gate: Gate, endpoint: Endpoint): GateOutcome {
  const status = statusOf(endpoint, gate.product)
  const outcome = evaluateGate(gate, { platform: endpoint.platform, install: installOf(status) })
  if (outcome.result === 'pass' && status.status === 'installed' && status.unreadable) return copyUnreadable
  return outcome
}

const copyUnreadable: GateOutcome = {
  result: 'unknown',
  reason: 'version-unknown',
  detail: 'copy-unreadable',
  text: 'another copy on this endpoint has a version that cannot be read',
}

function installOf(status: ProductStatus): GateInstall {
  if (status.status === 'installed') return { status: 'installed', version: status.deciding.parsed }
  return status
}

const ready: Decision = { state: 'ready', reasons: [] }

/** Endpoints that nothing further is asked of: left out, or too long not seen. */
function outOfReach(endpoint: Endpoint, judge: Judge): Decision | undefined {
  const { scope } = judge.policy
  const rule = judge.exclusions.find((candidate) => selects(candidate, endpoint))
  if (rule) return { state: 'excluded', reasons: [{ code: 'excluded-by-policy', detail: rule.reason }] }
  if (endpoint.platform === 'other') return { state: 'excluded', reasons: [{ code: 'not-a-computer' }] }

  const { lastSeen } = endpoint
  if (lastSeen !== undefined && judge.asOf - lastSeen > scope.staleAfterDays * day)
    return { state: 'stale', reasons: [new CheckInTooOld(endpoint, lastSeen)] }
  return undefined
}

function decide(
  endpoint: Endpoint,
  judge: Judge,
  { required, failed }: GateAnswers,
  { health, telemetry }: Pick<Verdict, 'health' | 'telemetry'>,
): Decision {
  const { scope } = judge.policy
  const unknown = unknownReasons(endpoint, judge.products, required)
  // Where a required gate fails for certain, nothing else is needed for the verdict.
  if (failed.length === 0 && unknown.length > 0) return { state: 'unknown', reasons: unknown }
  if (scope.expectDesktop && endpoint.desktop.status === 'absent')
    return { state: 'install', reasons: [absence('claude-desktop', endpoint.desktop)] }
  if (judge.products.length > 0 && judge.products.every((product) => statusOf(endpoint, product).status === 'absent'))
    return {
      state: 'excluded',
      reasons: judge.products.map((product) => absence(product, statusOf(endpoint, product))),
    }
  if (failed.length > 0)
    return { state: 'upgrade', reasons: [...failed.map((verdict) => failure(endpoint, verdict)), ...unknown] }
  const repairs = [...diagnosed(health), ...missedTelemetry(telemetry, judge.evidence)]
  // What is contradicted needs repair, whatever stays open beside it.
  if (repairs.length > 0) return { state: 'repair', reasons: repairs }
  return unproven(judge.policy, health) ?? unheard(judge, telemetry) ?? ready
}

function diagnosed(health: EndpointHealth | undefined): readonly Reason[] {
  if (health?.kind !== 'judged') return []
  const { receipt } = health
  return health.health.diagnoses.map(({ code, stage }) => ({ code, stage, receipt }))
}

/** Evidence that says nothing for this scan leaves every endpoint unknown. */
function telemetryOf({ id }: Endpoint, evidence: TelemetryEvidence | undefined): EndpointTelemetry | undefined {
  const telemetry = evidence?.endpoints.get(id)
  if (telemetry === undefined || evidence?.problem === undefined) return telemetry
  return { status: 'unknown', record: telemetry.record, last: telemetry.last, detail: evidence.problem }
}

/** Whoever gives evidence wants proof: what it cannot tell, or does not name, is unknown. */
function unheard({ evidence }: Judge, telemetry: EndpointTelemetry | undefined): Decision | undefined {
  if (evidence === undefined || telemetry?.status === 'proven') return undefined
  const { record = 0, detail = 'not in the evidence' } = telemetry ?? {}
  const receipt = { file: evidence.file, record, field: 'status', value: telemetry?.status ?? '' }
  return { state: 'unknown', reasons: [{ code: 'telemetry-unknown', detail, ...(telemetry && { receipt }) }] }
}

/** Configured and silent, or telemetry that speaks against the inventory or the policy. */
function missedTelemetry(
  telemetry: EndpointTelemetry | undefined,
  evidence: TelemetryEvidence | undefined,
): readonly Reason[] {
  if (evidence === undefined || (telemetry?.status !== 'silent' && telemetry?.status !== 'contradicted')) return []
  const { status, record, silentSince, detail } = telemetry
  const receipt = { file: evidence.file, record, field: 'status', value: status }
  const since = silentSince === undefined ? undefined : `since ${silentSince}`
  if (status === 'silent') return [{ code: 'telemetry-silent', detail: since ?? detail, receipt }]
  return [{ code: 'telemetry-contradicted', detail, receipt }]
}

/** The chain with its last stage: whether telemetry arrived only the evidence knows. */
function withRecorded(
  health: EndpointHealth | undefined,
  telemetry: EndpointTelemetry | undefined,
): EndpointHealth | undefined {
  if (health?.kind !== 'judged' || telemetry === undefined) return health
  return {
    ...health,
    health: { ...health.health, stages: { ...health.health.stages, recorded: recordedBy(telemetry) } },
  }
}

function recordedBy({ status, last, detail }: EndpointTelemetry): Stage {
  const at = last === undefined ? {} : { at: last }
  const why = detail === undefined ? '' : `: ${detail}`
  switch (status) {
    case 'proven':
      return { state: 'proven', seen: 'telemetry of this endpoint arrived', ...at }
    case 'silent':
      return { state: 'contradicted', seen: `no telemetry arrives${why}`, ...at }
    case 'contradicted':
      return { state: 'contradicted', seen: `telemetry speaks against it${why}`, ...at }
    case 'unknown':
      return { state: 'unknown', seen: `the evidence cannot tell${why}`, ...at }
  }
}

/** With the section `probe` the policy wants proof: without it an endpoint is unknown. */
function unproven({ probe }: Policy, health: EndpointHealth | undefined): Decision | undefined {
  if (probe === undefined || probe.requires.length === 0) return undefined
  if (health === undefined) return { state: 'unknown', reasons: [{ code: 'no-probe' }] }
  const { receipt } = health
  if (health.kind === 'problem') return { state: 'unknown', reasons: [{ code: health.problem, receipt }] }
  const open = probe.requires.filter((stage) => health.health.stages[stage].state === 'unknown')
  if (open.length === 0) return undefined
  const reasons = open.map((stage): Reason => {
    const { seen } = health.health.stages[stage]
    return { code: 'stage-not-proven', stage, detail: seen, receipt }
  })
  return { state: 'unknown', reasons }
}

/** Whether a rule still holds; the day named by `until` is its last. */
export function holds(rule: Exclusion, asOf: number): boolean {
  return rule.until === undefined || new Date(asOf).toISOString().slice(0, 10) <= rule.until
}

function statusOf(endpoint: Endpoint, product: ClaudeProduct): ProductStatus {
  return product === 'claude-desktop' ? endpoint.desktop : endpoint.code
}

function unknownReasons(
  endpoint: Endpoint,
  products: readonly ClaudeProduct[],
  required: readonly GateVerdict[],
): readonly Reason[] {
  const reasons: Reason[] = []
  for (const product of products) {
    const status = statusOf(endpoint, product)
    if (status.status === 'unknown') reasons.push({ code: status.reason, product, receipt: status.receipt })
  }
  for (const verdict of required) {
    const reason = verdict.outcome.result === 'unknown' ? openGate(endpoint, verdict) : undefined
    if (reason) reasons.push(reason)
  }
  return reasons
}

/** Why a gate stays open for a known install: a version that cannot be read, or a platform that is not known. */
function openGate(endpoint: Endpoint, { gate, outcome }: GateVerdict): Reason | undefined {
  const status = statusOf(endpoint, gate.product)
  if (status.status !== 'installed') return undefined
  if (outcome.reason === 'platform-unknown') return { code: 'platform-unknown', product: gate.product, gate: gate.id }
  const unreadable = status.copies.find((copy) => copy.startable && copy.parsed.kind === 'unknown')
  const code = outcome.detail === 'copy-unreadable' ? 'copy-unreadable' : 'version-unknown'
  const detail = unreadable?.parsed.kind === 'unknown' ? unreadable.parsed.reason : undefined
  return { code, product: gate.product, gate: gate.id, detail, receipt: unreadable?.receipt }
}

function failure(endpoint: Endpoint, { gate, outcome }: GateVerdict): Reason {
  const status = statusOf(endpoint, gate.product)
  const code = outcome.reason === 'known-bad' || outcome.reason === 'above-gate' ? outcome.reason : 'below-gate'
  return {
    code,
    product: gate.product,
    gate: gate.id,
    upgradeTo: outcome.upgradeTo,
    detail: outcome.exception?.why,
    receipt: status.status === 'installed' ? status.deciding.receipt : undefined,
  }
}

function absence(product: ClaudeProduct, status: ProductStatus): Reason {
  return { code: 'not-installed', product, receipt: status.status === 'absent' ? status.receipt : undefined }
}

/** Its receipt is looked up only when somebody asks: counting a million verdicts needs none. */
class CheckInTooOld implements Reason {
  readonly code = 'check-in-too-old'
  readonly #endpoint: Endpoint
  readonly #lastSeen: number

  constructor(endpoint: Endpoint, lastSeen: number) {
    this.#endpoint = endpoint
    this.#lastSeen = lastSeen
  }

  get receipt(): Receipt | undefined {
    const index = this.#endpoint.origin('lastSeen')
    const record = index === undefined ? undefined : this.#endpoint.records[index]
    if (!record) return undefined
    const { file, record: number } = record
    return { file, record: number, field: 'last check-in', value: isoTime(this.#lastSeen) }
  }
}
