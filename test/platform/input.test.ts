import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { findInputs, headLimit, type Input, type InputLimits, readHead } from '../../src/platform/input.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-input-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const at = (...parts: string[]) => join(folder, ...parts)
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(at(name), content)
  return at(name)
}
const find = (paths: string[], limits: Partial<InputLimits> = {}, stdin: Readable = Readable.from([])) =>
  findInputs(paths, { stdin, limits })
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)
const shown = (names: readonly { name: string }[]) => names.map(({ name }) => name.replace(`${folder}/`, ''))

async function readAll(input: Input | undefined): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of input!.open()) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts)
}

interface Packed {
  name: string
  data?: string | Uint8Array
  stored?: boolean
  flags?: number
  method?: number
  unixMode?: number
  claims?: number
}

function zip(entries: Packed[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data = 'a,b\n1,2\n', stored = false, flags = 0, method, unixMode = 0o100644, claims } of entries) {
    const plain = Buffer.from(data)
    const body = stored ? plain : deflateRawSync(plain)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method ?? (stored ? 0 : 8), 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(claims ?? plain.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((unixMode << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), body])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, Buffer.from(name)]))
    files.push(file)
    offset += file.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, central, end])
}

test('a file is read whole, again and again, and a head of it', async () => {
  const data = Buffer.from(Array.from({ length: 3_500_000 }, (_, index) => (index * 7919) >> 5))
  const { inputs, problems } = await find([put('a.csv', data)])
  expect(problems).toEqual([])
  expect(inputs[0]).toMatchObject({ name: at('a.csv'), file: at('a.csv'), size: data.length })
  expect((await readHead(inputs[0]!, 1000)).head).toEqual(data.subarray(0, 1000))
  expect((await readAll(inputs[0])).equals(data)).toBe(true)
  expect((await readAll(inputs[0])).equals(data)).toBe(true)
})

test.each([0, 1, 1000, 1_048_575, 1_048_576, 1_048_577, 2_097_152])('%i bytes and one more are read', async (size) => {
  const data = Buffer.alloc(size + 1, 'x')
  const { inputs } = await find([put('a.csv', data)])
  expect((await readAll(inputs[0])).equals(data)).toBe(true)
  const { head, whole } = await readHead(inputs[0]!, size + 1)
  expect([data.equals(head), whole]).toEqual([true, true])
  expect((await readHead(inputs[0]!, size)).whole).toBe(false)
})

test('a folder is read with all below it, by code unit, without hidden and system files', async () => {
  mkdirSync(at('sub/deep'), { recursive: true })
  mkdirSync(at('.git'))
  mkdirSync(at('__MACOSX'))
  for (const name of ['b.csv', 'B.csv', 'a.csv', 'sub/c.csv', 'sub/deep/d.json', '.env', '.git/x', '__MACOSX/y'])
    put(name, name)
  for (const name of ['Thumbs.db', 'desktop.ini', '.DS_Store', '._b.csv', '~$b.xlsx']) put(name, name)
  const { inputs, problems, skipped } = await find([`${folder}/`])
  expect(problems).toEqual([])
  expect(shown(inputs)).toEqual(['B.csv', 'a.csv', 'b.csv', 'sub/c.csv', 'sub/deep/d.json'])
  expect(skipped.map(({ name, reason }) => [shown([{ name }])[0], reason])).toEqual([
    ['.DS_Store', 'system-file'],
    ['._b.csv', 'system-file'],
    ['.env', 'hidden'],
    ['.git', 'hidden'],
    ['Thumbs.db', 'system-file'],
    ['__MACOSX', 'system-file'],
    ['desktop.ini', 'system-file'],
    ['~$b.xlsx', 'system-file'],
  ])
})

test('links in a folder: into it they are followed, elsewhere not, and there are no circles', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'fleet-outside-'))
  writeFileSync(join(outside, 'secret'), 'x')
  mkdirSync(at('sub'))
  put('sub/real.csv', 'x')
  put('.hidden', 'y')
  symlinkSync(join(outside, 'secret'), at('out'))
  symlinkSync(folder, at('loop'))
  symlinkSync('nowhere', at('broken'))
  symlinkSync('self', at('self'))
  symlinkSync('/dev/zero', at('device'))
  symlinkSync('.hidden', at('visible.csv'))
  symlinkSync('../sub/real.csv', at('sub/z.csv'))
  const { inputs, problems, skipped } = await find([folder])
  rmSync(outside, { recursive: true })
  expect(problems).toEqual([])
  expect(shown(inputs)).toEqual(['sub/real.csv', 'visible.csv'])
  expect(Object.fromEntries(skipped.map(({ name, reason }) => [shown([{ name }])[0], reason]))).toEqual({
    '.hidden': 'hidden',
    out: 'link-outside-folder',
    loop: 'link-to-folder',
    broken: 'link-broken',
    self: 'link-broken',
    device: 'not-a-file',
    'sub/z.csv': 'same-file',
  })
})

