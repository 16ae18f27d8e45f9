import { describe, expect, it } from 'vitest'
import type { Facts } from '../../src/health/facts.js'
import { readProbeLine, writeProbeLine } from '../../src/health/probe-line.js'
import type { Endpoint } from '../../src/inventory/endpoint.js'
import { Policy } from '../../src/policy/policy.js'
import { assess, createJudge, type Verdict } from '../../src/readiness/verdict.js'
import { desktopGate as gate } from '../builders/desktop-gate.js'
import { absent, endpointOf, installed, unknown } from '../builders/endpoint.js'
import { fullPolicy, goodFacts } from '../builders/health.js'
import { asOf } from '../builders/reading.js'

const day = 86_400_000

const line = (changes: Partial<Facts> = {}) => writeProbeLine({ ...goodFacts(), ...changes }, 'ok')
const receipt = { file: 'computers.csv', record: 3, field: 'Fleet probe', value: 'FH1' }

function withProbe(text: string, changes: Partial<Endpoint> = {}): Endpoint {
  const reading = readProbeLine(text)
  if (reading.kind === 'none') throw new Error('no line')
  return endpointOf({ probe: { reading, receipt }, ...changes })
}

/** The state and the codes of its reasons. */
function inShort(endpoint: Endpoint, policy: Policy = fullPolicy): string {
  const { state, reasons }: Verdict = assess(endpoint, createJudge(policy, [gate], asOf))
  return [state, ...reasons.map(({ code, stage }) => (stage ? `${code}@${stage}` : code))].join(' ')
}

const withoutSection = Policy.parse({ ...fullPolicy, probe: undefined })

describe('an endpoint with a probe', () => {
  it('is ready when the required stages are proven', () => {
    expect(inShort(withProbe(line()))).toBe('ready')
  })

  it('needs repair where a stage is contradicted, with every diagnosis and the line as receipt', () => {
    const endpoint = withProbe(line({ desktopRunning: 'before-change', credential: 'no-file' }))
    expect(inShort(endpoint)).toBe('repair credential-missing@installed app-not-restarted@loaded')
    expect(inShort(endpoint, withoutSection)).toBe('repair credential-missing@installed app-not-restarted@loaded')
    const { reasons } = assess(endpoint, createJudge(fullPolicy, [gate], asOf))
    expect(reasons.every((reason) => reason.receipt === receipt)).toBe(true)
  })

  it('is unknown where a required stage is open', () => {
    const open = { settings: [{ place: 'file', state: 'unread' }], blocked: undefined } satisfies Partial<Facts>
    expect(inShort(withProbe(line(open)))).toBe('unknown stage-not-proven@installed')
    expect(inShort(withProbe(line(open)), withoutSection)).toBe('ready')
  })

  it('is asked for the stages that the policy names', () => {
    const strict = Policy.parse({ ...fullPolicy, probe: { requires: ['installed', 'loaded', 'invoked'] } })
    const idle = line({ desktopRunning: 'no', codeRunning: 'no', invoked: 'none', active: 0, activity: 'none' })
    expect(inShort(withProbe(idle), strict)).toBe('unknown stage-not-proven@loaded stage-not-proven@invoked')
    expect(inShort(withProbe(idle))).toBe('ready')
  })

  it('is still upgraded first, and keeps what the probe says', () => {
    const old = withProbe(line({ credential: 'no-file' }), { desktop: installed('1.0.9') })
    expect(inShort(old)).toBe('upgrade below-gate')
    const { health } = assess(old, createJudge(fullPolicy, [gate], asOf))
    expect(health).toMatchObject({ kind: 'judged', health: { diagnoses: [{ code: 'credential-missing' }] } })
  })

  it('stays unknown, stale or excluded first', () => {
    expect(inShort(withProbe(line(), { desktop: unknown() }))).toBe('unknown no-app-list')
    expect(inShort(withProbe(line(), { lastSeen: asOf - 40 * day }))).toBe('stale check-in-too-old')
    expect(inShort(withProbe(line(), { desktop: absent() }))).toBe('excluded not-installed')
  })

  it('shows what the probe says also without a check-in', () => {
    const endpoint = withProbe(line({ credential: 'no-file' }), { lastSeen: undefined })
    expect(inShort(endpoint)).toBe('unknown no-check-in')
    expect(assess(endpoint, createJudge(fullPolicy, [gate], asOf)).health?.kind).toBe('judged')
  })
})

describe('a probe that says nothing', () => {
  const whole = line()
  it.each<[string, string, Partial<Endpoint>, string]>([
    ['is cut', whole.slice(0, 80), {}, 'probe-cut'],
    ['is of a newer form', 'FH2|ok|t=2026-11-18T08:00:00Z|end', {}, 'probe-newer'],
    ['is much older than the last check-in', line({ at: '2026-11-05T00:00:00Z' }), {}, 'probe-too-old'],
    ['is of the future', line({ at: '2027-01-01T00:00:00Z' }), {}, 'probe-in-future'],
    ['is of another platform', whole, { platform: 'windows' }, 'probe-other-platform'],
  ])('%s', (_, text, changes, code) => {
    expect(inShort(withProbe(text, changes))).toBe(`unknown ${code}`)
    expect(inShort(withProbe(text, changes), withoutSection)).toBe('ready')
  })

  it('is missing', () => {
    expect(inShort(endpointOf())).toBe('unknown no-probe')
    expect(inShort(endpointOf(), withoutSection)).toBe('ready')
  })

  it('is not stale because the endpoint was not seen either', () => {
    const at = new Date(asOf - 20 * day).toISOString().replace('.000Z', 'Z')
    expect(inShort(withProbe(line({ at, collector: undefined }), { lastSeen: asOf - 20 * day }))).toBe('ready')
  })
})
