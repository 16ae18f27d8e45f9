import { homedir } from 'node:os'
import { claudeCodeKeys } from './catalogue/claude-code-keys.js'
import { desktopKeys } from './catalogue/desktop-keys.js'
import type { Channel, Surface } from './settings-file.js'

/** What a JSON file or property list can be said to be with `--as`, where its name and content leave doubt. */
export const settingsKinds = ['managed', 'drop-in', 'server', 'user', 'project', 'managed-mcp', 'desktop'] as const
export type SettingsKind = (typeof settingsKinds)[number]

/** Who reads a file, and the way it comes. */
export interface KindOfFile {
  readonly surface: Surface
  readonly channel: Channel
}

const kinds: Readonly<Record<SettingsKind, KindOfFile>> = {
  managed: { surface: 'claude-code', channel: 'file' },
  'drop-in': { surface: 'claude-code', channel: 'drop-in' },
  server: { surface: 'claude-code', channel: 'server' },
  user: { surface: 'claude-code', channel: 'user' },
  project: { surface: 'claude-code', channel: 'project' },
  'managed-mcp': { surface: 'managed-mcp', channel: 'file' },
  desktop: { surface: 'claude-desktop', channel: 'file' },
}

export function kindNamed(kind: SettingsKind): KindOfFile {
  return kinds[kind]
}

/** The last part of a path, whichever slash it is written with. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** Whether a file lies in a folder of drop-ins, and how deep: only files directly in it are read. */
export function dropInDepth(path: string): number | undefined {
  const parts = path.split(/[\\/]/)
  const folder = parts.lastIndexOf('managed-settings.d')
  return folder < 0 || folder === parts.length - 1 ? undefined : parts.length - 1 - folder
}

/** Keys that tell the two programs apart: names that both have say nothing. */
const codeNames = new Set(claudeCodeKeys.map(({ path }) => path.split('.', 1)[0]!))
const desktopNames = new Set(desktopKeys.map(({ name }) => name))

/**
 * What a JSON file is, from its name and place; `absolute` is its whole path, `keys` its top-level keys if they can be
 * read. Undefined where neither says it. Places: https://code.claude.com/docs/en/managed-settings and
 * https://claude.com/docs/third-party/claude-desktop/mdm (2026-08-22).
 */
export function kindOfJson(absolute: string, keys: readonly string[]): KindOfFile | undefined {
  const path = absolute.replaceAll('\\', '/')
  const name = baseName(path).toLowerCase()
  if (dropInDepth(path) !== undefined) return kinds['drop-in']
  switch (name) {
    case 'managed-mcp.json':
      return kinds['managed-mcp']
    case 'server-managed-settings.json':
    case 'remote-settings.json':
      return kinds.server
    case 'settings.local.json':
      return kinds.project
    case 'settings.json':
      return inProject(path) ? kinds.project : kinds.user
    case 'managed-settings.json':
      if (/(?:^|\/)claude-desktop\//.test(path)) return kinds.desktop
      return looksLikeDesktop(keys) ? kinds.desktop : kinds.managed
  }
  return undefined
}

/**
 * What a JSON file of another name holds, told by its keys alone. One key is enough in a file that was `named` itself;
 * among the files of a folder, most of them have to be keys of one program.
 */
export function kindByKeys(keys: readonly string[], named = true): KindOfFile | undefined {
  if (named && keys.includes('mcpServers')) return kinds['managed-mcp']
  const { code, desktop } = countKeys(keys)
  if (Math.max(code, desktop) <= (named ? 0 : keys.length / 2)) return undefined
  return desktop > code ? kinds.desktop : kinds.managed
}

function looksLikeDesktop(keys: readonly string[]): boolean {
  const { code, desktop } = countKeys(keys)
  return desktop > code
}

function countKeys(keys: readonly string[]): { readonly code: number; readonly desktop: number } {
  return {
    code: keys.filter((key) => codeNames.has(key) && !desktopNames.has(key)).length,
    desktop: keys.filter((key) => desktopNames.has(key) && !codeNames.has(key)).length,
  }
}

/** `settings.json` in the `.claude` folder of anything but a home folder. */
function inProject(path: string): boolean {
  const owner = /^(?<owner>.*)\/\.claude\/[^/]+$/.exec(path)?.groups?.owner
  if (owner === undefined) return false
  return !/(?:^|\/)(?:home|Users)\/[^/]+$|^\/root$/.test(owner) && owner !== homedir().replaceAll('\\', '/')
}
