import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BaselinesSection, baselinesSection } from '../../../src/telemetry/sections/baselines.js'
import type { DayCount, RunWeek, ToolWeek } from '../../../src/telemetry/tables.js'
import {
  evidenceViewOf as bareViewOf,
  knownEndpointOf,
  senderOf,
  toolRowOf,
  type ViewChanges,
  viewAsOf,
  viewSince,
  workingDaysOf,
} from '../../builders/section-view.js'

/** Every working day of the window has records of both surfaces, but for the changes. */
const evidenceViewOf = ({ tables, ...changes }: ViewChanges = {}) =>
  bareViewOf({
    ...changes,
    tables: {
      days: ['claude-code', 'cowork'].flatMap((service) => workingDaysOf(viewSince, viewAsOf, { service })),
      ...tables,
    },
  })

/** The Mondays of the window; the last one is of the week that still runs on viewAsOf, the one before is judged. */
const weeks = Array.from({ length: 10 }, (_, index) =>
  new Date(viewSince + index * 7 * 86_400_000).toISOString().slice(0, 10),
)
const judged = '2026-11-09'
const running = '2026-11-16'

const toolWeek = (week: string, calls: number, failures: number, tool = 'Bash'): ToolWeek => ({
  ...{ service: 'claude-code', tool, week, calls, failures },
})
const runWeek = (week: string, runs: number, failed = 0, service = 'claude-code'): RunWeek => ({
  ...{ service, week, runs, failed },
})
/** The same numbers in every week before the judged one. */
const steady = <Row>(make: (week: string) => Row) => weeks.filter((week) => week < judged).map(make)

const rowOf = (section: BaselinesSection, kind: string, tool?: string) =>
  section.rows.rows.find((row) => row.kind === kind && row.tool === tool)!

it('judges the last full week, and only shows the one that runs', () => {
  const section = baselinesSection(
    evidenceViewOf({
      tables: {
        toolWeeks: [
          ...steady((week) => toolWeek(week, 1000, 20)),
          toolWeek(judged, 1000, 22),
          toolWeek(running, 300, 300),
        ],
      },
    }),
  )
  expect(section.week).toBe(judged)
  expect(section.counts).toEqual({ anomaly: 0, 'no-anomaly': 1, 'not-enough-data': 0 })
  const row = rowOf(section, 'tool-errors', 'Bash')
  expect(row).toMatchObject({
    status: 'no-anomaly',
    thisWeek: { of: 1000, failures: 22, percent: 2.2, interval: { low: 1.4, high: 3.4 } },
    before: { weeks: 8, of: 8000, failures: 160, percent: 2 },
    running: { of: 300, failures: 300, percent: 100 },
  })
  expect(row.p).toBeGreaterThan(0.1)
  expect(row.weeks.map(({ week }) => week)).toEqual(weeks.slice(0, 8))
  expect(BaselinesSection.parse(section)).toEqual(section)
})

it('gives an anomaly all of its numbers, and says whose failures they are', () => {
  const section = baselinesSection(
    evidenceViewOf({
      endpoints: [knownEndpointOf({ id: 'C1' }), knownEndpointOf({ id: 'C2' }), knownEndpointOf({ id: 'C3' })],
      tables: {
        senders: ['C1', 'C2', 'C3'].map((id) => senderOf({ installation: id, identity: [id] })),
        tools: [
          toolRowOf({ sender: 0, calls: 5000, failures: 300 }),
          toolRowOf({ sender: 1, calls: 3000, failures: 20 }),
          toolRowOf({ sender: 2, calls: 1000, failures: 0 }),
          toolRowOf({ sender: 2, tool: 'Read', calls: 1000, failures: 900 }),
        ],
        toolWeeks: [
          ...[18, 22, 20, 19, 21, 20, 23, 17].map((failures, index) => toolWeek(weeks[index]!, 1000, failures)),
          toolWeek(judged, 1000, 160),
        ],
      },
    }),
  )
  const row = rowOf(section, 'tool-errors', 'Bash')
  expect(section).toMatchObject({ comparisons: 1, series: 1, threshold: 0.1, falseAlarms: 0.1 })
  expect(row).toMatchObject({
    status: 'anomaly',
    thisWeek: { of: 1000, failures: 160, percent: 16 },
    before: { weeks: 8, of: 8000, failures: 160 },
    spread: {
      failures: 320,
      users: 3,
      failing: 2,
      most: { endpoint: 'C1', failures: 300, percent: 93.7 },
    },
  })
  expect(row.p).toBe(Math.max(row.pByRecord!, row.pByWeek!))
  expect(row.expectedByChance).toBe(row.p)
  expect(row.p).toBeLessThan(1e-5)
})

