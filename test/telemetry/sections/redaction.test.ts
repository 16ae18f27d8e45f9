import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { privacyTiers } from '../../../src/policy/telemetry.js'
import type { CanaryResult } from '../../../src/telemetry/canary/canary-result.js'
import { contentFields } from '../../../src/telemetry/content-fields.js'
import { RedactionSection, redactionSection } from '../../../src/telemetry/sections/redaction.js'
import type { ContentRow } from '../../../src/telemetry/tables.js'
import { evidenceViewOf, exampleOf, senderOf } from '../../builders/section-view.js'

const telemetry = { endpoint: 'https://otel.acme.example:4318' }
const hash = `sha256:${'a'.repeat(64)}`

const contentRowOf = (changes: Partial<ContentRow> = {}): ContentRow => ({
  service: 'claude-code',
  version: '2.1.329',
  signal: 'log',
  event: 'user_prompt',
  field: 'prompt',
  present: 3,
  redacted: 1,
  example: exampleOf(),
  ...changes,
})

function sectionOf({
  content = [],
  senders = [senderOf({ installation: hash })],
  policy = { telemetry, collector: {} } as Readonly<Record<string, unknown>>,
  extra,
}: {
  content?: readonly ContentRow[]
  senders?: readonly ReturnType<typeof senderOf>[]
  policy?: Readonly<Record<string, unknown>>
  extra?: Parameters<typeof redactionSection>[1]
} = {}): RedactionSection {
  return RedactionSection.parse(redactionSection(evidenceViewOf({ policy, tables: { senders, content } }), extra))
}

const canaryResult = (verdict: CanaryResult['verdict']): CanaryResult => ({
  verdict,
  records: { sent: 1, arrived: 1 },
  tokens: { sent: 1, survived: 0, leaked: 0 },
  missing: [],
  survivors: [],
  moreSurvivors: 0,
  unsearched: [],
})

describe('verdict', () => {
  it('is clean where nothing above the tier is there, and the client left the rest out', () => {
    const section = sectionOf({ content: [contentRowOf({ present: 0, redacted: 5, example: undefined })] })
    expect(section).toMatchObject({ verdict: 'clean', tier: 'metadata', records: { now: 100 } })
    expect(section.fields).toEqual([
      expect.objectContaining({ field: 'prompt', tier: 'content', allowed: false, present: 0, redacted: 5 }),
    ])
  })

  it('is a leak where content above the tier is there, with where it is from', () => {
    const content = [
      contentRowOf(),
      contentRowOf({ version: '2.1.100', present: 9, example: exampleOf({ session: 'first', at: 1000 }) }),
      contentRowOf({ event: 'made_up', signal: 'span', present: 0, redacted: 2 }),
    ]
    const { verdict, fields } = sectionOf({ content })
    expect(verdict).toBe('leak')
    expect(fields).toEqual([
      {
        field: 'prompt',
        tier: 'content',
        allowed: false,
        present: 12,
        redacted: 4,
        places: {
          of: 2,
          rows: [
            { service: 'claude-code', version: '2.1.100', present: 9, redacted: 1 },
            { service: 'claude-code', version: '2.1.329', present: 3, redacted: 3 },
          ],
        },
        events: {
          of: 2,
          rows: [
            { signal: 'log', event: 'user_prompt', present: 12, redacted: 2 },
            { signal: 'span', event: 'made_up', present: 0, redacted: 2 },
          ],
        },
        example: { session: 'first', sequence: 7, prompt: 'prompt-1', at: '1970-01-01T00:00:01Z' },
      },
    ])
  })

  it('follows the tier of each field', () => {
    const order = ['metadata', 'tool-details', 'content', 'raw']
    fc.assert(
      fc.property(fc.constantFrom(...contentFields), fc.constantFrom(...privacyTiers), ({ name, tier }, privacy) => {
        const section = sectionOf({
          content: [contentRowOf({ field: name })],
          policy: { telemetry: { ...telemetry, privacy }, collector: {} },
        })
        expect(section.verdict).toBe(order.indexOf(privacy) >= order.indexOf(tier) ? 'clean' : 'leak')
      }),
    )
  })

  it('is not given without a policy or without records, and never clean then', () => {
    expect(sectionOf({ policy: {}, content: [contentRowOf()] })).toMatchObject({
      verdict: 'not-judged',
      problem: 'no-policy',
      fields: [{ allowed: null, present: 3 }],
    })
    expect(sectionOf({ senders: [] })).toMatchObject({ verdict: 'not-judged', problem: 'no-records' })
  })

  it('is a leak where the canary leaked, and not given where it proves nothing', () => {
    expect(sectionOf({ extra: { canary: canaryResult('leak') } }).verdict).toBe('leak')
    expect(sectionOf({ extra: { canary: canaryResult('clean') } }).verdict).toBe('clean')
    expect(sectionOf({ extra: { canary: canaryResult('unknown') } })).toMatchObject({
      verdict: 'not-judged',
      problem: 'canary-unknown',
    })
  })
})

