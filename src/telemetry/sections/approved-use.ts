import type { ApprovedUse } from '../../policy/evidence.js'
import type { Policy } from '../../policy/policy.js'
import type { Sender } from '../tables.js'
import type { Reporter } from './reporter.js'
import { fits, type UsedName, type UseKind } from './tool-names.js'

/** The worst comes first: of several verdicts on one name, that is the one to show. */
export const useVerdicts = ['violation', 'cannot-tell', 'not-judged', 'approved'] as const
export type UseVerdict = (typeof useVerdicts)[number]

export const useReasons = [
  /** No rule of `evidence.approved` that applies has it. */
  'not-approved',
  'mcp-denied',
  'mcp-not-allowed',
  'plugin-not-approved',
  'plugin-other-version',
  /** Its name is hidden while tool details are off. */
  'name-hidden',
  /** The name of the tool does not tell where that of its server ends. */
  'server-ambiguous',
  'version-hidden',
  /** Department or group of the user is not known, and a rule that names one would decide. */
  'user-unknown',
  /** The policy names servers by URL or command too, and those are not in telemetry. */
  'server-by-address',
  /** The policy says nothing of this kind of use. */
  'no-rule',
  /** A server that was configured, and to which no connection came about. */
  'not-connected',
  /** A plugin that comes with the client. */
  'comes-with-client',
  'approved',
] as const
export type UseReason = (typeof useReasons)[number]

export interface Judgement {
  readonly verdict: UseVerdict
  readonly why: UseReason
}

/** What rules can look at. Undefined: not known, so that a rule that names it may apply or not. */
export interface User {
  readonly department: string | undefined
  readonly groups: readonly string[] | undefined
}

/** The groups of the inventory and those that a gateway puts into telemetry count alike. */
export function userOf({ endpoint }: Reporter, { groups }: Pick<Sender, 'groups'>): User {
  const own = groups
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
  const all = [...new Set([...(endpoint?.groups ?? []), ...own])]
  return { department: endpoint?.department, groups: all.length === 0 ? undefined : all }
}

const listOf = { tool: 'tools', 'mcp-server': 'mcpServers', skill: 'skills' } as const

/** By the rules of `evidence.approved`: their union, of those that apply to the user and mention the kind. */
export function judgeByRules(
  kind: Exclude<UseKind, 'plugin'>,
  name: UsedName,
  user: User,
  rules: readonly ApprovedUse[],
): Judgement {
  if (rules.length === 0) return { verdict: 'not-judged', why: 'no-rule' }
  const mentioning = rules.flatMap((rule) => {
    const patterns = rule[listOf[kind]]
    const applies = appliesTo(rule, user)
    if (patterns === undefined || applies === 'no') return []
    return [{ applies, answers: new Set(patterns.map((pattern) => fits(pattern, name))) }]
  })
  const certain = mentioning.filter(({ applies }) => applies === 'yes')
  const possible = mentioning.filter(({ applies }) => applies === 'unknown')
  if (certain.some(({ answers }) => answers.has('yes'))) return { verdict: 'approved', why: 'approved' }
  // Without a rule that surely applies, a rule that may apply decides even whether this kind is judged at all.
  if (possible.some(({ answers }) => certain.length === 0 || answers.has('yes')))
    return { verdict: 'cannot-tell', why: 'user-unknown' }
  if (mentioning.some(({ answers }) => answers.has('cannot-tell')))
    return { verdict: 'cannot-tell', why: whyHidden(name) }
  return certain.length > 0 ? { verdict: 'violation', why: 'not-approved' } : { verdict: 'not-judged', why: 'no-rule' }
}

function appliesTo({ department, group }: ApprovedUse, user: User): 'yes' | 'no' | 'unknown' {
  const answers = [
    within(department, user.department === undefined ? undefined : [user.department]),
    within(group, user.groups),
  ]
  return answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes'
}

function within(wanted: string | undefined, actual: readonly string[] | undefined): 'yes' | 'no' | 'unknown' {
  if (wanted === undefined) return 'yes'
  if (actual === undefined) return 'unknown'
  return actual.some((one) => one.toLowerCase() === wanted.toLowerCase()) ? 'yes' : 'no'
}

