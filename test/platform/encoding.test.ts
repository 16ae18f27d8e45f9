import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectEncoding, type Encoding, EncodingChanged, toUtf8 } from '../../src/platform/encoding.js'
import { Failure } from '../../src/platform/failure.js'

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, cut)
    from = cut
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts)
}

function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8-bom') return Buffer.from(`\ufeff${text}`)
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  return Buffer.from(text, 'latin1')
}

const csv = 'Device name,Serial number\r\nMüller-PC,C02XYZ\r\n'

test.each([
  ['utf-8', encode(csv, 'utf-8')],
  ['utf-8-bom', encode(csv, 'utf-8-bom')],
  ['utf-16le', encode(csv, 'utf-16le')],
  ['utf-16be', encode(csv, 'utf-16be')],
  ['utf-16le', encode(csv, 'utf-16le').subarray(2)],
  ['utf-16be', encode(csv, 'utf-16be').subarray(2)],
  ['utf-16le', Buffer.from('id,名前\r\n1,東京都千代田区丸の内一丁目\r\n2,大阪府大阪市北区梅田三丁目\r\n', 'utf16le')],
  ['windows-1252', encode(csv, 'windows-1252')],
  ['utf-8', Buffer.from('name,serial\nPC,1.2.3\0\n')],
  ['utf-8', Buffer.alloc(0)],
  ['binary', Buffer.alloc(5000)],
  ['binary', Buffer.from('PK\x03\x04....')],
  ['binary', Buffer.from('%PDF-1.7\n')],
  ['binary', Buffer.from('SQLite format 3\0')],
  ['binary', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['binary', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0])],
  ['binary', Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * index * 31 + (index >> 3)) % 251))],
])('an input is %s', (encoding, bytes) => {
  expect(detectEncoding(bytes, true)).toBe(encoding)
})

test('a character cut off by the end of the head is no error, by the end of the file it is', () => {
  const head = Buffer.from('Müller 😀').subarray(0, -1)
  expect(detectEncoding(head, false)).toBe('utf-8')
  expect(detectEncoding(head, true)).toBe('windows-1252')
})

test('every encoding gives the same text, however the bytes are cut', async () => {
  const encodings: Encoding[] = ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be']
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...encodings),
      fc.array(fc.nat()),
      async (text, encoding, cuts) => {
        // Without a mark, a text that begins with one cannot be told from a text with a mark.
        fc.pre(!text.startsWith('\ufeff'))
        const read = await readAll(toUtf8(pieces(encode(text, encoding), cuts), encoding))
        expect(read.toString()).toBe(text)
      },
    ),
  )
})

test('windows-1252 has its own characters between 80 and 9F', async () => {
  const read = await readAll(toUtf8(pieces(Buffer.from([0x80, 0x93, 0xe9]), []), 'windows-1252'))
  expect(read.toString()).toBe('€“é')
})

test('UTF-8 is passed on without a copy', async () => {
  const chunk = Buffer.from('plain')
  for await (const passed of toUtf8(pieces(chunk, []), 'utf-8')) expect(passed.buffer).toBe(chunk.buffer)
})

test('UTF-8 is checked to the last byte, as strictly as TextDecoder does, and the place is exact', async () => {
  const byte = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        0x41,
        0xc3,
        0xa9,
        0xe2,
        0x82,
        0xac,
        0xf0,
        0x9f,
        0x98,
        0x80,
        0xed,
        0xa0,
        0xc0,
        0xef,
        0xbf,
        0xbd,
      ),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
  )
  const part = fc.oneof(
    fc.constantFrom('é', '€', '😀', '\ufffd', 'a').map((text) => [...Buffer.from(text)]),
    fc.array(byte, { maxLength: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part), fc.array(fc.nat()), async (parts, cuts) => {
      const bytes = Uint8Array.from(parts.flat())
      let valid = true
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      } catch {
        valid = false
      }
      const error = await readAll(toUtf8(pieces(bytes, cuts), 'utf-8')).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error === undefined).toBe(valid)
      if (error === undefined) return
      expect(error).toBeInstanceOf(EncodingChanged)
      const { offset } = error as EncodingChanged
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, offset))).not.toThrow()
      expect(() =>
        new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, Math.min(bytes.length, offset + 4))),
      ).toThrow()
    }),
    { numRuns: 1000 },
  )
})

test('the offset counts the byte order mark', async () => {
  const bytes = Buffer.concat([Buffer.from('\ufeffok'), Buffer.from([0xe9, 0x41])])
  await expect(readAll(toUtf8(pieces(bytes, [1, 2]), 'utf-8-bom'))).rejects.toMatchObject({
    offset: 5,
    code: 'encoding-changed',
  })
})

test.each([
  ['an odd byte at the end', [0x41, 0, 0x42]],
  ['half a surrogate pair', [0x41, 0, 0x3d, 0xd8]],
  ['a lone surrogate', [0x3d, 0xd8, 0x41, 0]],
])('UTF-16 with %s is refused', async (_, bytes) => {
  const reading = readAll(toUtf8(pieces(Uint8Array.from(bytes), []), 'utf-16le'))
  await expect(reading).rejects.toBeInstanceOf(Failure)
  await expect(reading).rejects.toMatchObject({ code: 'encoding-damaged', exit: 4 })
})
