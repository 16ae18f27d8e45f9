import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOfLogs, contentOfSpans } from '../../../src/policy/content-attributes.js'
import { Policy } from '../../../src/policy/policy.js'
import { type Canary, tokenStart } from '../../../src/telemetry/canary/canary.js'
import { findCanary } from '../../../src/telemetry/canary/find-canary.js'
import { identityAttributes } from '../../../src/telemetry/canary/identity-attributes.js'
import { canaryOf } from '../../../src/telemetry/canary/read-canary.js'
import { base64Inside, TokenSearch } from '../../../src/telemetry/canary/token-search.js'
import { writeCanary } from '../../../src/telemetry/canary/write-canary.js'
import { contentFields } from '../../../src/telemetry/content-fields.js'
import { canarySessionPrefix } from '../../../src/telemetry/tables.js'
import { inputOf } from '../../builders/input.js'

const policyOf = (telemetry: object, collector?: object) =>
  Policy.parse({
    telemetry: { endpoint: 'https://otel.acme.example:4318', ...telemetry },
    ...(collector && { collector }),
  })
const policy = policyOf({ traces: true, endpointAttributes: { 'endpoint.owner': 'email' } }, {})

/** Random enough for a test, and the same in every run. */
function counter(): (bytes: number) => string {
  let count = 0
  return (bytes) =>
    createHash('sha256')
      .update(String(++count))
      .digest('hex')
      .slice(0, bytes * 2)
}

function written(of = policy): { text: string; canary: Canary } {
  const text = JSON.stringify(writeCanary(of, counter(), Date.parse('2026-11-20T08:00:00Z')))
  return { text, canary: canaryOf(text)! }
}

/** What a collector stores that takes out the given attributes; the rest is as it came. */
function stored(text: string, keep: (key: string) => boolean): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) => {
    if (!Array.isArray(value) || !value.every((entry) => typeof entry?.key === 'string')) return value
    return value.filter(({ key }) => keep(key))
  })
}

const contents = contentFields.filter(({ tier }) => tier !== 'identity')
const isContent = (key: string) => contents.some(({ name }) => name === key)
const isIdentity = (key: string) => identityAttributes(policy).all.includes(key)
const withoutBody = (text: string) => text.replaceAll(/"Canary [^"]*"/g, '"redacted"')
const clean = (text: string) => withoutBody(stored(text, (key) => !isContent(key) && !isIdentity(key)))

describe('a canary', () => {
  it('has a token of its own in every attribute that may hold content or identity, of logs, spans and resources', () => {
    const { canary } = written()
    const { tokens, records } = canary
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length)
    const fields = (signal: string, place: string) =>
      new Set(tokens.filter((token) => token.signal === signal && token.place === place).map(({ field }) => field))
    const people = [
      'endpoint.owner',
      'enduser.id',
      'process.owner',
      'user.account_id',
      'user.account_uuid',
      'user.email',
      'user.id',
    ]
    const logs = [...Object.values(contentOfLogs).flat(), 'error', '(log body)', ...people]
    expect([...fields('log', 'record')].sort()).toEqual(logs.sort())
    expect([...fields('span', 'record')].sort()).toEqual(
      [...new Set([...Object.values(contentOfSpans).flat(), ...people])].sort(),
    )
    for (const signal of ['log', 'span']) expect([...fields(signal, 'resource')].sort()).toEqual(people)
    expect(new Set(records.map(({ service }) => service))).toEqual(new Set(['claude-code', 'cowork']))
    expect(records.every(({ carrier }) => carrier.startsWith(canarySessionPrefix))).toBe(true)
  })

  it('has no spans where the policy has no traces', () => {
    const { text, canary } = written(policyOf({}))
    expect(Object.keys(JSON.parse(text))).toEqual(['resourceLogs'])
    expect(canary.records.every(({ signal }) => signal === 'log')).toBe(true)
  })

  it.each(['{}', '{"resourceLogs":[]}', '[]', 'x', '{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[]}]}'])(
    'is not %s',
    (text) => {
      expect(canaryOf(text)).toBeUndefined()
    },
  )
})

