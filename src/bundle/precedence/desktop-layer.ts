import { keysUnderstoodBy } from '../catalogue/desktop-keys.js'
import { desktopOf } from '../lint/desktop-settings-read.js'
import type { Client } from './client-reads.js'
import type { LossCode, UnknownCode } from './reasons.js'
import type { GivenSettings, Place, SourceName } from './source.js'

/** One place that Claude Desktop may read its policy from. */
export interface DesktopLayer {
  readonly source: SourceName
  readonly file: string
  /** Whose preferences a property list is, told by its path. */
  readonly level: 'user' | 'machine'
  readonly names: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
  readonly placeOf: (name: string) => Place
  /** It does not parse. */
  readonly unreadable: boolean
  /** Why the app reads nothing of it. */
  readonly lostWhole?: LossCode | undefined
  readonly lost: ReadonlyMap<string, LossCode>
  readonly doubts: ReadonlyMap<string, UnknownCode>
  readonly doubtOfAll?: UnknownCode | undefined
}

/** Reads the settings of one place with what its encoding gets wrong. */
export function desktopLayer({ source, settings }: GivenSettings, release: Client): DesktopLayer {
  const { settings: values, problems } = desktopOf(settings)
  const names = Object.keys(values)
  const lost = new Map<string, LossCode>()
  const doubts = new Map<string, UnknownCode>()
  for (const { key, code } of problems) {
    if (code === 'dotted-key' || code === 'unreadable-registry-type' || code === 'invisible-registry-type')
      lost.set(key, 'subkey-or-type')
    // Newer releases accept a native list, older ones do not; from which on was not read.
    else if (code === 'native-array') doubts.set(key, 'value-unreadable')
    else lost.set(key, 'invalid')
  }
  const linux = settings.format === 'json' ? linuxFile(names, release) : {}
  return {
    source,
    file: settings.file,
    level: /\/Managed Preferences\/[^/]+\/[^/]+$/.test(settings.file) ? 'user' : 'machine',
    names,
    values,
    placeOf: (name) => ({ source, file: settings.file, line: settings.lineOf([name]) }),
    unreadable: settings.value === undefined,
    lost,
    doubts,
    ...linux,
  }
}

/**
 * One key that the running release does not know makes it ignore the whole Linux file:
 * https://github.com/patrickjaja/claude-desktop-extra/blob/master/docs/third-party-inference.md (2026-08-22).
 */
function linuxFile(names: readonly string[], release: Client): Pick<DesktopLayer, 'lostWhole' | 'doubtOfAll'> {
  const answers = names.map(keysUnderstoodBy(release ?? newestRelease))
  const unknownTo = (answer: (typeof answers)[number]) =>
    release !== undefined && typeof answer === 'object' && ('since' in answer || 'removedIn' in answer)
  if (answers.some(unknownTo)) return { lostWhole: 'linux-file-ignored' }
  const unsure = answers.some(
    (answer) => answer === 'unknown-key' || (release !== undefined && answer === 'not-stated'),
  )
  return unsure ? { doubtOfAll: 'linux-file-may-be-ignored' } : {}
}

/** Above every release, so that a key that was ever known is. */
const newestRelease = '999999.0.0'
