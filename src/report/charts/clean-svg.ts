import { SaxesParser } from 'saxes'
import { escapeHtml } from '../html/html.js'

/** The elements a chart may consist of; all others go, with what is in them. */
export const chartElements: ReadonlySet<string> = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text'])

/** The attributes they may have. None of them can load, run or style anything. */
export const chartAttributes: ReadonlySet<string> = new Set([
  ...['viewBox', 'transform', 'd', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height'],
  ...['fill', 'fill-opacity', 'opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity'],
  ...['stroke-linecap', 'stroke-linejoin', 'text-anchor', 'font-size', 'font-weight'],
])

interface Element {
  readonly name: string
  readonly attributes: string
  readonly children: (Element | string)[]
}

/**
 * Reads an SVG and writes it again from the list of what is allowed. Groups that hold nothing go too. The outermost element
 * keeps its viewBox but no size, so that it scales.
 */
export function cleanSvg(svg: string): string {
  const top: Element = { name: '', attributes: '', children: [] }
  const open: Element[] = [top]
  let ignored = 0
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    if (ignored > 0 || !chartElements.has(name)) {
      ignored++
      return
    }
    const element = { name, attributes: kept(name, attributes), children: [] }
    open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    if (ignored > 0) ignored--
    else open.pop()
  })
  parser.on('text', (text) => {
    if (ignored === 0 && open.at(-1)!.name === 'text') open.at(-1)!.children.push(escapeHtml(text))
  })
  parser.write(svg).close()
  return top.children.map(written).join('')
}

function kept(element: string, attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .filter(([name, value]) => chartAttributes.has(name) && !isIdle(element, name, value))
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('')
}

/** What says nothing, but that the outermost element must not have: with a size it would not scale. */
function isIdle(element: string, name: string, value: string): boolean {
  if (element === 'svg') return name !== 'viewBox'
  return value === 'translate(0,0)' || (name === 'opacity' && value === '1') || value === ''
}

/** Vega draws a backdrop that shows nothing, and many groups around everything. */
function written(part: Element | string): string {
  if (typeof part === 'string') return part
  const { name, attributes } = part
  if (name === 'path' && !/ (?:fill|stroke)="/.test(attributes)) return ''
  const content = part.children.map(written).join('')
  if (content === '') return name === 'g' || name === 'text' ? '' : `<${name}${attributes}/>`
  return name === 'g' && attributes === '' ? content : `<${name}${attributes}>${content}</${name}>`
}
