import { describe, expect, it } from 'vitest'
import type { PageMarker, RejectReason } from '../../src/inventory/observation.js'
import { type ScanWarning, warningsOf } from '../../src/readiness/warnings.js'
import type { FileReport } from '../../src/sources/read-exports.js'

const noJoins = {
  acrossProducts: 0,
  duplicates: 0,
  disagreements: 0,
  examples: { acrossProducts: [], duplicates: [], disagreements: [] },
}

function report(changes: Partial<FileReport> = {}): FileReport {
  return {
    file: 'a.json',
    format: 'intune-graph',
    title: 'Intune',
    encoding: 'utf-8',
    records: 7,
    counted: 7,
    rejected: 0,
    rejectedBy: new Map(),
    rejects: [],
    notices: [],
    pages: [],
    lookAlikes: new Map(),
    incomplete: false,
    ...changes,
  }
}

function warnings(facts: Partial<Parameters<typeof warningsOf>[0]> = {}): ScanWarning[] {
  return warningsOf({
    files: [report()],
    unreadable: [],
    shared: [],
    joins: noJoins,
    expired: [],
    unusedSections: [],
    endpoints: 7,
    ...facts,
  })
}

const inShort = (list: readonly ScanWarning[]) =>
  list.map(({ code, file, strict }) => [code, ...(file ? [file] : []), ...(strict ? ['strict'] : [])].join(' '))

it('there is nothing to warn of where all is well', () => {
  expect(warnings()).toEqual([])
})

describe('of a file', () => {
  it('its notices, strict where its completeness is in doubt', () => {
    const codes = [
      'cut-off',
      'report-clipped',
      'page-truncated',
      'windows-1252',
      'no-time-zone',
      'footer',
      'short-rows',
    ]
    const notices = codes.map((code, index) => ({
      code,
      message: `about ${code}`,
      records: index,
      firstRecord: index || undefined,
    }))
    const list = warnings({ files: [report({ notices })] })
    expect(inShort(list)).toEqual([
      'cut-off a.json strict',
      'page-truncated a.json strict',
      'report-clipped a.json strict',
      'windows-1252 a.json strict',
      'footer a.json',
      'no-time-zone a.json',
      'short-rows a.json',
    ])
    expect(list[0]).toMatchObject({ message: 'about cut-off', records: undefined, firstRecord: undefined })
    expect(list[1]).toMatchObject({ records: 2, firstRecord: 2 })
  })

  it('that could not be used: why, and what to do', () => {
    const problem = { code: 'unknown-format', message: 'Not known.', tryThis: 'Try this.' }
    const file = report({ format: undefined, records: 0, counted: 0, problem })
    expect(warnings({ files: [file] })).toEqual([
      { code: 'unknown-format', message: 'Not known. Try this.', file: 'a.json', strict: true },
    ])
    const bare = report({
      format: undefined,
      records: 0,
      counted: 0,
      problem: { code: 'binary', message: 'Not text.' },
    })
    expect(warnings({ files: [bare] })[0]?.message).toBe('Not text.')
  })

  it('that could not be opened', () => {
    const unreadable = [{ name: 'b.csv', code: 'input-not-found', message: 'Not there.', tryThis: 'Look.' }]
    expect(warnings({ unreadable })).toEqual([
      { code: 'input-not-found', message: 'Not there. Look.', file: 'b.csv', strict: true },
    ])
  })

  const reasons: RejectReason[] = [
    'no-identity',
    'too-few-cells',
    'too-many-cells',
    'text-after-quote',
    'unclosed-quote',
    'record-too-long',
    'not-json',
    'not-xml',
    'cut-off',
    'too-deep',
    'element-too-long',
    'extra-text',
    'not-an-object',
    'no-parent-record',
    'unknown-table',
  ]

  it.each(reasons)('records left out for %s are told, counted and strict', (reason) => {
    const rejects = [
      { record: 2, reason: reason === 'cut-off' ? ('not-json' as const) : ('cut-off' as const) },
      { record: 5, line: 6, reason },
    ]
    const [warning, ...others] = warnings({
      files: [report({ rejected: 3, rejectedBy: new Map([[reason, 3]]), rejects })],
    })
    expect(warning).toMatchObject({
      code: `rejected-${reason}`,
      file: 'a.json',
      records: 3,
      firstRecord: 5,
      strict: true,
    })
    expect(warning?.message).toMatch(/^[A-Z].{20,}\.$/)
    expect(others).toEqual([])
  })

  it.each([
    [{ records: 0, counted: 0 }, ['no-records a.json strict']],
    [
      { records: 0, counted: 0, rejected: 1, rejectedBy: new Map([['not-json', 1]]) },
      ['rejected-not-json a.json strict'],
    ],
    [{ records: 0, counted: 0, format: undefined }, []],
    [{ records: 100 }, ['suspicious-count a.json strict']],
    [{ records: 300 }, ['suspicious-count a.json strict']],
    [{ records: 500 }, ['suspicious-count a.json strict']],
    [{ records: 1000 }, ['suspicious-count a.json strict']],
    [{ records: 2000 }, ['suspicious-count a.json strict']],
    [{ records: 99 }, []],
    [{ records: 200 }, []],
    [{ records: 100, pages: [{ kind: 'next', marker: 'cursor', more: false }] }, []],
    [{ records: 1_048_575 }, ['spreadsheet-limit a.json strict']],
    [
      { records: 1_048_575, pages: [{ kind: 'next', marker: 'cursor', more: false }] },
      ['spreadsheet-limit a.json strict'],
    ],
    [{ records: 1_048_576 }, []],
  ] satisfies [Partial<FileReport>, string[]][])('%j: %j', (changes, expected) => {
    expect(inShort(warnings({ files: [report(changes as Partial<FileReport>)] }))).toEqual(expected)
  })
})

