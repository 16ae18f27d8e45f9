import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

const reader = readFileSync(new URL('../../../templates/probe/read-json.awk', import.meta.url), 'utf8')

/** Prints `ok` or `bad`, then each value on its path. */
const program = `${reader}
function flat(id, path,    i) {
  print path "\\t" kind_of[id] ":" text_of[id]
  for (i = 1; i <= size_of[id]; i++)
    if (kind_of[id] == "array") flat(item_of[id, i], path "\\037" (i - 1))
    else if (json_counts(id, i)) flat(item_of[id, i], path "\\037" name_of[id, i])
}
BEGIN {
  json_deepest = 1000
  root = read_json("/dev/stdin")
  print (root == 0 ? "bad" : "ok")
  if (root != 0) flat(root, "")
}`

const candidates = [['mawk'], ['gawk'], ['original-awk'], ['busybox', 'awk'], ['awk']]
const present: string[][] = []

beforeAll(async () => {
  for (const [name = '', ...args] of candidates) {
    const { exitCode, failed } = await execa(name, [...args, 'BEGIN { exit 0 }'], { reject: false, stdin: 'ignore' })
    if (!failed && exitCode === 0) present.push([name, ...args])
  }
})

/** As the scripts give a text to the reader: no awk shows the difference of a last line end, and not each a NUL. */
async function readBy([name = '', ...args]: readonly string[], text: string | Buffer): Promise<readonly string[]> {
  const bytes = Buffer.concat([Buffer.from(text), Buffer.from('\n')]).map((byte) => (byte === 0 ? 1 : byte))
  const { stdout } = await execa(name, [...args, program], {
    input: bytes,
    env: { LC_ALL: 'C' },
    encoding: 'latin1',
    timeout: 20_000,
  })
  const [verdict = '', ...lines] = stdout.split('\n')
  return [verdict, ...lines.sort()]
}

/** What JSON.parse says, in the same form. */
function expected(text: string | Buffer): readonly string[] {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8').decode(Buffer.from(text)))
  } catch {
    return ['bad']
  }
  return ['ok', ...flatten(value, '').sort()]
}

function flatten(value: unknown, path: string): string[] {
  if (value === null) return [`${path}\tnull:`]
  if (Array.isArray(value))
    return [`${path}\tarray:`, ...value.flatMap((item, index) => flatten(item, `${path}\x1f${index}`))]
  if (typeof value === 'object')
    return [
      `${path}\tobject:`,
      ...Object.entries(value).flatMap(([key, item]) => flatten(item, `${path}\x1f${asAwk(key)}`)),
    ]
  if (typeof value === 'boolean') return [`${path}\t${value}:`]
  return [`${path}\t${typeof value}:${typeof value === 'number' ? '' : asAwk(String(value))}`]
}

/** JSON.stringify leaves what is beyond ASCII as it is, so only control characters are escapes. */
function asAwk(text: string): string {
  const bytes = Buffer.from(text).toString('latin1')
  return bytes.replace(/[\x00-\x1f]/g, '\x7f')
}

const withoutNumbers = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/\tnumber:.*$/, '\tnumber:')).sort()

async function compare(text: string | Buffer): Promise<void> {
  for (const awk of present)
    expect([awk, withoutNumbers(await readBy(awk, text))]).toEqual([awk, withoutNumbers(expected(text))])
}

// Keys that JSON.parse orders or that collide when control characters look alike would compare nothing.
const key = fc.string({
  unit: fc.constantFrom('a', 'B', '0', '_', '.', '/', '"', '\\', '@', ' ', 'é', '語', '😀'),
  maxLength: 6,
})
const string = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\x1c-\x1f\x7f-\x9f]/gu, ''))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -1, 1e300, -1.5e-7, 12_345_678_901),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    string,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

