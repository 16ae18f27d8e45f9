import { inTelemetryBlock } from '../catalogue/environment-variables.js'
import { holdsFrom } from './client-reads.js'
import { envMergeSince } from './combination-rules.js'
import { idOf } from './explained-key.js'
import type { TierContext } from './managed-tier.js'
import { counts, countsNowhere, firstOf, lostAll, notKnown, type Outcome } from './outcome.js'
import type { UnknownCode } from './reasons.js'
import { isAdminSource, type SourceName } from './source.js'
import type { Setting, SourceSettings } from './source-settings.js'

/**
 * What is in force of one variable of `env`: the highest admin source that sets it, but for the telemetry block.
 * Source: https://code.claude.com/docs/en/server-managed-settings#per-key-exceptions-across-managed-sources (2026-08-22).
 */
export function envVariableOutcome(all: readonly Setting[], context: TierContext): Outcome {
  const { winner, client } = context
  const name = String(all[0]?.path[1])
  const hive = all.filter(({ source }) => !isAdminSource(source))
  const admin = all.filter(({ source }) => isAdminSource(source))
  if (winner === 'hkcu') return firstOf([...hive, ...admin], 'only-source', 'skipped-whole')
  const outcome = holdsFrom(envMergeSince, client)
    ? inTelemetryBlock(name)
      ? blockOutcome(admin, context)
      : variableOutcome(name, admin, context)
    : wholeEnv(admin, context)
  const several = context.sources.filter(({ source, policy }) => isAdminSource(source) && policy !== 'no').length > 1
  return {
    ...outcome,
    since: several && client === undefined ? envMergeSince : undefined,
    lost: [...outcome.lost, ...lostAll(hive, 'hkcu-never-joins')],
  }
}

/** Before the merge of variables `env` came whole with the winning source. */
function wholeEnv(settings: readonly Setting[], { winner }: TierContext): Outcome {
  const own = settings.filter(({ source }) => source === winner)
  const lost = lostAll(
    settings.filter(({ source }) => source !== winner),
    'env-whole',
  )
  return own[0] === undefined ? countsNowhere(lost) : counts(own[0].value, own, 'first-wins', lost)
}

/** The source that has the telemetry block. */
export interface BlockClaimant {
  readonly source: SourceName
  /** It has the helper for headers, and so claims the block whatever else it sets. */
  readonly helper: boolean
  /** Set where it is not known whether the client uses what claims the block. */
  readonly doubt?: UnknownCode | undefined
}

/** The highest admin source that sets a variable of the block, or has the helper for its headers. */
export function blockClaimant(sources: readonly SourceSettings[]): BlockClaimant | undefined {
  for (const source of sources) {
    if (!isAdminSource(source.source)) continue
    const helper = hasHelper(source)
    const block = blockOf(source)
    if (!helper && block.length === 0) continue
    const sure = helper || block.some(({ doubt }) => doubt === undefined)
    return { source: source.source, helper, doubt: sure ? undefined : block[0]?.doubt }
  }
  return undefined
}

/** All of the block comes from its claimant, or from nobody. */
function blockOutcome(settings: readonly Setting[], { claimant, winner }: TierContext): Outcome {
  if (claimant === undefined) return countsNowhere([])
  if (claimant.doubt !== undefined) return notKnown(claimant.doubt, settings)
  const own = settings.filter(({ source }) => source === claimant.source)
  const others = lostAll(
    settings.filter(({ source }) => source !== claimant.source),
    'telemetry-block',
  )
  if (claimant.helper && claimant.source !== winner)
    return countsNowhere([...lostAll(own, 'helper-claims-block'), ...others])
  return own[0] === undefined ? countsNowhere(others) : counts(own[0].value, own, 'telemetry-block', others)
}

function hasHelper({ settings }: SourceSettings): boolean {
  return settings.has(idOf(['otelHeadersHelper']))
}

function blockOf({ settings }: SourceSettings): Setting[] {
  return [...settings.values()].filter(({ path }) => path[0] === 'env' && inTelemetryBlock(String(path[1])))
}

const credentialKeys = [
  'apiKeyHelper',
  'awsAuthRefresh',
  'awsCredentialExport',
  'gcpAuthRefresh',
  'otelHeadersHelper',
  'proxyAuthHelper',
]

function variableOutcome(name: string, settings: readonly Setting[], { sources, winner }: TierContext): Outcome {
  const [first] = settings
  if (first === undefined) return countsNowhere([])
  const from = sources.find(({ source }) => source === first.source)
  const paired = credentialKeys.some((key) => from?.settings.has(idOf([key])))
  if (first.source !== winner && paired && /BASE_URL$|^CLAUDE_CODE_USE_/.test(name))
    return notKnown('routing-with-credentials', settings)
  const outcome = firstOf(settings, 'per-variable', 'higher-wins')
  if (name !== 'OTEL_RESOURCE_ATTRIBUTES' || sources.length < 2) return outcome
  const note =
    'The page that names the variables of the telemetry block does not name this one: whether it moves with the block is not stated.'
  return { ...outcome, notes: [note] }
}
