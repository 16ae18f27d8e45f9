import { type SettingsAt, type SettingsPlace, stampForm } from './facts.js'

/** Whether a state is the stamp of a policy. */
export function isStamp(state: string): boolean {
  return stampForm.test(state)
}

/** Where settings of one policy stand. A place that no client reads does not count. */
export function ourPlaces(settings: readonly SettingsAt[], stamp: string): readonly SettingsAt[] {
  return settings.filter(({ place, state }) => place !== 'dead' && state === stamp)
}

/** The first place that is not empty; the places stand in the order of their rank. */
export function winnerOf(settings: readonly SettingsAt[]): SettingsAt | undefined {
  return settings.find(({ place, state }) => place !== 'dead' && state !== 'empty')
}

/** The place that wins over settings of the policy in another tier, where there is one. */
export function shadowedBy(
  settings: readonly SettingsAt[],
  stamp: string,
): { readonly winner: SettingsAt; readonly ours: SettingsAt } | undefined {
  const winner = winnerOf(settings)
  const [ours] = ourPlaces(settings, stamp)
  if (winner === undefined || ours === undefined || winner.state === stamp) return undefined
  return tierOf(winner.place) === tierOf(ours.place) ? undefined : { winner, ours }
}

/** A file and its drop-ins are read together. */
export function tierOf(place: SettingsPlace): SettingsPlace {
  return place === 'dropin' ? 'file' : place
}

/** Neither the registry nor the cache of the admin console tells when settings changed. */
const undatedPlaces = new Set<SettingsPlace>(['server', 'hklm', 'hkcu'])

/** Whether settings stand where nothing tells when they changed. */
export function isUndated(settings: readonly SettingsAt[]): boolean {
  return settings.some(({ place, state }) => undatedPlaces.has(place) && state !== 'empty')
}
