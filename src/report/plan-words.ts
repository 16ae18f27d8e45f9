import stringWidth from 'string-width'
import { Temporal } from 'temporal-polyfill'
import { byText } from '../platform/by-text.js'
import { safeText } from '../platform/safe-text.js'
import { Waves, weekdays } from '../policy/waves.js'
import { noName } from '../readiness/coverage.js'
import { dayAfter, obstacleOf } from '../waves/calendar.js'
import type { Work } from '../waves/candidate.js'
import type { Move, Obstacle, PlanDocument, Wave } from '../waves/plan-document.js'
import type { CalendarRules } from '../waves/settings.js'
import { countText, percentText } from './words.js'

/** `1 endpoint`, `1,234 endpoints`. */
export function numbered(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A text from data, made safe and cut to so many columns of a terminal. */
export function cutText(text: string, columns: number): string {
  const safe = safeText(text)
  if (stringWidth(safe) <= columns) return safe
  if (columns < 1) return ''
  let head = ''
  let width = 0
  for (const character of safe) {
    width += stringWidth(character)
    if (width >= columns) break
    head += character
  }
  return `${head.trimEnd()}…`
}

/** Some of many names, and how many are left out. */
export function someOf(names: readonly string[], most: number): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${countText(more)} more` : '')
}

/** A share with one decimal, rounded down as in a scan: it never shows a target as met that is not. */
export function shareText(percent: number | null): string {
  // The tiny part keeps 94.9 from becoming 94.8: times ten it is a little less than 949.
  return percentText(percent === null ? null : Math.floor(percent * 10 + 1e-6) / 10)
}

/** What is ready now, in percent of the endpoints in scope; null where none is. */
export function readyPercent({ ready, denominator }: PlanDocument['target']): number | null {
  return denominator === 0 ? null : (ready * 100) / denominator
}

/** `22 %`, `4.9 %`, `0.3 %`: no more digits than such a bound bears, and never 0. */
export function failureRateText(percent: number): string {
  const digits = percent >= 9.95 ? 0 : percent >= 0.995 ? 1 : 2
  return `${Number(Math.max(percent, 0.01).toFixed(digits))} %`
}

/** What a wave proves when all of it is well; undefined for one without endpoints. */
export function provesText({ clean, failureRate }: Wave['proves']): string | undefined {
  if (clean === 0) return undefined
  const what = clean === 1 ? 'clean endpoint rules' : 'clean endpoints rule'
  return `${countText(clean)} ${what} out failure rates above about ${failureRateText(failureRate)}`
}

/** The failure rate that a wave without a failure proves; a dash where it proves none, or did not end so. */
export function boundText({ proves, outcome }: Wave): string {
  const clean = outcome === undefined || outcome.succeeded === proves.clean
  return clean && proves.clean > 0 ? `≤ ${failureRateText(proves.failureRate)}` : '–'
}

/** `2026-12-14`, `2026-12-14 to 12-15`, `2026-12-28 to 2027-01-05`. */
export function daysText(first: string, last: string): string {
  return first === last ? first : `${first} to ${shortDay(last, first)}`
}

/** `2026-12-11 → 12-14`. */
export function shiftText({ from, to }: Pick<MovedDate, 'from' | 'to'>): string {
  return `${from} → ${shortDay(to, from)}`
}

/** Without its year where that is the year of the day before it. */
function shortDay(day: string, before: string): string {
  return day.slice(0, 4) === before.slice(0, 4) ? day.slice(5) : day
}

/** `upgrade claude-desktop to 1.1.4173`. */
export function workText({ action, product, to }: Work): string {
  return [action, ...(product === undefined ? [] : [product]), ...(to === undefined ? [] : ['to', to])].join(' ')
}

/** Pilot, the share of an automatic wave, or last. */
export function kindText({ kind, share }: Wave): string {
  return kind === 'automatic' && share !== undefined ? `automatic, ${share}` : kind
}

type Counted = Wave['who']['platform']

/** What a plan calls all names beyond those that it lists. */
const others = '(others)'

/** The largest of a list, such as `Finance 12, Sales 9, others 4`. */
export function largestText(counted: Counted, most: number): string {
  const named = counted.filter(({ name }) => name !== others).slice(0, most)
  const shown = named.map(({ name, endpoints }) => `${cutText(name || noName, 40)} ${countText(endpoints)}`)
  const rest = counted.filter((row) => !named.includes(row)).reduce((sum, { endpoints }) => sum + endpoints, 0)
  return [...shown, ...(rest > 0 ? [`others ${countText(rest)}`] : [])].join(', ')
}

/** Who is in a wave, in few words: the largest platforms and departments. */
export function whoText({ who }: Wave): string {
  return [largestText(who.platform, 3), largestText(who.department, 3)].filter((part) => part !== '').join('; ')
}

/** When a wave starts, in UTC, for each time zone. */
export function startsText({ startsAt }: Wave): string[] {
  return startsAt.map(({ timeZone, sites, at }) => {
    const where = sites === undefined ? '' : `: ${someOf(sites, 10)}`
    return `${at} (${timeZone}${where})`
  })
}

/** The answer to "when is the target met", and whether that is good. */
export function answerText({ target }: PlanDocument): { text: string; tone: 'good' | 'bad' | 'open' } {
  const { answer, earliest, by, denominator, ready, needed, expected } = target
  if (denominator === 0) return { text: 'no endpoint is in scope: that is not a pass', tone: 'bad' }
  if (answer === 'met') return { text: 'met already', tone: 'good' }
  if (answer === 'unreachable' || earliest === undefined) {
    const end = `${countText(expected)} of ${countText(denominator)} (${shareText((expected * 100) / denominator)})`
    const missing = Math.max(0, ready + needed - expected)
    return {
      text: `cannot be met: when all waves are done, ${end} are expected to be ready, ${countText(missing)} too few`,
      tone: 'bad',
    }
  }
  if (by === undefined) return { text: `met on ${earliest}; no day is set for it`, tone: 'open' }
  const days = Temporal.PlainDate.from(by).until(earliest).days
  if (answer === 'late') return { text: `met late: earliest ${earliest}, ${numbered(days, 'day')} after`, tone: 'bad' }
  return { text: `met in time on ${earliest}${days < 0 ? `, ${numbered(-days, 'day')} before` : ''}`, tone: 'good' }
}

/** How the answer was reckoned, a sentence each. */
export function reckoning({ target, population }: PlanDocument): string[] {
  const { needed, expectedSuccess, lowerBound, latestStart, by } = target
  if (target.answer === 'met' || target.denominator === 0) return []
  const { percent, from, why } = expectedSuccess
  const because = from === 'default' || from === 'history' ? `${from}: ${why}` : why
  return [
    `${countText(needed)} more must become ready; ${countText(population.planned)} are planned, and ${percent} % of them are expected to (${because}).`,
    ...(lowerBound === undefined
      ? []
      : [`Without days off, blackouts and limits of capacity it would be ${lowerBound} at the earliest.`]),
    ...(latestStart === undefined || by === undefined
      ? []
      : [`The last day to start and still be in time: ${latestStart}.`]),
  ]
}

const movedDates: Readonly<Record<Move['what'], string>> = {
  start: 'start',
  'rollout-day': 'last rollout day',
  'soak-day': 'end of the soak',
}

export interface MovedDate {
  readonly wave: string
  readonly what: string
  readonly from: string
  readonly to: string
  readonly why: string
  /** Only days of the week have shifted it: every plan has such dates. */
  readonly ordinary: boolean
}

/** What the rules have shifted. The moves of one date join, so each date is one row. */
export function movedDatesOf(wave: Wave): MovedDate[] {
  return (Object.keys(movedDates) as Move['what'][]).flatMap((what) => {
    const moves = wave.moved.filter((move) => move.what === what)
    if (moves.length === 0) return []
    return [
      {
        wave: wave.name,
        what: movedDates[what],
        from: moves[0]!.from,
        to: moves.at(-1)!.to,
        why: [...new Set(moves.map(({ why }) => why))].join('; '),
        ordinary: moves.every(({ rule }) => rule === 'working-week' || rule === 'no-start-day'),
      },
    ]
  })
}

/** Which strata the first automatic wave represents, and the largest that it does not; undefined where there are none. */
export function strataText({ strata, waves }: PlanDocument, most: number): string | undefined {
  const first = waves.find(({ kind }) => kind === 'automatic')
  if (first === undefined || strata.strata === 0) return undefined
  const { by, minimum, represented, missing, missingCount } = strata
  const all = `strata of at least ${numbered(minimum, 'endpoint')} (by ${by.join(', ')})`
  const name = cutText(first.name, 40)
  if (missingCount === 0) return `All ${countText(strata.strata)} ${all} have one in ${name}.`
  const names = missing
    .slice(0, most)
    .map(({ stratum, endpoints }) => `${cutText(stratum, 60)} (${countText(endpoints)})`)
  return `${countText(strata.strata - missingCount)} of ${countText(strata.strata)} ${all} have one in ${name}: all of at least ${countText(represented)}. The largest without: ${names.join('; ')}.`
}

/** Why endpoints left the plan: what they are in the newer scan. */
export function leftText(why: string): string {
  const texts: Readonly<Record<string, string>> = {
    ready: 'ready without a wave',
    excluded: 'left out by the policy now',
    stale: 'stale now',
    unknown: 'unknown now',
    missing: 'not in the newer scan',
  }
  return texts[why] ?? why
}

/** What it takes to settle an obstacle. */
export const costTexts: Readonly<Record<number, string>> = {
  1: 'one export or setting',
  2: 'each one online',
  3: 'a person for each',
}

/** The cheapest first, and of these the most endpoints. */
export function cheapestFirst(obstacles: readonly Obstacle[]): Obstacle[] {
  return [...obstacles].sort((a, b) => a.cost - b.cost || b.endpoints - a.endpoints || byText(a.code, b.code))
}

/** The value of a setting in words, such as `from 2026-12-20, to 2027-01-04, reason year end`. */
export function settingText(value: PlanDocument['settings'][number]['value']): string {
  if (value === null) return 'none'
  if (typeof value !== 'object') return String(value)
  const parts = Array.isArray(value)
    ? value.map((part) => settingText(part))
    : Object.entries(value).map(([key, part]) =>
        typeof part === 'object' && part !== null ? `${key} (${settingText(part)})` : `${key} ${settingText(part)}`,
      )
  const separator = Array.isArray(value) && value.some((part) => typeof part === 'object') ? '; ' : ', '
  return parts.length === 0 ? 'none' : parts.join(separator)
}

/** The waves that still have something to do. */
export function openWaves({ waves }: PlanDocument): Wave[] {
  return waves.filter(({ status }) => status !== 'finished')
}

const longestBreak = 366

/**
 * The day to run `fleet plan check` for a wave: the first available day after its soak, and no later than the day on
 * which the next wave shall start.
 */
export function gateDay(plan: PlanDocument, wave: Wave): string {
  const rules = rulesOf(plan)
  const next = plan.waves[plan.waves.indexOf(wave) + 1]?.start
  const first = dayAfter(wave.soakUntil)
  let day = first
  for (let looked = 0; looked < longestBreak; looked++, day = dayAfter(day))
    if (day === next || obstacleOf(day, rules) === undefined) return day
  return first
}

const knownRules = new WeakMap<PlanDocument, CalendarRules>()

/** The calendar that a plan was made with, as far as its settings tell. */
function rulesOf(plan: PlanDocument): CalendarRules {
  const known = knownRules.get(plan)
  if (known !== undefined) return known
  const value = (key: string) => plan.settings.find((setting) => setting.key === key)?.value
  const { workingDays, holidays, blackouts } = Waves.shape
  const rules = {
    workingDays: workingDays.safeParse(value('waves.workingDays')).data ?? weekdays,
    holidays: holidays.safeParse(value('waves.holidays')).data ?? [],
    blackouts: blackouts.safeParse(value('waves.blackouts')).data ?? [],
    noStartOn: [],
    soakDays: 0,
  }
  knownRules.set(plan, rules)
  return rules
}
