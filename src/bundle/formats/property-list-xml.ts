import { SaxesParser } from 'saxes'
import { defineKey } from './define-key.js'
import { ProblemList } from './problem-list.js'
import { formatDepthLimit, type KeyPath, type ReadFormat } from './read-format.js'

/** A place in the file: its line, and those of what lies below it. */
interface Lines {
  readonly line: number
  readonly below: Map<string | number, Lines>
}

/** An open element. What is skipped has no place in the value. */
interface Open {
  readonly kind: 'plist' | 'dict' | 'array' | 'scalar' | 'key' | 'skipped'
  readonly name: string
  readonly line: number
  readonly lines: Lines
  /** The dict or array that is being filled. */
  readonly container: object | undefined
  /** Where the next value goes: the key that was read, or the index. */
  slot: string | number | undefined
  slotLine: number
  text: string
}

const scalars: ReadonlySet<string> = new Set(['string', 'integer', 'real', 'true', 'false', 'data', 'date'])

/** Ends the reading; the parser is not to go on behind a fault. */
class Fault extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
  ) {
    super(text)
  }
}

/**
 * Reads an XML property list (https://www.apple.com/DTDs/PropertyList-1.0.dtd, 2026-11-21) strictly. Never throws. The
 * value is undefined if the XML is damaged, too deep, or declares entities.
 */
export function readXmlPropertyList(bytes: Uint8Array): ReadFormat {
  const problems = new ProblemList()
  const text = decode(bytes, problems)
  const unread: ReadFormat = { value: undefined, problems: problems.all, lineOf: () => undefined }
  if (text === undefined) return unread
  const blank = /^[\t\n\r ]+(?=<\?xml)/.exec(text)?.[0] ?? ''
  if (blank !== '') {
    const message = 'There is blank space before the XML declaration, which strict readers refuse.'
    problems.add({ code: 'space-before-xml', message, line: 1 })
  }
  const parser = new SaxesParser({ defaultXMLVersion: '1.0', forceXMLVersion: true })
  const reader = new Reader(parser, problems, blank.split(/\r\n|\n|\r/).length - 1)
  try {
    parser.write(text.slice(blank.length)).close()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    problems.add({ code: error.code, message: error.text, line: reader.line })
    return unread
  }
  return reader.read()
}

function decode(bytes: Uint8Array, problems: ProblemList): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    problems.add({ code: 'not-utf-8', message: 'The file is not valid UTF-8.' })
    return undefined
  }
}

class Reader {
  readonly #open: Open[] = []
  readonly #root: Lines = { line: 1, below: new Map() }
  #value: unknown
  #found = false

