import { describe, expect, it } from 'vitest'
import { type FactName, type Facts, factTable } from '../../src/health/facts.js'
import { judgeHealth } from '../../src/health/judge.js'
import { readProbeLine, writeProbeLine } from '../../src/health/probe-line.js'
import { probeTarget } from '../../src/health/probe-target.js'
import { collectFacts } from '../../src/selftest/collect-facts.js'
import { canary, machine, personFiles, places, policy } from '../builders/fixture-base.js'
import { type FixtureMachine, fixtureMachines } from '../builders/fixture-machines.js'
import { buildMachine, canChangeOwners, type MachineSpec } from '../builders/machine.js'

const runnable = fixtureMachines.filter(({ needsRoot }) => needsRoot !== true || canChangeOwners)

async function look({ spec, policy: wanted, platform }: Pick<FixtureMachine, 'spec' | 'policy' | 'platform'>) {
  const built = await buildMachine(spec)
  try {
    const target = probeTarget(wanted, platform)
    const facts = await collectFacts(built.machine, target)
    const again = await collectFacts(built.machine, target)
    const health = judgeHealth(facts, target)
    return { facts, again, health, line: writeProbeLine(facts, health.word) }
  } finally {
    await built.remove()
  }
}

const factsOf = async (spec: MachineSpec) => (await look({ spec, policy, platform: spec.platform })).facts

describe('a fixture machine', () => {
  it.each(runnable.map((fixture) => [fixture.name, fixture] as const))('%s has its diagnoses', async (_, fixture) => {
    const { facts, again, health, line } = await look(fixture)
    expect(health.diagnoses.map(({ code }) => code)).toEqual(fixture.diagnoses)
    expect(facts.cut).toBeUndefined()
    expect(again).toEqual(facts)
    expect(JSON.stringify(again)).toBe(JSON.stringify(facts))
    const reading = readProbeLine(line)
    expect(reading.kind === 'line' && reading.facts).toEqual(facts)
    expect(line + JSON.stringify(facts) + JSON.stringify(health)).not.toContain(canary)
  })

  it.each(['linux', 'macos', 'windows'] as const)('on %s proves every stage that a probe can', async (platform) => {
    const { health, facts } = await look({ spec: machine(platform), policy, platform })
    const { recorded, ...provable } = health.stages
    expect(Object.values(provable).map(({ state }) => state)).toEqual(['proven', 'proven', 'proven', 'proven'])
    expect(recorded.state).toBe('unknown')
    expect(health.word).toBe('ok')
    // Only these are for others: the collector, a cut, and what a platform does not have.
    const left = Object.keys(factTable).filter((name) => !Object.hasOwn(facts, name))
    expect(left).toEqual([...(platform === 'windows' ? [] : ['desktopPackage']), 'collector', 'cut'])
  })
})

/** What a machine shows that has nothing wrong, or nothing else. */
const shown: readonly (readonly [name: string, word: string, facts: Partial<Facts>])[] = [
  ['linux-updated-last-night', 'unknown', { desktopRunning: 'old-version' }],
  ['linux-settings-changed-last-night', 'unknown', { desktopRunning: 'before-change', codeRunning: 'before-change' }],
  ['linux-plugin-installed-while-running', 'unknown', { desktopRunning: undefined, codeRunning: 'current' }],
  ['macos-two-apps-of-two-versions', 'ok', { desktopVersion: '1.9.0', desktopRunning: 'current' }],
  ['windows-two-apps-of-two-versions', 'ok', { desktopVersion: '1.30000.0', desktopRunning: 'current' }],
  ['macos-running-from-elsewhere', 'unknown', { desktopRunning: undefined }],
  ['macos-property-list-unreadable', 'unknown', { blocked: undefined, desktopRunning: 'current' }],
  ['linux-hooks-not-in-settings', 'repair', { blocked: ['no-hooks'] }],
  [
    'linux-settings-merged',
    'unknown',
    { blocked: [], desktopRunning: undefined, codeRunning: undefined, silent: undefined },
  ],
  ['linux-own-hook-without-record', 'ok', { invoked: undefined, silent: undefined }],
  ['linux-hook-of-some-tools', 'ok', { invoked: 'none', active: undefined, silent: undefined }],
  ['linux-session-resumed', 'unknown', { activity: '2026-11-09T08:00:00Z', active: 0, silent: 0, plugins: undefined }],
  ['linux-only-other-events', 'repair', { invoked: 'none', event: undefined, silent: 1 }],
  ['linux-hook-missing', 'repair', { hooksChanged: undefined, active: undefined, silent: undefined }],
  ['linux-colleague-without-sessions', 'ok', { users: 2, plugins: { good: 1, of: 1 } }],
  ['linux-plugin-list-broken', 'unknown', { plugins: undefined, pluginProblems: undefined }],
  ['linux-nothing', 'repair', { desktopVersion: 'none', codeVersion: undefined, activity: 'none' }],
]