describe('identity', () => {
  const senders = [
    senderOf({ email: 'a@acme.example', installation: hash, events: 7 }),
    senderOf({ email: hash, installation: hash, events: 5 }),
    senderOf({ email: '', installation: hash, events: 3 }),
  ]
  const emailOf = ({ identity }: RedactionSection) =>
    identity.attributes.find(({ attribute }) => attribute === 'user.email')

  it('in clear is a leak where the collector has to hash it', () => {
    const section = sectionOf({ senders })
    expect(section.verdict).toBe('leak')
    expect(section.identity.expected).toBe('hashed')
    expect(emailOf(section)).toEqual({
      attribute: 'user.email',
      clear: { records: 7, senders: 1 },
      hashed: { records: 5, senders: 1 },
      none: { records: 3, senders: 1 },
      clearFrom: { of: 1, rows: [{ service: 'claude-code', version: '2.1.329', records: 7, senders: 1 }] },
    })
    expect(JSON.stringify(section)).not.toContain('acme.example')
  })

  it('in clear is as it should be where the policy says so, and not judged without a collector', () => {
    expect(sectionOf({ senders, policy: { telemetry, collector: { hashIdentity: false } } })).toMatchObject({
      verdict: 'clean',
      identity: { expected: 'clear' },
    })
    const { verdict, identity } = sectionOf({ senders, policy: { telemetry } })
    expect([verdict, identity.expected]).toEqual(['clean', undefined])
  })

  it('in metrics alone is a leak as well', () => {
    expect(
      sectionOf({ senders: [senderOf({ account: 'in-clear', installation: hash, events: 0, firstPoint: 1 })] }),
    ).toMatchObject({
      verdict: 'leak',
    })
  })

  it('is looked for in the attributes of the policy too, but not in serial numbers', () => {
    const policy = {
      telemetry: { ...telemetry, endpointAttributes: { 'endpoint.owner': 'email', 'endpoint.serial': 'serial' } },
      collector: {},
    }
    const identity = ['a@acme.example', 'C02XY', '']
    const section = sectionOf({ policy, senders: [senderOf({ installation: hash, identity })] })
    expect(section.identity.attributes.map(({ attribute }) => attribute)).toEqual([
      'user.email',
      'user.account_uuid',
      'user.id',
      'process.owner',
      'endpoint.owner',
    ])
    expect(section.identity.attributes.at(-1)?.clear).toEqual({ records: 100, senders: 1 })
  })
})

it('counts before and after', () => {
  const upstream = evidenceViewOf({
    tables: {
      senders: [senderOf({ email: 'a@acme.example', events: 120 })],
      content: [contentRowOf({ present: 40 }), contentRowOf({ field: 'body', present: 2 })],
    },
  })
  const section = sectionOf({
    content: [contentRowOf({ present: 0, redacted: 40, example: undefined })],
    extra: { before: upstream },
  })
  expect(section.records).toEqual({ now: 100, before: 120 })
  expect(section.fields.map(({ field, present, before }) => [field, before?.present, present])).toEqual([
    ['body', 2, 0],
    ['prompt', 40, 0],
  ])
  expect(section.identity.attributes[0]?.before?.clear).toEqual({ records: 120, senders: 1 })
  expect(section.verdict).toBe('clean')
})
