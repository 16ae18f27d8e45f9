import { includesTier } from '../../bundle/privacy-tier.js'
import { byText } from '../../platform/by-text.js'
import type { Policy } from '../../policy/policy.js'
import { type Canary, type CanaryToken, tierOfField } from './canary.js'
import type { CanaryResult } from './canary-result.js'
import type { TokenFormName } from './token-search.js'

/** What a search for a canary found. */
export interface CanarySearch {
  /** Carriers that were found. */
  readonly arrived: ReadonlySet<string>
  /** Tokens that were found, and how. */
  readonly found: ReadonlyMap<string, ReadonlySet<TokenFormName>>
  readonly unsearched: readonly string[]
}

type Survivor = CanaryResult['survivors'][number]

const mostSurvivors = 100

/** Judges a search by the policy: its tier, and whether its collector hashes identity. */
export function judgeCanary(
  canary: Canary,
  { arrived, found, unsearched }: CanarySearch,
  policy: Policy,
): CanaryResult {
  const survivors = canary.tokens.flatMap((token): Survivor[] => {
    const forms = found.get(token.token)
    return forms === undefined ? [] : [survivorOf(token, [...forms].sort(byText), policy)]
  })
  const leaked = survivors.filter(({ allowed }) => allowed === false)
  const missing = canary.records.filter(({ carrier }) => !arrived.has(carrier))
  const arrivedCount = canary.records.length - missing.length
  const problem = problemOf({ arrived: arrivedCount, missing: missing.length, unsearched, policy })
  return {
    verdict: leaked.length > 0 ? 'leak' : problem === undefined ? 'clean' : 'unknown',
    ...(leaked.length === 0 && problem !== undefined && { problem }),
    records: { sent: canary.records.length, arrived: arrivedCount },
    tokens: { sent: canary.tokens.length, survived: survivors.length, leaked: leaked.length },
    missing: missing.map(({ signal, service, event }) => ({ signal, service, event })),
    survivors: [...survivors].sort(inOrder).slice(0, mostSurvivors),
    moreSurvivors: Math.max(0, survivors.length - mostSurvivors),
    unsearched: [...unsearched],
  }
}

function problemOf(about: {
  readonly arrived: number
  readonly missing: number
  readonly unsearched: readonly string[]
  readonly policy: Policy
}): CanaryResult['problem'] {
  if (about.unsearched.length > 0) return 'not-searched'
  if (about.arrived === 0) return 'not-arrived'
  if (about.missing > 0) return 'arrived-in-part'
  if (about.policy.telemetry === undefined) return 'no-policy'
  return about.policy.collector === undefined ? 'identity-not-judged' : undefined
}

function survivorOf(
  { field, signal, service, event }: CanaryToken,
  forms: readonly TokenFormName[],
  policy: Policy,
): Survivor {
  const tier = tierOfField(field)
  const where = { field, signal, service, ...(event !== '' && { event }), forms: [...forms] }
  if (tier === undefined) return { ...where, kind: 'identity', allowed: identityAllowed(policy) }
  const privacy = policy.telemetry?.privacy
  return { ...where, kind: 'content', tier, allowed: privacy === undefined ? null : includesTier(privacy, tier) }
}

/** A hash without the key counts like the value itself: whoever has a list of addresses can try them all. */
function identityAllowed({ collector }: Policy): boolean | null {
  return collector === undefined ? null : !collector.hashIdentity
}

function inOrder(a: Survivor, b: Survivor): number {
  const rank = ({ allowed }: Survivor) => (allowed === false ? 0 : allowed === null ? 1 : 2)
  return (
    rank(a) - rank(b) ||
    byText(a.kind, b.kind) ||
    byText(a.field, b.field) ||
    byText(a.signal, b.signal) ||
    byText(a.service, b.service) ||
    byText(a.event ?? '', b.event ?? '')
  )
}
