import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeParser } from '../../src/bundle/client-behaviour.js'
import {
  decodeResourceAttributes,
  encodeResourceAttributes,
  isReservedAttributeKey,
} from '../../src/bundle/resource-attributes.js'
import { exitCode, Failure } from '../../src/platform/failure.js'

const parsers: AttributeParser[] = ['strict', 'whole-list', 'per-entry']

function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification/resource/sdk.md */
function byTheSpecification(text: string): Record<string, string> {
  const pairs = text === '' ? [] : text.split(',')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))]
    }),
  )
}

describe('encodeResourceAttributes', () => {
  it.each([
    [{}, ''],
    [{ team: 'platform', department: 'finance' }, 'department=finance,team=platform'],
    [{ department: 'field ops' }, 'department=field%20ops'],
    [{ region: 'Zürich' }, 'region=Z%C3%BCrich'],
    [{ a: 'x,y=z;"q"\\%' }, 'a=x%2Cy%3Dz%3B%22q%22%5C%25'],
    [{ a: 'https://x/y:1', b: '@z' }, 'a=https://x/y:1,b=@z'],
    [{ a: "it's ~(ok)*!" }, 'a=it%27s%20%7E%28ok%29%2A%21'],
    [{ a: '%2F' }, 'a=%252F'],
    [{ a: ' x ' }, 'a=%20x%20'],
    [{ 'fleet.policy': '2026-11-20.1', 'a_b-c': '1' }, 'a_b-c=1,fleet.policy=2026-11-20.1'],
    [{ a: '😀' }, 'a=%F0%9F%98%80'],
    [{ a: 'x'.repeat(255) }, `a=${'x'.repeat(255)}`],
  ])('%j', (attributes, text) => {
    expect(encodeResourceAttributes(attributes)).toBe(text)
  })

  it.each([
    '$SERIALNUMBER',
    '$FLEET_VAR_HOST_HARDWARE_SERIAL',
    '{{serialnumber}}',
    '%SerialNumber%',
    '{DeviceSerialNumber}',
  ])('writes the variable %s as it is', (variable) => {
    expect(encodeResourceAttributes({ serial: { variable }, a: '1' })).toBe(`a=1,serial=${variable}`)
  })

  it.each([
    '',
    'SERIALNUMBER',
    '$',
    '$(id)',
    '\x24{SERIAL}',
    '$A,b=1',
    '$A b',
    '{{a}},b={{c}}',
    '{{a b}}',
    '%A%%B%',
    '%2C%',
    '{a}{b}',
    '$SERIAL\n',
    `$${'A'.repeat(255)}`,
  ])('refuses the variable %j', (variable) => {
    const failure = failureOf(() => encodeResourceAttributes({ serial: { variable } }))
    expect(failure).toMatchObject({ exit: exitCode.inputRefused, code: 'resource-attribute' })
    expect(failure.message).toContain('"serial"')
  })

  it.each([
    ['', 'x', 'is not a key'],
    ['Team', 'x', 'is not a key'],
    ['my key', 'x', 'is not a key'],
    ['.team', 'x', 'is not a key'],
    ['té', 'x', 'is not a key'],
    ['a%20b', 'x', 'is not a key'],
    ['team\n', 'x', 'is not a key'],
    [`a${'b'.repeat(255)}`, 'x', 'is longer'],
    ['service.name', 'x', 'sets itself'],
    ['service.instance.id', 'x', 'sets itself'],
    ['os.type', 'x', 'sets itself'],
    ['host.arch', 'x', 'sets itself'],
    ['user.email', 'x', 'sets itself'],
    ['session.id', 'x', 'sets itself'],
    ['organization.id', 'x', 'sets itself'],
    ['app.version', 'x', 'sets itself'],
    ['a', '', 'empty value'],
    ['a', 'x\ny', 'control character'],
    ['a', 'x\u0085', 'control character'],
    ['a', 'x\u2028y', 'control character'],
    ['a', '\ud800', 'broken character'],
    ['a', 'x\udc00y', 'broken character'],
    ['a', '$SERIALNUMBER', 'looks like a payload variable, which Jamf Pro'],
    ['a', '{{serialnumber}}', 'looks like a payload variable'],
    ['a', 'x'.repeat(256), 'is longer'],
    ['a', 'é'.repeat(43), 'is longer'],
  ])('refuses %j with %j: %s', (key, value, problem) => {
    const failure = failureOf(() => encodeResourceAttributes({ good: 'x', [key]: value }))
    expect(failure).toMatchObject({ exit: exitCode.inputRefused, code: 'resource-attribute' })
    expect(failure.message).toContain(problem)
    expect(failure.details.tryThis).toHaveLength(1)
  })

  it.each([
    ['Field\tOps', '"Field\\u{9}Ops"'],
    ['\u001b[31mOps\n', '"\\u{1b}[31mOps\\u{a}"'],
    ['Ops\ud800', '"Ops\\u{d800}"'],
    ['{{serialnumber}}', '"{{serialnumber}}"'],
    ['é'.repeat(300), `"${'é'.repeat(60)}…"`],
    [`${'x'.repeat(59)}😀${'y'.repeat(300)}`, `"${'x'.repeat(59)}😀…"`],
  ])('shows the start of the value %j, so that it can be found', (value, shown) => {
    const { message } = failureOf(() => encodeResourceAttributes({ department: value }))
    expect(message).toContain('The resource attribute "department" ')
    expect(message).toContain(shown)
    expect(message.length).toBeLessThan(250)
  })

  it('shows the variable that it cannot use', () => {
    const { message } = failureOf(() => encodeResourceAttributes({ serial: { variable: '$(id)' } }))
    expect(message).toBe('The resource attribute "serial" has a payload variable of an unknown form, "$(id)".')
  })

  it('names the key without letting it act', () => {
    const failure = failureOf(() => encodeResourceAttributes({ '\u001b[31mred': 'x' }))
    expect(failure.message).toBe('The resource attribute "\\u{1b}[31mred" is not a key that every client reads.')
  })

  it('leaves names alone that only look like the client’s own', () => {
    expect(['host.name', 'host.id', 'organization', 'services.tier', 'vcs.ref'].filter(isReservedAttributeKey)).toEqual(
      [],
    )
  })
})

