import * as z from 'zod'
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
  count: z.int().min(0),
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

function finding(
  code: Finding['code'],
  section: SectionName,
  count: number,
  names: readonly string[] = [],
  reach?: Reached,
): Finding[] {
  if (count === 0) return []
  const reached = reach && { endpoints: reach.endpoints, installations: reach.installations }
  return [{ code, section, ...reached, count, names: [...new Set(names)].slice(0, 5) }]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function ofRedaction({ redaction: { fields, identity, canary } }: Sections): Finding[] {
  const leaking = fields.filter(({ allowed, present }) => allowed === false && present > 0)
  const clear =
    identity.expected === 'hashed'
      ? identity.attributes.filter(({ clear: { records, senders } }) => records + senders > 0)
      : []
  return [
    ...finding(
      'content-above-tier',
      'redaction',
      sum(leaking.map(({ present }) => present)),
      leaking.map(({ field }) => field),
    ),
    ...finding(
      'identity-in-clear',
      'redaction',
      sum(clear.map((row) => row.clear.records || row.clear.senders)),
      clear.map(({ attribute }) => attribute),
    ),
    ...(canary === undefined
      ? []
      : [
          ...finding('canary-leaked', 'redaction', canary.tokens.leaked),
          ...(canary.verdict === 'unknown' ? finding('canary-unproven', 'redaction', canary.tokens.sent) : []),
        ]),
  ]
}

function ofPolicy({ policyInForce: { stamps, settings } }: Sections): Finding[] {
  const rows = (standing: 'other' | 'none') => stamps.rows.filter((row) => row.standing === standing)
  const of = (code: Finding['code'], standing: 'other' | 'none') =>
    finding(
      code,
      'policy',
      sum(rows(standing).map(({ events }) => events)),
      rows(standing)
        .map(({ stamp }) => stamp)
        .filter(Boolean),
      {
        endpoints: sum(rows(standing).map(({ endpoints }) => endpoints)),
        installations: sum(rows(standing).map(({ installations }) => installations)),
      },
    )
  return [
    ...of('other-policy', 'other'),
    ...of('no-stamp', 'none'),
    ...finding(
      'settings-refused',
      'policy',
      sum(settings.refused.rows.map(({ events }) => events)),
      settings.refused.rows.map(({ error, trigger }) => error || trigger),
      {
        endpoints: sum(settings.refused.rows.map(({ endpoints }) => endpoints)),
        installations: sum(settings.refused.rows.map(({ installations }) => installations)),
      },
    ),
  ]
}

function ofHooks({ hooks: { required, managedOnly, executions, unseenActivity } }: Sections): Finding[] {
  const missing = required.events.filter(({ without }) => without.endpoints + without.installations > 0)
  const failing = executions.rows.filter(({ failingOpen }) => failingOpen.hooks > 0)
  const reachOf = (rows: readonly Reached[]) => ({
    endpoints: sum(rows.map(({ endpoints }) => endpoints)),
    installations: sum(rows.map(({ installations }) => installations)),
  })
  return [
    ...finding(
      'hook-missing',
      'hooks',
      missing.length,
      missing.map(({ event }) => event),
      reachOf(missing.map(({ without }) => without)),
    ),
    ...finding(
      'hook-unseen',
      'hooks',
      sum(unseenActivity.services.map(({ toolEvents }) => toolEvents)),
      unseenActivity.services.map(({ service }) => service),
      reachOf(unseenActivity.services),
    ),
    ...finding(
      'hook-failing-open',
      'hooks',
      sum(failing.map(({ failingOpen }) => failingOpen.hooks)),
      failing.map(({ event }) => event),
      reachOf(failing.map(({ failingOpen }) => failingOpen)),
    ),
    ...finding(
      'foreign-hook',
      'hooks',
      managedOnly.others.of,
      managedOnly.others.rows.map(({ event, source }) => `${event} of ${source}`),
      reachOf(managedOnly.others.rows),
    ),
  ]
}

function ofTools({ tools: { violations, violating } }: Sections): Finding[] {
  return finding(
    'not-approved',
    'tools',
    violations.of,
    violations.rows.map(({ kind, name }) => `${kind} ${name}`),
    violating,
  )
}

function ofPermissions({ permissionModes: { violations, permanentApprovals } }: Sections): Finding[] {
  const forbidden = permanentApprovals.rows.filter(({ verdict }) => verdict === 'violation')
  return [
    ...finding('mode-forbidden', 'permissions', violations.events, [], violations),
    ...finding(
      'approval-forbidden',
      'permissions',
      sum(forbidden.map(({ events }) => events)),
      forbidden.map(({ tool }) => tool),
    ),
  ]
}

function ofGhosts({ ghosts: { machines, accounts, notAttributable } }: Sections): Finding[] {
  return [
    ...finding(
      'machines-unknown',
      'ghosts',
      machines.of,
      machines.rows.map(({ value }) => value),
    ),
    ...finding(
      'accounts-unknown',
      'ghosts',
      accounts.of,
      accounts.rows.map(({ value }) => value),
    ),
    ...finding(
      'not-attributable',
      'ghosts',
      sum(notAttributable.map(({ events }) => events)),
      notAttributable.map(({ problem }) => problem),
    ),
  ]
}

function ofCoverage({ coverage }: Sections): Finding[] {
  const rows = coverage?.darkSince.rows ?? []
  return finding(
    'dark-since',
    'coverage',
    sum(rows.map(({ dark }) => dark)),
    rows.map(({ product, version }) => `${product} ${version}`),
  )
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
