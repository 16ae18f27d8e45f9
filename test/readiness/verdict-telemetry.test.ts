import { describe, expect, it } from 'vitest'
import { readProbeLine, writeProbeLine } from '../../src/health/probe-line.js'
import type { EndpointTelemetry, TelemetryEvidence } from '../../src/health/telemetry-evidence.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { Policy } from '../../src/policy/policy.js'
import { assess, createJudge } from '../../src/readiness/verdict.js'
import { desktopGate as gate } from '../builders/desktop-gate.js'
import { absent, endpointOf, installed, unknown } from '../builders/endpoint.js'
import { fullPolicy, goodFacts } from '../builders/health.js'
import { asOf } from '../builders/reading.js'

const day = 86_400_000
const policy = Policy.parse({})

function evidenceOf(endpoint: Endpoint, telemetry: Omit<EndpointTelemetry, 'record'>): TelemetryEvidence {
  const endpoints = new Map([[endpoint.id, { record: 7, ...telemetry }]])
  return { file: 'evidence.json', asOf: '2026-11-20T00:00:00Z', policyDigest: 'sha256:0', endpoints }
}

function verdict(endpoint: Endpoint, telemetry: Omit<EndpointTelemetry, 'record'>, by: Policy = policy) {
  return assess(endpoint, createJudge(by, [gate], asOf, evidenceOf(endpoint, telemetry)))
}

describe('an endpoint whose telemetry is known', () => {
  it('is ready where it is proven', () => {
    expect(verdict(endpointOf(), { status: 'proven' }).state).toBe('ready')
  })

  it('is unknown where it cannot be told: unknown is never a pass', () => {
    const { state, reasons } = verdict(endpointOf(), { status: 'unknown', detail: 'window-too-short' })
    expect([state, reasons[0]?.code, reasons[0]?.detail]).toEqual(['unknown', 'telemetry-unknown', 'window-too-short'])
  })

  it.each(['evidence-old', 'evidence-other-policy'] as const)(
    'is unknown whatever it says when it is %s',
    (problem) => {
      for (const status of ['proven', 'silent', 'contradicted'] as const) {
        const judge = createJudge(policy, [gate], asOf, { ...evidenceOf(endpointOf(), { status }), problem })
        const { state, reasons, telemetry } = assess(endpointOf(), judge)
        expect([state, reasons[0]?.detail, telemetry?.status]).toEqual(['unknown', problem, 'unknown'])
      }
    },
  )

  it('needs repair where it is silent, with the place in the evidence as receipt', () => {
    const { state, reasons } = verdict(endpointOf(), { status: 'silent', silentSince: '2026-11-01T00:00:00Z' })
    expect(state).toBe('repair')
    expect(reasons).toEqual([
      {
        code: 'telemetry-silent',
        detail: 'since 2026-11-01T00:00:00Z',
        receipt: { file: 'evidence.json', record: 7, field: 'status', value: 'silent' },
      },
    ])
  })

  it('needs repair where it is contradicted, and says by what', () => {
    const { state, reasons } = verdict(endpointOf(), { status: 'contradicted', detail: 'other-policy (0123)' })
    expect([state, reasons[0]?.code, reasons[0]?.detail]).toEqual([
      'repair',
      'telemetry-contradicted',
      'other-policy (0123)',
    ])
  })

  it('stays in the states that come before repair', () => {
    const silent = { status: 'silent' } as const
    expect(verdict(endpointOf({ desktop: installed('1.0.9') }), silent).state).toBe('upgrade')
    expect(verdict(endpointOf({ desktop: unknown() }), silent).state).toBe('unknown')
    expect(verdict(endpointOf({ desktop: absent() }), silent).state).toBe('excluded')
    expect(verdict(endpointOf({ lastSeen: asOf - 40 * day }), silent).state).toBe('stale')
  })

  it('decides the last stage of the chain that its probe shows', () => {
    const reading = readProbeLine(writeProbeLine(goodFacts(), 'ok'))
    if (reading.kind === 'none') throw new Error('no line')
    const probe = { reading, receipt: { file: 'computers.csv', record: 3, field: 'Fleet probe', value: 'FH1' } }
    const recorded = (telemetry: Omit<EndpointTelemetry, 'record'>) => {
      const { health } = verdict(endpointOf({ probe }), telemetry, fullPolicy)
      return health?.kind === 'judged' ? health.health.stages.recorded : undefined
    }
    expect(recorded({ status: 'proven', last: '2026-11-19T00:00:00Z' })).toEqual({
      state: 'proven',
      seen: 'telemetry of this endpoint arrived',
      at: '2026-11-19T00:00:00Z',
    })
    expect(recorded({ status: 'silent' })?.state).toBe('contradicted')
    expect(recorded({ status: 'contradicted', detail: 'lower-version' })?.seen).toContain('lower-version')
    expect(recorded({ status: 'unknown' })?.state).toBe('unknown')
  })

  it('is unknown when the evidence does not name it', () => {
    const judge = createJudge(policy, [gate], asOf, evidenceOf(endpointOf({ id: 'another' }), { status: 'proven' }))
    expect(assess(endpointOf(), judge)).toMatchObject({
      state: 'unknown',
      reasons: [{ code: 'telemetry-unknown', detail: 'not in the evidence' }],
      telemetry: undefined,
    })
  })
})
