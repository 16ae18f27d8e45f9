import { describe, expect, it } from 'vitest'
import type { BundleFile } from '../../../src/bundle/artifact.js'
import { cowork } from '../../../src/bundle/artifacts/cowork.js'
import type { BundlePlan } from '../../../src/bundle/plan.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { planOf } from '../../builders/plan.js'

function build(telemetry: Record<string, unknown>, more: Partial<BundlePlan> = {}) {
  const codes: string[] = []
  const policy = { telemetry: { endpoint: 'https://otel.example.com:4318', ...telemetry } }
  const files = cowork.files(planOf(policy, { warn: ({ code }) => codes.push(code), ...more }))
  const [json, page] = files as [BundleFile, BundleFile]
  expect(json.readBack?.(Buffer.from(json.content as string))).toEqual(json.data)
  return { settings: JSON.parse(String(json.content)), page: String(page.content), codes }
}

const new15 = { lowest: { desktop: { normal: '1.20186.0', from: 'scan' as const } } }

describe('what is entered for Cowork', () => {
  it('has the endpoint, the protocol and headers by reference', () => {
    const { settings, page, codes } = build(
      { headers: { 'x-team': 'plain:fleet', Authorization: 'env:OTEL_AUTHORIZATION' } },
      new15,
    )
    expect(settings).toMatchObject({
      endpoint: 'https://otel.example.com:4318',
      protocol: 'http/protobuf',
      headers: [
        { name: 'Authorization', reference: 'env:OTEL_AUTHORIZATION' },
        { name: 'x-team', value: 'fleet' },
      ],
      minimumDesktop: { local: '1.1.4173', cloud: '1.22209.3' },
    })
    expect(page).toContain('`Authorization`: the secret from the environment variable `OTEL_AUTHORIZATION`')
    expect(page).toContain('OTLP endpoint: `https://otel.example.com:4318`\n')
    expect(page).toContain('Protocol: `http/protobuf`\n')
    expect(page).toContain('- `x-team`: `fleet`\n')
    expect(codes).toEqual([])
  })

  it('never has a secret, even when the build has it', () => {
    const secrets = new Map([['Authorization', new Secret('Bearer canary-3f9c')]])
    const { settings, page } = build({ headers: { Authorization: 'file:/run/token' } }, { ...new15, secrets })
    expect(JSON.stringify(settings) + page).not.toContain('canary-3f9c')
    expect(settings.headers).toEqual([{ name: 'Authorization', reference: 'file:/run/token' }])
  })

  it('shows values to enter as they are, whatever they hold', () => {
    const value = 'a_b*c [x](y) `` <b> | $1'
    const { page } = build({ headers: { 'X-Team_ID': `plain:${value}`, 'X-Token': 'file:/run/my_token' } }, new15)
    expect(page).toContain('- `X-Team_ID`: ```a_b*c [x](y) `` <b> | $1```\n')
    expect(page).toContain('the file `/run/my_token`.')
  })

  it('proposes http/protobuf and its port where the policy says grpc', () => {
    const { settings, page, codes } = build({ protocol: 'grpc', endpoint: 'https://otel.example.com:4317' }, new15)
    expect(settings).toMatchObject({ protocol: 'http/protobuf', endpoint: 'https://otel.example.com:4318' })
    expect(page).toContain('the policy says grpc')
    expect(codes).toEqual(['cowork-grpc'])
    expect(build({ protocol: 'http/json' }, new15).settings.protocol).toBe('http/json')
  })

  it('keeps the path and drops the slash at its end', () => {
    expect(build({ endpoint: 'https://otel.example.com/claude/' }).settings.endpoint).toBe(
      'https://otel.example.com/claude',
    )
  })

  it('warns of an endpoint that Cowork cannot reach', () => {
    const { settings, page, codes } = build({ endpoint: 'http://localhost:4318' }, new15)
    expect(settings.reachable).toBe(false)
    expect(codes).toEqual(['cowork-loopback'])
    expect(page).toContain('no Cowork session can reach it')
  })

  it('says whether the bundle limits content, and warns when only the collector does', () => {
    const without = build({})
    expect(without.settings.contentSwitch.inThisBundle).toBe(false)
    expect(without.codes).toEqual(['cowork-content'])
    expect(without.page).toContain('does not set `otlpContentCapture`')
    const with15 = build({}, new15)
    expect(with15.settings.contentSwitch.inThisBundle).toBe(true)
    expect(with15.page).toContain('its effect on this one is not confirmed')
    expect(build({ privacy: 'raw' }).codes).toEqual([])
  })

  it('is for first-party deployments with telemetry', () => {
    const telemetry = { endpoint: 'https://otel.example.com:4318' }
    expect(cowork.files(planOf())).toEqual([])
    expect(cowork.files(planOf({ telemetry, claudeDesktop: { deployment: 'third-party' } }))).toEqual([])
  })
})
