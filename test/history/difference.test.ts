import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComparedScan, differenceOf, isEmptyDifference } from '../../src/history/difference.js'
import { DifferenceDocument } from '../../src/history/difference-document.js'
import { onlyStates } from '../../src/history/difference-filter.js'
import type { SnapshotEndpoint } from '../../src/history/snapshot.js'
import { states } from '../../src/readiness/verdict.js'
import { readSource, snapshotEndpoint, snapshotHead } from '../builders/history-snapshot.js'

const endpoint = fc
  .record({
    id: fc.constantFrom(...'abcdefghijklmnop'),
    hostname: fc.option(fc.constantFrom('h1', 'h2', 'h3'), { nil: undefined }),
    state: fc.constantFrom(...states),
    desktop: fc.constantFrom('absent', 'unknown', '1.1.3918', '1.24012.9'),
    code: fc.constantFrom('absent', '2.1.250'),
    reasons: fc.array(fc.constantFrom('no-app-list', 'below-gate:cowork-otel', 'telemetry-silent'), { maxLength: 3 }),
  })
  .map(({ id, ...more }) => snapshotEndpoint(id, more))
const head = fc
  .record({
    asOf: fc.constantFrom('2026-11-13T00:00:00Z', '2026-11-20T00:00:00Z'),
    digest: fc.constantFrom('a', 'b'),
    target: fc.constantFrom(90, 95),
    sources: fc.subarray([readSource('devices.csv'), readSource('apps.csv'), readSource('jamf.json', 'jamf')]),
  })
  .chain((about) =>
    fc
      .subarray([{ code: 'cut-off', file: 'devices.csv' }, { code: 'no-endpoints' }])
      .map((strictWarnings) => snapshotHead(about, { strictWarnings })),
  )
const scan: fc.Arbitrary<ComparedScan> = fc.record({
  head,
  endpoints: fc.uniqueArray(endpoint, { selector: ({ id }) => id, maxLength: 16 }),
})

/** The same difference, seen from the other side; host names are those of the later scan, and so left out. */
function mirrored({
  before,
  after,
  counts,
  matrix,
  warnings,
  moved,
  appeared,
  disappeared,
  otherVersion,
  otherReasons,
}: DifferenceDocument) {
  const swap = (change: { before: string; after: string }) => ({ before: change.after, after: change.before })
  return {
    before: after,
    after: before,
    counts: {
      ...counts,
      before: counts.after,
      after: counts.before,
      appeared: counts.disappeared,
      disappeared: counts.appeared,
    },
    matrix: sorted(matrix.map(({ from, to, endpoints }) => ({ from: to, to: from, endpoints }))),
    warnings: counted(warnings),
    moved: moved.map(({ id, from, to, gone, come, desktop, code }) => {
      return { id, from: to, to: from, gone: come, come: gone, desktop: swap(desktop), code: swap(code) }
    }),
    appeared: disappeared,
    disappeared: appeared,
    otherVersion: otherVersion.map(({ id, gone, come, desktop, code }) => {
      return { id, gone: come, come: gone, desktop: swap(desktop), code: swap(code) }
    }),
    otherReasons: otherReasons.map(({ id, gone, come }) => ({ id, gone: come, come: gone })),
  }
}

function asSeen(document: DifferenceDocument) {
  const { before, after, counts, matrix, warnings, moved, appeared, disappeared, otherVersion, otherReasons } = document
  return {
    before,
    after,
    counts,
    matrix: sorted(matrix),
    warnings: counted(warnings),
    moved: moved.map(({ id, from, to, gone, come, desktop, code }) => ({ id, from, to, gone, come, desktop, code })),
    appeared,
    disappeared,
    otherVersion: otherVersion.map(({ id, gone, come, desktop, code }) => ({ id, gone, come, desktop, code })),
    otherReasons: otherReasons.map(({ id, gone, come }) => ({ id, gone, come })),
  }
}

function sorted(matrix: readonly { from?: string | undefined; to?: string | undefined; endpoints: number }[]) {
  return matrix.map(({ from, to, endpoints }) => `${from} > ${to}: ${endpoints}`).sort()
}

/** That "after" is the earlier one can only hold on one side. */
function counted(warnings: DifferenceDocument['warnings']) {
  return warnings.filter(({ code }) => code !== 'earlier-day').map(({ code, endpoints }) => [code, endpoints])
}

