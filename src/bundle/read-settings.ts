import { recogniseForeign } from '../platform/foreign-file.js'
import {
  type FoundSettings,
  findSettings,
  type PassedOver,
  type RefusedSettings,
  readSettingsBytes,
  refusalOf,
} from './find-settings.js'
import { type KindAdvice, lintAdvice } from './kind-advice.js'
import type { NotSettings } from './not-settings.js'
import { bundlePaths, endpointPlaces, settingsPlatforms } from './places.js'
import type { SettingsFile } from './settings-file.js'
import { settingsFromJson } from './settings-from-json.js'
import { settingsFromPropertyList } from './settings-from-property-list.js'
import { settingsFromRegistry } from './settings-from-registry.js'
import { dropInDepth, type SettingsKind } from './settings-kind.js'

export type { PassedOver, RefusedSettings } from './find-settings.js'

/** Settings that belong together: those of one bundle, or all that stand in none. */
export interface SettingsGroup {
  /** The folder of the bundle. */
  readonly bundle?: string | undefined
  readonly files: readonly SettingsFile[]
  /** Whether the bundle carries the file that has this path on an endpoint; undefined where that cannot be known. */
  readonly hasFile?: ((path: string) => boolean | undefined) | undefined
}

/** What `readSettings` read; every path that was given is in one of the lists. */
export interface ReadSettings {
  /** In the order of the names. */
  readonly files: readonly SettingsFile[]
  /** The same files: first those of no bundle, then those of each bundle. */
  readonly groups: readonly SettingsGroup[]
  readonly refused: readonly RefusedSettings[]
  readonly passedOver: readonly PassedOver[]
}

/**
 * Reads settings files and folders of them: JSON, property lists, profiles and registry files of Claude Code and Claude
 * Desktop, told by name, place and content. `as` says what JSON files and property lists are that were named. A named
 * file that holds no settings is refused with the `advice` of the command, one in a folder passed over. Throws only for faults of our own.
 */
export async function readSettings(
  paths: readonly string[],
  {
    as,
    advice = lintAdvice,
  }: { readonly as?: SettingsKind | undefined; readonly advice?: KindAdvice | undefined } = {},
): Promise<ReadSettings> {
  const { files: found, bundles, refused, passedOver } = await findSettings(paths)
  const read: { readonly file: FoundSettings; readonly settings: readonly SettingsFile[] }[] = []
  const refusals = [...refused]
  const over = [...passedOver]
  for (const file of found) {
    const result = await readOne(file, file.found ? undefined : as, advice)
    if (!('code' in result)) read.push({ file, settings: result })
    else if (file.found && result.other) over.push({ file: file.name, reason: 'not-settings' })
    else refusals.push({ file: file.name, code: result.code, message: result.message, tryThis: result.tryThis })
  }
  const ofGroup = (bundle: string | undefined) =>
    read.filter(({ file }) => file.bundle === bundle).flatMap(({ settings }) => settings)
  const groups: SettingsGroup[] = [
    { files: ofGroup(undefined) },
    ...[...bundles].map(([bundle, files]) => ({ bundle, files: ofGroup(bundle), hasFile: hasFileIn(files) })),
  ]
  return {
    files: read.flatMap(({ settings }) => settings),
    groups: groups.filter(({ files }) => files.length > 0),
    refused: refusals,
    passedOver: over,
  }
}

async function readOne(
  file: FoundSettings,
  as: SettingsKind | undefined,
  advice: KindAdvice,
): Promise<readonly SettingsFile[] | NotSettings> {
  let bytes: Uint8Array
  try {
    bytes = await readSettingsBytes(file)
  } catch (error) {
    const { code, message, tryThis } = refusalOf(file.name, error)
    return { code, message, tryThis }
  }
  const format = formatOf(file.name, bytes)
  if (format === 'plist') return settingsFromPropertyList(file.name, bytes, as, advice)
  if (format === 'registry') {
    if (as === undefined) return settingsFromRegistry(file.name, bytes)
    return { code: 'as-not-needed', message: 'A registry file names what it holds.', tryThis: advice.registryFile }
  }
  const mistaken = as === undefined ? otherFile(file, bytes) : undefined
  return mistaken ?? settingsFromJson(file, bytes, { as, named: !file.found, advice })
}

/** The content decides; the ending only where there is none that could. */
function formatOf(name: string, bytes: Uint8Array): 'plist' | 'registry' | 'json' {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString('latin1')
  const text = start
    .replaceAll('\0', '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart()
  if (start.startsWith('bplist') || /^<(?:\?xml|!doctype plist|plist)/i.test(text)) return 'plist'
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return 'plist'
  if (/^(?:Windows Registry Editor|REGEDIT4)/i.test(text) || /\.reg$/i.test(name)) return 'registry'
  return /\.(?:plist|mobileconfig)$/i.test(name) ? 'plist' : 'json'
}

/** Files that are handed in by mistake; what lies among drop-ins is looked at whatever its name. */
function otherFile({ name, path }: FoundSettings, bytes: Uint8Array): NotSettings | undefined {
  if (dropInDepth(path) !== undefined) return undefined
  if (/\.ya?ml$/i.test(name))
    return {
      code: 'policy-given',
      message: 'It is YAML, such as a policy of fleet: clients read no settings from it.',
      tryThis: 'Build the policy first (fleet settings build), then give the folder of the bundle.',
      other: true,
    }
  if (/(?:^|\/)(?:\.mcp|\.claude|claude_desktop_config)\.json$/.test(name))
    return notSettings('a file of one user or project, and no settings')
  if (/\.json$/i.test(name) || /^(?:\xef\xbb\xbf)?\s*\{/.test(Buffer.from(bytes.subarray(0, 512)).toString('latin1')))
    return undefined
  return notSettings(recogniseForeign(bytes)?.what ?? 'no settings file')
}

function notSettings(what: string): NotSettings {
  return {
    code: 'not-settings',
    message: `It is ${what}.`,
    tryThis: 'Give a settings file (.json, .plist, .mobileconfig, .reg) or a folder of them.',
    other: true,
  }
}

/** Only what the bundle itself puts on endpoints can be known to be there. */
function hasFileIn(paths: ReadonlySet<string>): (path: string) => boolean | undefined {
  const all = [...paths]
  return (path) => {
    for (const platform of settingsPlatforms) {
      if (path.toLowerCase() !== endpointPlaces[platform].headersHelper.toLowerCase()) continue
      const wanted = bundlePaths.headersHelper(platform)
      return all.some((candidate) => candidate === wanted || candidate.endsWith(`/${wanted}`))
    }
    return undefined
  }
}
