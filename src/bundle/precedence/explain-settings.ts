import { parseVersion } from '../../gates/version.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { managedMcpNote } from './code-notes.js'
import { explainCode } from './explain-code.js'
import { explainDesktop } from './explain-desktop.js'
import type { ExplanationNote } from './explained-key.js'
import { type SettingsExplained, settingsExplained } from './explanation-document.js'
import { type GivenPaths, readGiven } from './given-files.js'

/**
 * Reads the settings of one machine and says what is in force, as a document without secrets. Throws a Failure for files
 * that cannot be read or are not from one machine, and for a version that is none.
 */
export async function explainSettings(
  paths: GivenPaths,
  options: { readonly surface?: 'claude-code' | 'claude-desktop' | undefined; readonly client?: string | undefined },
): Promise<SettingsExplained> {
  const client = options.client === undefined ? undefined : versionOf(options.client)
  const { surface, given, leftOut } = await readGiven(paths, options.surface)
  const explanation = surface === 'claude-code' ? explainCode(given, client) : explainDesktop(given, client)
  const notes = leftOut.map(({ file, surface: other }): ExplanationNote => {
    if (other === 'managed-mcp' && surface === 'claude-code') return managedMcpNote(file)
    const name = surface === 'claude-code' ? 'Claude Desktop: explain it with --surface claude-desktop' : 'Claude Code'
    return { code: 'other-surface', message: `${file} has settings of ${name}.` }
  })
  return settingsExplained({ ...explanation, notes: [...explanation.notes, ...notes] })
}

function versionOf(text: string): string {
  const version = parseVersion(text)
  if (version.kind === 'version') return version.normal
  throw new Failure(exitCode.usage, 'client-not-a-version', '--client is not a version.', {
    tryThis: ['Give one version, such as 2.1.240.'],
  })
}
