import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { byText } from '../../platform/by-text.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { asFailure } from '../../platform/input-refusals.js'
import { explainAdvice } from '../kind-advice.js'
import { type ReadSettings, readSettings } from '../read-settings.js'
import type { Channel, SettingsFile, Surface } from '../settings-file.js'
import { baseName, type SettingsKind } from '../settings-kind.js'
import { type GivenSettings, type SourceName, sourceLabels } from './source.js'

/** What was said of each file on the command line; `paths` are recognised by name, place and content. */
export interface GivenPaths {
  readonly server?: string | undefined
  readonly plist?: readonly string[] | undefined
  readonly hklm?: string | undefined
  readonly file?: string | undefined
  readonly dropins?: string | undefined
  readonly hkcu?: string | undefined
  readonly user?: string | undefined
  readonly project?: string | undefined
  readonly local?: string | undefined
  readonly paths: readonly string[]
}

export interface ReadGiven {
  readonly surface: 'claude-code' | 'claude-desktop'
  readonly given: readonly GivenSettings[]
  /** Files that were read and belong to another program than the one that is explained. */
  readonly leftOut: readonly { readonly file: string; readonly surface: Surface }[]
}

/**
 * Reads what stands on one machine. Throws a Failure for a file that cannot be read or is something else, and where the
 * files cannot all be from one machine.
 */
export async function readGiven(
  paths: GivenPaths,
  wanted: 'claude-code' | 'claude-desktop' | undefined,
): Promise<ReadGiven> {
  const desktop = wanted === 'claude-desktop'
  const all = [
    ...(await named(paths.server, 'server', 'server', desktop)),
    ...(await Promise.all((paths.plist ?? []).map((path) => named(path, 'plist', undefined, desktop)))).flat(),
    ...(await named(paths.hklm, 'hklm', undefined, desktop)),
    ...(await named(paths.file, 'file', desktop ? 'desktop' : 'managed', desktop)),
    ...(await dropIns(paths.dropins)),
    ...(await named(paths.hkcu, 'hkcu', undefined, desktop)),
    ...(await named(paths.user, 'user', 'user', desktop)),
    ...(await named(paths.project, 'project', 'project', desktop)),
    ...(await named(paths.local, 'local', 'project', desktop)),
    ...(await recognised(paths.paths)),
  ]
  const surface = wanted ?? surfaceOf(all)
  const given = all.filter(({ settings }) => settings.surface === surface)
  if (given.length === 0) throw noneGiven(all.length > 0, surface)
  const [lower] = surface === 'claude-desktop' ? given.filter(({ source }) => !desktopSources.has(source)) : []
  if (lower !== undefined)
    throw refused('not-a-desktop-source', 'Claude Desktop does not read its policy from such a file.', lower, [
      'Give a property list, a registry file or its managed-settings.json for Linux.',
    ])
  checkOneMachine(given, surface)
  const leftOut = all
    .filter(({ settings }) => settings.surface !== surface)
    .map(({ settings: { file, surface: other } }) => ({ file, surface: other }))
  return { surface, given, leftOut }
}

const desktopSources = new Set<SourceName>(['plist', 'hklm', 'file', 'hkcu'])

/** Claude Code, unless everything belongs to Claude Desktop. */
function surfaceOf(all: readonly GivenSettings[]): 'claude-code' | 'claude-desktop' {
  const desktop = all.some(({ settings }) => settings.surface === 'claude-desktop')
  return desktop && !all.some(({ settings }) => settings.surface === 'claude-code') ? 'claude-desktop' : 'claude-code'
}

const channels: Readonly<Record<SourceName, Channel>> = {
  server: 'server',
  plist: 'plist',
  hklm: 'hklm',
  file: 'file',
  hkcu: 'hkcu',
  local: 'project',
  project: 'project',
  user: 'user',
}

const expected: Partial<Record<SourceName, string>> = {
  plist: 'a property list or a configuration profile',
  hklm: 'a registry file with values under HKEY_LOCAL_MACHINE',
  hkcu: 'a registry file with values under HKEY_CURRENT_USER',
}

/** A file of which it was said what it is. */
async function named(
  path: string | undefined,
  source: SourceName,
  as: SettingsKind | undefined,
  desktop: boolean,
): Promise<GivenSettings[]> {
  if (path === undefined) return []
  let read = await readSettings([path], { as, advice: explainAdvice })
  // A property list whose name and keys say nothing is what it was said to be.
  if (read.files.length === 0 && source === 'plist' && read.refused[0]?.code === 'not-settings')
    read = await readSettings([path], { as: desktop ? 'desktop' : 'managed', advice: explainAdvice })
  const files = filesOf(read).filter(({ channel }) => channel === channels[source])
  if (files.length === 0)
    throw new Failure(exitCode.inputRefused, 'wrong-kind', 'The file is not what its option says.', {
      where: { file: path },
      tryThis: [
        `--${source} takes ${expected[source] ?? 'a JSON file'}. Without an option fleet tells files apart itself.`,
      ],
    })
  return files.map((settings) => ({ source, settings }))
}

