import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { urgentFirst } from '../../../src/readiness/verdict.js'
import { chartFigure } from '../../../src/report/html/chart-figure.js'
import { coverageSection, verdictSentence } from '../../../src/report/html/coverage.js'
import { daysRange, dayText } from '../../../src/report/html/day-text.js'
import { headlines } from '../../../src/report/html/headlines.js'
import { publicLink } from '../../../src/report/html/public-link.js'
import { trendSection } from '../../../src/report/html/trend.js'
import { platformName, productName } from '../../../src/report/plain-names.js'
import { diagnosisRows } from '../../../src/report/view/diagnosis-rows.js'
import type { ReportView } from '../../../src/report/view/report-view.js'
import { reportHtml } from '../../builders/report-page.js'
import { reportedEndpoints, reportView } from '../../builders/report-view.js'

const page = await reportHtml(reportView(), reportedEndpoints())

function digest(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`
}

function between(start: string, end: string): string {
  const from = page.indexOf(start) + start.length
  return page.slice(from, page.indexOf(end, from))
}

describe('the page', () => {
  it('allows its own style and script by their digests, and nothing else', () => {
    const policy = between('<meta http-equiv="Content-Security-Policy" content="', '">')
    expect(policy).toBe(
      `default-src 'none'; style-src '${digest(between('<style>', '</style>'))}'; script-src '${digest(between('<script type="module">', '</script>'))}'; base-uri 'none'; form-action 'none'`,
    )
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'))
  })

  it('has one script and one style, which are files of this program without any data', () => {
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page.match(/<style/g)).toHaveLength(1)
    expect(between('<script type="module">', '</script>')).toBe(readFileSync('templates/report/report.js', 'utf8'))
    expect(between('<style>', '</style>')).toBe(readFileSync('templates/report/report.css', 'utf8'))
  })

  it('has no style attribute, no event handler, and loads nothing', () => {
    const markup = page.replace(/<script[\s\S]*<\/script>/, '').replace(/<style>[\s\S]*<\/style>/, '')
    expect(markup).not.toMatch(/<[^>]*\s(?:style|on\w+|src|srcset|action|data)=/)
    expect(markup).not.toMatch(/<(?:link|img|iframe|object|embed|form|base|use|image)\b/)
  })

  it('is the same for the same documents', async () => {
    expect(await reportHtml(reportView(), reportedEndpoints())).toBe(page)
  })

  it('names its parts in the order in which they are read, each once', () => {
    const ids = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toEqual([
      ...[
        'coverage',
        'problems',
        'diagnoses',
        'trend',
        'breakdown',
        'versions',
        'gates',
        'chain',
        'telemetry',
        'waves',
      ],
      ...['endpoints', 'unknown', 'excluded', 'warnings', 'sources', 'checking'],
    ])
    expect([...page.matchAll(/<li><a href="#([^"]+)"/g)].map(([, id]) => id)).toEqual(ids)
    const all = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(all).size).toBe(all.length)
  })

  it('names neither users nor their e-mail addresses', () => {
    const told = reportedEndpoints().flatMap(({ email }) => email ?? [])
    expect(told.length).toBeGreaterThan(100)
    for (const address of told) expect(page).not.toContain(address)
  })

  it('leaves out what it has no data for, and says what would fill it', async () => {
    const { head } = reportView()
    const { health: _, telemetry: __, ...bare } = head
    const small = await reportHtml(
      reportView({
        head: bare,
        plan: undefined,
        verdicts: [],
        evidence: undefined,
        trend: [],
        problems: [],
        documents: [],
        organization: undefined,
      }),
      [],
    )
    const ids = [...small.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).not.toEqual(expect.arrayContaining(['chain']))
    for (const id of ['problems', 'trend', 'chain', 'telemetry', 'waves']) expect(ids).not.toContain(id)
    expect(small).toContain('the trend needs earlier scans in the history that fleet scan keeps')
    expect(small).toContain('the delivery chain needs the probe (fleet probe build)')
    expect(small).toContain('telemetry needs evidence (fleet evidence)')
    expect(page).not.toContain('Not in this report')
  })

  it('shows the most urgent endpoints first, each state once', () => {
    expect([...urgentFirst].sort()).toEqual(['excluded', 'install', 'ready', 'repair', 'stale', 'unknown', 'upgrade'])
    const rows = between('<tbody id="endpoint-rows">', '</tbody>').match(/<span class="state state-(\w+)">/g)!
    expect(rows).toHaveLength(100)
    const places = rows.map((row) => urgentFirst.findIndex((state) => row.includes(`state-${state}"`)))
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })
})

