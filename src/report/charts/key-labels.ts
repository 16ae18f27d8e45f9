import { widthOf } from './chart-text.js'
import { fontSize } from './draw-chart.js'
import { type Bar, type Drawing, type Label, plotWidth, xAt } from './drawing.js'

export interface KeyEntry {
  readonly text: string
  readonly fill: string
  readonly stroke?: string | undefined
}

const square = 11
const lineHeight = 20

/** How many lines the key of a chart takes, and the shapes of it: a square of each colour, with its name beside. */
export function keyLabels(
  entries: readonly KeyEntry[],
  drawing: Pick<Drawing, 'space' | 'x'>,
  top: number,
): { readonly height: number; readonly bars: readonly Bar[]; readonly labels: readonly Label[] } {
  const first = -drawing.space.left
  const last = plotWidth(drawing) + drawing.space.right
  const bars: Bar[] = []
  const labels: Label[] = []
  let [left, line] = [first, 0]
  for (const { text, fill, stroke } of entries) {
    const width = square + 6 + widthOf(text, fontSize) + 16
    if (left > first && left + width > last) [left, line] = [first, line + 1]
    const y = top + line * lineHeight
    bars.push({
      x: xAt(left + 1, drawing),
      x2: xAt(left + 1 + square, drawing),
      y: y - square / 2,
      y2: y + square / 2,
      fill,
      stroke: stroke ?? fill,
    })
    labels.push({ x: xAt(left + square + 7, drawing), y, text })
    left += width
  }
  return { height: entries.length === 0 ? 0 : (line + 1) * lineHeight, bars, labels }
}
