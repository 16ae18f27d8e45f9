import type { TrendPoint } from '../../history/trend.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import { type Blocks, boundedTable } from './bounded.js'

const mostDays = 10

/** The last days of the history, the newest first, each with its change since the day before it. */
export function trend({ trend: points }: ReportView, most: number): Blocks {
  // One point is the headline once more.
  if (points.length < 2) return []
  const rows = points.map((point, index) => ({ point, before: points[index - 1] })).reverse()
  return boundedTable(
    ['Day', 'Coverage', 'Change in points', 'Ready', 'In scope', 'Hard to compare'],
    rows,
    Math.min(mostDays, most),
    ({ point, before }) => [
      point.date,
      percentText(point.percent),
      changeText(point, before),
      countText(point.ready),
      countText(point.inScope),
      doubtsOf(point),
    ],
    (left) => `${countText(left.length)} earlier ${left.length === 1 ? 'day' : 'days'} in the history`,
  )
}

/** Why a day is hard to compare: what is not as on the day before, and a scan that warned of its own numbers. */
function doubtsOf({ policyChanged, sourcesChanged, incomplete }: TrendPoint): string {
  const doubts = [policyChanged && 'other policy', sourcesChanged && 'other sources', incomplete && 'incomplete']
  return doubts.filter((doubt) => doubt !== false).join(', ')
}

function changeText({ percent }: TrendPoint, before: TrendPoint | undefined): string {
  if (percent === null || before === undefined || before.percent === null) return '–'
  const change = (percent - before.percent).toFixed(1)
  return change.startsWith('-') && Number(change) !== 0 ? change : `+${change.replace('-', '')}`
}
