import { markdownText } from '../../platform/markdown-text.js'
import { claudeDesktopSettings } from '../claude-desktop-settings.js'
import { bundlePaths, platformNames, type SettingsPlatform } from '../places.js'
import type { RunBookContext, Step } from './run-book.js'

const desktopFile = {
  macos: bundlePaths.desktopProfile,
  windows: bundlePaths.desktopRegistry,
  linux: bundlePaths.desktopLinux,
} as const

/** Why nothing is delivered to Claude Desktop on a platform; no step where something is. */
export function desktopLeftOut({ plan, has }: RunBookContext, platform: SettingsPlatform): Step[] {
  if (has(desktopFile[platform])) return []
  const reasons = new Set<string>()
  const settings = claudeDesktopSettings({ ...plan, warn: ({ message }) => reasons.add(message) }, platform)
  if (Object.keys(settings).length > 0) return []
  const why = reasons.size === 0 ? 'the policy has no key for it.' : [...reasons].map(markdownText).join(' ')
  return [{ text: `Nothing is delivered to Claude Desktop on ${platformNames[platform]}: ${why}`, files: [] }]
}