it('finds a sudden fall of runs, and runs that fail', () => {
  const section = baselinesSection(
    evidenceViewOf({
      tables: {
        runWeeks: [
          ...[400, 410, 395, 405, 402, 398, 404, 401].map((runs, index) => runWeek(weeks[index]!, runs, 8)),
          runWeek(judged, 40, 20),
        ],
      },
    }),
  )
  expect(rowOf(section, 'run-activity')).toMatchObject({
    status: 'anomaly',
    thisWeek: { of: 40 },
    before: { of: 3215 },
  })
  expect(rowOf(section, 'run-failures')).toMatchObject({ status: 'anomaly', thisWeek: { of: 40, failures: 20 } })
})

it('counts weeks without runs as weeks with none', () => {
  const section = baselinesSection(
    evidenceViewOf({ tables: { runWeeks: [runWeek(weeks[0]!, 300), runWeek(weeks[1]!, 310), runWeek(judged, 5)] } }),
  )
  expect(rowOf(section, 'run-activity').before).toMatchObject({ weeks: 8, of: 610 })
  expect(rowOf(section, 'run-activity').status).not.toBe('anomaly')
})

describe('too little data', () => {
  const lackOf = (toolWeeks: ToolWeek[], runWeeks: RunWeek[] = []) =>
    rowOf(baselinesSection(evidenceViewOf({ tables: { toolWeeks, runWeeks } })), 'tool-errors', 'Bash')

  it.each([
    ['records-this-week', [...steady((week) => toolWeek(week, 100, 1)), toolWeek(judged, 10, 0, 'Read')]],
    ['earlier-weeks', [toolWeek(judged, 1000, 500)]],
    ['earlier-weeks', [toolWeek(weeks[7]!, 1000, 0), toolWeek(judged, 1000, 500)]],
    ['more-records', [...steady((week) => toolWeek(week, 10, 5)), toolWeek(judged, 1, 1)]],
    ['steadier-weeks', [toolWeek(weeks[6]!, 100, 0), toolWeek(weeks[7]!, 100, 90), toolWeek(judged, 100, 60)]],
    ['earlier-successes', [...steady((week) => toolWeek(week, 100, 100)), toolWeek(judged, 100, 100)]],
  ])('is said, never "no anomaly": %s', (lack, toolWeeks) => {
    expect(lackOf(toolWeeks)).toMatchObject({ status: 'not-enough-data', lack })
  })

  it('is all there is where the last full week is not in the window', () => {
    const section = baselinesSection(
      evidenceViewOf({
        since: Date.parse('2026-11-11T00:00:00Z'),
        tables: { toolWeeks: [toolWeek(judged, 1000, 900)] },
      }),
    )
    expect(section).toMatchObject({ problem: 'incomplete-week', counts: { 'not-enough-data': 1, anomaly: 0 } })
  })

  it('is all there is where nothing at all was sent in that week', () => {
    const section = baselinesSection(evidenceViewOf({ tables: { runWeeks: steady((week) => runWeek(week, 400)) } }))
    expect(section).toMatchObject({ problem: 'nothing-in-week', counts: { 'not-enough-data': 2, anomaly: 0 } })
  })

  it('does not hide that one surface fell silent while another did not', () => {
    const section = baselinesSection(
      evidenceViewOf({
        tables: {
          runWeeks: [
            ...steady((week) => runWeek(week, 400, 4)),
            ...steady((week) => runWeek(week, 300, 0, 'cowork')),
            runWeek(judged, 402, 4),
          ],
        },
      }),
    )
    expect(section.rows.rows.filter(({ status }) => status === 'anomaly')).toMatchObject([
      { kind: 'run-activity', service: 'cowork', thisWeek: { of: 0 } },
    ])
  })
})

