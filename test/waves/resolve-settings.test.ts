import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { Policy } from '../../src/policy/policy.js'
import type { PlanDocument } from '../../src/waves/plan-document.js'
import { resolveSettings, type SettingFlags } from '../../src/waves/resolve-settings.js'
import { settingTable } from '../../src/waves/setting-table.js'

const campaign = 'cowork-otel'
const resolve = (policy: unknown = {}, flags: SettingFlags = {}, previous?: PlanDocument) =>
  resolveSettings(Policy.parse(policy), flags, { campaign, previous })
const shownOf = (key: string, ...of: Parameters<typeof resolve>) =>
  resolve(...of).shown.find((setting) => setting.key === key)

function mistakesOf(flags: SettingFlags, policy: unknown = {}): readonly string[] {
  try {
    resolve(policy, flags)
  } catch (error) {
    if (error instanceof Failure) return error.details.tryThis ?? [error.message]
    throw error
  }
  return []
}

it('shows every setting with its default and a reason when nobody says anything', () => {
  const { settings, shown } = resolve()
  expect(shown.map(({ key }) => key)).toEqual(settingTable.map(({ key }) => key))
  expect(shown.filter(({ from, why }) => from !== 'default' || why.length < 10)).toEqual([])
  expect(settings).toMatchObject({
    campaign,
    sizes: 'autopatch',
    calendar: { soakDays: 3, noStartOn: ['friday'], holidays: [], blackouts: [] },
    expectedSuccess: 92,
    gate: { success: 95, minimumSucceeded: 5, minimumReported: 70, failureLimit: 10 },
    target: { coverage: 95 },
  })
})

it('knows a flag for every key of the section, and a key for every flag', () => {
  const schema = JSON.parse(readFileSync('templates/schemas/fleet.policy.v1.schema.json', 'utf8'))
  const leaves = (node: { properties?: Record<string, object> }, path: string): string[] =>
    node.properties && !settingTable.some(({ key }) => key === path)
      ? Object.entries(node.properties).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [path]
  const keys = leaves(schema.properties.waves, 'waves')
  expect(settingTable.map(({ key }) => key).filter((key) => key.startsWith('waves.'))).toEqual(
    expect.arrayContaining(keys),
  )
  expect(keys).toHaveLength(settingTable.length - 2)
})

describe('who says so', () => {
  const policy = { target: { by: '2026-12-18' }, waves: { soakDays: 5, capacity: { perDay: 20 } } }

  it('is the policy before the default', () => {
    expect(shownOf('waves.soakDays', policy)).toMatchObject({ value: 5, from: 'policy' })
    expect(shownOf('waves.capacity.perDay', policy)).toMatchObject({ value: 20, from: 'policy' })
    expect(shownOf('waves.capacity.perDepartment', policy)).toMatchObject({ value: null, from: 'default' })
    expect(shownOf('target.by', policy)).toMatchObject({ value: '2026-12-18', from: 'policy' })
    expect(shownOf('target.coverage', policy)).toMatchObject({ value: 95, from: 'default' })
  })

  it('is a flag before the policy', () => {
    expect(shownOf('waves.soakDays', policy, { 'soak-days': '2' })).toMatchObject({ value: 2, from: 'flag' })
    expect(resolve(policy, { 'soak-days': '2' }).settings.calendar.soakDays).toBe(2)
  })

  it('is a flag of the previous plan before the policy, but for the first day', () => {
    const previous = {
      campaign: 'spring',
      settings: [
        { key: 'waves.soakDays', value: 1, from: 'flag', why: '' },
        { key: 'waves.start', value: '2026-11-23', from: 'flag', why: '' },
        { key: 'waves.expectedSuccess', value: 80, from: 'default', why: '' },
      ],
    } as unknown as PlanDocument
    expect(shownOf('waves.soakDays', policy, {}, previous)).toMatchObject({ value: 1, from: 'previous' })
    expect(shownOf('waves.soakDays', policy, { 'soak-days': '4' }, previous)).toMatchObject({ value: 4, from: 'flag' })
    expect(shownOf('waves.start', policy, {}, previous)).toMatchObject({ value: null, from: 'default' })
    expect(shownOf('waves.expectedSuccess', policy, {}, previous)).toMatchObject({ value: 92, from: 'default' })
    expect(resolve(policy, {}, previous).settings.campaign).toBe('spring')
  })
})