describe('of pages', () => {
  const total = (of: number, read: number, marker = 'totalCount'): PageMarker => ({
    kind: 'total',
    marker,
    total: of,
    read,
  })
  const next = (more: boolean, marker = 'nextLink'): PageMarker => ({ kind: 'next', marker, more })
  const pagesOf = (...files: readonly (readonly PageMarker[])[]) =>
    warnings({ files: files.map((pages, index) => report({ file: `page-${index + 1}.json`, pages })) })

  it.each<[string, PageMarker[][], string[]]>([
    ['a total that is reached', [[total(10, 10)]], []],
    ['a total that is not', [[total(10, 9)]], ['page-truncated page-1.json strict']],
    ['a total reached over several files', [[total(10, 6)], [total(10, 4)]], []],
    ['a total missed over several files', [[total(10, 6)], [total(10, 3)]], ['page-truncated strict']],
    ['a total passed, as pages overlap', [[total(10, 6)], [total(10, 6)]], []],
    ['two exports of their own totals', [[total(10, 10)], [total(12, 10)]], ['page-truncated page-2.json strict']],
    ['two markers', [[total(10, 10), total(10, 5, '@odata.count')]], ['page-truncated page-1.json strict']],
    ['a last page', [[next(false)]], []],
    ['a next page that is not here', [[next(true)]], ['page-truncated page-1.json strict']],
    ['pages that end', [[next(true)], [next(true)], [next(false)]], []],
    ['pages that do not', [[next(true)], [next(true)]], ['page-truncated strict']],
    ['pages in one file', [[next(true), next(false)]], []],
    ['two cursors', [[next(false, 'apps')], [next(true, 'devices')]], ['page-truncated page-2.json strict']],
  ])('%s', (_, files, expected) => {
    expect(inShort(pagesOf(...files))).toEqual(expected)
  })

  it('of other formats are other exports', () => {
    const files = [
      report({ pages: [next(true)] }),
      report({ file: 'b.json', format: 'iru-prism', pages: [next(false)] }),
    ]
    expect(inShort(warnings({ files }))).toEqual(['page-truncated a.json strict'])
  })

  it('say how many are missing', () => {
    expect(pagesOf([total(3972, 2000)])[0]?.message).toBe(
      'totalCount says 3972 records, 2000 are here: 1972 are missing. Export all pages.',
    )
    expect(pagesOf([next(true)])[0]?.message).toBe(
      'nextLink says that another page follows, and it is not here. Export all pages.',
    )
  })
})