describe('what survives', () => {
  const { text, canary } = written()
  const find = (content: string | Uint8Array, of = policy) => findCanary([inputOf('store.jsonl', content)], canary, of)

  it('is nothing where the collector works: clean', async () => {
    expect(await find(clean(text))).toMatchObject({
      verdict: 'clean',
      records: { sent: canary.records.length, arrived: canary.records.length },
      tokens: { survived: 0, leaked: 0 },
    })
  })

  it('proves nothing when no record arrived, or not all of them', async () => {
    expect(await find('{"resourceLogs":[]}\n')).toMatchObject({ verdict: 'unknown', problem: 'not-arrived' })
    const request = JSON.parse(clean(text))
    delete request.resourceSpans
    const part = await find(JSON.stringify(request))
    expect(part).toMatchObject({ verdict: 'unknown', problem: 'arrived-in-part' })
    expect(part.missing).toHaveLength(canary.records.filter(({ signal }) => signal === 'span').length)
  })

  it.each(contents.map(({ name }) => name))('leaks %s and says so', async (field) => {
    const body = field === '(log body)'
    const kept = stored(text, (key) => key === field || (!isContent(key) && !isIdentity(key)))
    const result = await find(body ? kept : withoutBody(kept))
    expect(result.verdict).toBe('leak')
    expect(new Set(result.survivors.map((survivor) => survivor.field))).toEqual(new Set([field]))
    expect(result.survivors.every(({ allowed, forms }) => allowed === false && forms.join() === 'plain')).toBe(true)
  })

  it('is judged by the tier, and by whether identity is hashed', async () => {
    const raw = policyOf({ privacy: 'raw', traces: true }, { hashIdentity: false })
    expect(await find(`${text}\n`, raw)).toMatchObject({
      verdict: 'clean',
      tokens: { leaked: 0, survived: canary.tokens.length },
    })
    const hashing = await find(`${text}\n`, policyOf({ privacy: 'raw', traces: true }, { hashIdentity: true }))
    expect(hashing.verdict).toBe('leak')
    expect(new Set(hashing.survivors.filter(({ allowed }) => allowed === false).map(({ kind }) => kind))).toEqual(
      new Set(['identity']),
    )
    const details = await find(`${text}\n`, policyOf({ privacy: 'tool-details' }, { hashIdentity: false }))
    const tiers = new Set(details.survivors.filter(({ allowed }) => allowed === false).map(({ tier }) => tier))
    expect(tiers).toEqual(new Set(['content', 'raw']))
  })

  it('is not judged without the sections of the policy', async () => {
    const none = await find(clean(text), Policy.parse({}))
    expect(none).toMatchObject({ verdict: 'unknown', problem: 'no-policy' })
    expect(await find(clean(text), policyOf({}))).toMatchObject({ verdict: 'unknown', problem: 'identity-not-judged' })
  })

  it('is found in other forms too', async () => {
    const forms: [string, (value: string) => string][] = [
      ['upper-case', (value) => value.toUpperCase()],
      ['base64', (value) => Buffer.from(value).toString('base64')],
      ['base64', (value) => Buffer.from(`+${value}`).toString('base64url')],
      ['base64', (value) => Buffer.from(`++${value}`).toString('base64')],
      ['hex', (value) => Buffer.from(value).toString('hex')],
      ['sha256', (value) => createHash('sha256').update(value).digest('hex')],
      ['plain', (value) => encodeURIComponent(JSON.stringify(value))],
    ]
    const token = canary.tokens.find(({ field }) => field === 'response')!
    for (const [form, encode] of forms) {
      const result = await find(
        clean(text).replace('}]', `},{"key":"x","value":{"stringValue":"${encode(token.value)}"}}]`),
      )
      expect(result.survivors, form).toEqual([expect.objectContaining({ field: 'response', forms: [form] })])
    }
  })

  it('is found in messages that are compressed one by one, behind their length', async () => {
    // Blocks of 16 bytes (RFC 8878, section 3.1.1.2): every token is torn apart by their heads.
    const bytes = Buffer.from(text)
    const blocks = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) => {
      const block = bytes.subarray(index * 16, index * 16 + 16)
      const isLast = (index + 1) * 16 >= bytes.length
      const head = Buffer.alloc(3)
      head.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3)
      return Buffer.concat([head, block])
    })
    const frame = Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), ...blocks])
    expect(canary.tokens.some(({ token }) => frame.includes(token))).toBe(false)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    expect((await find(Buffer.concat([length, frame]))).tokens.survived).toBe(canary.tokens.length)
  })

  it('is not proven gone where a message could not be read', async () => {
    const message = (bytes: Buffer, claimed = bytes.length) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(claimed)
      return Buffer.concat([length, bytes])
    }
    const whole = message(Buffer.from(clean(text)))
    expect((await find(whole)).verdict).toBe('clean')
    const torn = await find(Buffer.concat([whole, message(Buffer.from('28b52ffd', 'hex'), 4)]))
    expect(torn).toMatchObject({ verdict: 'unknown', problem: 'not-searched', unsearched: ['store.jsonl'] })
    const cut = await find(Buffer.concat([whole, message(Buffer.from('{"resourceLogs":['), 900)]))
    expect(cut).toMatchObject({ verdict: 'unknown', problem: 'not-searched' })
  })

  it('is not put together from two messages', async () => {
    const token = canary.tokens[0]!.token
    const messages = [`{"x":"${token.slice(0, 30)}`, `${token.slice(30)}"}`].map((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return Buffer.concat([length, Buffer.from(part)])
    })
    expect((await find(Buffer.concat(messages))).tokens.survived).toBe(0)
    expect((await find(messages[0]!.toString('latin1') + token)).tokens.survived).toBe(1)
  })

  it('is not looked for in the file that was sent, nor found again in stdin', async () => {
    const itself = await findCanary([inputOf('canary.json', text), inputOf('store', clean(text))], canary, policy)
    expect(itself.verdict).toBe('clean')
    const { file: _, ...stdin } = inputOf('stdin', text)
    expect(await findCanary([stdin, inputOf('store', clean(text))], canary, policy)).toMatchObject({
      verdict: 'unknown',
      problem: 'not-searched',
      unsearched: ['stdin'],
    })
  })
})