describe('the difference of two scans', () => {
  it('of a scan and itself is empty', () => {
    fc.assert(
      fc.property(scan, (one) => {
        const document = differenceOf(one, one)
        expect(isEmptyDifference(document)).toBe(true)
        expect(document.counts.stayed).toBe(one.endpoints.length)
      }),
    )
  })

  it('accounts for every endpoint of both', () => {
    fc.assert(
      fc.property(scan, scan, (a, b) => {
        const document = differenceOf(a, b)
        const { before, after, moved, stayed, appeared, disappeared } = document.counts
        expect([before, after]).toEqual([a.endpoints.length, b.endpoints.length])
        expect(moved + stayed + disappeared).toBe(before)
        expect(moved + stayed + appeared).toBe(after)
        const sum = (wanted: (cell: DifferenceDocument['matrix'][number]) => boolean) =>
          document.matrix.filter(wanted).reduce((total, { endpoints }) => total + endpoints, 0)
        expect(sum(({ from, to }) => from !== undefined && to !== undefined && from !== to)).toBe(moved)
        expect(sum(({ from, to }) => from === to)).toBe(stayed)
        expect(sum(({ from }) => from === undefined)).toBe(appeared)
        expect(sum(({ to }) => to === undefined)).toBe(disappeared)
        expect([document.moved.length, document.appeared.length, document.disappeared.length]).toEqual([
          moved,
          appeared,
          disappeared,
        ])
        for (const { endpoints } of document.warnings)
          expect(endpoints).toBeLessThanOrEqual(moved + appeared + disappeared)
        expect(DifferenceDocument.parse(document)).toEqual(document)
      }),
    )
  })

  it('seen from the other side is its mirror', () => {
    fc.assert(
      fc.property(scan, scan, (a, b) => {
        expect(mirrored(differenceOf(a, b))).toEqual(asSeen(differenceOf(b, a)))
      }),
    )
  })

  it('is empty only where every endpoint has the same state, versions and reasons', () => {
    const told = ({ id, state, desktop, code, reasons }: SnapshotEndpoint) =>
      JSON.stringify([id, state, desktop, code, [...new Set(reasons)].sort()])
    const all = ({ endpoints }: ComparedScan) => endpoints.map(told).sort()
    fc.assert(
      fc.property(scan, scan, (a, b) => {
        const same = JSON.stringify(all(a)) === JSON.stringify(all(b))
        expect(isEmptyDifference(differenceOf({ ...a, head: b.head }, b))).toBe(same)
        const shuffled = {
          ...b,
          endpoints: b.endpoints.map((one) => ({ ...one, reasons: [...one.reasons].reverse() })),
        }
        expect(isEmptyDifference(differenceOf(b, shuffled))).toBe(true)
      }),
    )
  })

  it('does not depend on the order of the endpoints', () => {
    fc.assert(
      fc.property(scan, scan, (a, b) => {
        const backwards = (of: ComparedScan) => ({ ...of, endpoints: [...of.endpoints].reverse() })
        expect(differenceOf(backwards(a), backwards(b))).toEqual(differenceOf(a, b))
      }),
    )
  })

  it('says why: reasons that came and went, and versions', () => {
    const before = {
      head: snapshotHead(),
      endpoints: [
        snapshotEndpoint('a', {
          state: 'upgrade',
          desktop: '1.1.3918',
          reasons: ['below-gate:cowork-otel', 'no-probe'],
        }),
        snapshotEndpoint('b', { desktop: '1.1.3918' }),
      ],
    }
    const after = {
      head: snapshotHead(),
      endpoints: [
        snapshotEndpoint('a', {
          state: 'unknown',
          reasons: ['no-probe', 'stage-not-proven:loaded', 'stage-not-proven:loaded'],
        }),
        snapshotEndpoint('b'),
      ],
    }
    const { moved, otherVersion, warnings } = differenceOf(before, after)
    expect(moved).toMatchObject([
      {
        id: 'a',
        gone: ['below-gate:cowork-otel'],
        come: ['stage-not-proven:loaded'],
        desktop: { before: '1.1.3918', after: '1.24012.9' },
      },
    ])
    expect(otherVersion).toMatchObject([{ id: 'b', state: 'ready', desktop: { before: '1.1.3918' } }])
    expect(warnings).toEqual([])
  })
})

describe('endpoints that stay', () => {
  it('are told where their reasons are others, and counted apart from other versions', () => {
    const scanOf = (...reasons: string[][]) => ({
      head: snapshotHead(),
      endpoints: reasons.map((one, index) =>
        snapshotEndpoint(`e${index}`, { state: 'unknown', desktop: `1.${one.length}`, reasons: one }),
      ),
    })
    const document = differenceOf(
      scanOf(['no-app-list', 'x'], ['x'], ['x', 'y']),
      scanOf(['no-app-list', 'y'], ['x', 'y'], ['y', 'x']),
    )
    expect(document.otherReasons).toEqual([{ id: 'e0', platform: 'macos', state: 'unknown', gone: ['x'], come: ['y'] }])
    expect(document.otherVersion).toMatchObject([{ id: 'e1', gone: [], come: ['y'] }])
    expect(document.counts).toMatchObject({ moved: 0, stayed: 3, otherVersion: 1, otherReasons: 1 })
    expect(isEmptyDifference(document)).toBe(false)
    expect(onlyStates(document, { to: 'unknown' }).otherReasons).toHaveLength(1)
    expect(onlyStates(document, { to: 'ready' }).otherReasons).toEqual([])
  })
})

