import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { Evidence } from '../../policy/evidence.js'
import type { EvidenceView } from '../view.js'
import { type Judged, type Judgements, judgeSeries, lacks } from './anomalies.js'
import { judgedWeek, type Series, seriesKinds, seriesOf } from './baseline-series.js'
import { cutList, cutOf, percentOf } from './cut-list.js'
import { FailureSpread, failureSpreads } from './failure-spread.js'
import { type Counted, pValue, sum, wilsonPercent } from './week-statistics.js'
import { weekName } from './weeks.js'

const Count = z.int().min(0)
const Status = z.enum(['anomaly', 'no-anomaly', 'not-enough-data'])

/** Failures of calls or runs, with the 95 % Wilson interval of their rate. */
const Rate = z.object({
  of: Count,
  failures: Count,
  percent: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
})

/** The longest line of weeks that is shown. */
const mostWeeks = 13

const Row = z.object({
  kind: z.enum(seriesKinds),
  service: z.string(),
  tool: z.string().optional(),
  status: Status,
  /** What is missing, where there is too little data to say anything. */
  lack: z.enum(lacks).optional(),
  thisWeek: Rate,
  /** Earlier weeks together. */
  before: z.object({ weeks: Count, ...Rate.shape }),
  /** The week that has not ended; it is not judged. */
  running: Rate.optional(),
  /** The greater of the two p-values, and both. */
  p: z.number().optional(),
  pByRecord: z.number().optional(),
  pByWeek: z.number().optional(),
  /** How many such anomalies chance alone would give in this report: p × comparisons. */
  expectedByChance: z.number().optional(),
  /** What would have been an anomaly: so many failures of this week or more, so many runs or fewer. */
  limit: Count.optional(),
  /** Of an anomaly of a tool: whose failures they are. */
  spread: FailureSpread.optional(),
  /** The last earlier weeks, oldest first. */
  weeks: z.array(z.object({ week: z.iso.date(), of: Count, failures: Count })).max(mostWeeks),
})
type Row = z.infer<typeof Row>

/** This week against the earlier ones, by tool and by surface. */
export const BaselinesSection = z.object({
  /**
   * `incomplete-week`: the last full week is not all in the window; `nothing-in-week`: no surface sent anything in it;
   * `records-missing`: records do not cover it from its first working day to its last.
   */
  problem: z.enum(['incomplete-week', 'nothing-in-week', 'records-missing']).optional(),
  /** The Monday of the week that is judged. */
  week: z.iso.date(),
  /** `evidence.falseAlarms`: fewer anomalies than this are expected by chance in the whole report. */
  falseAlarms: z.number(),
  /** Series that could have given an anomaly; the others cannot, and are not corrected for. */
  comparisons: Count,
  series: Count,
  /** An anomaly has a p-value below it: falseAlarms ÷ comparisons. */
  threshold: z.number(),
  counts: z.object({ anomaly: Count, 'no-anomaly': Count, 'not-enough-data': Count }),
  /** Anomalies first, then the most records. */
  rows: cutOf(Row),
  method: z.object({ tests: z.string(), assumes: z.string(), correction: z.string(), sources: z.array(z.url()) }),
})
export type BaselinesSection = z.infer<typeof BaselinesSection>

const method = {
  tests:
    'Last full week against all earlier weeks. Errors of tools and failed runs: more than before, by Fisher’s exact test on records and by Student’s t on weekly rates (arcsine and log odds, the less sure one). Runs: fewer than before, by the exact binomial test on runs and by Student’s t on weekly numbers (square root and logarithm, the less sure one). The greater of the two p-values counts. Intervals are Wilson’s, 95 %.',
  assumes:
    'The first test takes records as independent of each other, which they are not when one endpoint fails over and over; the second takes weeks as alike and independent, so that a trend or a holiday can look like a change, and rates that leap from week to week by more than a bell curve does give more false alarms than told. An anomaly must stand out in both. Fewer errors than before and more runs than before are not looked for: nobody has to act on them, and each question asked makes the others harder to answer.',
  correction:
    'Bonferroni over the comparisons that can reach the threshold at all (Tarone): the average number of anomalies by chance alone in the whole report stays below falseAlarms, however the comparisons depend on each other.',
  sources: [
    'https://en.wikipedia.org/wiki/Fisher%27s_exact_test',
    'https://en.wikipedia.org/wiki/Prediction_interval#Unknown_mean,_unknown_variance',
    'https://en.wikipedia.org/wiki/Bonferroni_correction',
    'https://doi.org/10.2307/2531456',
    'https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval',
  ],
}