describe('records that do not cover the judged week', () => {
  const day = 86_400_000
  const monday = Date.parse(judged)
  const asOf = Date.parse(running) + day / 2
  const usual = [400, 410, 395, 405, 402, 398, 404, 401].map((runs, index) => runWeek(weeks[index]!, runs, 8))
  const judge = (days: readonly DayCount[], runs = 40) =>
    baselinesSection(bareViewOf({ asOf, since: 0, tables: { days, runWeeks: [...usual, runWeek(judged, runs)] } }))
  const untilEnd = (end: number) => workingDaysOf(viewSince, end)

  it.each([
    ['end on its Monday, soon after midnight', [...untilEnd(monday), { ...untilEnd(asOf)[40]!, events: 3 }]],
    ['end on its Thursday', untilEnd(monday + 4 * day)],
    ['end early on its Friday', [...untilEnd(monday + 4 * day), { ...untilEnd(asOf)[44]!, events: 20 }]],
    [
      'end on its Monday, but for those of a fast clock',
      untilEnd(asOf).map((each) => (Date.parse(each.day) > monday ? { ...each, events: 2 } : each)),
    ],
    ['have a hole of two days in it', untilEnd(asOf).filter((_, index) => index !== 41 && index !== 42)],
  ])('%s: no fewer runs are told', (_, days) => {
    const section = judge(days)
    expect(section).toMatchObject({ problem: 'records-missing', counts: { anomaly: 0, 'not-enough-data': 2 } })
    expect(BaselinesSection.parse(section)).toEqual(section)
  })

  it.each([
    ['they end with its Friday', untilEnd(monday + 5 * day)],
    ['one day of it was a holiday', untilEnd(asOf).filter((_, index) => index !== 42)],
    ['its Friday was a holiday', untilEnd(asOf).filter((_, index) => index !== 44)],
    ['someone worked on a Sunday', [...untilEnd(asOf), { ...untilEnd(asOf)[0]!, day: '2026-10-11', events: 1 }]],
    ['the last day has hardly begun', [...untilEnd(monday + 5 * day), { ...untilEnd(asOf)[45]!, events: 1 }]],
  ])('are no matter where %s', (_, days) => {
    expect(rowOf(judge(days), 'run-activity')).toMatchObject({ status: 'anomaly', before: { weeks: 8 } })
    expect(judge(days, 401).counts.anomaly).toBe(0)
  })

  it.each([1, 100])('do not stretch over decades because of one wrong clock with %i records', (events) => {
    const wrong = { service: 'claude-code', day: '1972-05-04', events }
    const section = baselinesSection(
      bareViewOf({
        ...{ asOf, since: 0 },
        tables: {
          days: [wrong, ...untilEnd(asOf)],
          runWeeks: [runWeek('1972-05-01', 1), ...usual, runWeek(judged, 40)],
          toolWeeks: [
            toolWeek('1972-05-01', 1, 1),
            ...steady((week) => toolWeek(week, 100, 1)),
            toolWeek(judged, 90, 1),
          ],
        },
      }),
    )
    expect(rowOf(section, 'run-activity').before.weeks).toBe(8)
    expect(rowOf(section, 'run-failures').before.weeks).toBe(8)
    expect(rowOf(section, 'tool-errors', 'Bash').before).toMatchObject({ weeks: 8, of: 800 })
  })

  it('leave out earlier weeks that they do not cover either', () => {
    const hole = [weeks[3]!, '2026-10-12'].map(Date.parse)
    const days = untilEnd(asOf).filter(({ day: name }) => Date.parse(name) < hole[0]! || Date.parse(name) >= hole[1]!)
    const { before } = rowOf(judge(days), 'run-activity')
    expect(before.weeks).toBe(7)
    // A surface that began within a week has no whole week then.
    const late = days.filter(({ day: name }) => name >= '2026-09-24')
    expect(rowOf(judge(late), 'run-activity').before.weeks).toBe(5)
  })
})

it('goes through the rows of tools once, however many anomalies there are', () => {
  let reads = 0
  const many = Array.from({ length: 40 }, (_, index) => `tool-${index}`)
  const row = new Proxy(toolRowOf(), {
    get: (target, key, receiver) => {
      if (key === 'failures') reads++
      return Reflect.get(target, key, receiver)
    },
  })
  const section = baselinesSection(
    evidenceViewOf({
      tables: {
        senders: [senderOf()],
        tools: [row],
        toolWeeks: many.flatMap((tool) => [
          ...steady((week) => toolWeek(week, 1000, 20, tool)),
          toolWeek(judged, 1000, 400, tool),
        ]),
      },
    }),
  )
  expect(section.counts.anomaly).toBe(40)
  expect(reads).toBe(1)
})

it('takes a week as complete when it ended with the window', () => {
  const monday = Date.parse(running)
  const weekAt = (asOf: number) => baselinesSection(evidenceViewOf({ asOf })).week
  expect(weekAt(monday)).toBe(judged)
  expect(weekAt(monday - 1)).toBe('2026-11-02')
  expect(baselinesSection(evidenceViewOf({ asOf: viewAsOf, until: monday - 1 })).week).toBe('2026-11-02')
})

it('says of what would have been an anomaly what is one', () => {
  const view = (failures: number) =>
    evidenceViewOf({
      tables: {
        toolWeeks: [
          ...[18, 22, 20, 19, 21, 20, 23, 17].map((failed, index) => toolWeek(weeks[index]!, 1000, failed)),
          toolWeek(judged, 1000, failures),
        ],
      },
    })
  const { limit } = rowOf(baselinesSection(view(20)), 'tool-errors', 'Bash')
  expect(limit).toBeGreaterThan(20)
  expect(rowOf(baselinesSection(view(limit!)), 'tool-errors', 'Bash').status).toBe('anomaly')
  expect(rowOf(baselinesSection(view(limit! - 1)), 'tool-errors', 'Bash').status).toBe('no-anomaly')
})