describe('what else differs', () => {
  const moves = {
    before: [
      snapshotEndpoint('a'),
      snapshotEndpoint('b', { state: 'upgrade', desktop: '1.1.3918' }),
      snapshotEndpoint('c'),
    ],
    after: [snapshotEndpoint('a', { state: 'unknown' }), snapshotEndpoint('b'), snapshotEndpoint('d')],
  }
  const warned = (before: ComparedScan['head'], after: ComparedScan['head']) =>
    differenceOf({ head: before, endpoints: moves.before }, { head: after, endpoints: moves.after }).warnings.map(
      ({ code, endpoints }) => [code, endpoints],
    )
  const gate = { id: 'cowork-otel', level: 'advised' as const, pass: 0, fail: 0, unknown: 0 }
  const telemetry = { asOf: '2026-11-20T00:00:00Z', proven: 1, silent: 0, contradicted: 0, unknown: 0, missing: 0 }

  it.each([
    ['the policy: what moved without another version', { policy: { digest: 'b' } }, [['other-policy', 1]]],
    ['the required gates', { gates: [gate] }, [['other-gates', 1]]],
    ['the exports: what is unknown, came or went', { sources: [] }, [['other-sources', 3]]],
    [
      'that a scan is incomplete: what is unknown, came or went',
      { strictWarnings: [{ code: 'cut-off', file: 'devices.csv' }] },
      [['incomplete-scan', 3]],
    ],
    ['the evidence', { telemetry }, [['other-evidence', 0]]],
    ['the version of fleet', { fleet: '0.2.0' }, [['other-fleet', 1]]],
    ['the order of days', { asOf: '2026-11-01T00:00:00Z' }, [['earlier-day', 0]]],
  ])('is told: %s', (_, more, expected) => {
    expect(warned(snapshotHead(), snapshotHead({}, more))).toEqual(expected)
  })

  it('names each export that one of them lacks, with how many files', () => {
    const of = (...files: string[]) => ({
      head: snapshotHead({ sources: files.map((file) => readSource(file)) }),
      endpoints: [],
    })
    const { warnings } = differenceOf(of('p-1.csv', 'p-2.csv', 'p-3.csv', 'a.csv'), of('p-1.csv', 'b.csv'))
    expect(warnings.map(({ message }) => message)).toEqual([
      'The scans did not read the same exports: only before intune-all-devices a.csv, intune-all-devices p-#.csv (2 files); only after intune-all-devices b.csv.',
    ])
  })

  it('says which scan warned of what, also where both did', () => {
    const of = (...codes: string[]) => ({
      head: snapshotHead({}, { strictWarnings: codes.map((code) => ({ code })) }),
      endpoints: [],
    })
    expect(differenceOf(of('cut-off', 'page-truncated', 'cut-off'), of('cut-off')).warnings).toMatchObject([
      {
        code: 'incomplete-scan',
        message:
          'The scans warned that their numbers may be incomplete: before cut-off, page-truncated; after cut-off.',
      },
    ])
  })

  it('names the target, which moves nobody', () => {
    const { warnings } = differenceOf(
      { head: snapshotHead(), endpoints: [] },
      { head: snapshotHead({ target: 90 }), endpoints: [] },
    )
    expect(warnings).toMatchObject([
      { code: 'other-target', endpoints: 0, message: expect.stringContaining('95 % before, 90 %') },
    ])
  })

  it('says nothing of the version of fleet where a file does not tell it', () => {
    expect(warned({ ...snapshotHead(), fleet: undefined }, snapshotHead())).toEqual([])
  })

  it('tells a host name that went under one id and came under another', () => {
    const one = (id: string) => ({ head: snapshotHead(), endpoints: [snapshotEndpoint(id, { hostname: 'ENG-1' })] })
    expect(differenceOf(one('a'), one('b')).warnings).toMatchObject([{ code: 'same-hostname', endpoints: 1 }])
  })

  it('stays told when the lists are narrowed to states', () => {
    const whole = differenceOf(
      { head: snapshotHead(), endpoints: moves.before },
      { head: snapshotHead(), endpoints: moves.after },
    )
    const lost = onlyStates(whole, { from: 'ready', to: undefined })
    expect(lost.moved.map(({ id }) => id)).toEqual(['a'])
    expect([lost.appeared.length, lost.disappeared.length]).toEqual([0, 1])
    expect(lost.counts).toEqual(whole.counts)
    expect(lost.filter).toEqual({ from: 'ready' })
    expect(onlyStates(whole, {})).toBe(whole)
  })
})
