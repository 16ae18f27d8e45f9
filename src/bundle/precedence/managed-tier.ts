import { type Client, holdsFrom } from './client-reads.js'
import { everySourceRule, gatewayKeys, listsUnderLock, mergeSince } from './combination-rules.js'
import { type BlockClaimant, blockClaimant, envVariableOutcome } from './environment-block.js'
import { everySourceOutcome } from './every-source.js'
import { idOf } from './explained-key.js'
import { mergedOutcome } from './merged-sources.js'
import { counts, countsNowhere, firstOf, lostAll, notKnown, type Outcome } from './outcome.js'
import { isAdminSource, type ManagedSource } from './source.js'
import { type Setting, type SourceSettings, union } from './source-settings.js'

/** One way the managed sources may combine: several where it is not known which source wins. */
export interface ManagedTier {
  /** The highest source with a policy key; undefined where none has one. */
  readonly winner: ManagedSource | undefined
  readonly behaviour: 'first-wins' | 'merge'
  /** The source that says so. */
  readonly behaviourFrom?: ManagedSource | undefined
  /** The winner names a helper whose output replaces everything that files say. */
  readonly helper: boolean
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The ways the sources may combine. `sources` are the managed ones, highest first. */
export function managedTiers(sources: readonly SourceSettings[], client: Client): readonly ManagedTier[] {
  const winners: (SourceSettings | undefined)[] = []
  for (const source of sources) {
    if (source.policy !== 'no') winners.push(source)
    if (source.policy === 'yes') break
  }
  if (winners.at(-1)?.policy !== 'yes') winners.push(undefined)
  return winners.map((winner) => managedTier(sources, winner, client))
}

function managedTier(
  sources: readonly SourceSettings[],
  winner: SourceSettings | undefined,
  client: Client,
): ManagedTier {
  const context = tierContext(sources, winner, client)
  const outcomes = new Map<string, Outcome>()
  for (const source of sources) {
    for (const id of source.settings.keys()) if (!outcomes.has(id)) outcomes.set(id, outcomeOf(id, context))
  }
  const { behaviour, behaviourFrom } = context
  return { winner: context.winner, behaviour, behaviourFrom, helper: runsHelper(context), outcomes }
}

/** What the rules look at. */
export interface TierContext {
  /** All managed sources, highest first. */
  readonly sources: readonly SourceSettings[]
  readonly winner: ManagedSource | undefined
  readonly behaviour: 'first-wins' | 'merge'
  readonly behaviourFrom?: ManagedSource | undefined
  readonly client: Client
  readonly claimant: BlockClaimant | undefined
  /** The settings at a path, highest source first. */
  readonly at: (id: string) => readonly Setting[]
}

function tierContext(
  sources: readonly SourceSettings[],
  winner: SourceSettings | undefined,
  client: Client,
): TierContext {
  const id = idOf(['managedSourcesBehavior'])
  // Read from the highest admin source that has the key or a policy key, and from no other.
  const says = sources.find((source) => isAdminSource(source.source) && (source === winner || source.settings.has(id)))
  const setting = says?.settings.get(id)
  const behaviour = setting?.value === 'merge' && winner?.source !== 'hkcu' ? 'merge' : 'first-wins'
  return {
    sources,
    winner: winner?.source as ManagedSource | undefined,
    behaviour,
    behaviourFrom: setting === undefined ? undefined : (says?.source as ManagedSource | undefined),
    client,
    claimant: blockClaimant(sources),
    at: (path) => sources.flatMap(({ settings }) => settings.get(path) ?? []),
  }
}

function outcomeOf(id: string, context: TierContext): Outcome {
  const all = context.at(id)
  const { path, key } = all[0]!
  const name = key.path
  if (name === 'managedSourcesBehavior') return behaviourOutcome(all, context)
  if (name === 'wslInheritsWindowsSettings') return wslOutcome(all)
  if (runsHelper(context) && name !== 'policyHelper' && name !== 'forceRemoteSettingsRefresh')
    return notKnown('policy-helper', all)
  if (gatewayKeys.some((gateway) => gateway === name)) return gatewayOutcome(all, context)
  if (name === 'forceLoginMethod' && all.some(({ value }) => value === 'gateway')) return loginOutcome(all, context)
  if (name === 'env' && path.length > 1) return envVariableOutcome(all, context)

  // The user's hive counts when it wins, and then nothing else does.
  const admin = all.filter(({ source }) => isAdminSource(source))
  const hive = all.filter(({ source }) => source === 'hkcu')
  if (context.winner === 'hkcu') return firstOf([...hive, ...admin], 'first-wins', 'skipped-whole')
  const why = context.behaviour === 'merge' || admin.length > 0 ? 'hkcu-never-joins' : 'skipped-whole'
  return withLost(adminOutcome(admin, context), lostAll(hive, why))
}

function withLost(outcome: Outcome, lost: Outcome['lost']): Outcome {
  return lost.length === 0 ? outcome : { ...outcome, lost: [...outcome.lost, ...lost] }
}

function adminOutcome(settings: readonly Setting[], context: TierContext): Outcome {
  const [first] = settings
  if (first === undefined) return countsNowhere([])
  const { client, behaviour, winner } = context
  const underLock = listUnderLock(settings, context)
  if (underLock !== undefined) return underLock
  const rule = everySourceRule(first.key.path, client)
  const everywhere = rule === undefined ? undefined : everySourceOutcome(settings, rule, context)
  if (everywhere !== undefined) return everywhere
  if (behaviour === 'merge') return mergedOutcome(settings, context)
  const own = settings.filter(({ source }) => source === winner)
  const others = settings.filter(({ source }) => source !== winner)
  const lost = lostAll(others, 'skipped-whole')
  if (own[0] === undefined) return countsNowhere(lost)
  return counts(own[0].value, own, others.length === 0 ? 'only-source' : 'first-wins', lost)
}

/** A list that every admin source adds to, or of which the highest counts, while its lock is on anywhere. */
function listUnderLock(settings: readonly Setting[], context: TierContext): Outcome | undefined {
  const [first] = settings
  const rule = listsUnderLock.find(({ list }) => list === first?.key.path)
  if (rule === undefined || !holdsFrom(rule.since, context.client)) return undefined
  const locks = context.at(idOf(rule.lock.split('.'))).filter(({ source }) => isAdminSource(source))
  if (!locks.some(({ value }) => value === true)) return undefined
  const certain = locks.some(({ value, doubt }) => value === true && doubt === undefined)
  if (!certain && settings.length > 1) return notKnown('lock-unknown', settings)
  if (rule.how === 'highest') return { ...firstOf(settings, 'any-source', 'whole-list'), since: rule.since }
  const lists = settings.map(({ value }) => (Array.isArray(value) ? (value as readonly unknown[]) : []))
  const domainRules = rule.list === 'sandbox.network.allowedDomains' && hasDomainRules(context)
  const notes = domainRules
    ? ['WebFetch(domain:…) rules in permissions.allow of every admin source count for this list too.']
    : []
  return counts(union(lists), settings, 'any-source', [], { notes })
}

function hasDomainRules({ at }: TierContext): boolean {
  const lists = at(idOf(['permissions', 'allow'])).filter(({ source }) => isAdminSource(source))
  return lists.some(
    ({ value }) => Array.isArray(value) && value.some((rule) => /^WebFetch\(domain:/.test(String(rule))),
  )
}

function behaviourOutcome(all: readonly Setting[], { behaviourFrom }: TierContext): Outcome {
  const used = all.filter(({ source }) => source === behaviourFrom)
  const lost = all.filter(({ source }) => source !== behaviourFrom)
  const losers = [
    ...lostAll(
      lost.filter(({ source }) => source !== 'hkcu'),
      'behaviour-elsewhere',
    ),
    ...lostAll(
      lost.filter(({ source }) => source === 'hkcu'),
      'hkcu-never-joins',
    ),
  ]
  if (used[0] === undefined) return countsNowhere(losers)
  const useless = used[0].source === 'file' && used[0].value === 'merge'
  return counts(used[0].value, used, 'highest-only', losers, {
    since: mergeSince,
    notes: useless ? ['It does nothing in the file: no admin source ranks below it.'] : [],
  })
}

/** Only for WSL, and only from the machine's own Windows sources; the user's hive merely agrees to be read there. */
function wslOutcome(all: readonly Setting[]): Outcome {
  const machine = all.filter(({ source }) => source === 'hklm' || source === 'file')
  const others = all.filter(({ source }) => source !== 'hklm' && source !== 'file')
  const lost = lostAll(others, 'highest-only')
  const notes = ['It matters in WSL only; on Windows itself it does nothing.']
  const on = machine.filter(({ value }) => value === true)
  const used = on.length > 0 ? on : machine
  if (used[0] === undefined) return countsNowhere(lost)
  const rest = lostAll(
    machine.filter((setting) => !used.includes(setting)),
    'stricter-wins',
  )
  return counts(used[0].value, used, 'machine-source', [...lost, ...rest], { notes })
}

/** The highest admin source on the machine that has a policy key supplies them, whoever else is there. */
function gatewayOutcome(all: readonly Setting[], { sources }: TierContext): Outcome {
  const machine = sources.filter(({ source }) => isAdminSource(source) && source !== 'server')
  const candidate = machine.find(({ policy }) => policy !== 'no')
  const used = all.filter(({ source }) => source === candidate?.source)
  const lost = lostAll(
    all.filter(({ source }) => source !== candidate?.source),
    'highest-only',
  )
  if (candidate?.policy === 'maybe') return notKnown('winner-not-known', all)
  return used[0] === undefined ? countsNowhere(lost) : counts(used[0].value, used, 'machine-source', lost)
}

/** `gateway` follows the rule of the machine, the other words that of the winner: where both are there, it is unknown. */
function loginOutcome(all: readonly Setting[], context: TierContext): Outcome {
  const gateway = all.filter(({ value }) => value === 'gateway')
  if (gateway.length < all.length) return notKnown('not-stated', all)
  return gatewayOutcome(gateway, context)
}

/** Whether the winner names a helper whose output replaces everything that files say. */
function runsHelper({ sources, winner }: Pick<TierContext, 'sources' | 'winner'>): boolean {
  if (winner === undefined || winner === 'server' || winner === 'hkcu') return false
  return sources.some(({ source, settings }) => source === winner && settings.has(idOf(['policyHelper'])))
}
