import type { PlanDocument, Wave } from '../../src/waves/plan-document.js'
import { replannedPlan, smallPlan, waveOf, weekend, who, workingWeek } from './plan-document.js'

/** The re-planned one, with texts that break out of something in every place that takes any text. */
export function hostilePlan(texts: readonly string[]): PlanDocument {
  let at = 0
  const next = () => texts[at++ % texts.length]!
  const counted = (rows: Wave['who']['platform']) => rows.map((row) => ({ ...row, name: next() }))
  const plan = replannedPlan()
  const { previous, target, population, strata } = plan
  return {
    ...plan,
    organization: next(),
    campaign: next(),
    policy: { digest: next(), file: next() },
    scan: { ...plan.scan, digest: next(), policy: next() },
    rules: next(),
    settings: [
      ...plan.settings,
      ...texts.map((text) => ({ key: next(), value: { [text]: [text] }, from: 'flag' as const, why: next() })),
    ],
    population: {
      ...population,
      work: [{ action: 'upgrade', product: next(), to: next(), endpoints: 82 }],
      notPlanned: population.notPlanned.map((row) => ({ ...row, why: next() })),
    },
    strata: { ...strata, by: [next(), next()], missing: texts.map((stratum) => ({ stratum, endpoints: 11 })) },
    waves: plan.waves.map((wave, index) => ({
      ...wave,
      name: `${index} ${next()}`,
      share: next(),
      startsAt: wave.startsAt.map((start) => ({ ...start, timeZone: next(), sites: [next(), next()] })),
      who: {
        platform: counted(wave.who.platform),
        department: counted(wave.who.department),
        site: counted(wave.who.site),
        version: counted(wave.who.version),
      },
      moved: wave.moved.map((move) => ({ ...move, why: next() })),
      endpoints: wave.endpoints.map(() => next()),
    })),
    repair: texts.map((id) => ({ id, wave: next(), state: 'upgrade', code: next() })),
    target: {
      ...target,
      answer: 'unreachable',
      reachable: false,
      expected: 370,
      earliest: undefined,
      lowerBound: undefined,
      latestStart: undefined,
      expectedSuccess: { ...target.expectedSuccess, why: next() },
      obstacles: texts.map((code) => ({
        state: 'unknown',
        code,
        endpoints: 1,
        cost: 1,
        examples: [next(), next()],
      })),
    },
    warnings: texts.map((code) => ({ code, message: next() })),
    previous: {
      ...previous!,
      digest: next(),
      difference: {
        ...previous!.difference,
        finished: [...texts],
        running: [next()],
        dropped: [next()],
        left: texts.map((why) => ({ why, endpoints: 1 })),
        dates: texts.map((wave) => ({ wave, from: '2027-01-05', to: '2027-01-11' })),
        settings: texts.map((key) => ({ key, from: next(), to: { [next()]: next() } })),
      },
    },
    baseline: { ready: [...texts] },
  }
}

/** Thirty waves of a million endpoints, with long names; their ids are left out. */
export function hugePlan(): PlanDocument {
  const day = (after: number) => new Date(Date.UTC(2026, 10, 23) + after * 86_400_000).toISOString().slice(0, 10)
  const waves = Array.from({ length: 30 }, (_, at) =>
    waveOf({
      name: `Deployment ring ${at + 1} of the programme for endpoint readiness in every region of the world`,
      share: '3.3333 %',
      size: 1_033_333,
      start: day(at * 14),
      end: day(at * 14 + 8),
      soakUntil: day(at * 14 + 11),
      days: [],
      endpoints: [],
      who: who(
        { windows: 900_000, macos: 133_000, linux: 333 },
        {
          'Research and Development, Instruments and Measurement': 600_000,
          'Sales, Service and Support for Small Customers': 300_000,
          Finance: 133_333,
        },
        { Berlin: 1_033_333 },
      ),
      moved: [
        {
          what: 'start',
          from: day(at * 14 - 3),
          to: day(at * 14 - 2),
          rule: 'no-start-day',
          why: 'no start on Friday',
        },
        workingWeek('start', day(at * 14 - 2), day(at * 14), weekend),
        workingWeek('rollout-day', day(at * 14 + 6), day(at * 14 + 8), weekend),
        ...(at === 2
          ? [
              {
                what: 'soak-day' as const,
                from: '2027-01-01',
                to: '2027-01-05',
                rule: 'blackout' as const,
                why: 'blackout: year end',
              },
            ]
          : []),
      ],
    }),
  )
  const million = 31_000_000
  return smallPlan({
    organization: 'Example Holding',
    waves,
    population: {
      ...smallPlan().population,
      states: { excluded: 1_000_000, stale: 0, unknown: 0, install: 0, upgrade: million, repair: 0, ready: 90_000_000 },
      planned: million,
      work: [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173', endpoints: million }],
    },
    projection: [
      { date: '2026-11-20', soaked: 0, expectedReady: 90_000_000, percent: 74.3 },
      ...waves.map(({ soakUntil }, at) => ({
        date: soakUntil,
        soaked: (at + 1) * 1_033_333,
        expectedReady: 90_000_000 + (at + 1) * 950_000,
        percent: 74.3 + (at + 1) * 0.78,
      })),
    ],
    target: {
      ...smallPlan().target,
      denominator: 121_000_000,
      ready: 90_000_000,
      needed: 24_950_000,
      by: '2027-06-30',
      answer: 'late',
      earliest: waves[26]!.soakUntil,
      expected: 118_500_000,
    },
  })
}
