import { defineKey } from './define-key.js'
import { ProblemList } from './problem-list.js'
import { formatDepthLimit, formatSizeLimit, type KeyPath, type ReadFormat } from './read-format.js'

class Fault extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
  ) {
    super(text)
  }
}

/** Objects may be shared, so that a small file can mean a huge value. */
const mostUnits = 4 * formatSizeLimit

/** What an object costs beside its text: more of them than this allows do not fit in a file of the largest size. */
const unitsOfObject = 16

/** 2001-01-01, where Apple's clock begins, in milliseconds since 1970. */
const appleEpoch = Date.UTC(2001, 0, 1)

/**
 * Reads a binary property list (layout: CFBinaryPList.c,
 * https://github.com/apple-oss-distributions/CF/blob/main/CFBinaryPList.c, 2026-11-21). Never throws. There is a library for
 * this, but it unfolds shared objects without limit, and drops second keys and `__proto__` in silence.
 */
export function readBinaryPropertyList(bytes: Uint8Array): ReadFormat {
  const problems = new ProblemList()
  const lineOf = () => undefined
  try {
    return { value: new Reader(bytes, problems).read(), problems: problems.all, lineOf }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    problems.add({ code: error.code, message: error.text })
    return { value: undefined, problems: problems.all, lineOf }
  }
}

class Reader {
  readonly #bytes: Buffer
  readonly #offsetSize: number
  readonly #referenceSize: number
  readonly #count: number
  readonly #top: number
  readonly #table: number
  #units = 0

  constructor(
    bytes: Uint8Array,
    private readonly problems: ProblemList,
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const trailer = bytes.length - 32
    this.#offsetSize = this.#number(trailer + 6, 1)
    this.#referenceSize = this.#number(trailer + 7, 1)
    this.#count = this.#number(trailer + 8, 8)
    this.#top = this.#number(trailer + 16, 8)
    this.#table = this.#number(trailer + 24, 8)
  }

  read(): unknown {
    return this.#object(this.#top, [])
  }

  #object(index: number, path: KeyPath): unknown {
    this.#spend(unitsOfObject)
    const offset = this.#offset(index)
    const marker = this.#number(offset, 1)
    const kind = marker >> 4
    if (kind === 0x0) return marker === 0x08 ? false : marker === 0x09 ? true : this.#unknown(path)
    const low = marker & 0x0f
    const start = offset + 1
    if (kind === 0x1) return this.#integer(start, 1 << low, path)
    if (kind === 0x2) return this.#real(start, 1 << low)
    if (kind === 0x3) return new Date(appleEpoch + this.#slice(start, 8).readDoubleBE() * 1000)
    if (kind === 0x8) return this.#unknown(path)
    const long = low === 0x0f
    const sizeBytes = long ? 1 << (this.#number(start, 1) & 0x0f) : 0
    const size = long ? this.#number(start + 1, sizeBytes) : low
    const content = long ? start + 1 + sizeBytes : start
    if (kind === 0x4) return new Uint8Array(this.#content(content, size))
    if (kind === 0x5) return this.#content(content, size).toString('latin1')
    if (kind === 0x6)
      return Buffer.from(this.#content(content, size * 2))
        .swap16()
        .toString('utf16le')
    if (kind !== 0xa && kind !== 0xd) return this.#unknown(path)
    if (path.length >= formatDepthLimit)
      throw new Fault('too-deep', `More than ${formatDepthLimit} levels of objects and lists.`)
    return kind === 0xa ? this.#array(content, size, path) : this.#dict(content, size, path)
  }

  #array(start: number, size: number, path: KeyPath): unknown[] {
    const array: unknown[] = []
    for (let index = 0; index < size; index++) array.push(this.#object(this.#reference(start, index), [...path, index]))
    return array
  }

  #dict(start: number, size: number, path: KeyPath): object {
    const dict = {}
    for (let index = 0; index < size; index++) {
      const key = this.#key(this.#reference(start, index))
      const keyPath = [...path, key]
      if (Object.hasOwn(dict, key)) {
        const message = 'The key is there twice: which one counts is not defined.'
        this.problems.add({ code: 'duplicate-key', message, path: keyPath })
      }
      defineKey(dict, key, this.#object(this.#reference(start, size + index), keyPath))
    }
    return dict
  }

  /** Looks before it reads: an object may be a key of itself, without end. */
  #key(index: number): string {
    const kind = this.#number(this.#offset(index), 1) >> 4
    if (kind !== 0x5 && kind !== 0x6) throw damaged()
    return String(this.#object(index, []))
  }

  #offset(index: number): number {
    if (index >= this.#count) throw damaged()
    return this.#number(this.#table + index * this.#offsetSize, this.#offsetSize)
  }

  #integer(start: number, size: number, path: KeyPath): number {
    // Up to four bytes are without a sign, eight have one, and sixteen are eight behind leading zeros or signs.
    const value = size < 8 ? this.#number(start, size) : Number(toBigInt(this.#slice(start, Math.min(size, 16))))
    if (!Number.isSafeInteger(value))
      this.problems.add({ code: 'number-inexact', message: 'The number is too large to be read exactly.', path })
    return value
  }

  #real(start: number, size: number): number {
    if (size !== 4 && size !== 8) throw damaged()
    const bytes = this.#slice(start, size)
    return size === 4 ? bytes.readFloatBE() : bytes.readDoubleBE()
  }

  #unknown(path: KeyPath): undefined {
    this.problems.add({ code: 'unknown-element', message: 'A kind of value that settings do not have.', path })
    return undefined
  }

  #reference(start: number, index: number): number {
    return this.#number(start + index * this.#referenceSize, this.#referenceSize)
  }

  #content(start: number, length: number): Buffer {
    this.#spend(length)
    return this.#slice(start, length)
  }

  #spend(units: number): void {
    this.#units += units
    if (this.#units > mostUnits) throw new Fault('too-large', 'The file means a value that is far larger than itself.')
  }

  #number(start: number, size: number): number {
    if (size < 1 || size > 8) throw damaged()
    let value = 0
    for (const byte of this.#slice(start, size)) value = value * 256 + byte
    return value
  }

  #slice(start: number, length: number): Buffer {
    if (start < 0 || start + length > this.#bytes.length) throw damaged()
    return this.#bytes.subarray(start, start + length)
  }
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

function damaged(): Fault {
  return new Fault('damaged', 'The binary property list is damaged or cut off.')
}
