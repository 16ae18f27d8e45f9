import { exitCode, Failure } from '../platform/failure.js'
import type { Policy } from '../policy/policy.js'
import { checkPolicy } from '../policy/policy-mistakes.js'
import type { Selector } from '../policy/selector.js'
import { type Blackout, type SiteLink, type Stratum, Waves, type Weekday } from '../policy/waves.js'
import type { PlanDocument } from './plan-document.js'
import { type Setting, settingTable } from './setting-table.js'
import type { Sizes, WaveSettings } from './settings.js'

/** A setting as the plan shows it: its value, who said so, and why. */
export type ShownSetting = PlanDocument['settings'][number]

/** Texts of flags by their name, without dashes. */
export type SettingFlags = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a flag said when the previous plan was made, and still holds; the first day is over. */
function keptFrom(previous: PlanDocument | undefined): ReadonlyMap<string, unknown> {
  const kept = (previous?.settings ?? []).filter(
    ({ key, from }) => key !== 'waves.start' && (from === 'flag' || from === 'previous'),
  )
  return new Map(kept.map(({ key, value }) => [key, value]))
}

/**
 * Settles every setting: a flag before the flags of the previous plan, before the policy, before the default. Throws a
 * Failure (wrong use) that names the flags whose values cannot be used.
 */
export function resolveSettings(
  policy: Policy,
  flags: SettingFlags,
  { campaign, previous }: { readonly campaign: string; readonly previous?: PlanDocument | undefined },
): { readonly settings: WaveSettings; readonly shown: readonly ShownSetting[] } {
  const kept = keptFrom(previous)
  const given = { target: { ...policy.target }, waves: structuredClone(policy.waves ?? {}) }
  const origin = new Map<string, ShownSetting['from']>()
  for (const setting of settingTable) {
    const texts = textsOf(flags[setting.flag])
    if (texts !== undefined) {
      put(given, setting.key, isNothing(setting, texts) ? setting.fallback : setting.read(texts))
      origin.set(setting.key, 'flag')
    } else if (kept.has(setting.key)) {
      put(given, setting.key, kept.get(setting.key))
      origin.set(setting.key, 'previous')
    } else if (isSaid(policy, setting)) origin.set(setting.key, 'policy')
  }
  // A re-plan goes on with the campaign it belongs to.
  if (previous && !origin.has('waves.campaign')) {
    put(given, 'waves.campaign', previous.campaign)
    origin.set('waves.campaign', 'previous')
  }
  refuseMistakes(given)
  const values = new Map(
    settingTable.map((setting) => {
      const fallback = setting.key === 'waves.campaign' ? campaign : setting.fallback
      return [setting.key, origin.has(setting.key) ? at(given, setting.key) : fallback]
    }),
  )
  const shown = settingTable.map(
    (setting): ShownSetting => ({
      key: setting.key,
      value: (values.get(setting.key) ?? null) as ShownSetting['value'],
      from: origin.get(setting.key) ?? 'default',
      why: whyOf(setting, origin.get(setting.key)),
    }),
  )
  return { settings: settingsFrom((key) => values.get(key)), shown }
}

function whyOf(setting: Setting, from: ShownSetting['from'] | undefined): string {
  if (from === 'flag') return `given with --${setting.flag}`
  if (from === 'previous') return 'as in the previous plan'
  return from === 'policy' ? 'the policy says so' : setting.why
}

/** The target always stands in a policy; it says something only where it is not the default. */
function isSaid(policy: Policy, { key, fallback }: Setting): boolean {
  const value = at(policy, key)
  return value !== undefined && (key !== 'target.coverage' || value !== fallback)
}

function textsOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

/** The values of flags pass the same checks as those of a policy, which has passed them already. */
function refuseMistakes(given: { readonly target: unknown; readonly waves: unknown }): void {
  const { mistakes } = checkPolicy(given)
  const noStart = mistakes === undefined ? neverStarts(Waves.parse(given.waves)) : undefined
  const problems = [...(mistakes ?? []), ...(noStart ? [noStart] : [])]
  if (problems.length === 0) return
  throw new Failure(exitCode.usage, 'bad-setting', 'The plan cannot be made with these settings.', {
    tryThis: problems.map(({ path, text }) => `${nameOf(path)}: ${text}`),
  })
}

