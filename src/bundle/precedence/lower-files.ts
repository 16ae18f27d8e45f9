import { inTelemetryBlock } from '../catalogue/environment-variables.js'
import { type Client, holdsFrom } from './client-reads.js'
import { entriesJoinUpward, locksOnLowerFiles, type StricterBelow, stricterBelowOf } from './combination-rules.js'
import { idOf } from './explained-key.js'
import { counts, countsNowhere, type LostSetting, lostAll, notKnown, type Outcome, sameValue } from './outcome.js'
import { isManagedSource, type SourceName, sourceNames } from './source.js'
import { type Setting, union } from './source-settings.js'

/** What the files of users and projects meet above them. */
export interface LowerContext {
  readonly client: Client
  /** What is in force of managed settings, by id. */
  readonly managed: ReadonlyMap<string, Outcome>
  /** All settings of lower files at a path, highest file first. */
  readonly at: (id: string) => readonly Setting[]
  /** The levels that have entries of an object with free names, by the id of the object. */
  readonly levelsWithEntries: ReadonlyMap<string, ReadonlySet<SourceName>>
}

/** What is in force at a path once the files below managed settings have had their say. */
export function withLowerFiles(id: string, context: LowerContext): Outcome {
  const managed = context.managed.get(id)
  const lower = context.at(id)
  const [first] = lower
  if (first === undefined) return managed ?? countsNowhere([])
  if (managed?.state === 'unknown') return unknownWith(managed, lower)
  const shut = shutOut(first, context)
  if (shut === 'unknown') return notKnown('lock-unknown', [...(managed?.used ?? []), ...lower], managed?.lost)
  if (shut) return joinLost(managed, lostAll(lower, 'locked'))
  const stricter = stricterBelowOf(first.key.path, context.client)
  if (stricter !== undefined) return stricterOutcome(managed, lower, stricter)
  if (first.key.path === 'env' && first.path.length > 1) return variableOutcome(managed, lower, context)
  if (/^attribution(?:\.commit)?$|^includeCoAuthoredBy$/.test(first.key.path)) {
    const optsOut = lower.some(({ value }) => value === false || value === '')
    if (optsOut && managed?.state === 'set' && !lower.every(({ value }) => sameValue(value, managed.value)))
      return notKnown('trailer-opt-out', [...managed.used, ...lower], managed.lost)
  }
  return ordinaryOutcome(managed, lower, context)
}

function joinLost(managed: Outcome | undefined, lost: readonly LostSetting[]): Outcome {
  return managed === undefined ? countsNowhere(lost) : { ...managed, lost: [...managed.lost, ...lost] }
}

function unknownWith(managed: Outcome, lower: readonly Setting[]): Outcome {
  return { ...managed, used: [...managed.used, ...lower] }
}

/** Whether a managed lock keeps lower files from a key. */
function shutOut({ key }: Setting, { managed }: LowerContext): boolean | 'unknown' {
  const rules = locksOnLowerFiles.filter(({ keys }) =>
    keys.some((path) => key.path === path || key.path.startsWith(`${path}.`)),
  )
  const states = rules.map(({ lock }) => managed.get(idOf(lock.split('.'))))
  if (states.some((state) => state?.state === 'set' && state.value === true)) return true
  return states.some((state) => state?.state === 'unknown') ? 'unknown' : false
}

/** The highest of all, lists joined; the exceptions to both are the pages' own. */
function ordinaryOutcome(managed: Outcome | undefined, lower: readonly Setting[], context: LowerContext): Outcome {
  const [first] = lower
  if (first === undefined) return managed ?? countsNowhere([])
  const name = first.key.path
  const lists =
    lower.every(({ value }) => Array.isArray(value)) && (managed?.state !== 'set' || Array.isArray(managed.value))
  if (name === 'availableModels' && managed?.state === 'set')
    return joinLost(managed, lostAll(lower, 'managed-list-only'))
  if (lists && name !== 'fallbackModel' && name !== 'forceLoginOrgUUID') return joined(managed, lower)
  if (managed?.state === 'set') return joinLost(managed, lostAll(lower, 'managed-wins'))
  const over = entriesAbove(first, context)
  if (over) return notKnown('entries-not-stated', lower, managed?.lost)
  const [, ...others] = lower
  const lost = [...(managed?.lost ?? []), ...lostAll(others, 'higher-file')]
  return counts(first.value, [first], others.length === 0 ? 'only-source' : 'higher-file', lost, notesOn(first))
}

function joined(managed: Outcome | undefined, lower: readonly Setting[]): Outcome {
  const above = managed?.state === 'set' ? managed : undefined
  const used = [...(above?.used ?? []), ...lower]
  const lists = [...(above === undefined ? [] : [above.value]), ...lower.map(({ value }) => value)]
  const outcome = counts(
    union(lists.map((list) => list as readonly unknown[])),
    used,
    used.length === 1 ? 'only-source' : 'merged-upward',
    managed?.lost ?? [],
    { since: above?.since, notes: above?.notes },
  )
  return outcome
}

