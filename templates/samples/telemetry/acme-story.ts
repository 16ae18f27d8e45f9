import { compareVersions, parseVersion } from '../../../src/gates/version.js'
import { company, type Machine } from '../company.js'
import { withCuriosities } from '../curiosities.js'
import { Random } from '../random.js'

/** What the telemetry of a machine has to tell. Most have nothing odd. */
export type Story =
  | 'fine'
  /** Never reported, or not for more than two weeks. */
  | 'never'
  | 'fell-silent'
  /** On 2.9939.2 for macOS; nothing was heard after the upgrade. */
  | 'dark'
  /** Still on settings of an older policy, or on an older build than the inventory says. */
  | 'old-settings'
  | 'old-build'
  | 'user-hook'
  | 'hook-fails'
  | 'hook-hangs'
  | 'no-hook'
  | 'unapproved-server'
  | 'unapproved-plugin'
  | 'bypass'
  /** The serial number was never filled in; signed in, or (in October) with a key and no account. */
  | 'unfilled'
  | 'unfilled-key'
  | 'refused'
  | 'shadowed'
  /** Cowork that another collector took in, without its redaction. */
  | 'leak'

export interface Teller {
  readonly machine: Machine
  readonly story: Story
}

const gate = parseVersion('1.1.4173')

/** Machines that could report: Claude Desktop above the gate, on a computer that is in use. */
function couldReport({ osName, department, claude, oddity, mdm }: Machine): boolean {
  const isComputer = osName === 'Windows' || osName === 'macOS' || osName === 'Linux'
  const version = parseVersion(claude ?? '')
  const above = version.kind === 'version' && gate.kind === 'version' && compareVersions(version, gate) >= 0
  // What Jamf still knows of a migrated Mac is old; Iru has the machine itself.
  const inUse =
    oddity === undefined ||
    oddity === 'three-copies' ||
    oddity === 'lost-page' ||
    (oddity === 'migrated' && mdm === 'iru')
  return isComputer && department !== 'Kiosks' && above && inUse
}

/** Out of a thousand machines without a story of their own. */
const shares: readonly (readonly [Story, number])[] = [
  ['never', 40],
  ['fell-silent', 25],
  ['old-settings', 30],
  ['old-build', 20],
]

type Wanted = readonly [story: Story, count: number, fits: (machine: Machine) => boolean]

const at = (department: Machine['department'], osName: Machine['osName']) => (machine: Machine) =>
  machine.department === department && machine.osName === osName

const wanted: readonly Wanted[] = [
  ['user-hook', 2, at('Engineering', 'macOS')],
  ['bypass', 1, at('Engineering', 'macOS')],
  ['unapproved-plugin', 1, at('Engineering', 'Windows')],
  ['hook-fails', 1, at('Support', 'Windows')],
  ['hook-hangs', 1, at('Finance', 'Windows')],
  // Plugin hooks run on Windows from 1.24012.9 on; these are older.
  ['no-hook', 3, (machine) => at('Sales', 'Windows')(machine) && machine.claude === '1.22209.3'],
  ['unapproved-server', 2, at('Sales', 'macOS')],
  ['unfilled', 1, at('Design', 'macOS')],
  ['unfilled-key', 1, at('Design', 'macOS')],
  ['refused', 1, at('People', 'macOS')],
  ['shadowed', 1, at('People', 'Windows')],
  ['leak', 2, at('Legal', 'Windows')],
]

/** Every machine that could report, with its story; the same each time. */
export function tellers(): Teller[] {
  const machines = withCuriosities(company()).filter(couldReport)
  const stories = new Map<Machine, Story>()
  for (const machine of machines)
    if (machine.osName === 'macOS' && machine.claude === '2.9939.2') stories.set(machine, 'dark')
  for (const [story, count, fits] of wanted)
    for (const machine of machines.filter((each) => fits(each) && !stories.has(each)).slice(0, count))
      stories.set(machine, story)
  return machines.map((machine) => ({ machine, story: stories.get(machine) ?? byChance(machine) }))
}

function byChance({ key }: Machine): Story {
  let place = new Random(`story ${key}`).integer(0, 999)
  for (const [story, share] of shares) {
    if (place < share) return story
    place -= share
  }
  return 'fine'
}