describe('of identities', () => {
  const shared = (kind: 'serial' | 'hardware-uuid', count: number) =>
    Array.from({ length: count }, (_, index) => ({ kind, value: `X${index}`, why: 'several-platforms' as const }))

  it('that several machines claim: five by name, the rest by number', () => {
    const list = warnings({ shared: [...shared('serial', 7), ...shared('hardware-uuid', 5)] })
    expect(inShort(list)).toEqual(['serial-not-unique', 'uuid-not-unique'])
    expect(list[0]?.message).toContain(': X0, X1, X2, X3, X4 and 2 more.')
    expect(list[1]?.message).toContain(': X0, X1, X2, X3, X4.')
  })

  it('that were joined: duplicates and lists that disagree', () => {
    const examples = { acrossProducts: ['A'], duplicates: ['B', 'C'], disagreements: ['D'] }
    const list = warnings({ joins: { acrossProducts: 1, duplicates: 8, disagreements: 1, examples } })
    expect(inShort(list)).toEqual(['app-lists-disagree', 'duplicate-records'])
    expect(list[0]?.message).toContain(': D.')
    expect(list[1]?.message).toContain(': B, C and 6 more.')
  })

  it('of which there are none', () => {
    expect(inShort(warnings({ endpoints: 0 }))).toEqual(['no-endpoints strict'])
    expect(warnings({ endpoints: 0, files: [] })).toEqual([])
    expect(
      inShort(
        warnings({ endpoints: 0, files: [report({ format: undefined, problem: { code: 'binary', message: 'x' } })] }),
      ),
    ).toEqual(['binary a.json strict'])
  })
})

describe('of the policy', () => {
  it('exclusions that are over, and sections that scan does not use', () => {
    const expired = [{ reason: 'audit', site: 'Berlin', until: '2026-01-01' }]
    expect(warnings({ expired, unusedSections: ['plugins'] })).toEqual([
      {
        code: 'exclusion-expired',
        message:
          'The exclusion "audit" ended on 2026-01-01; its endpoints count again. Renew or remove it in the policy.',
        strict: false,
      },
      {
        code: 'policy-section-unused',
        message:
          'Scan does not judge the policy section "plugins": "ready" says nothing about it. With a section "probe" in the policy it needs proof (fleet probe build).',
        strict: false,
      },
    ])
  })
})

it('come strict ones first, then by code, file and text, whatever the order of files', () => {
  const notices = (code: string) => [{ code, message: code, records: 0 }]
  const files = [
    report({ file: 'b.csv', notices: notices('footer') }),
    report({ file: 'a.csv', notices: notices('footer') }),
    report({ file: 'c.csv', notices: notices('cut-off') }),
    report({ file: 'd.csv', records: 100 }),
  ]
  const unusedSections = ['plugins', 'hooks']
  const expected = [
    'cut-off c.csv strict',
    'suspicious-count d.csv strict',
    'footer a.csv',
    'footer b.csv',
    'policy-section-unused',
    'policy-section-unused',
  ]
  const list = warnings({ files, unusedSections })
  expect(inShort(list)).toEqual(expected)
  expect(warnings({ files: [...files].reverse(), unusedSections: ['hooks', 'plugins'] })).toEqual(list)
})

describe('of the evidence that was given', () => {
  const evidence = { file: 'e.json', asOf: '2026-11-20T00:00:00Z', policyDigest: 'sha256:1', endpoints: new Map() }
  const nobody = { proven: 0, silent: 0, contradicted: 0, unknown: 0, missing: 3 }

  it('nothing where it counts', () => {
    expect(warnings({ evidence, telemetry: { ...nobody, proven: 1 } })).toEqual([])
    expect(warnings({ evidence, telemetry: { ...nobody, missing: 0 } })).toEqual([])
  })

  it.each(['evidence-old', 'evidence-other-policy'] as const)('%s', (problem) => {
    expect(inShort(warnings({ evidence: { ...evidence, problem }, telemetry: nobody }))).toEqual([
      `${problem} e.json strict`,
    ])
  })

  it('that it is of another inventory', () => {
    expect(inShort(warnings({ evidence, telemetry: nobody }))).toEqual(['evidence-of-others e.json strict'])
  })
})
