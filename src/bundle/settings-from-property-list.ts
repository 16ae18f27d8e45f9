import { readDesktopPropertyList } from './desktop-encoding.js'
import { readPropertyList } from './formats/property-list.js'
import type { KeyPath, ReadFormat } from './formats/read-format.js'
import { isRecord } from './is-record.js'
import type { KindAdvice } from './kind-advice.js'
import { type NotSettings, unread } from './not-settings.js'
import type { SettingsFile, Surface } from './settings-file.js'
import { baseName, kindByKeys, kindNamed, type SettingsKind } from './settings-kind.js'

/** The preference domains of the two programs: https://code.claude.com/docs/en/managed-settings (2026-08-22). */
const domains: Readonly<Record<string, Surface>> = {
  'com.anthropic.claudecode': 'claude-code',
  'com.anthropic.claudefordesktop': 'claude-desktop',
}

/** A dictionary of settings inside a property list, and where it stands. */
interface Payload {
  readonly surface: Surface
  readonly at: KeyPath
  readonly values: Readonly<Record<string, unknown>>
  /** A payload of the domain itself has fields of the profile beside its settings. */
  readonly ownPayload: boolean
}

/** Every set of Claude's settings in a configuration profile or property list, XML, binary or signed. */
export function settingsFromPropertyList(
  file: string,
  bytes: Uint8Array,
  as: SettingsKind | undefined,
  advice: KindAdvice,
): readonly SettingsFile[] | NotSettings {
  const read = readPropertyList(bytes)
  if (!isRecord(read.value)) {
    const ours = /\.mobileconfig$/i.test(file) || surfaceOf(file, {}, as) !== undefined
    return unread(read.problems, 'Open it with plutil -lint and mend what that says.', !ours)
  }
  if (Array.isArray(read.value.PayloadContent) || typeof read.value.PayloadType === 'string')
    return fromProfile(file, read, read.value, as, advice)
  const surface = surfaceOf(file, read.value, as)
  if (surface === undefined) return notOurs('It is a property list of another program.', advice.unknownPropertyList)
  return [settingsOf(file, read, { surface, at: [], values: read.value, ownPayload: false })]
}

function notOurs(message: string, tryThis: string): NotSettings {
  return { code: 'not-settings', message, tryThis, other: true }
}

function surfaceOf(
  file: string,
  value: Readonly<Record<string, unknown>>,
  as: SettingsKind | undefined,
): Surface | undefined {
  if (as !== undefined) return kindNamed(as).surface
  const domain = Object.keys(domains).find((candidate) => baseName(file).toLowerCase().startsWith(candidate))
  return domain === undefined ? kindByKeys(Object.keys(value))?.surface : domains[domain]
}

function fromProfile(
  file: string,
  read: ReadFormat,
  profile: Readonly<Record<string, unknown>>,
  as: SettingsKind | undefined,
  advice: KindAdvice,
): readonly SettingsFile[] | NotSettings {
  if (as !== undefined)
    return {
      code: 'as-not-needed',
      message: 'A configuration profile names what it holds.',
      tryThis: advice.profile,
    }
  const inner: readonly unknown[] = Array.isArray(profile.PayloadContent) ? profile.PayloadContent : []
  const payloads = [
    ...payloadsIn(profile, []),
    ...inner.flatMap((payload, index) => (isRecord(payload) ? payloadsIn(payload, ['PayloadContent', index]) : [])),
  ]
  if (payloads.length === 0)
    return notOurs(
      'The profile has no payload for com.anthropic.claudecode or com.anthropic.claudefordesktop.',
      'Check the PayloadType, or the domain inside com.apple.ManagedClient.preferences.',
    )
  return payloads.map((payload) => settingsOf(file, read, payload))
}

/** A payload of the domain itself, or Apple's preferences payload with the domain inside. */
function payloadsIn(payload: Readonly<Record<string, unknown>>, at: KeyPath): Payload[] {
  const type = typeof payload.PayloadType === 'string' ? payload.PayloadType : ''
  const surface = Object.hasOwn(domains, type) ? domains[type] : undefined
  if (surface !== undefined) return [{ surface, at, values: payload, ownPayload: true }]
  const content = payload.PayloadContent
  if (type !== 'com.apple.ManagedClient.preferences' || !isRecord(content)) return []
  return Object.entries(domains).flatMap(([domain, inside]) => {
    const forced = field(content[domain], 'Forced')
    return (Array.isArray(forced) ? forced : []).flatMap((entry: unknown, index): Payload[] => {
      const values = field(entry, 'mcx_preference_settings')
      const path = [...at, 'PayloadContent', domain, 'Forced', index, 'mcx_preference_settings']
      return isRecord(values) ? [{ surface: inside, at: path, values, ownPayload: false }] : []
    })
  })
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}

function settingsOf(file: string, read: ReadFormat, { surface, at, values, ownPayload }: Payload): SettingsFile {
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !ownPayload || !name.startsWith('Payload')))
  return {
    file,
    surface,
    channel: 'plist',
    format: 'plist',
    value: surface === 'claude-desktop' ? desktopValue(kept) : kept,
    problems: read.problems,
    lineOf: (path) => read.lineOf([...at, ...path]),
    payload: kept,
  }
}

/** The fields of a payload that stand among settings stay, so that a rule can name them. */
function desktopValue(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = Object.entries(values).filter(([name]) => name.startsWith('Payload'))
  return { ...readDesktopPropertyList(values).settings, ...Object.fromEntries(fields) }
}