/**
 * Error rates per tool, failure rates per run and the number of runs of the last full week (Monday to Sunday, UTC),
 * against the earlier weeks of the window that records cover. What the tests assume stands in `method`. Where the data cannot show an
 * anomaly, the status is `not-enough-data`, never `no-anomaly`.
 */
export function baselinesSection(view: EvidenceView): BaselinesSection {
  const { falseAlarms } = view.policy.policy.evidence ?? Evidence.parse({})
  const week = judgedWeek(view)
  const series = seriesOf(view, week)
  const isNothing = series.every(({ now }) => now.of === 0)
  const problem = week.problem !== 'incomplete-week' && isNothing ? 'nothing-in-week' : week.problem
  const judgements: Judgements =
    problem === undefined
      ? judgeSeries(series, falseAlarms)
      : {
          judged: series.map(() => ({ status: 'not-enough-data', lack: 'complete-week' })),
          comparisons: 0,
          threshold: falseAlarms,
        }
  const spreadOf = failureSpreads(view)
  const rows = series.map((one, index) => rowOf(one, judgements.judged[index]!, judgements.comparisons, spreadOf))
  const count = (status: Row['status']) => rows.filter((row) => row.status === status).length
  return {
    ...(problem !== undefined && { problem }),
    week: weekName(week.monday),
    falseAlarms,
    comparisons: judgements.comparisons,
    series: series.length,
    threshold: rounded(judgements.threshold),
    counts: {
      anomaly: count('anomaly'),
      'no-anomaly': count('no-anomaly'),
      'not-enough-data': count('not-enough-data'),
    },
    rows: cutList(rows.sort(worstFirst)),
    method,
  }
}

function worstFirst(a: Row, b: Row): number {
  return (
    Status.options.indexOf(a.status) - Status.options.indexOf(b.status) ||
    (a.status === 'anomaly' ? a.p! - b.p! : 0) ||
    b.thisWeek.of + b.before.of - (a.thisWeek.of + a.before.of) ||
    seriesKinds.indexOf(a.kind) - seriesKinds.indexOf(b.kind) ||
    byText(a.service, b.service) ||
    byText(a.tool ?? '', b.tool ?? '')
  )
}

function rowOf(series: Series, judged: Judged, comparisons: number, spreadOf: ReturnType<typeof failureSpreads>): Row {
  const { kind, service, tool, now, before, running } = series
  const isToolAnomaly = judged.status === 'anomaly' && tool !== undefined
  return {
    ...{ kind, service, ...(tool !== undefined && { tool }), status: judged.status },
    ...(judged.status === 'not-enough-data' && { lack: judged.lack }),
    thisWeek: rateOf(now),
    before: { weeks: before.length, ...rateOf(sum(before)) },
    ...(running !== undefined && { running: rateOf(running) }),
    ...(judged.status !== 'not-enough-data' && {
      p: rounded(pValue(judged.tests)),
      pByRecord: rounded(judged.tests.byRecord),
      pByWeek: rounded(judged.tests.byWeek),
      expectedByChance: rounded(pValue(judged.tests) * comparisons),
    }),
    ...(judged.status === 'no-anomaly' && { limit: judged.limit }),
    ...(isToolAnomaly && { spread: spreadOf(service, tool) }),
    weeks: before.slice(-mostWeeks).map(({ week, of, failures }) => ({ week, of, failures })),
  }
}

function rateOf({ of, failures }: Counted): z.infer<typeof Rate> {
  const interval = wilsonPercent({ of, failures })
  return { of, failures, percent: percentOf(failures, of), ...(interval !== undefined && { interval }) }
}

/** Three digits: more of a p-value mean nothing. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
