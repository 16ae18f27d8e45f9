import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RegistryKey, readRegistryFile, writeRegistryFile } from '../../../src/bundle/formats/registry-file.js'
import { hostileBytes, hostileText } from './hostile-values.js'

const policies = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude'
const wide = (text: string) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le')
/** The lines below a header and a key; their numbers begin with 3. */
const read = (...lines: readonly string[]) =>
  readRegistryFile(wide(['Windows Registry Editor Version 5.00', `[${policies}]`, ...lines].join('\n')))
const brief = (...lines: readonly string[]) => {
  const { entries, problems } = read(...lines)
  return [
    ...entries.map(({ name, type, value }) => `${name} ${type} ${value}`),
    ...problems.map(({ code, line }) => `${code}:${line}`),
  ]
}
const inLine = (text: string) => !/[\0-\x08\n-\x1f]|\p{Surrogate}/u.test(text)

describe('writeRegistryFile', () => {
  it('writes what the reader reads back', () => {
    const value = fc.oneof(
      fc.record({ type: fc.constant('string' as const), value: hostileText(inLine) }),
      fc.record({ type: fc.constant('dword' as const), value: fc.nat(0xffff_ffff) }),
    )
    const values = fc
      .uniqueArray(fc.tuple(hostileText(inLine), value), { selector: ([name]) => name.toLowerCase(), maxLength: 5 })
      .map((pairs) => pairs.map(([name, rest]) => ({ name, ...rest })))
    const hive = fc.constantFrom(['HKEY_LOCAL_MACHINE', 'HKLM'], ['HKEY_CURRENT_USER', 'HKCU'], ['HKEY_USERS', 'HKU'])
    const part = hostileText((text) => inLine(text) && text !== '' && !/[\\\]]/.test(text))
    const keys = fc.uniqueArray(fc.tuple(hive, part, values), {
      selector: ([[name], key]) => name + key.toLowerCase(),
      maxLength: 4,
    })
    fc.assert(
      fc.property(keys, (given) => {
        const file = writeRegistryFile(
          given.map(([[name], key, items]) => ({ key: `${name}\\A b\\${key}`, values: items })),
        )
        const { entries, problems } = readRegistryFile(file)
        expect(problems).toEqual([])
        expect(entries.map(({ line: _, ...entry }) => entry)).toEqual(
          given.flatMap(([[, short], key, items]) =>
            items.map((item) => ({ hive: short, key: `A b\\${key}`, ...item })),
          ),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('writes as regedit does', () => {
    const file = writeRegistryFile([
      {
        key: policies,
        values: [
          { name: '', type: 'string', value: 'C:\\Program Files\\"x"' },
          { name: 'autoUpdaterEnforcementHours', type: 'dword', value: 72 },
          { name: 'most', type: 'dword', value: 0xffff_ffff },
        ],
      },
    ])
    expect([...file.subarray(0, 4)]).toEqual([0xff, 0xfe, 0x57, 0x00])
    expect(Buffer.from(file).toString('utf16le', 2)).toBe(
      [
        'Windows Registry Editor Version 5.00',
        '',
        `[${policies}]`,
        String.raw`@="C:\\Program Files\\\"x\""`,
        '"autoUpdaterEnforcementHours"=dword:00000048',
        '"most"=dword:ffffffff',
        '',
        '',
      ].join('\r\n'),
    )
  })

  const one = (name: string, type: 'string' | 'dword', value: string | number): RegistryKey => ({
    key: policies,
    values: [{ name, type, value }],
  })
  it.each([
    [one('a', 'string', 'two\nlines')],
    [one('a', 'string', 'two\rlines')],
    [one('a', 'string', 'zero\0')],
    [one('a', 'string', '\ud800')],
    [one('a', 'string', 1)],
    [one('a\n', 'string', '')],
    [one('a'.repeat(16_384), 'string', '')],
    [one('a', 'dword', -1)],
    [one('a', 'dword', 2 ** 32)],
    [one('a', 'dword', 1.5)],
    [one('a', 'dword', '1')],
    [{ key: 'HKLM\\SOFTWARE', values: [] }],
    [{ key: 'HKEY_LOCAL_MACHINE', values: [] }],
    [{ key: `${policies}\\`, values: [] }],
    [{ key: `${policies}]\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE`, values: [] }],
    [{ key: `-${policies}`, values: [] }],
    [{ key: policies, values: [...one('a', 'dword', 1).values, ...one('A', 'dword', 2).values] }],
  ])('refuses %j', (key) => {
    expect(() => writeRegistryFile([key])).toThrowError(
      expect.objectContaining({ code: 'not-in-registry-file', exit: 4 }),
    )
  })
})

describe('readRegistryFile', () => {
  it('reads what regedit exports', () => {
    const text = `Windows Registry Editor Version 5.00

[${policies}]
"disableAutoUpdates"=dword:00000001
"customConfig"="{\\"path\\": \\"C:\\\\\\\\x\\"}"
"home"=hex(2):25,00,55,00,53,00,45,00,52,00,50,00,52,00,4f,00,46,00,49,00,4c,\\
  00,45,00,25,00,00,00
"list"=hex(7):61,00,00,00,62,00,00,00,00,00
"large"=hex(b):ff,ff,ff,ff,ff,ff,ff,ff
"small"=hex(b):01,00,00,00,00,00,00,00
"bytes"=hex:de,ad,BE,ef
"text"=hex(1):fc,00,00,00
"gone"=-

; everything of the user goes
[-HKEY_CURRENT_USER\\SOFTWARE\\Policies\\Claude]

[HKEY_USERS\\S-1-5-18\\SOFTWARE]
@="default"

`
    expect(readRegistryFile(wide(text))).toEqual({
      entries: [
        {
          hive: 'HKLM',
          key: 'SOFTWARE\\Policies\\Claude',
          name: 'disableAutoUpdates',
          type: 'dword',
          value: 1,
          line: 4,
        },
        {
          hive: 'HKLM',
          key: 'SOFTWARE\\Policies\\Claude',
          name: 'customConfig',
          type: 'string',
          value: '{"path": "C:\\\\x"}',
          line: 5,
        },
        {
          hive: 'HKLM',
          key: 'SOFTWARE\\Policies\\Claude',
          name: 'home',
          type: 'expand-string',
          value: '%USERPROFILE%',
          line: 6,
        },
        { hive: 'HKLM', key: 'SOFTWARE\\Policies\\Claude', name: 'list', type: 'multi-string', value: 'a\nb', line: 8 },
        {
          hive: 'HKLM',
          key: 'SOFTWARE\\Policies\\Claude',
          name: 'large',
          type: 'qword',
          value: '18446744073709551615',
          line: 9,
        },
        { hive: 'HKLM', key: 'SOFTWARE\\Policies\\Claude', name: 'small', type: 'qword', value: 1, line: 10 },
        { hive: 'HKLM', key: 'SOFTWARE\\Policies\\Claude', name: 'bytes', type: 'binary', value: 'deadbeef', line: 11 },
        { hive: 'HKLM', key: 'SOFTWARE\\Policies\\Claude', name: 'text', type: 'string', value: 'ü', line: 12 },
        { hive: 'HKLM', key: 'SOFTWARE\\Policies\\Claude', name: 'gone', type: 'delete', value: undefined, line: 13 },
        {
          hive: 'HKCU',
          key: 'SOFTWARE\\Policies\\Claude',
          name: '',
          type: 'delete',
          value: undefined,
          line: 16,
          deleteKey: true,
        },
        { hive: 'HKU', key: 'S-1-5-18\\SOFTWARE', name: '', type: 'string', value: 'default', line: 19 },
      ],
      problems: [],
    })
  })

  // What Windows does with these lines: https://github.com/wine-mirror/wine/blob/master/programs/reg/tests/import.c
  it.each([
    [
      ['"a"="x" ;comment', '"b"=dword:1;c', ' ;d', '#e'],
      ['a string x', 'b dword 1'],
    ],
    [['"a"="x"#comment'], ['line-ignored:3']],
    [['"a"=dword:1 #comment'], ['line-ignored:3']],
    [['"a"=dword:'], ['line-ignored:3']],
    [['"a"=dword:012345678'], ['line-ignored:3']],
    [['"a"=dword:0x12'], ['line-ignored:3']],
    [
      ['"a"=dword:1234\\', '5678'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [['"a"="foo"bar"'], ['line-ignored:3']],
    [
      ['"a"="two', 'lines"'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [['"a"=text'], ['line-ignored:3']],
    [['a="text"'], ['line-ignored:3']],
    [['"a="text"'], ['line-ignored:3']],
    [['"a"='], ['line-ignored:3']],
    [['""="default"'], [' string default']],
    [[String.raw`"a\"b"="\\"`], [String.raw`a"b string \ `.trim()]],
    [['"a"=hex:11,22,\\;comment', '', '  ;comment', '  33'], ['a binary 112233']],
    [
      ['"a"=hex:11,22,', '  33'],
      ['a binary 1122', 'line-ignored:4'],
    ],
    [
      ['"a"=hex:11,22\\', '  ,33', '"b"="x"'],
      ['b string x', 'line-ignored:3', 'line-ignored:4'],
    ],
    [
      ['"a"=hex:11,22,\\', '"b"="x"', '"c"="y"'],
      ['c string y', 'line-ignored:4', 'line-ignored:3'],
    ],
    [
      ['"a"=hex:11,\\#comment', '22'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [['"a"=hex:1,2'], ['a binary 0102']],
    [['"a"=hex:'], ['a binary ']],
    [['"a"=hex(0):56,00'], ['a binary 5600']],
    [['"a"=hex(4):01,00,00,00'], ['a dword 1']],
  ] as const)('%j', (lines, expected) => {
    expect(brief(...lines)).toEqual(expected)
  })

  it.each([
    [
      ['[HKEY_CURRENT_USERS\\X]', '"a"="x"'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [
      ['[ HKEY_CURRENT_USER\\X]', '"a"="x"'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [
      ['[HKEY_CURRENT_USER\\X', '"a"="x"'],
      ['line-ignored:3', 'line-ignored:4'],
    ],
    [
      ['[-HKEY_CURRENT_USER\\X]', '"a"="x"'],
      [' delete undefined', 'line-ignored:4'],
    ],
    [
      ['"a"=hex:11,\\', '[HKEY_CURRENT_USER\\X]', '"b"="x"'],
      ['line-ignored:4', 'line-ignored:3', 'line-ignored:5'],
    ],
    [
      ['[HKCU\\X]', '"a"="x"'],
      ['a string x', 'hive-abbreviated:3'],
    ],
    [['[HKEY_CURRENT_USER\\X] ; see [1]'], ['text-behind-key:3']],
    [
      ['"a"="x"', '"A"="y"'],
      ['a string x', 'A string y', 'duplicate-name:4'],
    ],
    [['"a"="\\x"'], ['a string x', 'unknown-escape:3']],
    [['"a"="x\0y"'], ['line-ignored:3']],
    [['"a"=hex(1):61,00,00,00,62,00'], ['a string a', 'embedded-null:3']],
    [['"a"=hex(1):61'], ['a string \ufffd', 'bad-length:3']],
    [['"a"=hex(b):01,00'], ['a qword undefined', 'bad-length:3']],
  ] as const)('%j', (lines, expected) => {
    expect(brief(...lines)).toEqual(expected)
  })

  it('takes names of hives in any case and keeps the key as given', () => {
    const { entries } = read('[hkey_Local_Machine\\Software\\x ]', '@="y"')
    expect(entries).toEqual([{ hive: 'HKLM', key: 'Software\\x ', name: '', type: 'string', value: 'y', line: 4 }])
  })

  const body = `\r\n[${policies}]\r\n"a"="ü"\r\n"b"=hex(2):fc,00\r\n`
  const five = `Windows Registry Editor Version 5.00${body}`
  it.each([
    ['UTF-16LE', wide(five.replaceAll('\r', '')), ['ü', 'ü'], []],
    ['UTF-16LE without a mark', Buffer.from(five, 'utf16le'), ['ü', 'ü'], ['no-byte-order-mark']],
    ['UTF-16BE', Buffer.from(`\ufeff${five}`, 'utf16le').swap16(), ['ü', 'ü'], ['utf-16be']],
    ['UTF-8', Buffer.from(five), ['ü', 'ü'], ['utf-8', 'hex-encoding']],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${five}`), ['ü', 'ü'], ['utf-8', 'hex-encoding']],
    ['ANSI', Buffer.from(five, 'latin1'), ['ü', 'ü'], ['ansi', 'hex-encoding']],
    ['REGEDIT4', Buffer.from(`REGEDIT4${body}`, 'latin1'), ['ü', 'ü'], ['ansi']],
    ['no header', wide(body.replaceAll('\r', '')), ['ü', 'ü'], ['no-header']],
    ['a header in lower case', wide(five.replaceAll('\r', '').toLowerCase()), ['ü', 'ü'], ['no-header']],
  ])('%s', (_, bytes, values, codes) => {
    const { entries, problems } = readRegistryFile(bytes)
    expect(entries.map(({ value }) => value)).toEqual(values)
    expect(problems.map(({ code }) => code)).toEqual(codes)
  })

  it('refuses what is no text or too large', () => {
    expect(readRegistryFile(Buffer.from('\x7fELF\0\0', 'latin1')).problems[0]?.code).toBe('not-text')
    expect(readRegistryFile(Buffer.alloc(4 * 1024 * 1024 + 1)).problems[0]?.code).toBe('too-large')
  })

  it.each(['"', '\\', '"a"="', '[', ']', ' ', '\n', '0,', '0,\\\n', '0,0,0,61,0,0,'])(
    'reads a megabyte of %j in time',
    (piece) => {
      for (const start of ['', '"a"="', '"a"=hex(7):', '"a"=hex:'])
        readRegistryFile(
          Buffer.from(`REGEDIT4\n[${policies}]\n${start}${piece.repeat(Math.floor(1_000_000 / piece.length))}x`),
        )
    },
  )

  it('never throws on any bytes', () => {
    const good = [
      'REGEDIT4\n',
      '\ufeff',
      'Windows Registry Editor Version 5.00\r\n',
      '[',
      `[${policies}]`,
      ']',
      '\n',
      '"a"',
      '=',
      '"',
      '\\',
      'hex(7):',
      'dword:',
      '61,',
      '00',
      '-',
      '@',
      ';',
      '\0',
    ]
    fc.assert(
      fc.property(hostileBytes(good), fc.constantFrom('utf8', 'utf16le'), (bytes, encoding) => {
        const file = encoding === 'utf8' ? bytes : wide(Buffer.from(bytes).toString('latin1'))
        for (const { line } of readRegistryFile(file).entries) expect(line).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })
})
