import type { Combination, ExplainedKey, Loser } from './explained-key.js'
import type { LossCode, UnknownCode } from './reasons.js'
import type { Setting } from './source-settings.js'

/** What a rule says of the settings at one path; all of them are in `used` or in `lost`. */
export interface Outcome {
  readonly state: ExplainedKey['state']
  readonly value?: unknown
  readonly combination: Combination
  readonly since?: string | undefined
  readonly used: readonly Setting[]
  readonly lost: readonly LostSetting[]
  readonly unknown?: UnknownCode | undefined
  readonly notes?: readonly string[] | undefined
}

export interface LostSetting {
  readonly setting: Setting
  readonly why: LossCode
}

/** These settings count with this value, the others do not; unknown where the client may not use one that counts. */
export function counts(
  value: unknown,
  used: readonly Setting[],
  combination: Combination,
  lost: readonly LostSetting[],
  more: Pick<Outcome, 'since' | 'notes'> = {},
): Outcome {
  const doubt = used.find((setting) => setting.doubt !== undefined)?.doubt
  if (doubt !== undefined) return notKnown(doubt, used, lost, more)
  return { state: 'set', value, combination, used, lost, ...more }
}

/** Nothing at the path is in force. */
export function countsNowhere(lost: readonly LostSetting[]): Outcome {
  return { state: 'none', combination: 'none', used: [], lost }
}

/** It cannot be said which of these counts. */
export function notKnown(
  unknown: UnknownCode,
  used: readonly Setting[],
  lost: readonly LostSetting[] = [],
  more: Pick<Outcome, 'since' | 'notes'> = {},
): Outcome {
  return { state: 'unknown', unknown, combination: 'none', used, lost, ...more }
}

export function lostAll(settings: readonly Setting[], why: LossCode): LostSetting[] {
  return settings.map((setting) => ({ setting, why }))
}

/** The first of the settings counts, the others do not. There must be one. */
export function firstOf(settings: readonly Setting[], combination: Combination, why: LossCode): Outcome {
  const [first, ...others] = settings
  return first === undefined ? countsNowhere([]) : counts(first.value, [first], combination, lostAll(others, why))
}

export function losersOf(lost: readonly LostSetting[]): Loser[] {
  return lost.flatMap(({ setting, why }) => setting.places.map((place) => ({ place, value: setting.value, why })))
}

export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