describe('the verdict in one sentence', () => {
  const withCoverage = (coverage: Partial<ReportView['head']['coverage']>, targetBy?: string) => {
    const { head } = reportView()
    return verdictSentence(reportView({ head: { ...head, coverage: { ...head.coverage, ...coverage } }, targetBy }))
  }

  it.each([
    [
      { ready: 275, inScope: { of: 379, percent: 72.5 }, met: false, missing: 86 },
      '2026-12-18',
      '72.5 % of 379 endpoints in scope are ready; the target of 95 % by 18 December 2026 is not met: 86 more needed.',
    ],
    [
      { inScope: { of: 379, percent: 96 }, met: true, missing: 0 },
      undefined,
      '96.0 % of 379 endpoints in scope are ready; the target of 95 % is met.',
    ],
    [
      { inScope: { of: 0, percent: null }, met: false, missing: 0 },
      '2026-12-18',
      'No endpoint is in scope: that is not a pass.',
    ],
  ])('%o by %s', (coverage, by, sentence) => expect(withCoverage(coverage, by)).toBe(sentence))
})

describe('what is said below the verdict', () => {
  const linesOf = (view: ReportView) => headlines(view)?.markup.replace(/<[^>]+>/g, '') ?? ''

  it('is what blocks most, whether the plan gets there, and how many cannot be told', () => {
    const view = reportView()
    const lines = linesOf(view).trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe(`What blocks most: ${view.diagnoses[0]!.why}, ${view.diagnoses[0]!.endpoints} endpoints.`)
    expect(lines[1]).toContain('The target by the plan of 2026-11-20: cannot be met')
    const { unknown, stale } = view.head.states
    expect(lines[2]).toContain(`${unknown + stale} endpoints cannot be told`)
  })

  it('is nothing where all are ready and no plan is given', () => {
    const { head } = reportView()
    const states = { ...head.states, unknown: 0, stale: 0 }
    expect(headlines(reportView({ head: { ...head, states }, diagnoses: [], plan: undefined }))).toBeUndefined()
  })
})

describe('the tone of the verdict', () => {
  const toneOf = async (met: boolean, codes: readonly string[]) => {
    const { head } = reportView()
    const problems = codes.map((code) => ({ code, message: code }))
    const view = reportView({ head: { ...head, coverage: { ...head.coverage, met } }, problems })
    return /class="sentence sentence-(\w+)"/.exec(await reportHtml(view, []))![1]
  }

  it.each([
    [true, [], 'good'],
    [true, ['plan-older'], 'good'],
    [true, ['scan-incomplete'], 'doubt'],
    [true, ['scan-files-refused'], 'doubt'],
    [false, ['scan-incomplete'], 'bad'],
  ])('met %s with the problems %o is %s', async (met, codes, tone) => expect(await toneOf(met, codes)).toBe(tone))
})

describe('shares, remedies and names', () => {
  it('never shows a few of many as none', () => {
    const { head } = reportView()
    const states = { ready: 9_999, unknown: 1, upgrade: 0, install: 0, repair: 0, stale: 0, excluded: 0 }
    const markup = coverageSection(reportView({ head: { ...head, states } })).body.markup
    expect(markup).toContain('<td class="number">&lt; 0.1 %</td>')
    expect(markup).toContain('<td class="number">99.9 %</td>')
    expect(markup).toContain('<td class="number"><span class="faint">0.0 %</span></td>')
  })

  it('tells the version to upgrade to, where it is one', () => {
    const { head } = reportView()
    const todo = (gates: typeof head.gates) =>
      diagnosisRows({ ...head, gates }).find(({ code }) => code === 'below-gate')?.todo
    expect(todo(head.gates)).toBe('upgrade Claude Desktop to 1.1.4173 or newer')
    expect(todo([])).toBe('upgrade')
  })

  it('calls platforms and products by their names, and leaves other texts alone', () => {
    expect(['macos', 'windows', 'linux', 'other', 'constructor'].map(platformName)).toEqual([
      'macOS',
      'Windows',
      'Linux',
      'other',
      'constructor',
    ])
    expect(['claude-desktop', 'claude-code', 'toString'].map(productName)).toEqual([
      'Claude Desktop',
      'Claude Code',
      'toString',
    ])
    const shown = page.replace(/<script[\s\S]*<\/script>/, '').replace(/<style>[\s\S]*<\/style>/, '')
    const words = shown.replace(/<[^>]+>/g, ' ')
    expect(words).not.toMatch(/\bclaude-desktop (?!to)[<>=]/)
    expect(words).not.toMatch(/^[^\t\n]+\t[^\t\n]*\t(?:macos|windows|linux)\t/m)
  })

  it('counts one thing as one', async () => {
    const evidence = { ...reportView().evidence!, ghosts: { machines: 1, accounts: 1 } }
    const one = await reportHtml(reportView({ evidence }), [])
    expect(one).toContain('Senders that no inventory knows: 1 machine, 1 account.')
  })
})