const long = 'x'.repeat(300)

/** What five client versions were seen to make of a text: 2.1.150 and 2.1.197, then 2.1.260 and 2.1.290, then 2.1.329. */
const observed: [text: string, strict: Seen, wholeList: Seen, perEntry: Seen][] = [
  ['a=x\\y,b=1', 'all', { a: 'x\\y', b: '1' }, { a: 'x\\y', b: '1' }],
  ['a=%zz,b=1', 'all', 'all', { b: '1' }],
  ['a=x=y,b=1', { b: '1' }, 'all', { b: '1' }],
  ['my key=x,b=1', 'all', { 'my key': 'x', b: '1' }, { 'my key': 'x', b: '1' }],
  [`a=${long},b=1`, 'all', 'all', { b: '1' }],
  ['a=x,broken,b=1', { a: 'x', b: '1' }, 'all', { a: 'x', b: '1' }],
  ['a%20b=x', { 'a%20b': 'x' }, { 'a b': 'x' }, { 'a b': 'x' }],
  ['a="x",b=1', { a: 'x', b: '1' }, { a: '"x"', b: '1' }, { a: '"x"', b: '1' }],
  ['a=été,b=1', 'all', { a: 'été', b: '1' }, { a: 'été', b: '1' }],
  ['a=x;y,b=1', 'all', { a: 'x;y', b: '1' }, { a: 'x;y', b: '1' }],
  [
    'department=field ops,team=a',
    'all',
    { department: 'field ops', team: 'a' },
    { department: 'field ops', team: 'a' },
  ],
  // Alike everywhere.
  ...(
    [
      ['a=x%2Cy', { a: 'x,y' }],
      ['a=x%3Dy', { a: 'x=y' }],
      ['a=%C3%A9t%C3%A9', { a: 'été' }],
      ['a=http://x/y:1,b=@z', { a: 'http://x/y:1', b: '@z' }],
      ['a=x, b=1', { a: 'x', b: '1' }],
      ['a=x,b=1,', { a: 'x', b: '1' }],
      ['a=', { a: '' }],
      ['service.name=evil,host.name=h1', { 'service.name': 'evil', 'host.name': 'h1' }],
      ['serial=$SERIALNUMBER', { serial: '$SERIALNUMBER' }],
      ['department=finance%20ops,team.id=platform', { department: 'finance ops', 'team.id': 'platform' }],
      ['', {}],
    ] satisfies [string, Seen][]
  ).map(([text, seen]): [string, Seen, Seen, Seen] => [text, seen, seen, seen]),
]

type Seen = 'all' | Record<string, string>

describe('decodeResourceAttributes', () => {
  it.each(observed)('%j', (text, ...seen) => {
    for (const [at, parser] of parsers.entries()) {
      const decoded = decodeResourceAttributes(text, parser)
      if (seen[at] === 'all') {
        expect(decoded.attributes, parser).toEqual({})
        expect(decoded.lost, parser).toBe('all')
      } else expect(decoded.attributes, parser).toEqual(seen[at])
    }
  })

  it('says which entries are left out', () => {
    expect(decodeResourceAttributes('a=x=y,b=1, broken', 'strict').lost).toEqual(['a=x=y', ' broken'])
    expect(decodeResourceAttributes('a=%zz,=x,b=1', 'per-entry').lost).toEqual(['a=%zz', '=x'])
    expect(decodeResourceAttributes('a=x,b=1,', 'whole-list').lost).toBe('none')
  })

  it.each(parsers)('%s carries 20 entries', (parser) => {
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, `v${at}`]))
    expect(decodeResourceAttributes(encodeResourceAttributes(attributes), parser)).toEqual({ attributes, lost: 'none' })
  })

  it('measures what was written before 2.1.260 and what it stands for afterwards', () => {
    const text = `a=${encodeURIComponent('é'.repeat(100))}`
    expect(decodeResourceAttributes(text, 'strict').lost).toBe('all')
    expect(decodeResourceAttributes(text, 'whole-list').lost).toBe('none')
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...parsers), (text, parser) => {
        expect(decodeResourceAttributes(text, parser)).toHaveProperty('lost')
      }),
    )
  })
})

describe('what was encoded', () => {
  const key = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/).filter((text) => !isReservedAttributeKey(text))
  const value = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text) && encodeURIComponent(text).length < 200)
    .filter((text) => text.replace(/[^!'()*~]/g, '').length < 20)
  const attributes = fc.dictionary(key, value, { noNullPrototype: true, maxKeys: 12 })

  it('reads back the same in every client and by the specification', () => {
    fc.assert(
      fc.property(attributes, (given) => {
        const text = encodeResourceAttributes(given)
        expect(byTheSpecification(text)).toEqual(given)
        for (const parser of parsers)
          expect(decodeResourceAttributes(text, parser)).toEqual({ attributes: given, lost: 'none' })
      }),
    )
  })

  it('has only characters that nothing on the way acts on, and does not depend on the order given', () => {
    fc.assert(
      fc.property(attributes, (given) => {
        const text = encodeResourceAttributes(given)
        expect(text).toMatch(/^[A-Za-z0-9._/:@%,=-]*$/)
        expect(encodeResourceAttributes(Object.fromEntries(Object.entries(given).reverse()))).toBe(text)
      }),
    )
  })
})
