import fc from 'fast-check'
import { buildBinary, parse, parseBinary } from 'plist'
import { describe, expect, it, vi } from 'vitest'
import {
  type PropertyListValue,
  readPropertyList,
  writePropertyList,
} from '../../../src/bundle/formats/property-list.js'
import { hostileBytes, hostileText, hostileValue } from './hostile-values.js'

const read = (text: string) => readPropertyList(Buffer.from(text))
const codes = (text: string) => read(text).problems.map(({ code, line }) => `${code}:${line}`)
const list = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n${inside}\n</plist>\n`
const inXml = (text: string) => !/[\0-\x08\x0b-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(text)

const profile = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadType</key>
			<string>com.anthropic.claudecode</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
			<key>env</key>
			<dict>
				<key>OTEL_EXPORTER_OTLP_ENDPOINT</key>
				<string>https://collector.example.com?a=1&amp;b=2</string>
			</dict>
			<!-- switched on -->
			<key>allowManagedHooksOnly</key>
			<true/>
		</dict>
	</array>
	<key>PayloadUUID</key>
	<string>0E3C2C5A-4C9E-5C3B-9C60-2B5D5E0C7A11</string>
	<key>ConsentText</key>
	<dict>
		<key>default</key>
		<string><![CDATA[a <b> & c]]> and
more</string>
	</dict>
	<key>Icon</key>
	<data>
	aGVsbG8=
	</data>
	<key>RemovalDate</key>
	<date>2027-01-31T10:00:00Z</date>
	<key>Ratio</key>
	<real>-1.5e2</real>
</dict>
</plist>
`

