import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { type PlanningEndpoint, readPlanningScan, reportOf, requiredGates } from '../../src/waves/planning-scan.js'
import { fileWith, planningEndpoint, scanDocumentOf } from '../builders/planning.js'

const endpoints = ['A', 'B', 'C'].map((id) => planningEndpoint({ id }))
const read = (document: unknown) => readPlanningScan(fileWith(document), () => {})
const failureOf = async (document: unknown) =>
  await read(document).then(
    () => undefined,
    (error: unknown) => (error instanceof Failure ? error.code : error),
  )

it('hands out every endpoint, and the required gates', async () => {
  const seen: string[] = []
  const { head } = await readPlanningScan(fileWith(scanDocumentOf(endpoints)), ({ id }) => seen.push(id))
  expect(seen).toEqual(['A', 'B', 'C'])
  expect(requiredGates(head)).toEqual(['cowork-otel'])
})

describe('the digest', () => {
  it('does not depend on the order of endpoints, nor of keys in the head', async () => {
    const document = scanDocumentOf(endpoints)
    const turned = Object.fromEntries(Object.entries({ ...document, endpoints: endpoints.toReversed() }).reverse())
    const [{ digest }, other] = await Promise.all([read(document), read(turned)])
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(other.digest).toBe(digest)
  })

  it('changes with any endpoint and with the head', async () => {
    const { digest } = await read(scanDocumentOf(endpoints))
    const changed = [{ ...endpoints[0]!, department: 'Sales' }, ...endpoints.slice(1)]
    expect((await read(scanDocumentOf(changed))).digest).not.toBe(digest)
    expect((await read(scanDocumentOf(endpoints, { asOf: '2026-11-21T00:00:00Z' }))).digest).not.toBe(digest)
  })
})

describe('the rules', () => {
  const rulesOf = async (head: Partial<ScanDocument>) => (await read(scanDocumentOf(endpoints, { head }))).rules
  const { gates } = scanDocumentOf([]) as unknown as ScanDocument
  const [gate] = gates

  it('are the same whatever the gates counted and say', async () => {
    expect(await rulesOf({ gates: [{ ...gate!, fail: 3, why: 'other words', checked: '2026-11-02' }] })).toBe(
      await rulesOf({}),
    )
    expect(await rulesOf({ gates: [gate!, { ...gate!, id: 'advised-gate', level: 'advised' }] })).toBe(
      await rulesOf({}),
    )
  })

  it.each<[string, Partial<ScanDocument>]>([
    ['range', { gates: [{ ...gate!, requires: ['>=1.2.0'] }] }],
    ['gate', { gates: [gate!, { ...gate!, id: 'another' }] }],
    ['age', { policy: { digest: 'sha256:policy', staleAfterDays: 31, expectDesktop: false } }],
    ['expectation', { policy: { digest: 'sha256:policy', staleAfterDays: 30, expectDesktop: true } }],
  ])('are others with another %s', async (_, head) => {
    expect(await rulesOf(head)).not.toBe(await rulesOf({}))
  })
})

describe('refuses', () => {
  it.each<[string, unknown, string]>([
    ['what is no scan', { schema: 'fleet.plan/v1' }, 'not-a-scan'],
    ['a scan that is cut off', JSON.stringify(scanDocumentOf(endpoints)).slice(0, -20), 'not-a-scan'],
    ['a newer scan', { ...scanDocumentOf(endpoints), schema: 'fleet.scan/v2' }, 'newer-document'],
    ['an endpoint without a state', { ...scanDocumentOf(endpoints), endpoints: [{ id: 'A' }] }, 'not-a-scan'],
    ['an endpoint that stands there twice', scanDocumentOf([...endpoints, endpoints[0]!]), 'endpoint-twice'],
    [
      'a scan that lacks an endpoint it counts',
      { ...scanDocumentOf(endpoints), endpoints: endpoints.slice(1) },
      'scan-incomplete',
    ],
  ])('%s', async (_, document, code) => {
    expect(await failureOf(document)).toBe(code)
  })
})

describe('a report', () => {
  const [old, fresh] = ['2026-11-01T00:00:00Z', '2026-11-19T00:00:00Z']
  const at = (changes: Partial<PlanningEndpoint>) => {
    const report = reportOf(planningEndpoint({ id: 'A', lastSeen: fresh, ...changes }))
    return report.at === undefined ? undefined : new Date(report.at).toISOString().replace('.000Z', 'Z')
  }

  it('is as fresh as the app list that decided, and as the older of two', () => {
    expect(at({ desktop: { asOf: old }, code: { asOf: fresh } })).toBe(old)
    expect(at({ state: 'ready', desktop: { asOf: fresh }, code: { asOf: old } })).toBe(old)
    expect(at({ desktop: { asOf: fresh }, code: { asOf: old } })).toBe(fresh)
  })

  it('goes by the list of the product that decides, whatever is open about another', () => {
    const reasons = [
      { code: 'below-gate', product: 'claude-desktop' },
      { code: 'no-app-list', product: 'claude-code' },
    ]
    expect(at({ reasons, desktop: { asOf: fresh }, code: {} })).toBe(fresh)
    expect(at({ reasons: reasons.toReversed(), desktop: { asOf: fresh }, code: {} })).toBeUndefined()
  })

  it('has no date where the app list has none: a check-in says nothing about apps', () => {
    expect(at({ desktop: {}, code: {} })).toBeUndefined()
    expect(reportOf(planningEndpoint({ id: 'A', lastSeen: fresh, desktop: {} })).checkIn).toBe(Date.parse(fresh))
  })
})