  constructor(
    private readonly parser: SaxesParser,
    private readonly problems: ProblemList,
    private readonly linesBefore: number,
  ) {
    parser.on('error', (error) => {
      throw faultOf(error.message)
    })
    parser.on('xmldecl', ({ encoding }) => this.#checkEncoding(encoding))
    parser.on('doctype', (text) => {
      // A DOCTYPE that only names the DTD is in every property list, and the DTD is never fetched.
      if (text.includes('[')) throw new Fault('dtd', 'The file declares its own XML entities or elements.')
    })
    parser.on('opentagstart', ({ name }) => this.#start(name))
    parser.on('closetag', () => this.#end())
    parser.on('text', (text) => this.#text(text))
    parser.on('cdata', (text) => this.#text(text))
  }

  get line(): number {
    return this.linesBefore + this.parser.line
  }

  read(): ReadFormat {
    if (!this.#found) this.problems.add({ code: 'no-value', message: 'The property list holds no value.' })
    return {
      value: this.#value,
      problems: this.problems.all,
      lineOf: (path) => {
        let lines: Lines | undefined = this.#root
        for (const part of path) lines = lines?.below.get(part)
        return lines?.line
      },
    }
  }

  #checkEncoding(encoding: string | undefined): void {
    if (encoding === undefined || /^(?:utf-8|utf8|us-ascii|utf-16)$/i.test(encoding)) return
    this.#problem('encoding', 'The XML declaration names another encoding than UTF-8; it was read as UTF-8.')
  }

  #start(name: string): void {
    if (this.#open.length > formatDepthLimit + 1)
      throw new Fault('too-deep', `More than ${formatDepthLimit} levels of elements.`)
    this.#open.push(this.#opened(name, this.#open.at(-1)))
  }

  #opened(name: string, parent: Open | undefined): Open {
    if (parent === undefined && name === 'plist') return this.#element('plist', name, this.#root)
    if (parent === undefined) {
      this.#problem('no-plist-element', 'The outermost element is not <plist>.')
      return this.#element('skipped', name, this.#root)
    }
    if (parent.kind === 'skipped') return this.#element('skipped', name, this.#root)
    if (parent.kind === 'scalar' || parent.kind === 'key' || (name === 'key' && parent.kind !== 'dict')) {
      this.#problem('misplaced-element', 'An element where none may be; it is not read.')
      return this.#element('skipped', name, this.#root)
    }
    if (name === 'key') {
      if (parent.slot !== undefined) this.#problem('key-without-value', 'A key without a value.')
      parent.slot = undefined
      return this.#element('key', name, this.#root)
    }
    return this.#openedValue(name, parent)
  }

  #openedValue(name: string, parent: Open): Open {
    const kind = name === 'dict' || name === 'array' ? name : scalars.has(name) ? 'scalar' : 'skipped'
    if (parent.kind === 'plist' && this.#found) {
      this.#problem('extra-value', 'The property list holds a second value; it is not read.')
      return this.#element('skipped', name, this.#root)
    }
    if (parent.kind === 'dict' && parent.slot === undefined) {
      this.#problem('value-without-key', 'A value without a key; it is not read.')
      return this.#element('skipped', name, this.#root)
    }
    if (kind === 'skipped')
      this.#problem('unknown-element', 'An element that property lists do not have; it is not read.')
    if (parent.kind === 'plist') this.#found = true
    const lines: Lines = { line: parent.kind === 'dict' ? parent.slotLine : this.line, below: new Map() }
    if (parent.slot !== undefined) {
      if (parent.lines.below.has(parent.slot))
        this.#problem('duplicate-key', 'The key is there twice: which one counts is not defined.')
      parent.lines.below.set(parent.slot, lines)
    }
    if (kind === 'skipped') this.#place(parent, undefined)
    return this.#element(kind, name, parent.kind === 'plist' ? this.#root : lines)
  }

  #element(kind: Open['kind'], name: string, lines: Lines): Open {
    const container = kind === 'dict' ? {} : kind === 'array' ? [] : undefined
    const slot = kind === 'array' ? 0 : undefined
    return { kind, name, line: this.line, lines, container, slot, slotLine: 0, text: '' }
  }

  #end(): void {
    const closed = this.#open.at(-1)!
    if (closed.kind === 'dict' && closed.slot !== undefined)
      this.#problem('key-without-value', 'A key without a value.')
    const value = closed.kind === 'scalar' ? this.#scalar(closed) : closed.container
    this.#open.pop()
    const parent = this.#open.at(-1)
    if (parent === undefined || closed.kind === 'skipped') return
    if (closed.kind === 'key') {
      parent.slot = closed.text
      parent.slotLine = closed.line
    } else this.#place(parent, value)
  }

  #place(parent: Open, value: unknown): void {
    if (parent.kind === 'plist') this.#value = value
    else if (typeof parent.slot === 'number') {
      ;(parent.container as unknown[]).push(value)
      parent.slot++
    } else {
      defineKey(parent.container!, parent.slot!, value)
      parent.slot = undefined
    }
  }

  #text(text: string): void {
    const open = this.#open.at(-1)
    if (open === undefined || open.kind === 'skipped') return
    if (open.kind === 'scalar' || open.kind === 'key') open.text += text
    else if (/[^\t\n\r ]/.test(text)) this.#problem('stray-text', 'Text between the elements; it is not read.')
  }

  #scalar({ name, text }: Open): unknown {
    const bare = text.trim()
    if (name === 'string') return text
    if (name === 'integer') return this.#integer(bare)
    if (name === 'real')
      return this.#checked(/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(bare), () => Number(bare))
    if (name === 'date')
      return this.#checked(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(bare) && !Number.isNaN(Date.parse(bare)),
        () => new Date(bare),
      )
    if (name === 'data') {
      const base64 = text.replace(/[\t\n\r ]/g, '')
      const valid = base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64)
      return this.#checked(valid, () => new Uint8Array(Buffer.from(base64, 'base64')))
    }
    return this.#checked(bare === '', () => name === 'true')
  }

  #integer(text: string): number | undefined {
    const parts = /^(?<sign>[+-]?)(?<digits>\d+|0x[0-9a-f]+)$/i.exec(text)?.groups
    const value = Number(parts?.digits) * (parts?.sign === '-' ? -1 : 1)
    if (parts !== undefined && !Number.isSafeInteger(value))
      this.#problem('number-inexact', 'The number is too large to be read exactly.')
    return this.#checked(parts !== undefined, () => value)
  }

  #checked<T>(valid: boolean, value: () => T): T | undefined {
    if (valid) return value()
    this.#problem('bad-value', 'The text of the element does not fit its type.')
    return undefined
  }

  #problem(code: string, message: string): void {
    const path: KeyPath = this.#open.flatMap(({ slot }) => slot ?? [])
    this.problems.add({ code, message, line: this.line, path })
  }
}

/** Only the kind of the parser's message is taken: the message itself quotes the file. */
function faultOf(message: string): Fault {
  if (message.includes('entity')) return new Fault('entity', 'An XML entity that is not defined.')
  if (/unclosed|unexpected end/.test(message)) return new Fault('cut-off', 'The file ends in the middle of an element.')
  return new Fault('not-xml', 'This is not well-formed XML.')
}