function neverStarts({ workingDays, noStartOn }: Waves): { path: string; text: string } | undefined {
  const fallbackOf = (key: string) => settingTable.find((setting) => setting.key === key)!.fallback as Weekday[]
  const days = workingDays ?? fallbackOf('waves.workingDays')
  const never = noStartOn ?? fallbackOf('waves.noStartOn')
  return days.every((day) => never.includes(day))
    ? { path: 'waves.noStartOn', text: 'leaves no working day on which a wave could start' }
    : undefined
}

function nameOf(path: string): string {
  const setting = settingTable.find(
    ({ key }) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`),
  )
  return setting ? `--${setting.flag} (${path})` : path
}

function at(root: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
      root,
    )
}

function put(root: unknown, key: string, value: unknown): void {
  const parts = key.split('.')
  const last = parts.pop()!
  if (value === undefined || value === null) {
    remove(root, parts, last)
    return
  }
  const place = parts.reduce(
    (inner, part) => {
      inner[part] ??= {}
      return inner[part] as Record<string, unknown>
    },
    root as Record<string, unknown>,
  )
  place[last] = value
}

function remove(root: unknown, parts: readonly string[], last: string): void {
  const place = parts.length === 0 ? root : at(root, parts.join('.'))
  if (typeof place === 'object' && place !== null) delete (place as Record<string, unknown>)[last]
}

/** `none` takes back what an earlier plan or the policy says, wherever nothing is what there is without them. */
function isNothing({ fallback }: Setting, texts: readonly string[]): boolean {
  const isEmpty =
    fallback === undefined || (typeof fallback === 'object' && Object.keys(fallback as object).length === 0)
  return isEmpty && texts.length === 1 && texts[0]?.trim() === 'none'
}

function settingsFrom(read: (key: string) => unknown): WaveSettings {
  return {
    campaign: read('waves.campaign') as string,
    sizes: read('waves.preset') as Sizes,
    pinned: read('waves.pinned') as Selector[],
    last: read('waves.last') as Selector[],
    strata: { by: read('waves.strata.by') as Stratum[], minimum: read('waves.strata.minimum') as number },
    start: read('waves.start') as string | undefined,
    startTime: read('waves.startTime') as string,
    timeZone: read('waves.timeZone') as string,
    timeZones: read('waves.timeZones') as Record<string, string>,
    calendar: {
      workingDays: read('waves.workingDays') as Weekday[],
      noStartOn: read('waves.noStartOn') as Weekday[],
      holidays: read('waves.holidays') as string[],
      blackouts: read('waves.blackouts') as Blackout[],
      soakDays: read('waves.soakDays') as number,
    },
    capacity: {
      perDay: read('waves.capacity.perDay') as number | undefined,
      perDepartment: read('waves.capacity.perDepartment') as number | undefined,
      installerMegabytes: read('waves.capacity.installerMegabytes') as number | undefined,
      links: read('waves.capacity.links') as Record<string, SiteLink>,
    },
    expectedSuccess: read('waves.expectedSuccess') as number,
    gate: {
      success: read('waves.gate.success') as number,
      minimumSucceeded: read('waves.gate.minimumSucceeded') as number,
      minimumReported: read('waves.gate.minimumReported') as number,
      failureLimit: read('waves.gate.failureLimit') as number,
    },
    target: { coverage: read('target.coverage') as number, by: read('target.by') as string | undefined },
  }
}

/** The thresholds that a plan was made with: what counts is what was agreed before the wave. NaN where one is missing. */
export function thresholdsOf(plan: PlanDocument): WaveSettings['gate'] {
  const value = (key: string) => {
    const found = plan.settings.find((setting) => setting.key === key)?.value
    return typeof found === 'number' ? found : Number.NaN
  }
  return {
    success: value('waves.gate.success'),
    minimumSucceeded: value('waves.gate.minimumSucceeded'),
    minimumReported: value('waves.gate.minimumReported'),
    failureLimit: value('waves.gate.failureLimit'),
  }
}
