import { parse } from 'yaml'
import { parseVersion } from '../../src/gates/version.js'
import type { Facts, ProbePlatform } from '../../src/health/facts.js'
import { judgeHealth } from '../../src/health/judge.js'
import { writeProbeLine } from '../../src/health/probe-line.js'
import { probeTarget } from '../../src/health/probe-target.js'
import { isoTime } from '../../src/platform/clock.js'
import { Policy } from '../../src/policy/policy.js'
import { day, type Machine } from './company.js'
import { jamfId } from './exports.js'
import { Random } from './random.js'
import { csv, dateWithBlank, idOf, of, table } from './table.js'
import { policyText } from './texts.js'

const policy = Policy.parse(parse(policyText))

/** What is odd on some machines; the others are in order. */
type Fault =
  | 'not-restarted'
  | 'old-version'
  | 'no-credential'
  | 'no-hook'
  | 'old-policy'
  | 'silent'
  | 'shadowed'
  | 'idle'
  | 'cut'
  | 'old-probe'

/** How many of a thousand machines have which fault. */
const faults: Readonly<Record<ProbePlatform, readonly (readonly [Fault, number])[]>> = {
  macos: [
    ['not-restarted', 70],
    ['old-version', 30],
    ['no-credential', 40],
    ['old-policy', 40],
    ['silent', 25],
    ['shadowed', 30],
    ['idle', 120],
    ['cut', 10],
    ['old-probe', 30],
  ],
  windows: [
    ['not-restarted', 0],
    ['old-version', 60],
    ['no-credential', 50],
    ['no-hook', 40],
    ['old-policy', 30],
    ['idle', 150],
    ['cut', 15],
    ['old-probe', 20],
  ],
  linux: [],
}

function faultOf(random: Random, platform: ProbePlatform): Fault | undefined {
  let place = random.integer(0, 999)
  for (const [fault, share] of faults[platform]) {
    if (place < share) return fault
    place -= share
  }
  return undefined
}

/** The line that the probe of a machine left with its MDM; undefined where it never ran. */
function lineOf(machine: Machine, platform: ProbePlatform): string | undefined {
  if (machine.lastSeen === undefined || machine.oddity === 'personal') return undefined
  const target = probeTarget(policy, platform)
  const random = new Random(`probe ${machine.key}`)
  const fault = faultOf(random, platform)
  const at = machine.lastSeen - random.integer(10, 600) * 60_000 - (fault === 'old-probe' ? 12 * day : 0)
  const before = (days: number) => isoTime(Math.floor((at - days * day) / 1000) * 1000)
  const isWindows = platform === 'windows'
  const parsed = parseVersion(machine.claude ?? '')
  const desktopVersion = machine.claude === undefined ? 'none' : parsed.kind === 'version' ? parsed.normal : undefined
  const hasDesktop = desktopVersion !== 'none'
  const stamp = fault === 'old-policy' ? '5d41402abc4b2a76' : target.stamp
  const idle = fault === 'idle' || !hasDesktop
  const silent = fault === 'silent'
  const facts: Facts = {
    platform,
    reach: 'machine',
    users: 1,
    builtFor: target.stamp,
    desktopVersion,
    desktopChanged: hasDesktop ? before(fault === 'old-version' ? 3 : random.integer(9, 30)) : undefined,
    desktopPackage: isWindows ? (hasDesktop ? 'registered' : 'none') : undefined,
    codeVersion: random.pick(['2.1.260', '2.1.290', '2.1.329']),
    desktopRunning:
      idle || isWindows
        ? fault === 'old-version'
          ? 'old-version'
          : 'no'
        : fault === 'old-version'
          ? 'old-version'
          : fault === 'not-restarted'
            ? 'before-change'
            : 'current',
    codeRunning: 'no',
    settings: [
      ...(fault === 'shadowed' ? [{ place: 'server', state: 'plain' } as const] : []),
      { place: isWindows ? 'hklm' : 'plist', state: stamp },
    ],
    combination: 'first',
    settingsDigest: random.text('0123456789abcdef', 16),
    settingsChanged: isWindows ? undefined : before(fault === 'not-restarted' ? 2 : 6),
    blocked: [],
    hooks: fault === 'no-hook' ? { good: 0, of: 1 } : { good: 1, of: 1 },
    hookProblems: fault === 'no-hook' ? ['missing'] : [],
    hooksChanged: fault === 'no-hook' ? undefined : before(7),
    credential: fault === 'no-credential' ? 'no-file' : 'ok',
    plugins: { good: 0, of: 0 },
    pluginProblems: [],
    ...(idle || silent || fault === 'no-hook'
      ? { invoked: 'none' }
      : {
          invoked: before(0.1),
          event: 'PreToolUse',
          tool: random.pick(['Bash', 'Edit', 'Read', 'mcp__github__search']),
          verdict: 'allow' as const,
          milliseconds: random.integer(8, 90),
        }),
    activity: idle ? 'none' : before(0.05),
    ...(isWindows ? {} : { active: idle ? 0 : 1, silent: silent ? 1 : 0 }),
    workspaces: idle ? 'none' : 'there',
    at: before(0),
  }
  const line = writeProbeLine(facts, judgeHealth(facts, target).word)
  return fault === 'cut' ? line.slice(0, 128) : line
}

/** The saved search of Jamf Pro with the extension attribute; one computer has an error text in it. */
export function jamfProbes(machines: readonly Machine[]): string {
  const computers = of(machines, 'jamf').map((machine, index) => ({ machine, index }))
  const rows = table(computers, {
    'Computer Name': ({ machine }) => machine.hostname,
    'Serial Number': ({ machine }) => machine.serial,
    'JSS Computer ID': ({ index }) => jamfId(index),
    'Last Check-in': ({ machine }) => dateWithBlank(machine.lastSeen ?? 0),
    'Fleet probe': ({ machine }) =>
      machine.hostname === 'SUP-MB-0031' ? 'sh: awk: command not found' : (lineOf(machine, 'macos') ?? ''),
  })
  return `\ufeff${csv(rows, '\n')}`
}

/** What the remediation of Intune printed on Windows, as its report has it. */
export function intuneProbes(machines: readonly Machine[]): string {
  const windows = of(machines, 'intune').filter(({ osName }) => osName === 'Windows')
  const told = windows.flatMap((machine) => {
    const line = lineOf(machine, 'windows')
    return line === undefined ? [] : [{ machine, line }]
  })
  const rows = table(told, {
    DeviceId: ({ machine }) => idOf(machine),
    DeviceName: ({ machine }) => machine.hostname,
    DetectionStatus: ({ line }) => (line.startsWith('FH1|repair') ? '2' : '1'),
    ModifiedTime: ({ machine }) => `${dateWithBlank(machine.lastSeen!)}.0000000`,
    PreRemediationDetectionScriptOutput: ({ line }) => line,
    PreRemediationDetectionScriptError: () => '',
    UPN: ({ machine }) => machine.email,
  })
  return `\ufeff${csv(rows, '\r\n')}`
}
