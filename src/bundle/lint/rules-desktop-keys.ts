import { rcompare } from 'semver'
import { type DesktopKey, desktopKey, keysUnderstoodBy, nearestDesktopKey } from '../catalogue/desktop-keys.js'
import type { SettingsFile } from '../settings-file.js'
import { allDesktop, desktopOf, isLinuxFile } from './desktop-settings-read.js'
import type { Hit, LintContext, Rule } from './rule.js'

const changelog = {
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration-changelog',
  checked: '2026-09-05',
} as const
const reference = {
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration',
  checked: '2026-08-18',
} as const
const linuxFinding = {
  source: 'https://github.com/patrickjaja/claude-desktop-extra/blob/master/docs/third-party-inference.md',
  checked: '2026-08-22',
} as const

const keysOf = (file: SettingsFile): readonly string[] => Object.keys(desktopOf(file).settings)
const wholeFile = 'On Linux one such key makes the app ignore the whole file.'

/** Rules about the keys of a Claude Desktop policy. */
export const rules: readonly Rule[] = [
  {
    id: 'desktop-key-unknown',
    title: 'A key that Claude Desktop does not know',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'An unknown key does nothing on macOS and Windows; on Linux it makes the app ignore the whole file.',
    fix: 'Correct the name, or remove the key.',
    ...linuxFinding,
    *check(file) {
      for (const name of keysOf(file)) {
        if (desktopKey(name) !== undefined || name.includes('.') || name.startsWith('Payload')) continue
        const nearest = nearestDesktopKey(name)
        yield {
          path: [name],
          severity: isLinuxFile(file) ? 'error' : undefined,
          message: `No release is known to read ${name}.${isLinuxFile(file) ? ` ${wholeFile}` : ''}`,
          fix: nearest === undefined ? undefined : `Use ${nearest.name}, if that is meant; otherwise remove the key.`,
        }
      }
    },
  },
  {
    id: 'desktop-dotted-key',
    title: 'A key with a dot',
    surface: 'claude-desktop',
    severity: 'error',
    why: 'A nested value under a dotted name is never read: the whole object has to be in one key.',
    fix: 'Write the object as JSON into the key before the dot.',
    ...reference,
    *check(file) {
      for (const { key, code } of desktopOf(file).problems)
        if (code === 'dotted-key') yield { path: [key], message: `Dotted keys such as ${key} are never read.` }
    },
  },
  {
    id: 'desktop-key-too-new',
    title: 'A key that is newer than a release out there',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'Older releases do not know the key: it does nothing there, and on Linux it takes the whole file away.',
    fix: 'Upgrade those machines first, or leave the key out for them.',
    ...changelog,
    *check(file, context) {
      yield* tooNew(file, context)
    },
  },
  {
    id: 'desktop-key-deprecated',
    title: 'A key with an end',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'After its end the key is not read any more, and what it guarded falls to a default.',
    fix: 'Use the new key.',
    ...changelog,
    *check(file, { asOf }) {
      for (const name of keysOf(file)) {
        const key = desktopKey(name)
        if (key?.removedIn !== undefined)
          yield {
            path: [name],
            message: `Releases from ${key.removedIn} on do not know ${name} any more.`,
            versions: `>=${key.removedIn}`,
          }
        if (key?.deprecated !== undefined) yield deprecatedHit(key, key.deprecated, asOf)
      }
    },
  },
  {
    id: 'desktop-deployment',
    title: 'A key for the other kind of deployment',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'Most keys count only where inference comes from a third party (inferenceProvider is set), a few only with sign-in; elsewhere they are ignored.',
    fix: 'Remove the key, or set inferenceProvider if a third party provides inference.',
    ...reference,
    *check(file, context) {
      const thirdParty = allDesktop(context).some(({ inferenceProvider }) => inferenceProvider !== undefined)
      for (const name of keysOf(file)) {
        const key = desktopKey(name)
        if (key !== undefined) yield* wrongDeployment(key, thirdParty)
      }
    },
  },
]

function deprecatedHit(
  { name }: DesktopKey,
  { use, until, after }: NonNullable<DesktopKey['deprecated']>,
  asOf: number,
): Hit {
  const over = until !== undefined && asOf >= Date.parse(until)
  const day = until?.slice(0, 10)
  const when = day === undefined ? 'is deprecated' : over ? `was accepted until ${day}` : `is accepted until ${day}`
  return {
    path: [name],
    severity: over ? 'error' : until === undefined ? 'note' : 'warning',
    message: `${name} ${when}. ${until === undefined ? after : `Then: ${after}`}`,
    fix: use === undefined ? 'Remove the key.' : `Use ${use}.`,
  }
}

/** Without versions there is nothing to be too new for: one note then says what the policy needs. */
function* tooNew(file: SettingsFile, { desktopVersions }: LintContext): Iterable<Hit> {
  const dated = keysOf(file).flatMap((name) => {
    const since = desktopKey(name)?.since
    return since === undefined ? [] : [{ name, since }]
  })
  const [newest] = dated.sort((a, b) => rcompare(a.since, b.since))
  if (desktopVersions.length === 0) {
    if (newest === undefined) return
    yield {
      path: [newest.name],
      severity: 'note',
      message: `The policy is understood whole from Claude Desktop ${newest.since} on, which brought ${newest.name}.`,
      fix: 'Give the versions out there with --scan, to see what they do not know.',
      versions: `<${newest.since}`,
    }
    return
  }
  const linux = isLinuxFile(file)
  for (const { name, since } of dated)
    yield {
      path: [name],
      severity: linux ? 'error' : undefined,
      message: `Claude Desktop before ${since} does not know ${name}.${linux ? ` ${wholeFile}` : ''}`,
      versions: `<${since}`,
    }
  if (linux) yield* notStated(file, desktopVersions)
}

/** Where no source says which release brought a key, an older release may be the one that drops the file. */
function* notStated(file: SettingsFile, versions: readonly string[]): Iterable<Hit> {
  for (const name of keysOf(file)) {
    const unsure = versions.filter((version) => keysUnderstoodBy(version)(name) === 'not-stated')
    const { firstRelease, seenIn } = desktopKey(name) ?? {}
    if (firstRelease !== 'not-stated' || unsure.length === 0) continue
    yield {
      path: [name],
      severity: 'warning',
      message: `No source says which release brought ${name}${seenIn === undefined ? '' : ` (seen in ${seenIn})`}. ${wholeFile}`,
      versions: seenIn === undefined ? undefined : `<${seenIn}`,
    }
  }
}

function* wrongDeployment(key: DesktopKey, thirdParty: boolean): Iterable<Hit> {
  const { name, deployment, grade } = key
  if (deployment === 'both' || deployment === (thirdParty ? 'third-party' : 'first-party')) return
  // Sources do not agree about these two.
  const disputed = name === 'managedMcpServers' || name === 'requireCoworkFullVmSandbox'
  yield {
    path: [name],
    severity: disputed || grade !== 'A' ? 'note' : undefined,
    message: thirdParty
      ? `${name} counts only with Claude.ai sign-in, and inferenceProvider is set here.`
      : `${name} counts only where inferenceProvider is set, and no policy here sets it.`,
    fix: thirdParty ? 'Remove the key.' : undefined,
  }
}