/** Whether another entry of the same object stands above, and no page says that entries of this object join. */
function entriesAbove({ path, key, source }: Setting, { levelsWithEntries }: LowerContext): boolean {
  if (key.open !== true || path.length < 2 || entriesJoinUpward.has(key.path)) return false
  const levels = levelsWithEntries.get(idOf(path.slice(0, key.path.split('.').length))) ?? new Set()
  return sourceNames.slice(0, sourceNames.indexOf(source)).some((higher) => levels.has(higher))
}

function notesOn({ key, source }: Setting): { readonly notes: readonly string[] } {
  if (isManagedSource(source)) return { notes: [] }
  if (key.path === 'forceLoginOrgUUID') return { notes: ['Only a managed source enforces it.'] }
  if (key.path === 'disableAllHooks') return { notes: ['It does not stop managed hooks.'] }
  return { notes: [] }
}

/** A stricter value of a lower file counts although managed settings say otherwise. */
function stricterOutcome(managed: Outcome | undefined, lower: readonly Setting[], rule: StricterBelow): Outcome {
  const rank = ({ value }: Setting) => rule.ladder.indexOf(value)
  const heard = lower.filter((setting) => !rule.onlyStricterFrom.some((source) => source === setting.source))
  const [highest] = heard
  const base = managed?.state === 'set' ? managed.value : highest?.value
  const baseRank = base === undefined ? 0 : rule.ladder.indexOf(base)
  const stricter = lower
    .filter((setting) => rule.from.some((source) => source === setting.source) && rank(setting) > Math.max(0, baseRank))
    .sort((a, b) => rank(b) - rank(a))
  const [winner] = stricter
  const whyLost = (setting: Setting): LostSetting => ({
    setting,
    why: winner !== undefined ? 'stricter-wins' : heard.includes(setting) ? 'managed-wins' : 'repository-not-heard',
  })
  if (winner !== undefined) {
    const above = managed?.state === 'set' ? lostAll(managed.used, 'stricter-wins') : []
    const others = lower.filter((setting) => setting !== winner)
    const lost = [...(managed?.lost ?? []), ...above, ...others.map(whyLost)]
    return counts(winner.value, [winner], 'stricter-lower', lost, { since: rule.since })
  }
  if (managed?.state === 'set') return joinLost(managed, lower.map(whyLost))
  if (highest === undefined) return joinLost(managed, lostAll(lower, 'repository-not-heard'))
  const rest = lower.filter((setting) => setting !== highest)
  const lost = rest.map(
    (setting): LostSetting => ({ setting, why: heard.includes(setting) ? 'higher-file' : 'repository-not-heard' }),
  )
  return counts(highest.value, [highest], rest.length === 0 ? 'only-source' : 'higher-file', [
    ...(managed?.lost ?? []),
    ...lost,
  ])
}

const signalVariable =
  /^OTEL_EXPORTER_OTLP_(?:METRICS|LOGS|TRACES)_(?<part>ENDPOINT|PROTOCOL|HEADERS|CLIENT_KEY|CLIENT_CERTIFICATE)$/

/** A variable of `env`: per variable, but for what has to do with telemetry. */
function variableOutcome(managed: Outcome | undefined, lower: readonly Setting[], context: LowerContext): Outcome {
  if (managed?.state === 'set') return joinLost(managed, lostAll(lower, 'managed-wins'))
  const name = String(lower[0]?.path[1])
  const stripped = strippedByManaged(name, context)
  if (stripped === 'yes') return joinLost(managed, lostAll(lower, 'stripped-by-managed-telemetry'))
  if (stripped === 'unknown') return notKnown('telemetry-strip-version', lower, managed?.lost)
  const [first, ...others] = lower
  if (first === undefined) return managed ?? countsNowhere([])
  const exporter = inTelemetryBlock(name) || /^OTEL_/.test(name) || name === 'CLAUDE_CODE_ENABLE_TELEMETRY'
  if (exporter && first.source !== 'user') return notKnown('repository-telemetry', lower, managed?.lost)
  const combination = others.length === 0 ? 'only-source' : 'higher-file'
  return counts(first.value, [first], combination, [...(managed?.lost ?? []), ...lostAll(others, 'higher-file')])
}

/**
 * A managed endpoint takes out the endpoints per signal, a managed protocol the protocols per signal; managed headers or
 * a client certificate take out their own per signal and every endpoint.
 * Source: https://code.claude.com/docs/en/monitoring-usage (2026-08-22; the last from 2.1.217).
 */
function strippedByManaged(name: string, { managed, client }: LowerContext): 'yes' | 'no' | 'unknown' {
  const has = (variable: string) => managed.get(idOf(['env', variable]))?.state === 'set'
  const part = signalVariable.exec(name)?.groups?.part
  if (part !== undefined && has(`OTEL_EXPORTER_OTLP_${part}`)) return holdsFrom('2.1.217', client) ? 'yes' : 'unknown'
  const credentials = ['HEADERS', 'CLIENT_KEY', 'CLIENT_CERTIFICATE'].some((what) => has(`OTEL_EXPORTER_OTLP_${what}`))
  if (credentials && /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?ENDPOINT$/.test(name))
    return holdsFrom('2.1.217', client) ? 'yes' : 'unknown'
  return 'no'
}
