import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DiagnosisCode, diagnosis, diagnosisCodes } from '../../src/health/diagnoses.js'
import { type FactName, type Facts, factTable, stageNames } from '../../src/health/facts.js'
import { judgeHealth } from '../../src/health/judge.js'
import { type ProbeTarget, probeTarget } from '../../src/health/probe-target.js'
import { Policy } from '../../src/policy/policy.js'
import { fullTarget, goodFacts } from '../builders/health.js'

const target = fullTarget()
const windows = fullTarget('windows')
const other = 'f'.repeat(16)

const statesOf = (facts: Facts, of: ProbeTarget = target) =>
  Object.values(judgeHealth(facts, of).stages).map(({ state }) => state)

describe('a machine on which everything was seen', () => {
  it.each(['macos', 'linux', 'windows'] as const)('has every stage proven on %s', (platform) => {
    const of = fullTarget(platform)
    const health = judgeHealth(goodFacts(of), of)
    expect(health).toMatchObject({ word: 'ok', diagnoses: [] })
    expect(Object.values(health.stages).map(({ state }) => state)).toEqual(Array(5).fill('proven'))
  })

  it('is asked for nothing where the policy wants nothing', () => {
    const nothing = probeTarget(Policy.parse({}), 'macos')
    expect(new Set(statesOf(goodFacts(), nothing))).toEqual(new Set(['not-applicable']))
  })
})

type Change = Partial<Facts>
const wrong: Record<DiagnosisCode, { readonly change: Change; readonly of?: ProbeTarget }> = {
  'settings-missing': { change: { settings: [{ place: 'plist', state: 'empty' }] } },
  'settings-dead-path': {
    change: { settings: [{ place: 'dead', state: windows.stamp }], settingsChanged: undefined },
    of: windows,
  },
  'settings-broken': { change: { settings: [{ place: 'file', state: 'broken' }] } },
  'settings-outdated': { change: { settings: [{ place: 'file', state: other }] } },
  'settings-foreign': { change: { settings: [{ place: 'file', state: 'plain' }] } },
  'hook-missing': { change: { hooks: { good: 0, of: 1 }, hookProblems: ['missing'] } },
  'hook-not-executable': { change: { hooks: { good: 0, of: 1 }, hookProblems: ['not-executable'] } },
  'hook-writable-by-users': { change: { hooks: { good: 0, of: 1 }, hookProblems: ['writable'] } },
  'credential-missing': { change: { credential: 'no-file' } },
  'plugin-missing': { change: { plugins: { good: 0, of: 1 }, pluginProblems: ['missing'] } },
  'stale-plugin-cache': { change: { plugins: { good: 0, of: 1 }, pluginProblems: ['stale-cache'] } },
  'package-not-registered': { change: { desktopPackage: 'staged' }, of: windows },
  'hooks-disabled': { change: { blocked: ['all-off'] } },
  'sideload-disabled': { change: { blocked: ['sideload'] } },
  'only-managed-hooks': { change: { blocked: ['only-managed'] } },
  'drop-in-under-server-settings': {
    change: {
      settings: [
        { place: 'server', state: 'plain' },
        { place: 'dropin', state: target.stamp },
      ],
    },
  },
  'hooks-not-in-settings': { change: { blocked: ['no-hooks'] } },
  'settings-shadowed': {
    change: {
      settings: [
        { place: 'plist', state: other },
        { place: 'file', state: target.stamp },
      ],
    },
  },
  'running-old-version': { change: { desktopRunning: 'old-version' } },
  'app-not-restarted': { change: { desktopRunning: 'before-change' } },
  'session-before-change': { change: { codeRunning: 'before-change' } },
  'plugin-snapshot-stale': { change: { plugins: { good: 0, of: 1 }, pluginProblems: ['stale-session'] } },
  'plugin-name-clash': { change: { plugins: { good: 0, of: 1 }, pluginProblems: ['clash'] } },
  'hooks-dead-on-build': { change: { desktopVersion: '1.22209.3' }, of: windows },
  'no-invocation-despite-activity': { change: { invoked: 'none', silent: 1 } },
  'workspace-moved': { change: { invoked: 'none', silent: 1, workspaces: 'gone' } },
  'hook-failing': { change: { verdict: 'timeout' } },
  'policy-endpoint-refuses-credential': { change: { verdict: 'error', status: 401 } },
  'policy-endpoint-proxy': { change: { status: 407 } },
  'policy-endpoint-fails': { change: { status: 0 } },
  'collector-refuses-credential': { change: { collector: 'unauthorised' } },
  'collector-rejects': { change: { collector: 'rejected' } },
  'tls-interception': { change: { collector: 'tls-intercepted' } },
  'collector-certificate': { change: { collector: 'tls' } },
  'collector-proxy': { change: { collector: 'proxy' } },
  'collector-refused': { change: { collector: 'refused' } },
  'collector-unreachable': { change: { collector: 'timeout' } },
  'collector-name-not-found': { change: { collector: 'name' } },
  'collector-header-missing': { change: { collector: 'no-header' } },
}

