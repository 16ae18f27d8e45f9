import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verdictSentence } from '../../../src/report/html/coverage.js'
import { dayText } from '../../../src/report/html/day-text.js'
import { urgency } from '../../../src/report/html/endpoint-list.js'
import { publicLink } from '../../../src/report/html/public-link.js'
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
        'trend',
        'breakdown',
        'versions',
        'gates',
        'chain',
        'telemetry',
        'waves',
        'diagnoses',
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
    expect(small).toContain('the trend needs the history that fleet scan keeps')
    expect(small).toContain('the delivery chain needs the probe (fleet probe build)')
    expect(small).toContain('telemetry needs evidence (fleet evidence)')
    expect(page).not.toContain('Not in this report')
  })

  it('shows the most urgent endpoints first, each state once', () => {
    expect([...urgency].sort()).toEqual(['excluded', 'install', 'ready', 'repair', 'stale', 'unknown', 'upgrade'])
    const rows = between('<tbody id="endpoint-rows">', '</tbody>').match(/<span class="state state-(\w+)">/g)!
    expect(rows).toHaveLength(100)
    const places = rows.map((row) => urgency.findIndex((state) => row.includes(`state-${state}"`)))
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
})