describe('the JSON reader of the shell probe', () => {
  it('is tried with at least one awk', () => {
    expect(present.length).toBeGreaterThan(0)
  })

  it('reads every JSON value as JSON.parse does', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(0, 2, '\t'), fc.boolean(), async (given, indent, hasMark) => {
        await compare(`${hasMark ? '\ufeff' : ''}${JSON.stringify(given, null, indent)}`)
      }),
      { numRuns: 60 },
    )
  })

  it('accepts of damaged texts what JSON.parse accepts', { timeout: 120_000 }, async () => {
    const piece = fc.constantFrom(
      ...['"', '\\', '{', '}', '[', ']', ',', ':', '0', '1', '-', '+', '.', 'e', 'E', 't', 'true', 'null', ' ', '\n'],
      ...[
        '\t',
        '\u0000',
        '\u0001',
        '\u000b',
        '\u00a0',
        '\u2028',
        '\ufeff',
        '\\u0041',
        '\\u00',
        '\\/',
        '\\x',
        '""',
        '{}',
        '//',
        "'",
      ],
    )
    await fc.assert(
      fc.asyncProperty(value, piece, fc.nat(), fc.nat(3), async (given, inserted, where, removed) => {
        const text = JSON.stringify(given)
        const at = where % (text.length + 1)
        const damaged = text.slice(0, at) + inserted + text.slice(at + removed)
        // Half a character is no text that a file can hold.
        fc.pre(Buffer.from(damaged).toString('utf8') === damaged)
        for (const awk of present) expect([awk, (await readBy(awk, damaged))[0]]).toEqual([awk, expected(damaged)[0]])
      }),
      { numRuns: 200 },
    )
  })

  const texts: readonly (string | Buffer)[] = [
    '',
    ' ',
    '\ufeff',
    '\ufeff\ufeff{}',
    ' \ufeff{}',
    '{}"',
    '"\\"',
    '"\\\\"',
    '"\\\\\\"',
    '"abc',
    '01',
    '-',
    '-0',
    '-01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '1E-05',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a":1,}',
    '{"a" 1}',
    '{1:1}',
    '{"a":1 "b":2}',
    '{"a"::1}',
    '{"a":{}}}',
    'truefalse',
    'NaN',
    '[tru',
    '"\\u12"',
    '"\\U0041"',
    '{"a":1,"a":[2,{"b":3}],"a":"last"}',
    '{"__proto__":{"a":1},"constructor":2}',
    '\f{}',
    `"${'\\n'.repeat(3000)}"`,
    `"${'x'.repeat(100_000)}`,
    '9'.repeat(50_000),
    Buffer.from([0x22, 0xff, 0xc3, 0x22]),
    Buffer.from([0xff, 0x7b, 0x7d]),
    Buffer.from([0x7b, 0x7d, 0x00]),
  ]
  it.each(texts.map((text, index) => ({ index, text })))('judges text $index as JSON.parse does', async ({ text }) => {
    for (const awk of present) expect([awk, (await readBy(awk, text))[0]]).toEqual([awk, expected(text)[0]])
  })

  it('takes the last of members with one name, and only that', async () => {
    await compare('{"a":{"x":1},"b":0,"a":{"y":[2]}}')
  })

  it('reads a megabyte of anything without taking minutes', { timeout: 60_000 }, async () => {
    const most = 1_000_000
    const hostile = [
      `{"a":"${'\\"'.repeat(most / 2)}"}`,
      `{"a":"${'\\n'.repeat(most / 2)}"}`,
      `{"a":[${'[],'.repeat(most / 3)}0]}`,
      `${'['.repeat(most / 2)}${']'.repeat(most / 2)}`,
      `{"a":${'7'.repeat(most)}}`,
    ]
    const verdictOnly = `${reader}\nBEGIN { print (read_json("/dev/stdin") == 0 ? "bad" : "ok") }`
    // Busybox is no awk of a desktop, and slow on a busy machine.
    for (const [name = '', ...args] of present.filter(([program]) => program !== 'busybox'))
      for (const text of hostile) {
        const started = Date.now()
        const { stdout } = await execa(name, [...args, verdictOnly], { input: text, env: { LC_ALL: 'C' } })
        expect(stdout).toBe('ok')
        expect(Date.now() - started).toBeLessThan(10_000)
      }
  })
})
