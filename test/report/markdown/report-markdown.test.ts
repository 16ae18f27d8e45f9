import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportMarkdown } from '../../../src/report/markdown/report-markdown.js'
import { makeView } from '../../../src/report/view/make-view.js'
import type { ReportView } from '../../../src/report/view/report-view.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { hostilePlan, hugePlan } from '../../builders/plan-document-extremes.js'
import { reportView } from '../../builders/report-view.js'
import { documentOf, scanFiles } from '../../builders/scanning.js'

const golden = (name: string) => resolve(import.meta.dirname, 'golden', name)

/** Cells of a table row: a `|` ends one, unless a backslash stands before it. */
const cellsOf = (row: string) => row.slice(1, -1).split(/(?<!\\)(?:\\\\)*\|/)

/** What holds of a report whatever the data: tables are whole, and nothing in the data is markup. */
function expectHarmless(text: string): void {
  let width: number | undefined
  for (const line of text.split('\n')) {
    width = line.startsWith('|') ? (width ?? cellsOf(line).length) : undefined
    if (width !== undefined) expect(cellsOf(line), line).toHaveLength(width)
  }
  const prose = text.replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '')
  expect(prose).not.toMatch(/(?<!\\)(?:\\\\)*[<[&$~]|(?<!\\)!\[|https?:\/\/|(?<!\\)www\./)
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/)
}

/** The sample with these texts wherever a text comes from data. */
function withTexts(texts: readonly string[], view = reportView()): ReportView {
  let at = 0
  const next = () => texts[at++ % texts.length]!
  const { head, plan, verdicts, evidence } = view
  const rows = (list: ReportView['diagnoses']) => list.map((row) => ({ ...row, why: next(), todo: next() }))
  const named = (list: typeof head.breakdown.department) => list.map((row) => ({ ...row, name: next() }))
  return {
    ...view,
    organization: next(),
    fleet: next(),
    head: {
      ...head,
      policy: { ...head.policy, file: next(), digest: next() },
      sources: head.sources.map((source) => ({ ...source, file: next(), format: next(), sha256: next() })),
      warnings: head.warnings.map((warning) => ({ ...warning, code: next(), message: next(), file: next() })),
      gates: head.gates.map((gate) => ({ ...gate, id: next(), title: next(), level: 'required' as const })),
      versions: head.versions.map((row) => ({ ...row, version: next() })),
      breakdown: {
        ...head.breakdown,
        platform: named(head.breakdown.platform),
        department: named(head.breakdown.department),
      },
    },
    diagnoses: rows(view.diagnoses),
    unknowns: rows(view.unknowns),
    excluded: rows(view.excluded),
    plan: plan && { ...plan, waves: plan.waves.map((wave) => ({ ...wave, name: next(), share: next() })) },
    verdicts: verdicts.map((verdict) => ({
      ...verdict,
      wave: { ...verdict.wave, name: next() },
      reasons: verdict.reasons.map((reason) => ({ ...reason, message: next() })),
    })),
    evidence: evidence && {
      ...evidence,
      findings: evidence.findings.map(() => ({ code: next(), severity: next(), message: next() })),
    },
    documents: view.documents.map((document) => ({ ...document, file: next(), digest: next() })),
    problems: texts.map((code) => ({ code, message: next(), tryThis: next() })),
  }
}

