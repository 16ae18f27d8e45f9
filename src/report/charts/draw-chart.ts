import type { TopLevelSpec } from 'vega-lite'

/** Hears what Vega complains about. It never reaches a console: a report must not write there. */
export const chartLog = { warn(_message: string): void {} }

/** As if every chart were this wide; it then scales to its place, and 13 units are about 12 pixels at 700. */
export const chartWidth = 760

export const fontSize = 13
export const smallFontSize = 12

const config: NonNullable<TopLevelSpec['config']> = {
  background: null as never,
  view: { stroke: null as never },
  axis: {
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    gridColor: 'var(--line)',
    labelColor: 'var(--faint)',
    labelFontSize: smallFontSize,
    labelPadding: 6,
    title: null as never,
  },
  text: { fontSize, color: 'var(--ink)', baseline: 'middle', align: 'left' },
}

/**
 * The chart as a clean SVG. Its size is that of the specification with its padding, whatever the texts are: without a
 * canvas Vega only guesses how wide they get. Vega is loaded here, since only a page with charts needs it.
 */
export async function drawChart(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }, { cleanSvg }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
    import('./clean-svg.js'),
  ])
  const logger = silentLogger()
  const { spec: compiled } = compile({ ...spec, autosize: 'none' } as TopLevelSpec, { config, logger })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger })
  try {
    return cleanSvg(await view.toSVG())
  } finally {
    view.finalize()
  }
}

/** Vega's logger, writing to `chartLog`. */
function silentLogger() {
  const warn = (...messages: readonly unknown[]) => {
    chartLog.warn(messages.map((message) => (message instanceof Error ? message.message : String(message))).join(' '))
    return logger
  }
  const logger = {
    level: () => logger as never,
    error: warn,
    warn,
    info: () => logger,
    debug: () => logger,
  }
  return logger
}
