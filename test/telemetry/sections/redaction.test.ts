import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { privacyTiers } from '../../../src/policy/telemetry.js'
import type { CanaryResult } from '../../../src/telemetry/canary/canary-result.js'
import { contentFields, identityFields } from '../../../src/telemetry/content-fields.js'
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
  presentInCopies: 0,
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

const canaryResult = (verdict: CanaryResult['verdict'], problem?: CanaryResult['problem']): CanaryResult => ({
  verdict,
  ...(problem && { problem }),
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
        presentInCopies: 0,
        places: {
          of: 2,
          rows: [
            { service: 'claude-code', version: '2.1.100', present: 9, redacted: 1, presentInCopies: 0 },
            { service: 'claude-code', version: '2.1.329', present: 3, redacted: 3, presentInCopies: 0 },
          ],
        },
        events: {
          of: 2,
          rows: [
            { signal: 'log', event: 'user_prompt', present: 12, redacted: 2, presentInCopies: 0 },
            { signal: 'span', event: 'made_up', present: 0, redacted: 2, presentInCopies: 0 },
          ],
        },
        example: { session: 'first', sequence: 7, prompt: 'prompt-1', at: '1970-01-01T00:00:01Z' },
      },
    ])
  })

  it('follows the tier of each field', () => {
    const order = ['metadata', 'tool-details', 'content', 'raw']
    const fields = contentFields.filter(({ tier }) => tier !== 'identity')
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.constantFrom(...privacyTiers), ({ name, tier }, privacy) => {
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
    expect(sectionOf({ extra: { canary: canaryResult('unknown', 'arrived-in-part') } })).toMatchObject({
      verdict: 'not-judged',
      problem: 'canary-unknown',
      canary: { problem: 'arrived-in-part' },
    })
  })

  it('is a leak where only a copy holds content', () => {
    const content = [
      contentRowOf({ present: 0, redacted: 5, presentInCopies: 2 }),
      contentRowOf({ field: 'body', present: 0, redacted: 0, presentInCopies: 1 }),
    ]
    const section = sectionOf({ content })
    expect(section).toMatchObject({
      verdict: 'leak',
      leaking: { atLeast: 0, inCopies: 2, fields: ['body', 'prompt'] },
    })
  })

  it('counts at least the records of the field with the most, as one record may have several', () => {
    const content = [
      contentRowOf({ present: 3 }),
      contentRowOf({ field: 'prompt_text', present: 4, event: 'a' }),
      contentRowOf({ field: 'prompt_text', present: 5, event: 'b' }),
    ]
    expect(sectionOf({ content }).leaking).toEqual({ atLeast: 9, inCopies: 0, fields: ['prompt_text', 'prompt'] })
    const policy = { telemetry: { ...telemetry, privacy: 'raw' }, collector: {} }
    expect(sectionOf({ content, policy }).leaking).toEqual({ atLeast: 0, inCopies: 0, fields: [] })
  })

  it('is not given where part of the input was not looked at, but a leak stays a leak', () => {
    const unread = ['3 lines of a.jsonl could not be read']
    expect(sectionOf({ extra: { unread } })).toMatchObject({
      verdict: 'not-judged',
      problem: 'not-all-read',
      unread: { of: 1, rows: unread },
    })
    expect(sectionOf({ senders: [], extra: { unread } }).problem).toBe('not-all-read')
    expect(sectionOf({ content: [contentRowOf()], extra: { unread } }).verdict).toBe('leak')
    expect(sectionOf({ extra: { unread: [] } }).verdict).toBe('clean')
  })

  it('counts what it did not look at', () => {
    const view = evidenceViewOf({ policy: { telemetry, collector: {} }, tables: { senders: [senderOf()] } })
    const counts = { ...view.counts, beforeWindow: 3, afterWindow: 4, foreign: { nginx: 5, postgres: 6 } }
    expect(redactionSection({ ...view, counts }).records).toEqual({ now: 100, outsideWindow: 7, ofOtherServices: 11 })
  })
})