it('takes back with none what a policy or an earlier plan says', () => {
  const policy = { target: { by: '2026-12-18' }, waves: { capacity: { perDay: 20 }, last: [{ group: 'VIP' }] } }
  const none = { 'per-day': 'none', last: ['none'], by: 'none', holidays: 'none' }
  const { settings, shown } = resolve(policy, none)
  expect(settings.capacity.perDay).toBeUndefined()
  expect([settings.last, settings.target.by, settings.calendar.holidays]).toEqual([[], undefined, []])
  expect(shown.find(({ key }) => key === 'waves.capacity.perDay')).toMatchObject({ value: null, from: 'flag' })
  const previous = { campaign, settings: shown } as unknown as PlanDocument
  expect(resolve(policy, {}, previous).settings.capacity.perDay).toBeUndefined()
})

describe('flags', () => {
  it.each([
    ['preset', '5%, 15%,80%', 'waves.preset', ['5%', '15%', '80%']],
    ['preset', '10,50', 'waves.preset', [10, 50]],
    ['preset', 'two-phase', 'waves.preset', 'two-phase'],
    [
      'pinned',
      ['group=Claude pilot', 'email=a@b.example'],
      'waves.pinned',
      [{ group: 'Claude pilot' }, { email: 'a@b.example' }],
    ],
    ['last', ['department=VIP = first'], 'waves.last', [{ department: 'VIP = first' }]],
    ['strata', 'platform,site', 'waves.strata.by', ['platform', 'site']],
    ['no-start-on', 'none', 'waves.noStartOn', []],
    ['holidays', '2026-12-24,2026-12-25', 'waves.holidays', ['2026-12-24', '2026-12-25']],
    [
      'blackout',
      ['2026-12-20..2027-01-04=year end'],
      'waves.blackouts',
      [{ from: '2026-12-20', to: '2027-01-04', reason: 'year end' }],
    ],
    ['site-time-zone', ['Lyon=Europe/Paris'], 'waves.timeZones', { Lyon: 'Europe/Paris' }],
    ['target', '99.5', 'target.coverage', 99.5],
  ])('--%s %s', (flag, given, key, value) => {
    expect(shownOf(key, {}, { [flag]: given })).toMatchObject({ value, from: 'flag' })
  })

  it('take a link with its hours', () => {
    const { settings } = resolve({}, { link: ['Lyon=50/4', 'Osaka=100'], 'installer-size': '250' })
    expect(settings.capacity.links).toEqual({
      Lyon: { megabitsPerSecond: 50, hoursPerDay: 4 },
      Osaka: { megabitsPerSecond: 100 },
    })
  })

  it.each<[SettingFlags, readonly string[]]>([
    [{ 'soak-days': '3.5' }, ['--soak-days (waves.soakDays): must be a whole number']],
    [{ 'soak-days': 'three' }, ['--soak-days (waves.soakDays): must be a number, not a text']],
    [{ preset: '5%,10%' }, ['--preset (waves.preset): the shares must add up to 100 %']],
    [{ start: '30.11.2026' }, ['--start (waves.start): must be a date such as 2026-12-18']],
    [{ pinned: ['Claude pilot'] }, ['--pinned or --last needs a value such as group="Claude pilot".']],
    [{ blackout: ['2026-12-20=x'] }, ['--blackout needs a value such as 2026-12-20..2027-01-04="year end".']],
    [
      { link: ['Lyon=50'] },
      ['waves.capacity: has links, and lacks installerMegabytes: what one installation downloads'],
    ],
    [
      { 'working-days': 'friday' },
      ['--no-start-on (waves.noStartOn): leaves no working day on which a wave could start'],
    ],
  ])('%o is told with its name', (flags, expected) => {
    expect(mistakesOf(flags)).toEqual(expected)
  })

  it('cannot reach into the prototype of anything', () => {
    const { settings } = resolve({}, { 'site-time-zone': ['constructor=Europe/Paris'] })
    expect(Object.keys(settings.timeZones)).toEqual(['constructor'])
    expect(mistakesOf({ 'site-time-zone': ['__proto__=Europe/Paris'] })).not.toEqual([])
  })
})