describe('the report for a ticket', () => {
  it('of the sample company reads as reviewed', async () => {
    await expect(reportMarkdown(reportView())).toMatchFileSnapshot(golden('acme.md'))
  })

  it('of a scan alone reads as reviewed', async () => {
    const { head } = reportView()
    await expect(reportMarkdown(makeView({ head, fleet: '0.1.0' }))).toMatchFileSnapshot(golden('scan-only.md'))
  })

  it('says that nothing in scope is no pass, and shows no empty section', async () => {
    const device = 'Device name,Serial number,OS,Last check-in\nPC-1,S1,Windows,2026-11-19 08:00:00\n'
    const empty = await scanFiles(
      { 'devices.csv': device },
      { policy: { scope: { exclude: [{ serial: 'S1', reason: 'x' }] } } },
    )
    const { endpoints, ...head } = documentOf(empty)
    expect(head.coverage.inScope.of).toBe(0)
    const text = reportMarkdown(makeView({ head, fleet: '0.1.0' }))
    expect(text).toContain('**no endpoint is in scope: that is not a pass**')
    expect(text).toContain('Coverage: **–** of endpoints')
    for (const title of ['What is wrong', 'What cannot', 'Versions', 'Telemetry', 'Waves', 'Trend', 'Delivery'])
      expect(text).not.toContain(`## ${title}`)
    expect(endpoints.length).toBe(head.states.excluded)
  })

  it('tells the change from day to day, and what makes a day hard to compare', () => {
    const text = reportMarkdown(reportView())
    const rows = text.match(/^\| 2026-11-\d\d \| \d.*$/gm)
    expect(rows).toEqual([
      '| 2026-11-20 | 60.6 % | +6.6 | 230 | 379 |  |',
      '| 2026-11-14 | 54.0 % | +9.2 | 205 | 379 | other sources |',
      '| 2026-11-08 | 44.8 % | +7.9 | 170 | 379 | other policy |',
      '| 2026-11-02 | 36.9 % | – | 140 | 379 | incomplete |',
    ])
  })

  it('shows no plus where coverage fell, and none where nothing changed', () => {
    const { trend } = reportView()
    const points = [60, 50, 50].map((percent, index) => ({ ...trend[0]!, date: `2026-11-0${index + 1}`, percent }))
    const text = reportMarkdown(reportView({ trend: points }))
    expect(text).toContain('| 2026-11-03 | 50.0 % | +0.0 |')
    expect(text).toContain('| 2026-11-02 | 50.0 % | -10.0 |')
  })

  it('counts every endpoint of what it leaves out', () => {
    const { head } = reportView()
    const reasons = Array.from({ length: 50 }, (_, at) => ({
      state: 'upgrade' as const,
      code: `below-${String(at).padStart(2, '0')}`,
      endpoints: 2,
      action: 'upgrade',
    }))
    const text = reportMarkdown(makeView({ head: { ...head, reasons }, fleet: '0.1.0' }))
    expect(text.match(/^\| 2 \| upgrade \|/gm)).toHaveLength(20)
    expect(text).toContain('And 30 more reasons, of 60 endpoints.')
  })

  it('is the same twice', () => {
    expect(reportMarkdown(reportView())).toBe(reportMarkdown(reportView()))
  })
})

describe('data in the report', () => {
  const bad = [
    'a|b',
    '\\|',
    '\\',
    '<img src=x onerror=x>',
    '![i](x)',
    '[x](https://x.example)',
    'https://x.example',
    '`|`',
  ]

  it('is never markup, and breaks no table', () => {
    expectHarmless(reportMarkdown(withTexts([...bad, 'a\nb', '', ...hostileTexts])))
    expectHarmless(reportMarkdown(reportView({ plan: hostilePlan([...bad, ...hostileTexts]) })))
  })

  it('is never markup, whatever it is', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(texts, (list) => expectHarmless(reportMarkdown(withTexts(list)))),
      { numRuns: 30 },
    )
  })

  it.each([
    ['long', 'x'.repeat(5000)],
    ['all to be escaped', '|'.repeat(5000)],
    ['all hidden', '\u202e'.repeat(5000)],
    ['all without width', 'e\u0301'.repeat(2500)],
    ['all pairs', '🚀'.repeat(2500)],
  ])('that is %s leaves the report short', (_, text) => {
    const view = withTexts([text])
    const many = <Row>(rows: readonly Row[]) => Array.from({ length: 300 }, (_, at) => rows[at % rows.length]!)
    const { head } = view
    const huge: ReportView = {
      ...view,
      head: {
        ...head,
        sources: many(head.sources),
        warnings: many(head.warnings).map((warning, at) => ({ ...warning, message: `${at} ${warning.message}` })),
        gates: many(head.gates),
        versions: many(head.versions),
        breakdown: { ...head.breakdown, department: many(head.breakdown.department) },
      },
      diagnoses: many(view.diagnoses),
      excluded: many(view.excluded),
      verdicts: many(view.verdicts),
      documents: many(view.documents),
      problems: many(view.problems),
      trend: many(view.trend),
    }
    const report = reportMarkdown(huge)
    expect(report.length).toBeLessThan(60_000)
    expect(report).toContain('And 29')
    expect(report).not.toMatch(/\p{Surrogate}/u)
    expectHarmless(report)
  })

  it('leaves the report of a huge plan short', () => {
    const report = reportMarkdown(reportView({ plan: hugePlan() }))
    expect(report.length).toBeLessThan(60_000)
    expect(report).toMatch(/And 10 more waves, with [\d,]+ endpoints, until \d{4}-/)
  })
})