/**
 * By `mcp.allowed` and `mcp.denied`, as far as they name servers. Once the list has a URL or a command, names do not
 * decide any more for servers of that sort (https://code.claude.com/docs/en/managed-mcp, October 2026), and telemetry
 * tells neither.
 */
export function judgeMcpServer(name: UsedName, mcp: Policy['mcp']): Judgement {
  if (mcp === undefined) return { verdict: 'not-judged', why: 'no-rule' }
  const { allowed, denied } = mcp
  const isIn = (servers: NonNullable<typeof allowed>) =>
    !name.hidden && servers.some((server) => 'name' in server && server.name === name.name)
  if (isIn(denied)) return { verdict: 'violation', why: 'mcp-denied' }
  if (allowed?.length === 0) return { verdict: 'violation', why: 'mcp-not-allowed' }
  if (allowed === undefined && denied.length === 0) return { verdict: 'not-judged', why: 'no-rule' }
  if (name.hidden) return judgeHiddenServer(name, mcp)
  if ([...(allowed ?? []), ...denied].some((server) => !('name' in server)))
    return { verdict: 'cannot-tell', why: 'server-by-address' }
  if (allowed === undefined || isIn(allowed)) return { verdict: 'approved', why: 'approved' }
  return { verdict: 'violation', why: 'mcp-not-allowed' }
}

/** What a hidden name may be: its prefix can rule out every server of a list. */
function judgeHiddenServer(
  name: UsedName & { readonly hidden: true },
  { allowed, denied }: NonNullable<Policy['mcp']>,
): Judgement {
  const isPossible = (servers: NonNullable<typeof allowed>) =>
    servers.some((server) => !('name' in server) || server.name.startsWith(name.prefix))
  if (allowed !== undefined && !isPossible(allowed)) return { verdict: 'violation', why: 'mcp-not-allowed' }
  if (allowed === undefined && !isPossible(denied)) return { verdict: 'approved', why: 'approved' }
  return { verdict: 'cannot-tell', why: whyHidden(name) }
}

function whyHidden(name: UsedName): UseReason {
  return name.hidden && name.inside ? 'server-ambiguous' : 'name-hidden'
}

/** The stricter of two judgements; one that does not judge leaves the other alone. */
export function both(a: Judgement, b: Judgement): Judgement {
  if (a.verdict === 'not-judged') return b
  if (b.verdict === 'not-judged') return a
  return useVerdicts.indexOf(b.verdict) < useVerdicts.indexOf(a.verdict) ? b : a
}

/**
 * By `plugins.approved`: `plugin@marketplace`, and the version where the policy names one. With `onlyThese: false` others
 * may be there as well. Clients load plugins of their own, such as three of the marketplace `builtin` with the scope
 * `default-bundle` (seen with 2.1.329, 2026-11-20), and nobody can approve those.
 */
export function judgePlugin(
  { plugin, marketplace, version, scope }: Readonly<Record<'plugin' | 'marketplace' | 'version' | 'scope', string>>,
  names: { readonly plugin: UsedName; readonly marketplace: UsedName },
  plugins: Policy['plugins'],
): Judgement {
  if (plugins === undefined) return { verdict: 'not-judged', why: 'no-rule' }
  if (scope === 'default-bundle') return { verdict: 'not-judged', why: 'comes-with-client' }
  const candidates = plugins.approved.filter((approved) => {
    const split = approved.plugin.lastIndexOf('@')
    return (
      (names.plugin.hidden || approved.plugin.slice(0, split) === plugin) &&
      (names.marketplace.hidden || approved.plugin.slice(split + 1) === marketplace)
    )
  })
  if (candidates.length === 0)
    return plugins.onlyThese
      ? { verdict: 'violation', why: 'plugin-not-approved' }
      : { verdict: 'not-judged', why: 'no-rule' }
  if (names.plugin.hidden || names.marketplace.hidden) return { verdict: 'cannot-tell', why: 'name-hidden' }
  const wanted = candidates[0]!.version
  if (wanted === undefined || wanted === version) return { verdict: 'approved', why: 'approved' }
  if (version === '') return { verdict: 'cannot-tell', why: 'version-hidden' }
  return { verdict: 'violation', why: 'plugin-other-version' }
}