describe('identity', () => {
  const content = [
    contentRowOf({ field: 'user.email', present: 7, redacted: 5, event: 'user_prompt' }),
    contentRowOf({ field: 'user.email', present: 2, redacted: 0, version: '2.1.100', signal: 'span' }),
    contentRowOf({ field: 'user.id', present: 0, redacted: 14, example: undefined }),
  ]
  const rowOf = ({ identity }: RedactionSection, name: string) =>
    identity.attributes.find(({ attribute }) => attribute === name)
  const none = { records: 0, inCopies: 0, metricSenders: 0 }

  it('in clear is a leak where the collector has to hash it', () => {
    const section = sectionOf({ content })
    expect(section.verdict).toBe('leak')
    expect(section.identity.expected).toBe('hashed')
    expect(rowOf(section, 'user.email')).toEqual({
      attribute: 'user.email',
      clear: { ...none, records: 9 },
      hashed: { ...none, records: 5 },
      clearFrom: {
        of: 2,
        rows: [
          { service: 'claude-code', version: '2.1.329', ...none, records: 7 },
          { service: 'claude-code', version: '2.1.100', ...none, records: 2 },
        ],
      },
    })
    expect(section.inClear).toEqual({ atLeast: 9, inCopies: 0, metricSenders: 0, fields: ['user.email'] })
    // What names people is no content, and no tier allows it.
    expect(section.fields).toEqual([])
    expect(section.leaking.fields).toEqual([])
  })

  it.each(identityFields.map(({ name }) => name))(
    '%s in clear leaks, whatever else is hashed, also in a copy only',
    (field) => {
      const hashed = identityFields.map(({ name }) =>
        contentRowOf({ field: name, present: 0, redacted: 9, example: undefined }),
      )
      const email = senderOf({ email: hash, account: hash, installation: hash, owner: hash })
      const judged = (row: Partial<ContentRow>) =>
        sectionOf({ senders: [email], content: [...hashed, contentRowOf({ field, redacted: 0, ...row })] })
      expect(sectionOf({ senders: [email], content: hashed }).verdict).toBe('clean')
      expect(judged({ present: 1 })).toMatchObject({ verdict: 'leak', inClear: { atLeast: 1, fields: [field] } })
      expect(judged({ present: 0, presentInCopies: 1 })).toMatchObject({
        verdict: 'leak',
        inClear: { atLeast: 0, inCopies: 1, fields: [field] },
      })
    },
  )

  it('in clear is as it should be where the policy says so, and not judged without a collector', () => {
    expect(sectionOf({ content, policy: { telemetry, collector: { hashIdentity: false } } })).toMatchObject({
      verdict: 'clean',
      inClear: { atLeast: 0, fields: [] },
      identity: { expected: 'clear' },
    })
    const section = sectionOf({ content, policy: { telemetry } })
    expect(section).toMatchObject({ verdict: 'not-judged', problem: 'identity-not-judged' })
    expect(section.identity.expected).toBeUndefined()
    const canary = canaryResult('unknown', 'identity-not-judged')
    expect(sectionOf({ policy: { telemetry }, extra: { canary } }).problem).toBe('identity-not-judged')
  })

  it.each([
    ['user.email', { email: 'a@acme.example' }],
    ['user.account', { account: 'in-clear' }],
    ['user.id', { installation: 'in-clear' }],
    ['login', { owner: 'in-clear' }],
  ])('in metrics alone is a leak as well: %s', (name, changes) => {
    const sender = senderOf({ installation: hash, events: 0, firstPoint: 1, lastPoint: 1, ...changes })
    const section = sectionOf({ senders: [sender] })
    expect(section).toMatchObject({ verdict: 'leak', inClear: { atLeast: 0, metricSenders: 1, fields: [name] } })
    expect(rowOf(section, name)?.clear).toEqual({ ...none, metricSenders: 1 })
    expect(JSON.stringify(section)).not.toContain(Object.values(changes)[0])
  })

  it('is looked for in the attributes of the policy too, but not in serial numbers', () => {
    const policy = {
      telemetry: {
        ...telemetry,
        endpointAttributes: { 'endpoint.owner': 'email', 'endpoint.serial': 'serial', 'enduser.id': 'user' },
      },
      collector: {},
    }
    const identity = ['a@acme.example', 'C02XY', '']
    const section = sectionOf({ policy, senders: [senderOf({ installation: hash, identity })] })
    expect(section.identity.attributes.map(({ attribute }) => attribute)).toEqual([
      'user.email',
      'user.account',
      'user.id',
      'login',
      'endpoint.owner',
    ])
    expect(section.identity.attributes.at(-1)?.clear).toEqual({ ...none, records: 100 })
    expect(section.verdict).toBe('leak')
    const unfilled = senderOf({ installation: hash, identity: ['{{mail}}', '', ''] })
    expect(sectionOf({ policy, senders: [unfilled] }).verdict).toBe('clean')
  })
})

it('counts before and after', () => {
  const upstream = evidenceViewOf({
    tables: {
      senders: [senderOf({ email: 'a@acme.example', events: 120 })],
      content: [
        contentRowOf({ present: 40 }),
        contentRowOf({ field: 'body', present: 2 }),
        contentRowOf({ field: 'user.email', present: 120 }),
      ],
    },
  })
  const section = sectionOf({
    content: [contentRowOf({ present: 0, redacted: 40, example: undefined })],
    extra: { before: upstream },
  })
  expect(section.records).toMatchObject({ now: 100, before: 120 })
  expect(section.fields.map(({ field, present, before }) => [field, before?.present, present])).toEqual([
    ['body', 2, 0],
    ['prompt', 40, 0],
  ])
  expect(section.identity.attributes[0]?.before?.clear.records).toBe(120)
  expect(section.verdict).toBe('clean')
})