describe('what is wrong', () => {
  it.each(diagnosisCodes)('%s is found alone, in its stage', (code) => {
    const { change, of = target } = wrong[code]
    const { stages, diagnoses, word } = judgeHealth({ ...goodFacts(of), ...change }, of)
    expect(diagnoses.map((one) => one.code)).toEqual([code])
    expect(stageNames.filter((name) => stages[name].state === 'contradicted')).toEqual([diagnosis(code).stage])
    expect(word).toBe('repair')
  })

  it('comes with what to do and a dated public page', () => {
    for (const code of diagnosisCodes) {
      const { title, why, remediation, source, checked } = diagnosis(code)
      expect(source).toMatch(/^https:\/\/[a-z.]+\//)
      expect(checked).toMatch(/^2026-\d\d-\d\d$/)
      for (const text of [title, why, remediation]) expect(text.length).toBeGreaterThan(10)
      expect(why.endsWith('.') && remediation.endsWith('.') && !title.endsWith('.')).toBe(true)
    }
  })

  it('is not seen in a shadowing source once sources are merged', () => {
    const settings: Facts['settings'] = [
      { place: 'server', state: 'plain' },
      { place: 'file', state: target.stamp },
    ]
    expect(judgeHealth({ ...goodFacts(), settings, combination: 'merge' }, target).diagnoses).toEqual([])
  })

  it('is not judged by a policy that the probe was not built for', () => {
    const facts: Facts = { ...goodFacts(), builtFor: other, hooks: { good: 0, of: 2 }, hookProblems: ['missing'] }
    const { stages, diagnoses } = judgeHealth(facts, target)
    expect([diagnoses, stages.installed.state]).toEqual([[], 'unknown'])
    expect(stages.installed.seen).toContain('built for another policy')
  })
})

describe('what is open', () => {
  it.each<[string, Change, string[]]>([
    ['nothing is running', { desktopRunning: 'no', codeRunning: 'no' }, ['loaded']],
    [
      'the record is older than the change',
      { invoked: '2026-11-01T00:00:00Z', activity: 'none', active: 0 },
      ['invoked', 'evaluated'],
    ],
    [
      'there is no invocation and nobody was active',
      { invoked: 'none', active: 0, activity: 'none' },
      ['invoked', 'evaluated'],
    ],
    [
      'a settings file cannot be read',
      { settings: [{ place: 'file', state: 'unread' }], blocked: undefined },
      ['installed', 'loaded'],
    ],
    [
      'settings of the console stand in a file of the user',
      { settings: [{ place: 'server', state: target.stamp }] },
      ['installed', 'invoked', 'evaluated'],
    ],
    [
      'a source above ours cannot be read',
      {
        settings: [
          { place: 'plist', state: 'unread' },
          { place: 'file', state: target.stamp },
        ],
      },
      ['loaded'],
    ],
    [
      'an update came some hours ago',
      { desktopRunning: 'old-version', desktopChanged: '2026-11-18T02:00:00Z' },
      ['loaded'],
    ],
    [
      'settings changed some hours ago',
      { codeRunning: 'before-change', settingsChanged: '2026-11-17T20:00:00Z' },
      ['loaded'],
    ],
    ['nothing of ours can be loaded', { settings: [{ place: 'file', state: 'unread' }] }, ['installed', 'loaded']],
    ['the collector was not asked', { collector: undefined }, ['recorded']],
  ])('%s', (_, change, open) => {
    const { stages, diagnoses } = judgeHealth({ ...goodFacts(), ...change }, target)
    expect(diagnoses).toEqual([])
    expect(stageNames.filter((name) => stages[name].state === 'unknown')).toEqual(open)
  })

  it('settings without a stamp, where the policy has no telemetry to carry it', () => {
    const policy = Policy.parse({ permissions: { deny: ['Read(//**/.env)'] } })
    const facts = { ...goodFacts(), settings: [{ place: 'file', state: 'plain' }] } satisfies Facts
    expect(judgeHealth(facts, probeTarget(policy, 'macos')).stages.installed.state).toBe('unknown')
  })
})

/** What a fact adds; the rest only says how sure or how fresh something is. */
const rank = { contradicted: 0, unknown: 1, 'not-applicable': 2, proven: 2 }

describe('a fact that is missing', () => {
  it('never makes a stage better than it was', () => {
    const names = (Object.keys(factTable) as FactName[]).filter((name) => name !== 'at')
    const changes: { change: Change; of?: ProbeTarget }[] = [
      ...Object.values(wrong),
      { change: { builtFor: other, hooks: { good: 0, of: 1 }, hookProblems: ['missing'] } },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.subarray(names, { minLength: 1 }),
        ({ change, of = target }, left) => {
          const facts: Facts = { ...goodFacts(of), ...change }
          const fewer = { ...facts, ...Object.fromEntries(left.map((name) => [name, undefined])) } as Facts
          const before = judgeHealth(facts, of).stages
          const after = judgeHealth(fewer, of).stages
          for (const stage of stageNames) {
            if (before[stage].state !== 'proven') expect(rank[after[stage].state]).toBeLessThanOrEqual(rank.unknown)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('leaves nothing proven when there is none at all', () => {
    expect(statesOf({ at: '2026-11-18T08:00:00Z' })).toEqual(Array(5).fill('unknown'))
  })
})
