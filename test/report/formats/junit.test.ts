import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml, type XmlElement, xmlText } from '../../../src/platform/xml-element.js'
import { coverageOf } from '../../../src/readiness/coverage.js'
import type { EndpointEntry } from '../../../src/readiness/scan-document.js'
import { states } from '../../../src/readiness/verdict.js'
import { junit } from '../../../src/report/formats/junit.js'
import type { ReportView } from '../../../src/report/view/report-view.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { endpointEntryOf, renderedReport } from '../../builders/rendered-report.js'
import { reportedEndpoints, reportView } from '../../builders/report-view.js'

const below = (element: XmlElement | undefined, name: string) =>
  (Array.isArray(element?.content) ? (element.content as XmlElement[]) : []).filter((child) => child.name === name)
const of = (element: XmlElement | undefined, attribute: string) => element?.attributes?.[attribute]

/** What junit-10.xsd of Jenkins and JUnit.xsd of Ant both want, as far as XML has it: order, attributes, their forms. */
function checkSchema(root: XmlElement): void {
  expect(root.name).toBe('testsuites')
  expect(root.attributes).toBeUndefined()
  const suites = root.content as XmlElement[]
  for (const [id, suite] of suites.entries()) {
    expect(suite.name).toBe('testsuite')
    expect(Object.keys(suite.attributes!)).toEqual(
      'id name package timestamp hostname tests failures errors skipped time'.split(' '),
    )
    expect(of(suite, 'id')).toBe(String(id))
    expect(of(suite, 'timestamp')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    expect((suite.content as XmlElement[]).map(({ name }) => name).join(' ')).toMatch(
      /^properties (?:testcase )*system-out system-err$/,
    )
    const cases = below(suite, 'testcase')
    for (const each of cases) {
      expect(Object.keys(each.attributes!)).toEqual(['classname', 'name', 'time'])
      expect(of(each, 'classname')).toBe(of(suite, 'name'))
      expect(of(each, 'time')).toBe('0')
      const inside = Array.isArray(each.content) ? (each.content as XmlElement[]) : []
      expect(inside.length).toBeLessThanOrEqual(1)
      for (const { name, attributes } of inside) {
        expect(['failure', 'error', 'skipped']).toContain(name)
        expect(Object.keys(attributes!)).toEqual(name === 'skipped' ? ['message'] : ['type', 'message'])
      }
    }
    const count = (name: string) => String(cases.filter((each) => below(each, name).length > 0).length)
    expect(of(suite, 'tests')).toBe(String(cases.length))
    expect([of(suite, 'failures'), of(suite, 'errors'), of(suite, 'skipped')]).toEqual(
      ['failure', 'error', 'skipped'].map(count),
    )
    const names = cases.map((each) => of(each, 'name'))
    expect(new Set(names).size).toBe(names.length)
  }
}

async function suitesOf(view: ReportView, endpoints: readonly EndpointEntry[] = []) {
  const root = readXml(await renderedReport(junit, view, endpoints))
  checkSchema(root)
  const suites = new Map((root.content as XmlElement[]).map((suite) => [of(suite, 'name')!, suite]))
  const cases = (name: string) =>
    new Map(
      below(suites.get(name), 'testcase').map((each) => [
        of(each, 'name')!,
        Array.isArray(each.content) ? (each.content[0] as XmlElement) : undefined,
      ]),
    )
  return { names: [...suites.keys()], cases, suites }
}

describe('JUnit', () => {
  it('has a case for each endpoint, in a suite for each platform', async () => {
    const endpoints = reportedEndpoints()
    const { names, cases } = await suitesOf(reportView(), endpoints)
    expect(names).toEqual([
      'fleet.target',
      'fleet.sources',
      'fleet.linux',
      'fleet.macos',
      'fleet.other',
      'fleet.windows',
    ])
    for (const { id, hostname, platform, state } of endpoints) {
      const ofPlatform = cases(`fleet.${platform}`)
      const name = `${hostname ?? 'no host name'} (${id})`
      expect(ofPlatform.has(name), name).toBe(true)
      const kind = ofPlatform.get(name)?.name
      if (state === 'ready') expect(kind, name).toBeUndefined()
      else if (state === 'excluded') expect(kind, name).toBe('skipped')
      else expect(kind, name).toBe(state === 'unknown' || state === 'stale' ? 'error' : 'failure')
    }
  })

  it('passes no state but ready', async () => {
    const endpoints = states.map((state) => endpointEntryOf({ id: state, state }))
    const { cases } = await suitesOf(reportView(), endpoints)
    const kinds = [...cases('fleet.windows').values()].map((problem) => problem?.name ?? 'passed')
    expect(Object.fromEntries(states.map((state, index) => [state, kinds[index]]))).toEqual({
      ...{ excluded: 'skipped', stale: 'error', unknown: 'error' },
      ...{ install: 'failure', upgrade: 'failure', repair: 'failure', ready: 'passed' },
    })
  })

  it('says why, what to do, and where it is written', async () => {
    const receipt = { file: 'exports/apps.csv', record: 9, field: 'Version', value: '1.1.1' }
    const endpoint = endpointEntryOf({
      state: 'upgrade',
      reasons: [
        { code: 'below-gate', product: 'claude-desktop', gate: 'cowork-otel', upgradeTo: '1.1.4173', receipt },
        { code: 'version-unknown', gate: 'other', detail: 'no-digits' },
      ],
    })
    const { cases } = await suitesOf(reportView(), [endpoint])
    const problem = cases('fleet.windows').get('EXA-LT-0001 (EXAMPLE1)')
    const message = 'upgrade: below a required version: cowork-otel; installed, but its version cannot be read: other'
    expect(problem?.attributes).toEqual({ type: 'upgrade', message })
    expect(problem?.content).toBe(`${message}
next: upgrade
below a required version: cowork-otel
  what to do: upgrade to 1.1.4173 or newer
  receipt: exports/apps.csv, record 9, Version: 1.1.1
installed, but its version cannot be read: other; no-digits
  what to do: look at the endpoint`)
  })

  it('fails the target with the number that is missing, and passes it when it is met', async () => {
    const view = reportView({ targetBy: '2026-12-18' })
    const { coverage } = view.head
    const { cases, suites } = await suitesOf(view)
    const problem = cases('fleet.target').get('coverage in scope')
    expect(problem).toMatchObject({ name: 'failure', attributes: { type: 'target-not-met' } })
    expect(of(problem, 'message')).toContain(`by 2026-12-18: ${coverage.missing} more needed.`)
    const [properties] = below(suites.get('fleet.target'), 'properties')
    expect(below(properties, 'property').map((property) => of(property, 'name'))).toEqual(
      expect.arrayContaining(['target', 'in scope', 'managed', 'active', 'policy']),
    )
    const counts = { ...view.head.states, unknown: 0, stale: 0, upgrade: 0, install: 0, repair: 0 }
    const met = await suitesOf(reportView({ head: { ...view.head, coverage: coverageOf(counts, 95) } }))
    expect([...met.cases('fleet.target').entries()]).toEqual([['coverage in scope', undefined]])
    const none = coverageOf({ ...counts, ready: 0 }, 95)
    const nothing = await suitesOf(reportView({ head: { ...view.head, coverage: none } }))
    expect(nothing.cases('fleet.target').get('coverage in scope')).toMatchObject({
      name: 'error',
      attributes: { type: 'nothing-in-scope' },
    })
  })

  it('tells refused files, rejected records and doubts about completeness', async () => {
    const { head } = reportView()
    const source = { format: 'x', records: 3, counted: 3, rejected: 0 }
    const sources = [
      { ...source, file: 'good.csv' },
      {
        file: 'refused.csv',
        records: 0,
        counted: 0,
        rejected: 0,
        problem: { code: 'no-format', message: 'Who knows.', tryThis: 'Export it.' },
      },
      { ...source, file: 'rejected.csv', counted: 2, rejected: 1 },
      { ...source, file: 'cut.csv' },
    ]
    const warnings = [
      { code: 'no-format', message: 'Who knows. Export it.', file: 'refused.csv', strict: true },
      { code: 'cut-off', message: 'It ends too early.', file: 'cut.csv', records: 1, firstRecord: 3, strict: true },
      { code: 'page-truncated', message: 'Pages are missing.', strict: true },
      { code: 'evidence-old', message: 'Gather it again.', file: 'evidence.json', strict: true },
      { code: 'no-time-zone', message: 'UTC.', file: 'good.csv', records: 2, strict: false },
    ]
    const { cases, suites } = await suitesOf(reportView({ head: { ...head, sources, warnings } }))
    const told = [...cases('fleet.sources')].map(([name, problem]) => [name, problem?.name, of(problem, 'type')])
    expect(told).toEqual([
      ['good.csv', undefined, undefined],
      ['refused.csv', 'error', 'no-format'],
      ['rejected.csv', 'failure', 'rejected'],
      ['cut.csv', 'failure', 'cut-off'],
      ['evidence.json', 'error', 'evidence-old'],
      ['all files: page-truncated', 'failure', 'page-truncated'],
    ])
    expect(cases('fleet.sources').get('refused.csv')?.content).toBe(
      'Not read: Who knows.\nExport it.\nrecords 0, counted 0, rejected 0',
    )
    expect(cases('fleet.sources').get('cut.csv')?.content).toContain(
      'cut-off: It ends too early. (1 record, the first is 3)\nrecords 3, counted 3, rejected 0',
    )
    const [output] = below(suites.get('fleet.sources'), 'system-out')
    expect(output?.content).toContain('no-time-zone: UTC. (2 records) [good.csv]')
    expect(output?.content).toContain('plan-of-other-scan')
  })

  it('stays XML with its names as shown, whatever they hold (law)', async () => {
    const view = reportView()
    const name = fc.oneof(
      fc.constantFrom(...hostileTexts, '\u0000\u001b[2J\r\n\ufffe\uffff\ud800', ']]>', '&amp;<!--'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { maxLength: 4 }), async (given) => {
        const endpoints = given.map(([hostname, value], index) =>
          endpointEntryOf({
            ...{ id: `ID${index}`, hostname, state: 'stale' },
            reasons: [{ code: 'check-in-too-old', receipt: { file: value, record: 1, field: hostname, value } }],
          }),
        )
        const { cases } = await suitesOf({ ...view, organization: given[0]?.[0] }, endpoints)
        const read = cases('fleet.windows')
        // An attribute of XML may lose nothing of them: line ends and tabs are shown as \u{…}.
        expect([...read.keys()]).toEqual(given.map(([hostname], index) => `${xmlText(hostname)} (ID${index})`))
        for (const [index, problem] of [...read.values()].entries())
          expect(problem?.content).toContain(`${xmlText(given[index]![1])}, record 1, `)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same bytes for the same scan', async () => {
    const texts = [1, 2].map(() => renderedReport(junit, reportView(), reportedEndpoints()))
    expect(await texts[0]).toBe(await texts[1])
  })
})