describe('the search', () => {
  const token = (letter: string) => tokenStart + letter.repeat(32)
  const tokens = ['a', 'b', 'c'].map((letter) => ({ token: token(letter), value: `value ${token(letter)}` }))
  const options = { commonStart: tokenStart, near: 'fleet-canary-1', isEncoded: true }

  it('finds the same wherever the pieces end', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...tokens.flatMap(({ token: text, value }) => [
          text,
          text.slice(0, 20),
          text.toUpperCase(),
          Buffer.from(value).toString('base64'),
          Buffer.from(text).toString('hex'),
          createHash('sha256').update(value).digest('hex'),
        ]),
        'fleet-canary-1',
        tokenStart,
      ),
      fc.string({ maxLength: 10 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 8 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''))
        const whole = new TokenSearch(tokens, options)
        whole.add(bytes)
        const cut = new TokenSearch(tokens, options)
        let from = 0
        for (const to of [...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]) {
          // As buffers are used again, a piece is worth nothing afterwards.
          const copy = Uint8Array.from(bytes.subarray(from, to))
          cut.add(copy)
          copy.fill(0)
          from = to
        }
        expect(cut.found).toEqual(whole.found)
        for (const { token: text } of tokens)
          expect(whole.found.get(text)?.has('plain') ?? false).toBe(pieces.join('').includes(text))
      }),
    )
  })

  it('finds a token wherever it stands in Base64', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 20 }),
        fc.boolean(),
        (before, after, url) => {
          const bytes = Buffer.concat([before, Buffer.from(token('a')), after])
          const search = new TokenSearch(tokens, options)
          search.add(Buffer.from(bytes.toString(url ? 'base64url' : 'base64')))
          expect([...search.found.keys()]).toEqual([token('a')])
        },
      ),
    )
    expect(base64Inside('abc', 0)).toBe('YWJj')
  })

  it('does not join the end of one input to the beginning of the next', () => {
    const search = new TokenSearch(tokens, options)
    search.add(Buffer.from(token('a').slice(0, 20)))
    search.endInput()
    search.add(Buffer.from(token('a').slice(20)))
    expect(search.found.size).toBe(0)
  })
})