/** A generator of numbers from 0 to 1 that is the same in every run (mulberry32, public domain). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

function successes(next: () => number, of: number, rate: number): number {
  let count = 0
  for (let index = 0; index < of; index++) if (next() < rate) count++
  return count
}

/** A company in which nothing changes; `unrest` is how much rates and numbers of runs differ from week to week anyway. */
function quietCompany(seed: number, unrest: number, falseAlarms: number) {
  const next = random(seed)
  const past = weeks.filter((week) => week <= judged)
  const toolWeeks = Array.from({ length: 12 }, (_, tool) => {
    const usual = 10 + Math.floor(next() * 400)
    const odds = Math.exp(-5 + 4 * next())
    return past.map((week) => {
      const calls = Math.max(1, Math.round(usual * Math.exp((0.2 + unrest / 3) * normal(next))))
      const now = odds * Math.exp(unrest * normal(next))
      return toolWeek(week, calls, successes(next, calls, now / (1 + now)), `tool-${tool}`)
    })
  }).flat()
  const runWeeks = ['claude-code', 'cowork'].flatMap((service) =>
    past.map((week) => {
      const runs = successes(next, 600, Math.min(1, 0.5 * Math.exp((unrest / 2) * normal(next))))
      return runWeek(week, runs, successes(next, runs, 0.03), service)
    }),
  )
  return evidenceViewOf({ policy: { evidence: { falseAlarms } }, tables: { toolWeeks, runWeeks } })
}

describe.each([
  ['records are independent', 0],
  ['weeks differ anyway', 0.5],
  ['weeks differ much', 1.2],
])('false alarms where %s', (_, unrest) => {
  it.each([0.1, 1])('stay below %d a report on average', (falseAlarms) => {
    const reports = 300
    let anomalies = 0
    let judgedSeries = 0
    for (let seed = 1; seed <= reports; seed++) {
      const { counts } = baselinesSection(quietCompany(seed, unrest, falseAlarms))
      anomalies += counts.anomaly
      judgedSeries += counts.anomaly + counts['no-anomaly']
    }
    expect(anomalies / reports).toBeLessThan(falseAlarms)
    // The test would prove nothing if hardly any series were judged.
    expect(judgedSeries / reports).toBeGreaterThan(6)
  })
})

it('finds a tool that breaks in most of such companies', () => {
  let found = 0
  for (let seed = 1; seed <= 100; seed++) {
    const view = quietCompany(seed, 0.5, 0.1)
    const toolWeeks = [
      ...view.tables.toolWeeks,
      ...steady((week) => toolWeek(week, 400, 8)),
      toolWeek(judged, 400, 200),
    ]
    const section = baselinesSection({ ...view, tables: { ...view.tables, toolWeeks } })
    if (rowOf(section, 'tool-errors', 'Bash').status === 'anomaly') found++
  }
  expect(found).toBeGreaterThan(95)
})

it('counts every series once, and cuts long lists', () => {
  const calls = fc.record({
    tool: fc.constantFrom('Bash', 'Read', 'mcp_tool', ''),
    week: fc.constantFrom(...weeks),
    calls: fc.integer({ min: 1, max: 400 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(calls, { selector: ({ tool, week }) => `${tool} ${week}`, maxLength: 40 }),
      (entries) => {
        const toolWeeks = entries.map(({ tool, week, calls: of, share }) =>
          toolWeek(week, of, Math.round(of * share), tool),
        )
        const section = baselinesSection(evidenceViewOf({ tables: { toolWeeks } }))
        expect(BaselinesSection.parse(section)).toEqual(section)
        const sumOf = (key: 'calls' | 'failures') => toolWeeks.reduce((total, row) => total + row[key], 0)
        const shown = section.rows.rows.flatMap(({ thisWeek, before, running: open }) => [thisWeek, before, open])
        expect(shown.reduce((total, rate) => total + (rate?.of ?? 0), 0)).toBe(sumOf('calls'))
        expect(shown.reduce((total, rate) => total + (rate?.failures ?? 0), 0)).toBe(sumOf('failures'))
        const { anomaly, 'no-anomaly': none, 'not-enough-data': open } = section.counts
        expect(anomaly + none + open).toBe(section.series)
        expect(section.rows.of).toBe(new Set(toolWeeks.map(({ tool }) => tool)).size)
      },
    ),
  )
  const many = baselinesSection(
    evidenceViewOf({
      tables: { toolWeeks: Array.from({ length: 300 }, (_, index) => toolWeek(judged, 5, 1, `t${index}`)) },
    }),
  )
  expect(many.rows).toMatchObject({ of: 300 })
  expect(many.rows.rows).toHaveLength(200)
})