it.each(shown)('%s is %s', async (name, word, expected) => {
  const { facts, health } = await look(fixtureMachines.find((fixture) => fixture.name === name)!)
  expect(health.word).toBe(word)
  for (const [fact, value] of Object.entries(expected)) expect(facts[fact as FactName], fact).toEqual(value)
})

describe('collectFacts', () => {
  it('takes the lowest version of several copies, and none of another app or of Shared', async () => {
    const fixture = fixtureMachines.find(({ name }) => name === 'macos-two-apps')
    expect((await factsOf(fixture!.spec)).desktopVersion).toBe('1.9.0')
  })

  it('does not take Claude Desktop of the older Windows installer for a session of Claude Code', async () => {
    const spec = machine('windows')
    const command = '"C:\\Users\\sales\\AppData\\Local\\AnthropicClaude\\app-1.24012.9\\claude.exe"'
    const [process] = spec.processes ?? []
    const facts = await factsOf({ ...spec, processes: [{ ...process!, command }] })
    expect(facts.codeRunning).toBe('no')
  })

  it('looks at fifty users at most', async () => {
    const users = Array.from({ length: 60 }, (_, index) => ({ name: `user${String(index).padStart(3, '0')}` }))
    const files = Object.assign({}, ...users.map(({ name }) => personFiles('linux', `/home/${name}`))) as object
    const facts = await factsOf(
      machine('linux', { users, files: { ...files, [`/home/user007/${places.linux.record}`]: undefined } }),
    )
    expect(facts).toMatchObject({ users: 50, active: 50, silent: 1 })
  })

  it('leaves out what cannot be known on Windows while the registry holds the settings', async () => {
    const fixture = fixtureMachines.find(({ name }) => name === 'windows-healthy-registry')
    const facts = await factsOf(fixture!.spec)
    for (const name of ['settingsChanged', 'desktopRunning', 'codeRunning', 'active', 'silent'] as const)
      expect(facts[name], name).toBeUndefined()
    expect(facts.settings).toEqual([{ place: 'hklm', state: probeTarget(policy, 'windows').stamp }])
  })

  it.each([1, 5, 20, 40])('stops when the time is up, after %s looks at the clock', async (looks) => {
    const built = await buildMachine(machine('linux'))
    try {
      let left = looks
      const clock = () => (left-- > 0 ? 0 : 10_000)
      const facts = await collectFacts(built.machine, probeTarget(policy, 'linux'), { clock, limit: 4000 })
      expect(facts).toMatchObject({ cut: 'time', platform: 'linux', at: '2026-11-18T08:00:00Z' })
      expect(facts.workspaces).toBeUndefined()
    } finally {
      await built.remove()
    }
  })

  it('does not wait for a machine that never answers', async () => {
    const built = await buildMachine(machine('linux'))
    try {
      const silent = { ...built.machine, users: () => new Promise<never>(() => undefined) }
      const facts = await collectFacts(silent, probeTarget(policy, 'linux'), { limit: 200 })
      expect(facts.cut).toBe('time')
      expect(facts.users).toBeUndefined()
    } finally {
      await built.remove()
    }
  })

  it('leaves out only the fact whose source fails', async () => {
    const built = await buildMachine(machine('linux'))
    try {
      const whole = await collectFacts(built.machine, probeTarget(policy, 'linux'))
      const broken = { ...built.machine, processes: () => Promise.reject(new Error('no')) }
      const { desktopRunning, codeRunning, ...rest } = whole
      expect([desktopRunning, codeRunning]).toEqual(['current', 'current'])
      expect(await collectFacts(broken, probeTarget(policy, 'linux'))).toEqual(rest)
    } finally {
      await built.remove()
    }
  })
})
