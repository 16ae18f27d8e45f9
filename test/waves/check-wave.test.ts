import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { checkWave, currentWave, type EndpointReport } from '../../src/waves/check-wave.js'
import { outcomesOf } from '../../src/waves/outcomes.js'
import type { PlanDocument, Wave } from '../../src/waves/plan-document.js'
import { PlanDocument as PlanSchema } from '../../src/waves/plan-document.js'
import type { GateThresholds } from '../../src/waves/settings.js'
import { VerdictDocument } from '../../src/waves/verdict-document.js'
import { afterSoak, planned, planOf, scanOf, usualThresholds, withFinished } from '../builders/campaign.js'

const hour = 3_600_000

/** Ids such as `linux-2-07`: platform, wave (0 for what was ready before) and number. */
function ids(platform: string, wave: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${platform}-${wave}-${String(at).padStart(2, '0')}`)
}

function platformOf(id: string): string {
  return id.split('-')[0]!
}

/** Two waves and what was ready before; every endpoint is macOS or Linux. */
function smallPlan({ macos = 40, linux = 20, ready = 60 } = {}): PlanDocument {
  const waves = [1, 2].map((wave) => [...ids('macos', wave, macos), ...ids('linux', wave, linux)])
  return planOf(waves, platformOf, [...ids('macos', 0, (ready * 2) / 3), ...ids('linux', 0, ready / 3)])
}

type Change = Partial<EndpointReport> | 'missing'

/**
 * A scan in which every wave that has begun went well, but for the changes; reports are an hour old. Nothing is known of
 * the order of waves but their dates.
 */
function scanWith(plan: PlanDocument, asOf: string, changes: Readonly<Record<string, Change>> = {}) {
  const at = Date.parse(asOf) - hour
  const reports = new Map<string, EndpointReport>()
  const today = asOf.slice(0, 10)
  const put = (id: string, state: EndpointReport['state']) => {
    const change = changes[id] ?? {}
    if (change !== 'missing') reports.set(id, { state, platform: platformOf(id), at, ...change })
  }
  for (const { endpoints, start } of plan.waves)
    for (const id of endpoints) put(id, start <= today ? 'ready' : 'upgrade')
  for (const id of plan.baseline.ready) put(id, 'ready')
  return scanOf(asOf, reports)
}

/** The same change for many. */
function all(list: readonly string[], change: Change): Record<string, Change> {
  return Object.fromEntries(list.map((id) => [id, change]))
}

const broken: Change = { state: 'repair', code: 'below-gate' }

function check(
  plan: PlanDocument,
  changes: Readonly<Record<string, Change>> = {},
  { wave = 0, asOf = afterSoak(wave), thresholds = usualThresholds, rules = 'sha256:rules' } = {},
): VerdictDocument {
  const scan = { ...scanWith(plan, asOf, changes), rules }
  return VerdictDocument.parse(checkWave(plan, 'sha256:plan', plan.waves[wave]!, scan, thresholds))
}

/** Such as `hold below-success`, the deciding first. */
function reasonsOf({ verdict, reasons }: VerdictDocument): string[] {
  expect(reasons[0]!.effect).toBe(verdict)
  return reasons.map(({ effect, code }) => `${effect} ${code}`)
}

test('the plans and thresholds of these tests are what a user would have', () => {
  expect(PlanSchema.parse(smallPlan())).toEqual(smallPlan())
  expect(usualThresholds).toEqual({ success: 95, minimumSucceeded: 5, minimumReported: 70, failureLimit: 10 })
})

describe('the wave that a scan is about', () => {
  const plan = smallPlan()
  const finished = (...names: string[]) => ({
    ...plan,
    waves: plan.waves.map((wave): Wave => ({ ...wave, status: names.includes(wave.name) ? 'finished' : wave.status })),
  })

  it.each([
    ['before the first day: the first', plan, '2026-11-29T23:59:59Z', 'wave-1'],
    ['on its first day', plan, '2026-11-30T00:00:00Z', 'wave-1'],
    ['between two waves: the one that has begun', plan, '2026-12-06T12:00:00Z', 'wave-1'],
    ['of two that have begun: the later', plan, '2026-12-07T00:00:00Z', 'wave-2'],
    ['after a finished one: the next', finished('wave-1'), '2026-12-05T08:00:00Z', 'wave-2'],
    ['when the later is finished: the one left', finished('wave-2'), '2026-12-20T08:00:00Z', 'wave-1'],
    ['when all are finished: none', finished('wave-1', 'wave-2'), '2026-12-20T08:00:00Z', undefined],
  ])('%s', (_, given, asOf, name) => {
    expect(currentWave(given, asOf, () => true)?.name).toBe(name)
  })

  it('is the first that is due and whose gate is not open: a held wave outlasts the day of the next', () => {
    const held = (name: string) => currentWave(plan, '2026-12-20T08:00:00Z', (wave) => wave.name !== name)?.name
    expect([held('wave-1'), held('wave-2'), held('none')]).toEqual(['wave-1', 'wave-2', 'wave-2'])
  })
})

describe('what has become of an endpoint', () => {
  const started = Date.parse('2026-11-30T09:00:00Z')
  const since = (state: EndpointReport['state'], code?: string): Partial<EndpointReport> => ({
    state,
    at: started,
    code,
  })
  const reported: [string, Change, string, string][] = [
    ['is ready', since('ready'), 'succeeded', 'succeeded'],
    ['is ready by an old report', { state: 'ready', at: started - 1 }, 'no-report-since', 'no-report-since'],
    [
      'is ready, heard of before',
      { state: 'ready', at: 1, checkIn: started - 1 },
      'no-report-since',
      'no-report-since',
    ],
    ['is ready, and has no date', { state: 'ready', at: undefined }, 'no-report-since', 'no-report-since'],
    ['is ready by an old list, and checked in', { state: 'ready', at: 1, checkIn: started }, 'succeeded', 'succeeded'],
    ['is ready by a new list alone', { state: 'ready', at: started, checkIn: 1 }, 'succeeded', 'succeeded'],
    ['is ready, its list has no date', { state: 'ready', at: undefined, checkIn: started }, 'succeeded', 'succeeded'],
    ['still needs the upgrade', since('upgrade', 'below-gate'), 'pending', 'failed'],
    ['is installed, and not proven to run', since('repair'), 'pending', 'failed'],
    ['lost the product', since('install', 'not-installed'), 'pending', 'failed'],
    ['lost the product, which the policy does not ask for', since('excluded', 'not-installed'), 'pending', 'failed'],
    ['is excluded by the policy', since('excluded', 'excluded-by-policy'), 'withdrawn', 'withdrawn'],
    ['was seen before the attempt', { state: 'upgrade', at: started - 1 }, 'no-report-since', 'no-report-since'],
    ['has no date', { state: 'upgrade', at: undefined }, 'no-report-since', 'no-report-since'],
    ['checked in, its list has no date', { state: 'upgrade', at: undefined, checkIn: started }, 'pending', 'pending'],
    [
      'checked in with an old list',
      { state: 'upgrade', at: 1, checkIn: started },
      'no-report-since',
      'no-report-since',
    ],
    ['is stale', since('stale'), 'stale', 'stale'],
    ['is unknown', since('unknown'), 'unknown', 'unknown'],
    ['is not in the scan', 'missing', 'missing', 'missing'],
  ]

  it.each(reported)('that %s', (_, change, whileSoaking, afterwards) => {
    const plan = smallPlan()
    const id = plan.waves[0]!.endpoints[0]!
    const outcomeOn = (asOf: string) => outcomesOf(plan.waves[0]!, scanWith(plan, asOf, { [id]: change })).get(id)
    expect(outcomeOn('2026-12-04T23:59:59Z')).toBe(whileSoaking)
    expect(outcomeOn('2026-12-05T00:00:00Z')).toBe(afterwards)
  })

  it('is attempted on its own day', () => {
    const plan = smallPlan()
    const [first, last] = [plan.waves[0]!.endpoints[0]!, plan.waves[0]!.endpoints.at(-1)!]
    const onMonday = check(plan, {}, { asOf: '2026-11-30T20:00:00Z' })
    expect(onMonday).toMatchObject({ attempted: 30, succeeded: 30, notYetAttempted: 30 })
    expect(reasonsOf(onMonday)).toEqual(['hold soak-not-over'])
    // A report of Monday says something of an attempt on Monday, and nothing of one on Tuesday.
    const changes = all([first, last], { state: 'upgrade', at: started + hour })
    expect(check(plan, changes)).toMatchObject({ failed: 1, silent: [{ why: 'no-report-since', endpoints: 1 }] })
  })

  it.each([
    ['when it starts', ['2026-11-30T09:00:00Z'], '2026-11-30T09:00:00Z', '2026-12-01T09:00:00Z'],
    [
      'when the last time zone does: which one an endpoint is in is not known',
      ['2026-11-29T20:00:00Z', '2026-11-30T17:00:00Z', '2026-11-30T08:00:00Z'],
      '2026-11-30T17:00:00Z',
      '2026-12-01T17:00:00Z',
    ],
    [
      'on the day before in UTC, where all are far east',
      ['2026-11-29T20:00:00Z'],
      '2026-11-29T20:00:00Z',
      '2026-11-30T20:00:00Z',
    ],
    ['at midnight, where the plan does not say when', [], '2026-11-30T00:00:00Z', '2026-12-01T00:00:00Z'],
  ])('is attempted %s', (_, starts, onMonday, onTuesday) => {
    const plan = smallPlan()
    const wave = { ...plan.waves[0]!, startsAt: starts.map((at) => ({ timeZone: 'UTC', at })) }
    const [first, last] = [wave.endpoints[0]!, wave.endpoints.at(-1)!]
    const outcomesAt = (monday: number, tuesday: number) => {
      const changes = { [first]: { state: 'upgrade', at: monday }, [last]: { state: 'ready', at: tuesday } } as const
      const outcomes = outcomesOf(wave, scanWith(plan, afterSoak(0), changes))
      return [outcomes.get(first), outcomes.get(last)]
    }
    const [monday, tuesday] = [Date.parse(onMonday), Date.parse(onTuesday)]
    expect(outcomesAt(monday, tuesday)).toEqual(['failed', 'succeeded'])
    expect(outcomesAt(monday - 1, tuesday - 1)).toEqual(['no-report-since', 'no-report-since'])
  })
})

describe('advance', () => {
  it('says that all is good, with every number', () => {
    const plan = smallPlan()
    const verdict = check(plan, { 'macos-1-00': broken, 'macos-1-01': 'missing', 'linux-1-00': { state: 'stale' } })
    expect(verdict).toMatchObject({
      verdict: 'advance',
      asOf: '2026-12-05T08:00:00Z',
      plan: { digest: 'sha256:plan', asOf: planned, campaign: 'winter' },
      scan: { digest: 'sha256:new', asOf: '2026-12-05T08:00:00Z' },
      wave: { name: 'wave-1', size: 60, start: '2026-11-30', end: '2026-12-01', soakUntil: '2026-12-04' },
      next: { name: 'wave-2', size: 60, start: '2026-12-07' },
      reasons: [{ code: 'all-good', message: '57 of 58 reporting endpoints are ready. wave-2 may start.' }],
      attempted: 60,
      reported: 58,
      succeeded: 57,
      failed: 1,
      pending: 0,
      silent: [
        { why: 'missing', endpoints: 1 },
        { why: 'stale', endpoints: 1 },
      ],
      platforms: [
        { platform: 'linux', attempted: 20, reported: 19, succeeded: 19, failed: 0 },
        { platform: 'macos', attempted: 39, reported: 39, succeeded: 38, failed: 1 },
        { platform: 'unknown', attempted: 1, reported: 0 },
      ],
      control: {
        endpoints: 120,
        reported: 120,
        wereReady: 60,
        regressed: 0,
        waiting: { endpoints: 60, silent: 0 },
      },
      treated: { endpoints: 0, reported: 0 },
      failures: [{ id: 'macos-1-00', platform: 'macos', state: 'repair', code: 'below-gate' }],
      thresholds: usualThresholds,
    })
  })

  it('says when it was the last wave', () => {
    const verdict = check(smallPlan(), {}, { wave: 1 })
    expect(verdict.next).toBeUndefined()
    expect(verdict.reasons[0]!.message).toContain('This was the last wave.')
  })
})

describe('hold', () => {
  const plan = smallPlan()
  const first = plan.waves[0]!.endpoints

  it('before the wave, and until the day of the soak is over', () => {
    expect(reasonsOf(check(plan, {}, { asOf: '2026-11-29T12:00:00Z' }))).toEqual(['hold not-started'])
    const soaking = check(plan, all(first.slice(0, 9), broken), { asOf: '2026-12-04T23:59:59Z' })
    expect(reasonsOf(soaking)).toEqual(['hold soak-not-over'])
    expect(soaking).toMatchObject({ pending: 9, failed: 0, failures: [] })
    expect(soaking.reasons[0]!.message).toContain('As it stands it would halt: at most 6 may fail.')
    expect(check(plan, {}, { asOf: '2026-12-05T00:00:00Z' }).verdict).toBe('advance')
  })

  it('where the scan cannot be compared, whatever its numbers say', () => {
    const failing = all(first, broken)
    expect(reasonsOf(check(plan, failing, { rules: 'sha256:others' }))).toEqual(['hold rules-changed'])
    const old = check({ ...plan, asOf: afterSoak(0) }, failing)
    expect(reasonsOf(old)).toEqual(['hold scan-not-newer'])
  })

  describe('where some are not ready by lists without a date: they neither prove a failure nor let pass', () => {
    const undated: Change = { state: 'upgrade', at: undefined, checkIn: Date.parse(afterSoak(0)) - hour }
    const undatedOf = (macos: number, linux: number) =>
      all([...ids('macos', 1, macos), ...ids('linux', 1, linux)], undated)

    it('what would be too many failures is a hold', () => {
      const verdict = check(plan, undatedOf(8, 4))
      expect(reasonsOf(verdict)).toEqual(['hold too-many-failures', 'hold below-success'])
      expect(verdict).toMatchObject({ failed: 0, pending: 12, reported: 60, failures: [] })
      expect(verdict.reasons[0]!.message).toContain(
        '12 of 60 reporting endpoints failed, or are not ready by an app list without a date (12); at most 6 may.',
      )
      expect(verdict.reasons[1]!.message).toContain('12 are not ready by an app list without a date')
      expect(check(plan, undatedOf(2, 1)).verdict).toBe('advance')
      // With failures, and beside a halt it says nothing new.
      const mixed = { ...undatedOf(4, 2), 'macos-1-20': broken }
      expect(reasonsOf(check(plan, mixed))).toEqual(['hold too-many-failures', 'hold below-success'])
      const halted = {
        ...undatedOf(2, 1),
        ...all([...ids('macos', 1, 40).slice(-5), ...ids('linux', 1, 20).slice(-2)], broken),
      }
      expect(reasonsOf(check(plan, halted))).toEqual(['halt too-many-failures', 'hold below-success'])
    })

    it('what would be a failing platform is a hold', () => {
      const large = smallPlan({ macos: 300, linux: 100 })
      const verdict = check(large, undatedOf(4, 8))
      expect(reasonsOf(verdict)).toEqual(['hold one-platform-fails'])
      expect(verdict.reasons[0]!.message).toContain(
        'linux: 8 of 100 reporting endpoints failed, or are not ready by an app list without a date (8.0 %), against 4 of 300',
      )
      expect(check(large, undatedOf(15, 5)).verdict).toBe('advance')
      // Few are proof against a few others: with those pending, too.
      const few = smallPlan({ macos: 300, linux: 12 })
      expect(reasonsOf(check(few, undatedOf(0, 2)))).toEqual(['hold one-platform-fails'])
      expect(reasonsOf(check(few, all(ids('linux', 1, 2), broken)))).toEqual(['halt one-platform-fails'])
      // Proven failures halt all the same.
      const proven = { ...undatedOf(0, 12), ...all(ids('linux', 1, 8), broken) }
      expect(check(large, proven).reasons[0]).toMatchObject({
        effect: 'halt',
        code: 'one-platform-fails',
        message: expect.stringContaining('linux: 8 of 100 reporting endpoints failed (8.0 %)'),
      })
    })

    it('and not while the soak goes on: they may just wait for a restart', () => {
      const outage = all(ids('linux', 0, 4), broken)
      const large = smallPlan({ macos: 300, linux: 100, ready: 300 })
      const soaking = check(large, { ...outage, ...all(ids('linux', 1, 8), broken) }, { asOf: '2026-12-04T20:00:00Z' })
      expect(soaking.pending).toBe(8)
      expect(reasonsOf(soaking)).toEqual(['hold soak-not-over'])
    })

    it('and an earlier wave has neither won nor lost them', () => {
      const before = scanWith(plan, afterSoak(0), undatedOf(2, 1))
      const done = withFinished(plan, 'wave-1', before)
      expect(done.waves[0]!.outcome).toMatchObject({
        succeeded: 57,
        failed: [],
        pending: expect.arrayContaining(['linux-1-00']),
      })
      const lost = check(done, undatedOf(2, 1), { wave: 1, asOf: '2026-12-06T08:00:00Z' })
      expect(lost.regressed.treated).toBe(0)
      expect(lost.treated.endpoints).toBe(57)
      // Repaired or read again since, they are no failures of their platform.
      const large = smallPlan({ macos: 300, linux: 100 })
      const judge = (change: Change, now = all(ids('linux', 2, 4), broken)) =>
        check(
          withFinished(large, 'wave-1', scanWith(large, afterSoak(0), all(ids('linux', 1, 4), change))),
          { ...now, ...all(ids('macos', 2, 4), broken) },
          { wave: 1 },
        )
      expect(reasonsOf(judge(undated))).toEqual(['advance all-good'])
      expect(reasonsOf(judge(broken))).toEqual(['hold one-platform-fails'])
    })
  })

  it('where most of what reported was not heard of since the soak: the exports are old', () => {
    const at = (text: string): Change => ({ at: Date.parse(text) })
    const old = at('2026-12-03T23:59:59Z')
    expect(check(plan, all(first.slice(0, 18), old)).verdict).toBe('advance')
    const verdict = check(plan, all(first.slice(0, 19), old))
    expect(reasonsOf(verdict)).toEqual(['hold data-too-old'])
    expect(verdict.reasons[0]!.message).toBe(
      'Only 41 of 60 reporting endpoints were heard of since 2026-12-04: the exports are older than the soak. Export again.',
    )
    expect(check(plan, all(first, at('2026-12-04T00:00:00Z'))).verdict).toBe('advance')
    // A check-in after it will do.
    expect(check(plan, all(first, { ...(old as object), checkIn: Date.parse('2026-12-04T00:00:00Z') })).verdict).toBe(
      'advance',
    )
    // Exports of the day of the attempt, scanned after the soak.
    const undatedOfTuesday: Change = { at: undefined, checkIn: Date.parse('2026-12-01T20:00:00Z') }
    expect(reasonsOf(check(plan, all(first, undatedOfTuesday)))).toEqual(['hold data-too-old'])
    expect(reasonsOf(check(plan, all(first, old), { asOf: '2026-12-04T20:00:00Z' }))).toEqual(['hold soak-not-over'])
  })

  it('until the soak is over in the last time zone of the wave', () => {
    const inZones = (...zones: string[]): PlanDocument => ({
      ...plan,
      waves: plan.waves.map((wave) => ({
        ...wave,
        startsAt: zones.map((timeZone) => ({ timeZone, at: `${wave.start}T17:00:00Z` })),
      })),
    })
    const verdictAt = (asOf: string, ...zones: string[]) =>
      check(inZones(...zones), all(first.slice(0, 9), broken), { asOf })
    // 16:30 in Los Angeles on the last day of the soak.
    const soaking = verdictAt('2026-12-05T00:30:00Z', 'Europe/Berlin', 'America/Los_Angeles')
    expect(reasonsOf(soaking)).toEqual(['hold soak-not-over'])
    expect(soaking).toMatchObject({ pending: 9, failed: 0 })
    expect(soaking.reasons[0]!.message).toContain('until the end of 2026-12-04 in the last time zone.')
    expect(verdictAt('2026-12-05T07:59:59Z', 'America/Los_Angeles').pending).toBe(9)
    expect(verdictAt('2026-12-05T08:00:00Z', 'America/Los_Angeles').verdict).toBe('halt')
    // East of UTC the day is over earlier: that shortens nothing.
    expect(verdictAt('2026-12-04T23:59:59Z', 'Asia/Tokyo').pending).toBe(9)
    expect(verdictAt('2026-12-05T00:00:00Z', 'Asia/Tokyo').verdict).toBe('halt')
    // A zone that is not known here may be the last there is.
    expect(verdictAt('2026-12-05T11:59:59Z', 'Mars/Olympus_Mons').pending).toBe(9)
    expect(verdictAt('2026-12-05T12:00:00Z', 'Mars/Olympus_Mons').verdict).toBe('halt')
  })

  it('below the success that is asked for', () => {
    const changes = (count: number) => all([...first.slice(0, count / 2), ...first.slice(-count / 2)], broken)
    expect(
      reasonsOf(check(smallPlan({ macos: 20, linux: 20 }), { 'macos-1-00': broken, 'linux-1-00': broken })),
    ).toEqual(['advance all-good'])
    expect(reasonsOf(check(plan, changes(4)))).toEqual(['hold below-success'])
  })

  it('when too few have reported', () => {
    expect(check(plan, all(first.slice(0, 18), { state: 'upgrade', at: 1 })).verdict).toBe('advance')
    expect(reasonsOf(check(plan, all(first.slice(0, 19), { state: 'upgrade', at: 1 })))).toEqual([
      'hold too-few-reported',
    ])
  })

  it('when too few are ready, and a smaller wave needs all', () => {
    const small = planOf([['macos-1-00', 'macos-1-01', 'macos-1-02', 'macos-1-03'], ids('macos', 2, 9)], platformOf)
    expect(check(small).verdict).toBe('advance')
    expect(reasonsOf(check(small, { 'macos-1-00': 'missing' }))).toEqual(['hold too-few-succeeded'])
    const six = planOf([ids('macos', 1, 7)], platformOf)
    expect(check(six, all(ids('macos', 1, 2), 'missing')).verdict).toBe('advance')
    expect(
      reasonsOf(
        check(six, all(ids('macos', 1, 2), 'missing'), { thresholds: { ...usualThresholds, minimumSucceeded: 6 } }),
      ),
    ).toEqual(['hold too-few-succeeded'])
  })

  it('rather than halt at a single failure, however small the wave', () => {
    const small = planOf([ids('macos', 1, 6), ids('macos', 2, 9)], platformOf)
    expect(reasonsOf(check(small, { 'macos-1-00': broken }))).toEqual(['hold below-success'])
    expect(reasonsOf(check(small, { 'macos-1-00': broken, 'macos-1-01': broken }))[0]).toBe('halt too-many-failures')
  })

  it('when everybody was withdrawn: nothing is proven', () => {
    const nobody = all(first, { state: 'excluded', code: 'excluded-by-policy' })
    const verdict = check(plan, nobody)
    expect(reasonsOf(verdict)).toEqual(['hold too-few-reported'])
    expect(verdict).toMatchObject({ attempted: 0, withdrawn: 60, platforms: [] })
    expect(verdict.reasons[0]!.message).toMatch(/^Nobody of the wave is in scope any more.*re-plan with --accept\.$/)
    // To wait for its soak would bring nothing, once all have been attempted.
    expect(check(plan, nobody, { asOf: '2026-12-01T20:00:00Z' }).reasons).toEqual(verdict.reasons)
    expect(reasonsOf(check(plan, nobody, { asOf: '2026-11-30T20:00:00Z' }))).toEqual(['hold soak-not-over'])
    // Silence is not withdrawal.
    const silent = check(plan, { ...nobody, [first[0]!]: 'missing' })
    expect(silent.reasons[0]!.message).toContain('0 of 1 attempted endpoints have reported since')
  })

  it('while a wave before it is not settled, whatever else is found', () => {
    const judge = (changes: Readonly<Record<string, Change>>, asOf = afterSoak(1)) =>
      VerdictDocument.parse(
        checkWave(plan, 'sha256:plan', plan.waves[1]!, scanWith(plan, asOf, changes), usualThresholds, 'wave-1'),
      )
    const verdict = judge({})
    expect(reasonsOf(verdict)).toEqual(['hold earlier-wave-open'])
    expect(verdict.reasons[0]!.message).toMatch(/^wave-1 before it is not settled: /)
    expect(reasonsOf(judge({}, '2026-12-08T08:00:00Z'))).toEqual(['hold earlier-wave-open', 'hold soak-not-over'])
    expect(reasonsOf(judge(all(plan.waves[1]!.endpoints, broken)))[0]).toBe('halt too-many-failures')
    expect(check(plan, {}, { wave: 1 }).verdict).toBe('advance')
  })

  it('when the control group is missing from the exports', () => {
    const control = [...plan.waves[1]!.endpoints, ...plan.baseline.ready]
    expect(check(plan, all(control.slice(0, 36), 'missing')).verdict).toBe('advance')
    expect(reasonsOf(check(plan, all(control.slice(0, 37), 'missing')))).toEqual(['hold control-silent'])
    // Nobody else is left: then nothing is said about it.
    expect(check(planOf([first], platformOf)).control).toEqual({
      endpoints: 0,
      reported: 0,
      wereReady: 0,
      regressed: 0,
      waiting: { endpoints: 0, silent: 0 },
    })
    expect(check(planOf([first], platformOf)).verdict).toBe('advance')
  })

  describe('when what earlier waves made ready', () => {
    const failedBefore = all(first.slice(0, 3), broken)
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0), failedBefore), true)
    const at = (changes: Readonly<Record<string, Change>>, asOf = afterSoak(1)) =>
      check(done, changes, { wave: 1, asOf })

    it.each<[string, Change]>([
      ['is missing', 'missing'],
      ['is stale', { state: 'stale' }],
      ['is unknown', { state: 'unknown' }],
    ])('%s', (_, silent) => {
      // Of 57, 39 are less than 70 %, and 40 are more.
      const enough = at(all(first.slice(3, 20), silent))
      expect(enough).toMatchObject({ verdict: 'advance', treated: { endpoints: 57, reported: 40 } })
      const verdict = at(all(first.slice(3, 21), silent))
      expect(reasonsOf(verdict)).toEqual(['hold treated-silent'])
      expect(verdict.treated).toEqual({ endpoints: 57, reported: 39 })
      expect(verdict.reasons[0]!.message).toContain(
        'Only 39 of 57 endpoints that earlier waves made ready are known in the scan; 70 % are needed.',
      )
      const early = at(all(first.slice(3, 21), silent), '2026-12-06T08:00:00Z')
      expect(reasonsOf(early)).toEqual(['hold not-started', 'hold treated-silent'])
    })

    it('not when it is left out by the policy since, or had failed', () => {
      const excluded = all(first.slice(3), { state: 'excluded', code: 'excluded-by-policy' })
      expect(at(excluded)).toMatchObject({ verdict: 'advance', treated: { endpoints: 0, reported: 0 } })
      expect(at(all(first.slice(0, 3), 'missing'))).toMatchObject({ treated: { endpoints: 57, reported: 57 } })
    })

    it('not when the wave made nobody ready', () => {
      const nobody = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0), all(first, broken)), true)
      const verdict = check(nobody, all(first, 'missing'), { wave: 1 })
      expect(verdict).toMatchObject({ verdict: 'advance', treated: { endpoints: 0, reported: 0 } })
    })
  })

  it('when the wave falls silent and the waves to come do not', () => {
    const silent = all(first.slice(0, 15), { state: 'unknown' })
    const verdict = check(plan, silent)
    expect(reasonsOf(verdict)).toEqual(['hold fell-silent'])
    expect(verdict.control.waiting).toEqual({ endpoints: 60, silent: 0 })
    expect(verdict.reasons[0]!.message).toContain('15 of 60 attempted endpoints fell silent (25.0 %)')
    const everywhere = { ...silent, ...all(plan.waves[1]!.endpoints.slice(0, 10), { state: 'unknown' }) }
    expect(check(plan, everywhere).verdict).toBe('advance')
    // A late check finds the same: what a closed gate holds back has not begun, even when its day has come.
    const held = smallPlan({ macos: 40, linux: 0 })
    const some = all(ids('macos', 1, 12), { state: 'unknown' })
    for (const asOf of [afterSoak(0), '2026-12-09T08:00:00Z']) {
      const late = check(held, some, { asOf })
      expect(reasonsOf(late), asOf).toEqual(['hold fell-silent'])
      expect(late.control).toMatchObject({ endpoints: 100, waiting: { endpoints: 40, silent: 0 } })
    }
    // One that runs all the same has.
    const running = held.waves.map((wave, at): Wave => (at === 1 ? { ...wave, status: 'running' } : wave))
    expect(check({ ...held, waves: running }, some).control.waiting.endpoints).toBe(0)
    // Who comes last by name or for want of an identity is no fair comparison.
    const [wave, other] = plan.waves
    expect(check({ ...plan, waves: [wave!, { ...other!, kind: 'last' }] }, silent).verdict).toBe('advance')
  })
})

describe('halt', () => {
  const plan = smallPlan()
  const first = plan.waves[0]!.endpoints
  /** Failures in proportion to the platforms. */
  const fair = (macos: number, linux: number) => [...ids('macos', 1, macos), ...ids('linux', 1, linux)]

  it('beyond the limit of failures, and not at it', () => {
    expect(reasonsOf(check(plan, all(fair(4, 2), broken)))).toEqual(['hold below-success'])
    const verdict = check(plan, all(fair(5, 2), broken))
    expect(reasonsOf(verdict)).toEqual(['halt too-many-failures', 'hold below-success'])
    expect(verdict.reasons[0]!.message).toBe(
      '7 of 60 reporting endpoints failed; at most 6 may. Stop the rollout and look at the failures.',
    )
  })

  it('lists a hundred failures, and counts all', () => {
    const large = planOf([ids('macos', 1, 150)], platformOf)
    const verdict = check(large, all(large.waves[0]!.endpoints, broken))
    expect(verdict.failed).toBe(150)
    expect(verdict.failures).toHaveLength(100)
  })

  it('when endpoints of finished waves are ready no longer, even before the next wave and during its soak', () => {
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0)))
    const at = (asOf: string, lost: number, change: Change = broken) =>
      reasonsOf(check(done, all(first.slice(0, lost), change), { wave: 1, asOf }))
    expect(at('2026-12-06T08:00:00Z', 3)).toEqual(['hold not-started'])
    expect(at('2026-12-06T08:00:00Z', 6)).toEqual(['hold not-started', 'hold regressed'])
    expect(at('2026-12-06T08:00:00Z', 7)).toEqual(['halt regressed', 'hold not-started'])
    expect(at('2026-12-08T08:00:00Z', 7)).toEqual(['halt regressed', 'hold soak-not-over'])
    // By a report from before the wave was found finished, nothing was lost since.
    expect(at('2026-12-06T08:00:00Z', 7, { state: 'repair', at: Date.parse(afterSoak(0)) })).toEqual([
      'hold not-started',
    ])
    const verdict = check(done, all(first.slice(0, 7), broken), { wave: 1, asOf: '2026-12-08T08:00:00Z' })
    expect(verdict.regressed).toEqual({ treated: 7, untreated: 0, examples: first.slice(0, 7) })
  })

  it('below that limit, losses of finished waves hold, and are told where they are few', () => {
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0)))
    const lose = (count: number) => check(done, all(first.slice(0, count), broken), { wave: 1 })
    expect(reasonsOf(lose(4))).toEqual(['hold regressed'])
    expect(lose(4).reasons[0]!.message).toContain(
      '4 of 60 endpoints that earlier waves made ready are so no longer (6.6 %).',
    )
    expect(lose(3)).toMatchObject({
      verdict: 'advance',
      reasons: [
        {
          message:
            '60 of 60 reporting endpoints are ready. Of 60 endpoints that earlier waves made ready, 3 are so no longer. This was the last wave.',
        },
      ],
    })
    // One of few is no reason.
    const few = smallPlan({ macos: 6, linux: 0 })
    const fewDone = withFinished(few, 'wave-1', scanWith(few, afterSoak(0)))
    expect(check(fewDone, { 'macos-1-00': broken }, { wave: 1 }).verdict).toBe('advance')
  })

  it('counts as lost only what had succeeded', () => {
    const failedBefore = all(first.slice(0, 9), broken)
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0), failedBefore), true)
    const verdict = check(done, failedBefore, { wave: 1, asOf: '2026-12-06T08:00:00Z' })
    expect(verdict.regressed.treated).toBe(0)
  })
})

describe('one platform', () => {
  const sizes = { macos: 300, linux: 100, ready: 60 }
  const plan = planOf(
    [1, 2].map((wave) => [...ids('macos', wave, sizes.macos), ...ids('linux', wave, sizes.linux)]),
    platformOf,
    smallPlan().baseline.ready,
  )
  const failing = (wave: number, macos: number, linux: number) =>
    all([...ids('macos', wave, macos), ...ids('linux', wave, linux)], broken)

  it('halts when it fails more than is allowed, and clearly more than the others', () => {
    const verdict = check(plan, failing(1, 4, 8))
    expect(reasonsOf(verdict)).toEqual(['halt one-platform-fails'])
    expect(verdict.reasons[0]!.message).toContain(
      'linux: 8 of 100 reporting endpoints failed (8.0 %), against 4 of 300 on the others',
    )
    // All platforms fail alike: no platform is to blame.
    expect(reasonsOf(check(plan, failing(1, 15, 5)))).toEqual(['advance all-good'])
  })

  it('holds when it fails more than the others, and not yet more than is allowed', () => {
    expect(reasonsOf(check(plan, failing(1, 3, 4)))).toEqual(['hold one-platform-fails'])
    expect(reasonsOf(check(plan, failing(1, 0, 3)))).toEqual(['advance all-good'])
    expect(reasonsOf(check(plan, failing(1, 7, 4)))).toEqual(['advance all-good'])
  })

  it('is let pass while its failures are few, or few of many', () => {
    const fewOfMany = planOf([[...ids('macos', 1, 300), ...ids('linux', 1, 150)]], platformOf)
    expect(reasonsOf(check(fewOfMany, failing(1, 1, 5)))).toEqual(['advance all-good'])
    expect(reasonsOf(check(fewOfMany, failing(1, 1, 6)))).toEqual(['hold one-platform-fails'])
    const few = planOf([[...ids('macos', 1, 300), ...ids('linux', 1, 60)]], platformOf)
    expect(reasonsOf(check(few, failing(1, 0, 3)))).toEqual(['advance all-good'])
  })

  it('is judged over earlier waves too, also where the failures were repaired, unless a person accepted them', () => {
    const secondGate = (accepted: boolean) => {
      const scan = scanWith(plan, afterSoak(0), failing(1, 2, 3))
      return check(withFinished(plan, 'wave-1', scan, accepted), failing(2, 2, 5), { wave: 1 })
    }
    expect(reasonsOf(secondGate(false))).toEqual(['hold one-platform-fails'])
    expect(secondGate(false).reasons[0]!.message).toContain('linux: 8 of 200 reporting endpoints failed')
    expect(secondGate(true).reasons[0]!.message).toContain('linux: 5 of 100 reporting endpoints failed')
  })

  it('finds no excuse in the silence of the others', () => {
    const quiet = all(
      ids('macos', 1, 100).map((_, at) => `macos-1-${200 + at}`),
      'missing',
    )
    expect(reasonsOf(check(plan, { ...failing(1, 4, 8), ...quiet }, { thresholds: calm }))).toEqual([
      'halt one-platform-fails',
    ])
  })
  const calm: GateThresholds = { ...usualThresholds, failureLimit: 60 }

  it('alone is measured by what the gate lets pass', () => {
    const alone = planOf([ids('macos', 1, 100)], platformOf)
    const patient = { thresholds: { ...usualThresholds, failureLimit: 30 } }
    expect(reasonsOf(check(alone, failing(1, 11, 0), patient))).toEqual(['hold below-success'])
    expect(reasonsOf(check(alone, failing(1, 12, 0), patient))).toEqual([
      'halt one-platform-fails',
      'hold below-success',
    ])
  })
})

describe('an outage', () => {
  const plan = planOf([ids('macos', 1, 100), ids('macos', 2, 100)], platformOf, [
    ...ids('macos', 0, 100),
    ...ids('linux', 0, 100),
  ])
  const lost = (platform: string, wave: number, count: number) => all(ids(platform, wave, count), broken)

  it('holds also when the wave is well', () => {
    expect(check(plan, lost('macos', 0, 5)).verdict).toBe('advance')
    const verdict = check(plan, lost('macos', 0, 6))
    expect(reasonsOf(verdict)).toEqual(['hold general-outage'])
    expect(verdict).toMatchObject({
      regressed: { treated: 0, untreated: 6 },
      control: { wereReady: 200, regressed: 6 },
    })
  })

  it('takes the blame from the wave, unless the wave fails far more', () => {
    const outage = { ...lost('macos', 0, 30), ...lost('linux', 0, 30) }
    expect(reasonsOf(check(plan, { ...outage, ...lost('macos', 1, 35) }))).toEqual([
      'hold general-outage',
      'hold below-success',
    ])
    expect(reasonsOf(check(plan, { ...outage, ...lost('macos', 1, 70) }))[0]).toBe('halt too-many-failures')
    expect(reasonsOf(check(plan, lost('macos', 1, 35)))[0]).toBe('halt too-many-failures')
  })

  it('is more than a single loss, however few were ready', () => {
    const few = planOf([ids('macos', 1, 100)], platformOf, ids('macos', 0, 20))
    expect(check(few, lost('macos', 0, 1)).verdict).toBe('advance')
    expect(reasonsOf(check(few, lost('macos', 0, 2)))).toEqual(['hold general-outage'])
  })

  it('leaves a wave alone whose failures beyond it may be chance, or are not too many', () => {
    const outage = { ...lost('macos', 0, 30), ...lost('linux', 0, 30) }
    const small = planOf([ids('macos', 1, 20)], platformOf, plan.baseline.ready)
    expect(reasonsOf(check(small, { ...outage, ...lost('macos', 1, 9) }))).toEqual([
      'hold general-outage',
      'hold below-success',
    ])
    const large = planOf([ids('macos', 1, 5000)], platformOf, ids('macos', 0, 10_000))
    expect(reasonsOf(check(large, { ...lost('macos', 0, 1000), ...lost('macos', 1, 725) }))).toEqual([
      'hold general-outage',
      'hold below-success',
    ])
  })

  it('counts whoever lost the product, and nobody whom the policy has excluded since', () => {
    const changes = {
      ...all(ids('macos', 0, 6), { state: 'excluded', code: 'not-installed' }),
      ...all(ids('linux', 0, 9), { state: 'excluded', code: 'excluded-by-policy' }),
    }
    const verdict = check(plan, changes)
    expect(reasonsOf(verdict)).toEqual(['hold general-outage'])
    expect(verdict.control).toMatchObject({ endpoints: 291, reported: 291, wereReady: 191, regressed: 6 })
  })

  it('is not seen in what finished waves have made ready', () => {
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0)))
    const replanned = { ...done, baseline: { ready: [...plan.baseline.ready, ...plan.waves[0]!.endpoints] } }
    const verdict = check(replanned, lost('macos', 1, 9), { wave: 1 })
    expect(verdict.regressed).toMatchObject({ treated: 9, untreated: 0 })
    expect(reasonsOf(verdict)).toEqual(['hold regressed'])
    expect(verdict.control).toMatchObject({ endpoints: 200, wereReady: 200, regressed: 0 })
  })

  it('takes the blame for regressions of finished waves', () => {
    const done = withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0)))
    const both = { ...lost('macos', 0, 30), ...lost('linux', 0, 30), ...lost('macos', 1, 30) }
    expect(reasonsOf(check(done, both, { wave: 1 }))).toEqual(['hold general-outage'])
    expect(reasonsOf(check(done, lost('macos', 1, 30), { wave: 1 }))[0]).toBe('halt regressed')
  })

  it('of one platform holds, and takes the blame from the wave there', () => {
    const mixed = planOf([[...ids('macos', 1, 300), ...ids('linux', 1, 100)]], platformOf, [
      ...ids('macos', 0, 800),
      ...ids('linux', 0, 100),
    ])
    const outage = lost('linux', 0, 10)
    expect(reasonsOf(check(mixed, outage))).toEqual(['hold general-outage'])
    expect(reasonsOf(check(mixed, { ...outage, ...lost('linux', 1, 12) }))).toEqual(['hold general-outage'])
    expect(reasonsOf(check(mixed, lost('linux', 1, 12)))).toEqual(['halt one-platform-fails'])
    // Four losses alone may be chance; with the failures of the wave they are a reason to look for another cause.
    expect(check(mixed, lost('linux', 0, 4)).verdict).toBe('advance')
    expect(reasonsOf(check(mixed, { ...lost('linux', 0, 4), ...lost('linux', 1, 8) }))).toEqual(['hold general-outage'])
    expect(reasonsOf(check(mixed, { ...outage, ...lost('linux', 1, 40) }))).toContain('halt one-platform-fails')
  })

  it('is not seen in reports from before the plan, or without a date', () => {
    for (const at of [Date.parse(planned), undefined]) {
      const old = all(ids('macos', 0, 50), { state: 'repair', at })
      expect(check(plan, old)).toMatchObject({ verdict: 'advance', control: { reported: 300, wereReady: 150 } })
    }
  })
})

/** What a scan may say of an endpoint, mostly good: so that verdicts of all kinds come up. */
function reportArbitrary(wave: Wave): fc.Arbitrary<Change> {
  const since = Date.parse(wave.end)
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant<Change>({}) },
    { weight: 2, arbitrary: fc.constantFrom<Change>({ state: 'upgrade' }, { state: 'repair' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Change>({ state: 'upgrade', at: since - 9e8 }, { state: 'repair', at: undefined }),
    },
    { weight: 1, arbitrary: fc.constantFrom<Change>('missing', { state: 'stale' }, { state: 'unknown' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Change>({ state: 'excluded' }, { state: 'excluded', code: 'not-installed' }),
    },
  )
}

/** A plan whose first wave may be finished, and changes to what a scan says of any endpoint. */
const situation = fc
  .record({
    macos: fc.integer({ min: 1, max: 40 }),
    linux: fc.integer({ min: 0, max: 12 }),
    done: fc.constantFrom('no', 'by its gate', 'accepted'),
    success: fc.constantFrom(90, 95, 100),
  })
  .chain(({ macos, linux, done, success }) => {
    const plan = smallPlan({ macos, linux, ready: 30 })
    const everybody = [...plan.waves.flatMap(({ endpoints }) => endpoints), ...plan.baseline.ready]
    const changesOf = fc
      .array(reportArbitrary(plan.waves[1]!), { minLength: everybody.length, maxLength: everybody.length })
      .map((changes) => Object.fromEntries(everybody.map((id, at) => [id, changes[at]!])))
    return fc.record({ before: changesOf, now: changesOf }).map(({ before, now }) => ({
      plan:
        done === 'no' ? plan : withFinished(plan, 'wave-1', scanWith(plan, afterSoak(0), before), done === 'accepted'),
      scan: scanWith(plan, afterSoak(1), now),
      thresholds: { ...usualThresholds, success },
    }))
  })

describe('laws', () => {
  const judge = ({
    plan,
    scan,
    thresholds,
  }: {
    plan: PlanDocument
    scan: ReturnType<typeof scanWith>
    thresholds: GateThresholds
  }) => checkWave(plan, 'sha256:plan', plan.waves[1]!, scan, thresholds)

  it('a success that falls silent never makes the verdict advance', () => {
    let [tried, held] = [0, 0]
    fc.assert(
      fc.property(situation, fc.infiniteStream(fc.integer({ min: 0, max: 5 })), (given, dice) => {
        const before = judge(given)
        tried += 1
        if (before.verdict === 'advance') return
        held += 1
        const reports = new Map(given.scan.reports)
        for (const id of given.plan.waves.flatMap(({ endpoints }) => endpoints)) {
          const report = reports.get(id)
          if (report?.state !== 'ready') continue
          const { value } = dice.next()
          if (value === 0) reports.delete(id)
          else if (value === 1) reports.set(id, { ...report, state: 'stale' })
          else if (value === 2) reports.set(id, { ...report, state: 'unknown' })
        }
        expect(judge({ ...given, scan: { ...given.scan, reports } }).verdict).not.toBe('advance')
      }),
      { numRuns: 1500 },
    )
    // The law would be worth nothing if hardly any verdict were a hold or a halt, or all were.
    expect(held / tried).toBeGreaterThan(0.2)
    expect(held / tried).toBeLessThan(0.95)
  })

  it('without a report since the attempt, or with too few, the verdict never advances', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom('missing', 'stale', 'unknown', 'upgrade', 'ready'), (given, how) => {
        const reports = new Map(given.scan.reports)
        const { endpoints } = given.plan.waves[1]!
        const most = Math.ceil(endpoints.length * 0.7) - 1
        for (const id of endpoints.slice(most)) {
          if (how === 'missing') reports.delete(id)
          else reports.set(id, { platform: platformOf(id), state: how, at: 1 })
        }
        expect(judge({ ...given, scan: { ...given.scan, reports } }).verdict).not.toBe('advance')
        for (const id of endpoints) reports.delete(id)
        const none = judge({ ...given, scan: { ...given.scan, reports } })
        expect(none).toMatchObject({ reported: 0, attempted: endpoints.length })
        expect(none.verdict).not.toBe('advance')
      }),
    )
  })

  it('a wave before it that is open holds, and changes nothing else', () => {
    fc.assert(
      fc.property(situation, ({ plan, scan, thresholds }) => {
        const [without, behind] = [undefined, 'wave-1'].map((open) =>
          checkWave(plan, 'sha256:plan', plan.waves[1]!, scan, thresholds, open),
        )
        const { reasons, verdict, ...numbers } = behind!
        expect(verdict).toBe(without!.verdict === 'halt' ? 'halt' : 'hold')
        expect(reasons.filter(({ code }) => code !== 'earlier-wave-open')).toEqual(
          without!.reasons.filter(({ code }) => code !== 'all-good'),
        )
        expect(without).toMatchObject(numbers)
      }),
    )
  })

  it('whatever advances has met every threshold', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { verdict, attempted, reported, succeeded, failed, treated } = judge(given)
        if (verdict !== 'advance') return
        expect(treated.reported * 100).toBeGreaterThanOrEqual(treated.endpoints * 70)
        expect(succeeded * 100).toBeGreaterThanOrEqual(reported * given.thresholds.success)
        expect(reported * 100).toBeGreaterThanOrEqual(attempted * 70)
        expect(succeeded).toBeGreaterThanOrEqual(Math.min(5, attempted))
        expect(failed).toBeLessThanOrEqual(Math.max(1, reported / 10))
      }),
      { numRuns: 500 },
    )
  })

  it('numbers add up, and the order of reports is of no account', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const verdict = VerdictDocument.parse(judge(given))
        const { attempted, reported, succeeded, failed, pending, silent, withdrawn, notYetAttempted } = verdict
        expect(attempted + withdrawn + notYetAttempted).toBe(given.plan.waves[1]!.size)
        expect(succeeded + failed + pending).toBe(reported)
        expect(silent.reduce((sum, { endpoints }) => sum + endpoints, reported)).toBe(attempted)
        for (const key of ['attempted', 'reported', 'succeeded', 'failed', 'pending'] as const)
          expect(verdict.platforms.reduce((sum, row) => sum + row[key], 0)).toBe(verdict[key])
        const reports = new Map([...given.scan.reports].reverse())
        expect(judge({ ...given, scan: { ...given.scan, reports } })).toEqual(verdict)
      }),
    )
  })
})