test('one file under several names is read once', async () => {
  const path = put('a.csv', 'x')
  linkSync(path, at('b.csv'))
  symlinkSync(path, at('c.csv'))
  const { inputs, skipped } = await find([path, path, at('b.csv'), at('c.csv'), folder])
  expect(inputs).toHaveLength(1)
  expect(skipped.map(({ reason }) => reason)).toEqual(Array(6).fill('same-file'))
})

test('what cannot be read is a problem with a fixed text, and the rest is still read', async () => {
  const socket = createServer().listen(at('socket'))
  await new Promise((done) => socket.once('listening', done))
  execFileSync('mkfifo', [at('fifo')])
  put('empty.csv', '')
  mkdirSync(at('nothing'))
  symlinkSync('circle', at('circle'))
  const paths = ['missing', 'empty.csv/x', 'fifo', 'socket', 'empty.csv', 'nothing', 'circle'].map((name) => at(name))
  const { inputs, problems } = await find([...paths, '/dev/zero', 'a\0b', put('good.csv', 'x')])
  socket.close()
  expect(shown(inputs)).toEqual(['good.csv'])
  expect(codes(problems)).toEqual([
    'input-not-found',
    'input-not-found',
    'input-not-a-file',
    'input-not-a-file',
    'input-empty',
    'folder-empty',
    'input-unreadable',
    'input-not-a-file',
    'input-not-found',
  ])
  for (const { message, tryThis } of problems) expect(`${message} ${tryThis}`).not.toMatch(/undefined|fleet-input/)
})

test('special files in a folder are skipped without opening them', async () => {
  execFileSync('mkfifo', [at('fifo')])
  put('a.csv', 'x')
  const { inputs, skipped } = await find([folder])
  expect(shown(inputs)).toEqual(['a.csv'])
  expect(skipped).toEqual([{ name: at('fifo'), reason: 'not-a-file' }])
})

test('a file that changes while it is read is refused', async () => {
  const path = put('a.csv', Buffer.alloc(5_000_000, 'x'))
  const { inputs } = await find([path])
  const reading = async (change: () => void) => {
    let first = true
    for await (const _ of inputs[0]!.open()) {
      if (first) change()
      first = false
    }
  }
  await expect(reading(() => truncateSync(path, 4_000_000))).rejects.toMatchObject({ code: 'input-changed' })
  await expect(reading(() => utimesSync(path, 1, 1))).rejects.toMatchObject({ code: 'input-changed' })
  rmSync(path)
  await expect(readAll(inputs[0])).rejects.toMatchObject({ code: 'input-not-found', exit: 4 })
})

test('reading may stop anywhere', async () => {
  const { inputs } = await find([put('a.csv', Buffer.alloc(5_000_000)), put('a.gz', gzipSync(Buffer.alloc(5_000_000)))])
  for (const input of inputs) for (let turn = 0; turn < 50; turn++) await readHead(input, 10)
})

test('limits are refused with their value', async () => {
  const path = put('a.csv', 'x'.repeat(100))
  expect((await find([path], { inputBytes: 99 })).problems).toMatchObject(
    [{ code: 'input-too-large', message: /99/ }].map((p) => ({ ...p, message: expect.stringMatching(p.message) })),
  )
  put('b.csv', 'y')
  expect(codes((await find([folder], { folderFiles: 1 })).problems)).toEqual(['folder-too-large'])
})

test('gzip is known by its content, members follow each other', async () => {
  const packed = Buffer.concat([gzipSync('one\n'), gzipSync('two\n'), gzipSync('x'.repeat(3_000_000))])
  const { inputs } = await find([put('a.csv', packed), put('b.gz', 'plain')])
  expect(inputs[0]).toMatchObject({ packed: 'gzip', size: packed.length })
  expect((await readAll(inputs[0])).toString()).toBe(`one\ntwo\n${'x'.repeat(3_000_000)}`)
  expect((await readHead(inputs[0]!, 5)).head.toString()).toBe('one\nt')
  expect((await readAll(inputs[1])).toString()).toBe('plain')
})

