import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/platform/clock.js'
import { CoverageSection, coverageSection } from '../../../src/telemetry/sections/coverage.js'
import { endpointsSection } from '../../../src/telemetry/sections/endpoints.js'
import type { EvidenceView, KnownEndpoint } from '../../../src/telemetry/view.js'
import { daysAgo, knownEndpoint, sender, viewOf } from '../../builders/evidence-view.js'

const coverageOf = (view: EvidenceView) =>
  CoverageSection.parse(JSON.parse(JSON.stringify(coverageSection(view, endpointsSection(view)))))
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

describe('coverage', () => {
  const endpoints = [
    knownEndpoint('A1', { department: 'Sales' }),
    knownEndpoint('B2', { department: 'Sales', platform: 'windows' }),
    knownEndpoint('C3', { code: { status: 'installed', version: '2.1.400', asOf: daysAgo(10) } }),
    knownEndpoint('D4', { code: { status: 'installed', version: '2.1.400', asOf: daysAgo(10) } }),
    knownEndpoint('E5', { state: 'excluded' }),
    knownEndpoint('F6', { state: 'stale' }),
    knownEndpoint('G7', { state: 'upgrade' }),
  ]
  const view = viewOf({
    endpoints,
    senders: [
      sender({ serial: 'A1', first: daysAgo(27) }),
      sender({ serial: 'B2', stamp: 'other' }),
      sender({ serial: 'C3', last: daysAgo(16) }),
      sender({ serial: 'G7', stamp: '', last: daysAgo(3) }),
      sender({ serial: 'E5' }),
    ],
  })

  it('has a share of those that should report, and the three denominators', () => {
    expect(coverageOf(view)).toMatchObject({
      proven: 1,
      shouldReport: { of: 4, percent: 25 },
      managed: { of: 7, percent: 14.2 },
      inScope: { of: 6, percent: 16.6 },
      active: { of: 5, percent: 20 },
      statuses: { proven: 1, silent: 2, contradicted: 1, unknown: 0 },
      notExpected: { proven: 1, silent: 0, contradicted: 0, unknown: 2 },
      first: isoTime(daysAgo(27)),
      last: isoTime(daysAgo(1)),
    })
  })

  it('names why endpoints are not proven', () => {
    expect(coverageOf(view).reasons).toEqual([
      { status: 'contradicted', code: 'other-policy', endpoints: 1, examples: ['B2'] },
      { status: 'silent', code: 'no-telemetry', endpoints: 1, examples: ['D4'] },
      { status: 'silent', code: 'stopped', endpoints: 1, examples: ['C3'] },
    ])
  })

  it('is told by department, platform, version and surface', () => {
    const { departments, platforms, versions, surfaces } = coverageOf(view)
    const of = (rows: readonly { shouldReport: number; proven: number; percent: number | null }[]) =>
      rows.map(({ shouldReport, proven, percent }) => [shouldReport, proven, percent])
    expect(departments.rows.map(({ name }) => name)).toEqual(['(none)', 'Sales'])
    expect(of(departments.rows)).toEqual([
      [2, 0, 0],
      [2, 1, 50],
    ])
    expect(platforms.map(({ name }) => name)).toEqual(['macos', 'windows'])
    expect(versions.rows.map(({ product, version, shouldReport }) => [product, version, shouldReport])).toEqual([
      ['claude-desktop', '1.30096.1', 4],
      ['claude-code', '2.1.329', 2],
      ['claude-code', '2.1.400', 2],
    ])
    expect(surfaces.map(({ surface, endpoints: heard, proven }) => [surface, heard, proven])).toEqual([
      ['claude-code', 5, 2],
      ['claude-code-desktop', 0, 0],
      ['cowork', 0, 0],
    ])
  })

  it('says since which version endpoints are dark, of how many with it', () => {
    expect(coverageOf(view).darkSince).toEqual({
      of: 1,
      rows: [...[{ product: 'claude-code', version: '2.1.400', dark: 1, of: 2, from: ['2.1.329'], endpoints: ['C3'] }]],
    })
  })

  it('of nothing has no share', () => {
    const nothing = coverageOf(viewOf({ endpoints: [], senders: [] }))
    expect(nothing).toMatchObject({
      proven: 0,
      shouldReport: { of: 0, percent: null },
      managed: { of: 0, percent: null },
    })
    expect(nothing.silenceCannotBeTold).toBe('no record of anybody in those days')
  })

  it('adds up, whatever the endpoints', () => {
    const state = fc.constantFrom<KnownEndpoint['state']>('ready', 'repair', 'stale', 'excluded', 'unknown', 'upgrade')
    const parts = fc.array(fc.tuple(state, fc.constantFrom('Sales', undefined), fc.boolean(), fc.nat(27)), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(parts, (rows) => {
        const known = rows.map(([of, department], index) => knownEndpoint(`E${index}`, { state: of, department }))
        const senders = rows.flatMap(([, , isHeard, days], index) =>
          isHeard ? [sender({ serial: `E${index}`, first: daysAgo(27.5), last: daysAgo(days) - 1 })] : [],
        )
        const section = coverageOf(viewOf({ endpoints: known, senders }))
        const { statuses, notExpected, shouldReport, managed, inScope, active } = section
        expect(sum(Object.values(statuses))).toBe(shouldReport.of)
        expect(sum(Object.values(statuses)) + sum(Object.values(notExpected))).toBe(managed.of)
        expect(managed.of).toBe(known.length)
        expect(inScope.of).toBe(known.filter((one) => one.state !== 'excluded').length)
        expect(active.of).toBe(known.filter((one) => one.state !== 'excluded' && one.state !== 'stale').length)
        for (const group of [section.departments.rows, section.platforms])
          for (const name of ['proven', 'silent', 'contradicted', 'unknown'] as const)
            expect(sum(group.map((row) => row[name]))).toBe(statuses[name])
        expect(section.proven).toBe(statuses.proven)
      }),
    )
  })
})
