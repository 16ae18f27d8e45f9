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
    ['Day', 'Coverage', 'Change in points', 'Ready', 'In scope', 'Not the same as the day before'],
    rows,
    Math.min(mostDays, most),
    ({ point, before }) => [
      point.date,
      percentText(point.percent),
      changeText(point, before),
      countText(point.ready),
      countText(point.inScope),
      [...(point.policyChanged ? ['policy'] : []), ...(point.sourcesChanged ? ['sources'] : [])].join(', '),
    ],
    (left) => `${countText(left.length)} earlier ${left.length === 1 ? 'day' : 'days'} in the history`,
  )
}

function changeText({ percent }: TrendPoint, before: TrendPoint | undefined): string {
  if (percent === null || before === undefined || before.percent === null) return '–'
  const change = (percent - before.percent).toFixed(1)
  return change.startsWith('-') && Number(change) !== 0 ? change : `+${change.replace('-', '')}`
}