test('a gzip file that is torn, changed or followed by something else is refused', async () => {
  const packed = gzipSync(Buffer.from(Array.from({ length: 9000 }, (_, index) => (index * 7919) >> 3)))
  for (let end = 3; end < packed.length; end += 997) {
    const { inputs } = await find([put(`${end}.gz`, packed.subarray(0, end))])
    await expect(readAll(inputs[0])).rejects.toMatchObject({ code: 'archive-damaged', exit: 4 })
  }
  const changed = Buffer.from(packed)
  changed[changed.length - 6]! ^= 1
  const more = Buffer.concat([packed, Buffer.from('more rows')])
  for (const data of [changed, more]) {
    const { inputs } = await find([put(`${data.length}.gz`, data)])
    await expect(readAll(inputs[0])).rejects.toMatchObject({ code: 'archive-damaged' })
  }
})

test('a bomb is refused', async () => {
  const { inputs } = await find([put('bomb.gz', gzipSync(Buffer.alloc(20_000_000)))])
  await expect(readAll(inputs[0])).rejects.toMatchObject({ code: 'archive-ratio' })
  const packed = zip([{ name: 'a.csv', data: Buffer.alloc(20_000_000) }])
  expect(codes((await find([put('bomb.zip', packed)])).problems)).toEqual(['archive-ratio'])
  const lies = zip([{ name: 'a.csv', data: Buffer.alloc(20_000_000), claims: 1000 }])
  expect(codes((await find([put('lies.zip', lies)])).problems)).toEqual(['archive-damaged'])
})

test('every entry of a zip is an input', async () => {
  const long = 'row\n'.repeat(500_000)
  const packed = zip([
    { name: 'b/', data: '', stored: true },
    { name: 'b/z.csv', data: long },
    { name: 'a.csv', data: 'stored', stored: true },
    { name: 'Müller.csv' },
    { name: '__MACOSX/._a.csv' },
  ])
  const { inputs, problems, skipped } = await find([put('x.csv', packed)])
  expect(problems).toEqual([])
  expect(shown(inputs)).toEqual(['x.csv/Müller.csv', 'x.csv/a.csv', 'x.csv/b/z.csv'])
  expect(shown(skipped)).toEqual(['x.csv/__MACOSX/._a.csv'])
  expect((await readAll(inputs[0])).toString()).toBe('a,b\n1,2\n')
  expect((await readAll(inputs[1])).toString()).toBe('stored')
  expect((await readAll(inputs[2])).toString()).toBe(long)
  expect(inputs[2]).toMatchObject({ packed: 'zip', file: at('x.csv') })
})

test.each<[string, Packed[], Partial<InputLimits>?]>([
  ['archive-unsafe', [{ name: '../a.csv' }]],
  ['archive-unsafe', [{ name: 'a/../../b.csv' }]],
  ['archive-unsafe', [{ name: '/etc/a.csv' }]],
  ['archive-unsafe', [{ name: 'C:/a.csv' }]],
  ['archive-unsafe', [{ name: 'a\\b.csv' }]],
  ['archive-unsafe', [{ name: 'link', unixMode: 0o120777 }]],
  ['archive-unsafe', [{ name: 'a.csv' }, { name: 'a.csv' }]],
  ['archive-encrypted', [{ name: 'a.csv', flags: 1 }]],
  ['archive-method', [{ name: 'a.csv', method: 12 }]],
  ['archive-nested', [{ name: 'a.csv' }, { name: 'b.csv', data: zip([{ name: 'c.csv' }]) }]],
  ['archive-nested', [{ name: 'a.csv', data: gzipSync('x') }]],
  ['archive-too-many', [{ name: 'a' }, { name: 'b' }, { name: 'c' }], { archiveEntries: 2 }],
  [
    'archive-too-large',
    [
      { name: 'a', data: 'x'.repeat(60) },
      { name: 'b', data: 'x'.repeat(60) },
    ],
    { archiveBytes: 100 },
  ],
  ['input-too-large', [{ name: 'a', data: 'x'.repeat(600) }], { inputBytes: 500 }],
  ['archive-empty', []],
  ['archive-empty', [{ name: '.DS_Store' }]],
  ['input-empty', [{ name: 'a.csv', data: '', stored: true }]],
])('a zip is refused as a whole: %s', async (code, entries, limits = {}) => {
  const { inputs, problems } = await find([put('x.zip', zip(entries))], limits)
  expect(inputs).toEqual([])
  expect(codes(problems)).toEqual([code])
})