describe('writePropertyList', () => {
  it('writes what the reader reads back', () => {
    const leaf = fc.oneof(fc.boolean(), fc.maxSafeInteger())
    fc.assert(
      fc.property(hostileValue(leaf, hostileText(inXml)), (value) => {
        const { value: back, problems } = read(writePropertyList(value as PropertyListValue))
        expect(problems).toEqual([])
        expect(back).toEqual(value)
      }),
      { numRuns: 100 },
    )
  })

  it('sorts the keys and ends with a newline', () => {
    expect(writePropertyList({ b: 1, a: { z: true, y: [''] }, B: '<&>' })).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
        <dict>
          <key>B</key>
          <string>&lt;&amp;&gt;</string>
          <key>a</key>
          <dict>
            <key>y</key>
            <array>
              <string/>
            </array>
            <key>z</key>
            <true/>
          </dict>
          <key>b</key>
          <integer>1</integer>
        </dict>
      </plist>
      "
    `)
  })

  it('keeps __proto__ as a key', () => {
    const value = JSON.parse('{"__proto__": {"a": "b"}, "c": 1}') as PropertyListValue
    expect(writePropertyList(value)).toContain('<key>__proto__</key>')
    expect(Object.keys(read(writePropertyList(value)).value as object)).toEqual(['__proto__', 'c'])
  })

  it.each([
    [{ env: { A: 'a\rb' } }, 'env.A'],
    [{ a: ['ok', 'bell\u0007'] }, 'a[1]'],
    [{ 'k\u001b[2J': 'x' }, String.raw`["k\u001b[2J"]`],
    [{ a: '\ufffe' }, 'a'],
    [{ a: '\ud83d' }, 'a'],
    [{ a: 1.5 }, 'a'],
    [{ a: 2 ** 53 }, 'a'],
    [{ a: null as unknown as PropertyListValue }, 'a'],
    [{ a: undefined as unknown as PropertyListValue }, 'a'],
    [{ a: new Date(0) as unknown as PropertyListValue }, 'a'],
  ])('refuses %o and names the place', (value, path) => {
    expect(() => writePropertyList(value)).toThrowError(
      expect.objectContaining({ code: 'not-in-xml', exit: 4, message: expect.stringContaining(`at ${path} `) }),
    )
  })

  it('writes what another reader takes alike', () => {
    const value = { a: [' x ', '', ']]>', '\u{1f600}'], b: { c: -3, d: false } }
    expect(parse(writePropertyList(value))).toEqual(value)
  })
})

describe('readPropertyList: XML', () => {
  it('reads a profile with the lines of its keys', () => {
    const { value, problems, lineOf } = read(profile)
    expect(problems).toEqual([])
    expect(value).toEqual({
      PayloadContent: [
        {
          PayloadType: 'com.anthropic.claudecode',
          PayloadVersion: 1,
          env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com?a=1&b=2' },
          allowManagedHooksOnly: true,
        },
      ],
      PayloadUUID: '0E3C2C5A-4C9E-5C3B-9C60-2B5D5E0C7A11',
      ConsentText: { default: 'a <b> & c and\nmore' },
      Icon: new Uint8Array(Buffer.from('hello')),
      RemovalDate: new Date('2027-01-31T10:00:00Z'),
      Ratio: -150,
    })
    expect(lineOf([])).toBe(1)
    expect(lineOf(['PayloadContent'])).toBe(5)
    expect(lineOf(['PayloadContent', 0])).toBe(7)
    expect(lineOf(['PayloadContent', 0, 'env', 'OTEL_EXPORTER_OTLP_ENDPOINT'])).toBe(14)
    expect(lineOf(['PayloadContent', 0, 'allowManagedHooksOnly'])).toBe(18)
    expect(lineOf(['Ratio'])).toBe(36)
    expect(lineOf(['PayloadContent', 1])).toBeUndefined()
  })

  it('reports a second key, and keeps the last value', () => {
    const { value, problems, lineOf } = read(
      list('<dict><key>a</key><dict><key>b</key>\n<true/>\n<key>b</key><false/></dict></dict>'),
    )
    expect(value).toEqual({ a: { b: false } })
    expect(problems).toEqual([{ code: 'duplicate-key', message: expect.any(String), line: 5, path: ['a', 'b'] }])
    expect(lineOf(['a', 'b'])).toBe(5)
  })

  it.each([
    ['<dict><key>a</key></dict>', 'key-without-value:3', {}],
    ['<dict><key>a</key>\n<key>b</key><true/></dict>', 'key-without-value:4', { b: true }],
    ['<dict><true/></dict>', 'value-without-key:3', {}],
    ['<dict>text<key>a</key><true/></dict>', 'stray-text:3', { a: true }],
    ['<dict><key>a</key><null/><key>b</key><true/></dict>', 'unknown-element:3', { a: undefined, b: true }],
    ['<array><key>a</key><true/></array>', 'misplaced-element:3', [true]],
    ['<string>a<b>c</b>d</string>', 'misplaced-element:3', 'ad'],
    ['<true/><false/>', 'extra-value:3', true],
    ['', 'no-value:undefined', undefined],
    ['<integer>1.5</integer>', 'bad-value:3', undefined],
    ['<integer/>', 'bad-value:3', undefined],
    ['<integer> -0x1F </integer>', '', -31],
    ['<integer>9007199254740993</integer>', 'number-inexact:3', 9007199254740992],
    ['<real>nan</real>', 'bad-value:3', undefined],
    ['<true>x</true>', 'bad-value:3', undefined],
    ['<date>2027-02-31</date>', 'bad-value:3', undefined],
    ['<data>a</data>', 'bad-value:3', undefined],
    ['<string></string>', '', ''],
    ['<string> &#x41;&lt; </string>', '', ' A< '],
  ])('%j: %s', (inside, problems, value) => {
    const found = read(list(inside))
    expect(found.problems.map(({ code, line }) => `${code}:${line}`).join(' ')).toBe(problems)
    expect(found.value).toEqual(value)
  })

  it.each([
    ['<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>', 'dtd:1'],
    [list('<string>&company;</string>'), 'entity:3'],
    [list('<string>&constructor;</string>'), 'entity:3'],
    [list('<dict><key>a</key>'), 'key-without-value:4 not-xml:4'],
    ['<plist><dict>', 'cut-off:1'],
    ['', 'not-xml:1'],
    ['{"env": {}}', 'not-xml:1'],
    [list('<string>\u0007</string>'), 'not-xml:3'],
    ['<dict/>', 'no-plist-element:1 no-value:undefined'],
    [`\n\n${list('<bool/>')}`, 'space-before-xml:1 unknown-element:5'],
    [list('<true/>').replace('UTF-8', 'ISO-8859-1'), 'encoding:1'],
    [list('<array>'.repeat(70) + '</array>'.repeat(70)), 'too-deep:3'],
  ])('%j: %s', (text, expected) => {
    expect(codes(text).join(' ')).toBe(expected)
  })

  it('reads UTF-16 with a byte order mark, and no other encoding', () => {
    expect(readPropertyList(Buffer.from(`\ufeff${list('<string>ü</string>')}`, 'utf16le')).value).toBe('ü')
    expect(readPropertyList(Buffer.from(list('<string>ü</string>'), 'latin1')).problems[0]?.code).toBe('not-utf-8')
  })

  it('keeps __proto__ as a key like any other', () => {
    const { value } = read(list('<dict><key>__proto__</key><dict><key>polluted</key><true/></dict></dict>'))
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect((value as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('reads files up to the limit only', () => {
    expect(readPropertyList(Buffer.alloc(4 * 1024 * 1024 + 1)).problems.map(({ code }) => code)).toEqual(['too-large'])
  })

  it.each(['<array>', '<dict><key>a</key>', '<key>a</key>', '<true/>', 'x', '&lt;', '<!--', '9'])(
    'reads a megabyte of %s in time',
    (piece) => {
      for (const inside of ['array', 'dict', 'real', 'data'])
        readPropertyList(Buffer.from(`<plist><${inside}>${piece.repeat(Math.floor(1_000_000 / piece.length))}`))
    },
  )
})

describe('readPropertyList: signed', () => {
  // The head of a CMS message around the profile, and bytes of a certificate and a signature behind it.
  const signed = Buffer.concat([
    Buffer.from('308210aa06092a864886f70d010702a0821aaa', 'hex'),
    Buffer.from(profile),
    Buffer.from('a0820345308203410202', 'hex'),
  ])

  it('reads the profile inside and says that it is signed', () => {
    const { value, problems, lineOf } = readPropertyList(signed)
    expect(problems.map(({ code }) => code)).toEqual(['signed'])
    expect(value).toEqual(read(profile).value)
    expect(lineOf(['PayloadUUID'])).toBe(22)
  })

  it('does not read one that stands in pieces', () => {
    const at = signed.indexOf('PayloadVersion')
    const pieces = Buffer.concat([signed.subarray(0, at), Buffer.from('048203e8', 'hex'), signed.subarray(at)])
    expect(readPropertyList(pieces).value).toBeUndefined()
    expect(readPropertyList(pieces).problems.map(({ code }) => code)).toEqual(['signed', 'not-utf-8'])
    expect(readPropertyList(signed.subarray(0, 30)).problems.map(({ code }) => code)).toEqual(['signed-unreadable'])
  })
})

describe('readPropertyList: binary', () => {
  it('reads what another library writes', () => {
    const leaf = fc.oneof(fc.boolean(), fc.maxSafeNat(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    const text = hostileText((value) => value !== '__proto__' && !/\p{Surrogate}/u.test(value))
    fc.assert(
      fc.property(hostileValue(leaf, text), (value) => {
        const bytes = new Uint8Array(buildBinary(value as never))
        expect(readPropertyList(bytes)).toMatchObject({ value: parseBinary(bytes), problems: [] })
      }),
    )
  })

  it('reads dates, data and negative numbers', () => {
    const value = {
      at: new Date('2027-01-31T10:00:00Z'),
      bytes: new Uint8Array([1, 2, 255]),
      below: -5,
      long: 'x'.repeat(300),
    }
    expect(readPropertyList(new Uint8Array(buildBinary(value))).value).toEqual(value)
  })

  /** A binary property list of these objects, all references and offsets of one byte. */
  function binary(...objects: readonly (readonly number[])[]): Uint8Array {
    const offsets: number[] = []
    let at = 8
    for (const object of objects) {
      offsets.push(at)
      at += object.length
    }
    const trailer = [
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      objects.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      at,
    ]
    return Buffer.concat([Buffer.from('bplist00'), Buffer.from([...objects.flat(), ...offsets, ...trailer])])
  }
  const key = (text: string) => [0x50 + text.length, ...Buffer.from(text)]

  it('reports a second key and keeps __proto__', () => {
    const { value, problems } = readPropertyList(
      binary([0xd3, 1, 1, 2, 3, 4, 3], key('a'), key('__proto__'), [0x09], [0x08]),
    )
    expect(Object.entries(value as object)).toEqual([
      ['a', false],
      ['__proto__', true],
    ])
    expect(problems).toEqual([{ code: 'duplicate-key', message: expect.any(String), path: ['a'] }])
  })

  it.each([
    ['a list in itself', binary([0xa1, 0]), 'too-deep'],
    [
      'a list of lists of lists',
      binary(...Array.from({ length: 40 }, (_, index) => [0xa2, index + 1, index + 1]), [0x09]),
      'too-large',
    ],
    [
      'a list of one long text',
      binary([0xaf, 0x10, 0x40, ...new Array(0x40).fill(1)], [0x5f, 0x11, 0x60, 0x00]),
      'damaged',
    ],
    ['a key that is no text', binary([0xd1, 1, 1], [0x09]), 'damaged'],
    ['a dictionary that is its own key', binary([0xd1, 0, 1], [0x09]), 'damaged'],
    ['an object that is not there', binary([0xa1, 9]), 'damaged'],
    ['a null', binary([0x00]), 'unknown-element'],
    ['a UID', binary([0x80, 1]), 'unknown-element'],
    ['an integer of sixteen bytes', binary([0x14, 1, ...new Array(15).fill(0)]), 'number-inexact'],
    ['nothing but its start', Buffer.from('bplist00'), 'damaged'],
    ['a later version', Buffer.from('bplist15'), 'unknown-version'],
  ])('%s', (_, bytes, code) => {
    expect(readPropertyList(bytes).problems.map((problem) => problem.code)).toEqual([code])
  })

  it('never throws on a damaged file', () => {
    const good = new Uint8Array(buildBinary({ a: [1, 'b', true, { c: new Date(0) }], d: 'ü' }))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = good.slice()
          for (const [at, byte] of changes) bytes[at] = byte
          const { value, problems } = readPropertyList(bytes)
          expect(value !== undefined || problems.length > 0).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

it('never throws on any bytes, and prints nothing', () => {
  const print = vi.spyOn(globalThis.console, 'error')
  const good = [
    '<?xml version="1.0"?>',
    '<plist>',
    '</plist>',
    '<dict>',
    '</dict>',
    '<key>',
    'a',
    '</key>',
    '<array>',
    '</array>',
    '<integer>',
    '7',
    '</integer>',
    '<true/>',
    '<string>',
    '</string>',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
    '&',
    '>',
    '<',
    'bplist00',
    '0\x82',
  ]
  fc.assert(
    fc.property(hostileBytes(good), (bytes) => {
      const { value, problems } = readPropertyList(bytes)
      expect(value !== undefined || problems.length > 0).toBe(true)
    }),
    { numRuns: 2000 },
  )
  expect(print).not.toHaveBeenCalled()
})
