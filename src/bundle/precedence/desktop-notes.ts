import { desktopKey } from '../catalogue/desktop-keys.js'
import type { Client } from './client-reads.js'
import type { DesktopLayer } from './desktop-layer.js'
import type { ExplainedKey, ExplanationNote } from './explained-key.js'

const mdm = { source: 'https://claude.com/docs/third-party/claude-desktop/mdm', checked: '2026-08-18' }
const reference = { source: 'https://claude.com/docs/third-party/claude-desktop/configuration', checked: '2026-08-18' }

/** Whether only third-party inference reads the key. */
export function isThirdPartyOnly(name: string): boolean {
  return desktopKey(name)?.deployment === 'third-party'
}

/** Whether only the sign-in with Claude.ai reads the key. */
export function isFirstPartyOnly(name: string): boolean {
  return desktopKey(name)?.deployment === 'first-party'
}

/** What an administrator should know beside the table. */
export function desktopNotes(
  layers: readonly DesktopLayer[],
  keys: readonly ExplainedKey[],
  { release, hidden, apart }: { readonly release: Client; readonly hidden: boolean; readonly apart: boolean },
): readonly ExplanationNote[] {
  const notes: ExplanationNote[] = []
  const present = keys.filter(({ state }) => state !== 'none').map(({ path }) => String(path[0]))
  for (const { unreadable, file } of layers)
    if (unreadable)
      notes.push({
        code: 'file-not-parsed',
        message: `${file} cannot be read: nothing in it applies, and on Linux local settings are off too.`,
        ...reference,
      })
  if (present.some((name) => desktopKey(name)?.appBehaviour !== true))
    notes.push({
      code: 'local-ignored',
      message: 'The whole configuration is managed: what users set in the app is ignored.',
      ...mdm,
    })
  else if (present.length > 0)
    notes.push({
      code: 'local-in-force',
      message: 'Only keys of the app-behaviour group are set: the local configuration stays in force beside them.',
      ...mdm,
    })
  const registry = layers.some(({ source }) => source === 'hklm' || source === 'hkcu')
  if (hidden && release === undefined && layers.some(({ source }) => source === 'hkcu'))
    notes.push({ code: 'hives-merged-before', message: 'Before 1.19367.0 the two hives were merged.', ...mdm })
  if (registry && !apart)
    notes.push({
      code: 'hives-merged',
      message: `${release} merges the two hives; from 1.19367.0 on HKLM alone counts.`,
      ...mdm,
    })
  if (present.includes('inferenceProvider'))
    notes.push({
      code: 'third-party-if-valid',
      message:
        'Third-party inference turns on only if the credential keys of the provider are valid; otherwise the app starts for Claude.ai.',
      ...reference,
    })
  if (present.length > 0)
    notes.push({
      code: 'read-at-launch',
      message: 'Read at launch: quit the app fully. From 1.46388.1 on it checks by itself and restarts.',
      ...reference,
    })
  return notes
}