test('a workbook stays one input, in a zip too', async () => {
  const book = zip([{ name: '[Content_Types].xml' }, { name: 'xl/workbook.xml' }])
  const { inputs, problems } = await find([put('a.xlsx', book), put('b.zip', zip([{ name: 'a.xlsx', data: book }]))])
  expect(problems).toEqual([])
  expect(shown(inputs)).toEqual(['a.xlsx', 'b.zip/a.xlsx'])
  expect((await readAll(inputs[1])).equals(book)).toBe(true)
})

test('a damaged zip never crashes and never gives other bytes', async () => {
  const data = Buffer.from(Array.from({ length: 3000 }, (_, index) => 65 + ((index * 7919) % 26)))
  const whole = zip([
    { name: 'a.csv', data },
    { name: 'b.csv', data, stored: true },
  ])
  const spot = fc.oneof(fc.nat(whole.length - 1), fc.integer({ min: whole.length - 130, max: whole.length - 1 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(spot, fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      spot,
      async (changes, cut, end) => {
        const bytes = Buffer.from(cut ? whole.subarray(0, end) : whole)
        for (const [place, value] of changes) if (place >= 4 && place < bytes.length) bytes[place] = value
        fc.pre(bytes.length > 4)
        const { inputs } = await find([put('x.zip', bytes)])
        for (const input of inputs.filter((one) => one.packed === 'zip')) {
          const read = await readAll(input).catch((error: unknown) => error)
          if (read instanceof Buffer) expect(read.equals(data)).toBe(true)
          else expect(read).toBeInstanceOf(Failure)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('zip64 offsets beyond all bounds are damage', async () => {
  const end = zip([]).subarray(-22)
  const locator = Buffer.alloc(20, 0xff)
  locator.write('PK\x06\x07')
  const { problems } = await find([put('x.zip', Buffer.concat([Buffer.from('PK\x03\x04'), locator, end]))])
  expect(codes(problems)).toEqual(['archive-damaged'])
})

test('a zip made by the zip tool is read', async () => {
  put('a.csv', 'x\n'.repeat(100_000))
  execFileSync('zip', ['-q', 'x.zip', 'a.csv'], { cwd: folder })
  execFileSync('sh', ['-c', 'cat a.csv | zip -q y.zip -'], { cwd: folder })
  const { inputs, problems } = await find([at('x.zip'), at('y.zip')])
  expect(problems).toEqual([])
  expect(shown(inputs)).toEqual(['x.zip/a.csv', 'y.zip/-'])
  for (const input of inputs) expect((await readAll(input)).length).toBe(200_000)
})

test('stdin is replayed after a look at its head, packed or not', async () => {
  const data = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * 7919) >> 5))
  const forms = [
    [data, undefined],
    [gzipSync(data), 'gzip'],
  ] as const
  for (const [sent, packed] of forms) {
    for (const size of [1000, 65_536, 100_000]) {
      const parts = [sent.subarray(0, 1), sent.subarray(1, 3)]
      for (let from = 3; from < sent.length; from += size) parts.push(sent.subarray(from, from + size))
      const { inputs } = await find(['-', '-'], {}, Readable.from(parts))
      expect(inputs).toHaveLength(1)
      expect(inputs[0]).toMatchObject({ name: 'stdin', size: undefined })
      expect(inputs[0]!.packed).toBe(packed)
      for (const bytes of [10, headLimit, headLimit]) {
        const { head, whole } = await readHead(inputs[0]!, bytes)
        expect(Buffer.compare(head, data.subarray(0, bytes))).toBe(0)
        expect(whole).toBe(false)
      }
      expect((await readAll(inputs[0])).equals(data)).toBe(true)
      const again = readAll(inputs[0]).then(() => 'read')
      await expect(again).rejects.toThrow('second time')
    }
  }
})

test('stdin that is empty, a zip, a terminal, torn or broken', async () => {
  const problems = async (stdin: Readable) => codes((await find(['-'], {}, stdin)).problems)
  expect(await problems(Readable.from([]))).toEqual(['input-empty'])
  expect(await problems(Readable.from([zip([{ name: 'a.csv' }])]))).toEqual(['stdin-archive'])
  expect(await problems(Object.assign(Readable.from([]), { isTTY: true }))).toEqual(['stdin-terminal'])
  const { inputs } = await find(['-'], {}, Readable.from([gzipSync('x'.repeat(1000)).subarray(0, 20)]))
  for (let turn = 0; turn < 2; turn++) {
    await expect(readHead(inputs[0]!, 5000)).rejects.toMatchObject({ code: 'archive-damaged' })
  }
  const broken = new Readable({
    read() {
      this.destroy(Object.assign(new Error('x'), { code: 'EIO' }))
    },
  })
  expect(await problems(broken)).toEqual(['input-unreadable'])
})