function filesOf({ files, refused: refusals }: ReadSettings): readonly SettingsFile[] {
  const [first] = refusals
  if (first !== undefined)
    throw new Failure(exitCode.inputRefused, first.code, first.message, {
      where: { file: first.file },
      tryThis: [first.tryThis],
    })
  return files
}

/** Every file of the folder but hidden ones and those of another ending: no client reads these. */
async function dropIns(folder: string | undefined): Promise<GivenSettings[]> {
  if (folder === undefined) return []
  let names: string[]
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR' && (await isThere(folder)))
      throw new Failure(exitCode.inputRefused, 'wrong-kind', 'It is a file, not a folder.', {
        where: { file: folder },
        tryThis: ['--dropins takes the folder managed-settings.d; --file takes managed-settings.json.'],
      })
    throw asFailure(folder, error)
  }
  const read = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort(byText)
  if (read.length === 0)
    throw new Failure(exitCode.inputRefused, 'folder-empty', 'The folder holds no drop-ins.', {
      where: { file: folder },
      tryThis: ['Give the folder managed-settings.d: a drop-in ends in .json, and its name does not begin with a dot.'],
    })
  const files = filesOf(
    await readSettings(
      read.map((name) => join(folder, name)),
      { as: 'drop-in', advice: explainAdvice },
    ),
  )
  return files.map((settings) => ({ source: 'file', settings }))
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** Files of which nothing was said. */
async function recognised(paths: readonly string[]): Promise<GivenSettings[]> {
  if (paths.length === 0) return []
  return filesOf(await readSettings(paths, { advice: explainAdvice })).map((settings) => ({
    source: sourceOf(settings),
    settings,
  }))
}

function sourceOf({ channel, file }: SettingsFile): SourceName {
  if (channel === 'drop-in') return 'file'
  return channel === 'project' && baseName(file) === 'settings.local.json' ? 'local' : channel
}

function noneGiven(others: boolean, surface: 'claude-code' | 'claude-desktop'): Failure {
  if (!others)
    return new Failure(exitCode.usage, 'no-input', 'No settings were given.', {
      tryThis: ['Give the files of one machine, such as: fleet settings explain managed-settings.json'],
    })
  const name = surface === 'claude-code' ? 'Claude Code' : 'Claude Desktop'
  return new Failure(exitCode.inputRefused, 'other-surface', `None of the files has settings of ${name}.`, {
    tryThis: ['Leave --surface out, or give the other one.'],
  })
}

/** Property lists are of a Mac and registry hives of a Windows PC; each place of a machine holds one file. */
function checkOneMachine(given: readonly GivenSettings[], surface: 'claude-code' | 'claude-desktop'): void {
  const has = (source: SourceName) => given.find((one) => one.source === source)
  const registry = has('hklm') ?? has('hkcu')
  const list = has('plist')
  if (registry !== undefined && list !== undefined) {
    const [ofMac, ofWindows] = [list.settings.file, registry.settings.file]
    const message = `A property list and a registry file are from two machines: ${ofMac} and ${ofWindows}.`
    throw refused('two-machines', message, registry, [
      'Explain each machine by itself: one call with the property list, one with the registry file.',
    ])
  }
  const file = has('file')
  if (surface === 'claude-desktop' && file !== undefined && given.some(({ source }) => source !== 'file'))
    throw refused('two-machines', 'The managed file of Claude Desktop is for Linux only.', file, [
      'Explain each machine by itself.',
    ])
  const seen = new Map<SourceName, GivenSettings[]>()
  for (const one of given) {
    if (one.settings.channel === 'drop-in') continue
    const others = seen.get(one.source) ?? []
    seen.set(one.source, [...others, one])
    // The preferences of the machine and of the user are two property lists, which Claude Desktop merges.
    const most = surface === 'claude-desktop' && one.source === 'plist' ? 2 : 1
    const [other] = others
    if (other !== undefined && others.length >= most) throw tooMany(one, other)
  }
}

function tooMany(one: GivenSettings, other: GivenSettings): Failure {
  const [label, file] = [sourceLabels[one.source], one.settings.file]
  if (file === other.settings.file)
    return refused('two-of-one-source', `There is more than one ${label} in this file.`, one, [
      'Nothing says which of two payloads for one program counts: put all settings into one.',
    ])
  return refused('two-of-one-source', `There is more than one ${label}: ${other.settings.file} and ${file}.`, one, [
    `A machine has one of each. Name the files of one machine, no folder for many: the right one of these with --${one.source}.`,
  ])
}

function refused(code: string, message: string, { settings }: GivenSettings, tryThis: readonly string[]): Failure {
  return new Failure(exitCode.inputRefused, code, message, { where: { file: settings.file }, tryThis })
}