describe('what would be too long', () => {
  const figure = (id: string, count: number) =>
    chartFigure({
      id,
      title: 'Many',
      summary: '',
      svg: '<svg></svg>',
      columns: ['Name', 'Endpoints'],
      rows: Array.from({ length: count }, (_, at) => [`row ${at}`, String(at)]),
    }).markup

  it('cuts the numbers of a chart, and says so', () => {
    expect(figure('states-site', 200)).not.toContain('more: see the scan')
    expect(figure('states-site', 1300)).toContain('<p>1,100 more: see the scan.</p>')
    expect(figure('states-site', 1300).match(/<tr>/g)).toHaveLength(201)
    expect(figure('trend', 201)).toContain('<p>1 earlier: see the history.</p>')
    expect(figure('trend', 201)).toContain('row 200')
  })

  it('offers the largest departments, and the search for the others', async () => {
    const [some] = reportedEndpoints()
    const many = Array.from({ length: 250 }, (_, at) => `dept-${String(at).padStart(3, '0')}`)
    // The last ones have two endpoints each.
    const all = [...many, ...many.slice(-20)].map((department, at) => ({ ...some!, id: `e-${at}`, department }))
    const select = /<select id="endpoint-department"[\s\S]*?<\/select>/.exec(await reportHtml(reportView(), all))![0]
    expect(select.match(/<option value="\d+">/g)).toHaveLength(200)
    expect(select).toContain('>dept-249<')
    expect(select).not.toContain('>dept-200<')
    expect(select).toContain('<option disabled>search for 50 others</option>')
  })
})

describe('a report without an earlier scan', () => {
  it('shows the scan in hand beside the plan, and does not say that nothing is recorded', async () => {
    for (const trend of [[], reportView().trend.slice(-1)]) {
      const { body } = (await trendSection(reportView({ trend })))!
      expect(body.markup).toContain('No earlier scan is recorded; <code>fleet scan</code> keeps a history.')
      expect(body.markup).not.toContain('No coverage is recorded')
      expect(body.markup).toContain('60.6 %')
      expect(await trendSection(reportView({ trend, plan: undefined }))).toBeUndefined()
    }
  })
})

describe('links', () => {
  it('are made of the addresses of our own catalogues only', () => {
    expect(publicLink('https://code.claude.com/docs/en/managed-settings').markup).toMatch(/^<a href="https:/)
    for (const address of ['https://code.claude.com/docs/en/managed-settings/', 'https://example.com', 'javascript:x'])
      expect(publicLink(address).markup).toBe(`<span class="address">${address}</span>`)
  })
})

describe('days', () => {
  it.each([
    ['2026-12-18', '18 December 2026'],
    ['2026-01-02T03:04:05Z', '2 January 2026'],
    ['2026-13-01', '2026-13-01'],
    ['soon', 'soon'],
  ])('%s is %s', (iso, text) => expect(dayText(iso)).toBe(text))

  it.each([
    ['2026-12-14', '2026-12-14', '14 Dec'],
    ['2026-12-14', '2026-12-15', '14–15 Dec'],
    ['2026-11-30', '2026-12-01', '30 Nov – 1 Dec'],
    ['2026-12-28', '2027-01-05', '28 Dec – 5 Jan 2027'],
    ['2027-01-04', '2027-01-05', '4–5 Jan 2027'],
  ])('%s to %s is %s beside 2026', (first, last, text) => expect(daysRange(first, last, '2026-11-20')).toBe(text))
})
