import * as z from 'zod'
import { CanaryResult } from './canary/canary-result.js'
import type { EvidenceDocument } from './evidence-document.js'

/** The sections of the document that have something to say for themselves; each can be shown alone. */
export const sectionNames = [
  'coverage',
  'endpoints',
  'ghosts',
  'policy',
  'hooks',
  'tools',
  'permissions',
  'baselines',
  'redaction',
  'identity',
] as const
export type SectionName = (typeof sectionNames)[number]

const findingCodes = [
  'content-above-tier',
  'identity-in-clear',
  'canary-leaked',
  'canary-unproven',
  'machines-unknown',
  'accounts-unknown',
  'not-attributable',
  'dark-since',
  'other-policy',
  'no-stamp',
  'settings-refused',
  'hook-missing',
  'hook-unseen',
  'hook-failing-open',
  'foreign-hook',
  'not-approved',
  'mode-forbidden',
  'approval-forbidden',
  'anomaly',
] as const

/** Something that somebody should look at, in one line: what, how often, and in which section the rest stands. */
export const Finding = z.object({
  code: z.enum(findingCodes),
  section: z.enum(sectionNames),
  /** Endpoints of the inventory, and senders that no endpoint matches, where it can be told. */
  endpoints: z.int().min(0).optional(),
  installations: z.int().min(0).optional(),
  /** Records, machines, versions or whatever the code counts. */
  count: z.int().min(1),
  /** Why the canary proves nothing. */
  problem: CanaryResult.shape.problem,
  /** Up to five names. */
  names: z.array(z.string()).max(5),
})
export type Finding = z.infer<typeof Finding>

type Sections = Omit<EvidenceDocument, 'findings'>
interface Reached {
  readonly endpoints: number
  readonly installations: number
}

/** All findings, the gravest first. Coverage stands for itself. */
export function findingsOf(document: Sections): Finding[] {
  return [
    ...ofRedaction(document),
    ...ofPolicy(document),
    ...ofHooks(document),
    ...ofTools(document),
    ...ofPermissions(document),
    ...ofGhosts(document),
    ...ofCoverage(document),
    ...ofBaselines(document),
  ]
}

/** Counts are those of a section before it cut its lists, and reaches count nobody twice; only names come from the lists. */
function finding(code: Finding['code'], section: SectionName, count: number, names: readonly string[] = []): Finding[] {
  return count === 0 ? [] : [{ code, section, count, names: [...new Set(names)].slice(0, 5) }]
}

function reached(
  code: Finding['code'],
  section: SectionName,
  { endpoints, installations }: Reached,
  count: number,
  names: readonly string[] = [],
): Finding[] {
  return finding(code, section, count, names).map((one) => ({ ...one, endpoints, installations }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function ofRedaction({ redaction: { leaking, inClear, canary } }: Sections): Finding[] {
  return [
    ...finding('content-above-tier', 'redaction', leaking.atLeast || leaking.inCopies, leaking.fields),
    ...finding(
      'identity-in-clear',
      'redaction',
      inClear.atLeast || inClear.inCopies || inClear.metricSenders,
      inClear.fields,
    ),
    ...(canary === undefined ? [] : ofCanary(canary)),
  ]
}

function ofCanary({ verdict, problem, tokens }: CanaryResult): Finding[] {
  const unproven = verdict === 'unknown' ? finding('canary-unproven', 'redaction', tokens.sent) : []
  return [
    ...finding('canary-leaked', 'redaction', tokens.leaked),
    ...unproven.map((one) => ({ ...one, ...(problem !== undefined && { problem }) })),
  ]
}

function ofPolicy({ policyInForce: { stamps, settings, otherPolicy, withoutStamp } }: Sections): Finding[] {
  const others = stamps.rows.filter(({ standing }) => standing === 'other').map(({ stamp }) => stamp)
  const refusals = settings.refused.rows.map(({ error, trigger }) => error || trigger)
  return [
    ...reached('other-policy', 'policy', otherPolicy, otherPolicy.events, others),
    ...reached('no-stamp', 'policy', withoutStamp, withoutStamp.events),
    ...reached('settings-refused', 'policy', settings.refusedTotal, settings.refusedTotal.events, refusals),
  ]
}

function ofHooks({ hooks: { required, managedOnly, executions, failingOpen, unseenActivity } }: Sections): Finding[] {
  const missing = required.events.filter(({ without }) => without.endpoints + without.installations > 0)
  const failing = executions.rows.filter((row) => row.failingOpen.hooks > 0)
  const foreign = managedOnly.others.rows.filter(({ verdict }) => verdict === 'violation')
  const { services, total } = unseenActivity
  return [
    ...reached(
      'hook-missing',
      'hooks',
      required.missing,
      missing.length,
      missing.map(({ event }) => event),
    ),
    ...reached(
      'hook-unseen',
      'hooks',
      total,
      total.toolEvents,
      services.map(({ service }) => service),
    ),
    ...reached(
      'hook-failing-open',
      'hooks',
      failingOpen,
      failingOpen.hooks,
      failing.map(({ event }) => event),
    ),
    ...reached(
      'foreign-hook',
      'hooks',
      managedOnly.violating,
      managedOnly.violating.events,
      foreign.map(({ event, source }) => `${event} of ${source}`),
    ),
  ]
}

function ofTools({ tools: { violations, violating } }: Sections): Finding[] {
  const names = violations.rows.map(({ kind, name }) => `${kind} ${name}`)
  return reached('not-approved', 'tools', violating, violating.things, names)
}

function ofPermissions({
  permissionModes: { violations, permanentApprovals, approvalViolations },
}: Sections): Finding[] {
  const tools = permanentApprovals.rows.map(({ tool }) => tool)
  return [
    ...reached('mode-forbidden', 'permissions', violations, violations.events),
    ...reached('approval-forbidden', 'permissions', approvalViolations, approvalViolations.events, tools),
  ]
}

function ofGhosts({ ghosts: { machines, accounts, notAttributable } }: Sections): Finding[] {
  const valuesOf = ({ rows }: typeof machines) => rows.map(({ value }) => value)
  return [
    ...finding('machines-unknown', 'ghosts', machines.of, valuesOf(machines)),
    ...finding('accounts-unknown', 'ghosts', accounts.of, valuesOf(accounts)),
    ...finding(
      'not-attributable',
      'ghosts',
      sum(notAttributable.map(({ events }) => events)),
      notAttributable.map(({ problem }) => problem),
    ),
  ]
}

function ofCoverage({ coverage, endpoints }: Sections): Finding[] {
  if (coverage === undefined) return []
  const dark = endpoints.filter((endpoint) => endpoint.expected && endpoint.dark !== undefined).length
  const names = coverage.darkSince.rows.map(({ product, version }) => `${product} ${version}`)
  return reached('dark-since', 'coverage', { endpoints: dark, installations: 0 }, dark, names)
}

function ofBaselines({ baselines: { counts, rows } }: Sections): Finding[] {
  const anomalies = rows.rows.filter(({ status }) => status === 'anomaly')
  return finding(
    'anomaly',
    'baselines',
    counts.anomaly,
    anomalies.map(({ tool, service, kind }) => tool ?? `${kind} of ${service}`),
  )
}
