import type { SaxesParser } from 'saxes'

/** Longest record, and most that is kept of what lies outside the records, in characters. */
export const xmlElementLimit = 64 * 1024 * 1024

/** Deepest nesting of elements. */
export const xmlDepthLimit = 100

/** Bytes of a file's beginning that are looked at. */
export const xmlHeadLimit = 256 * 1024

/** Something that was not read; nothing behind it is read either, because XML gives no second place to start. */
export interface XmlFault {
  readonly kind: 'not-xml' | 'cut-off' | 'too-deep' | 'element-too-long' | 'extra-text' | 'dtd' | 'entity'
  /** The record concerned, or the last one before the fault. */
  readonly record: number
  /** The line where that record starts, or the line of the fault between records. */
  readonly line: number
  readonly rest: true
}

/** Receives the records and the fault in the order of the file. */
export interface XmlHandlers {
  /** `record` counts from 1. */
  record(value: unknown, record: number, line: number): void
  fault(fault: XmlFault): void
}

/** What to make of the elements. */
export interface XmlOptions {
  /** Is the element at this path, root first, a record? Asked outside records only; the path must not be kept. */
  recordElement(path: readonly string[]): boolean
  /** Wrapper name → item name, such as applications → application: these wrappers become arrays of their items. */
  readonly lists: ReadonlyMap<string, string>
  /** For tests; `xmlElementLimit` otherwise. */
  readonly limit?: number
}

/** What `end` tells. `rest`: what lies outside the records, as an object with the root's name as its only key. */
export interface XmlSummary {
  readonly root: string | undefined
  readonly records: number
  readonly faults: number
  readonly rest: unknown
}

/** Takes UTF-8 chunks, with borders anywhere. */
export interface XmlReader {
  write(chunk: Uint8Array): void
  end(): XmlSummary
}

const declaredSize = Symbol('declared size')

/** The text of the `<size>` next to the items of a list, as the file has it; undefined if it has none. */
export function sizeOf(list: unknown): string | undefined {
  if (!Array.isArray(list)) return undefined
  const size: unknown = Reflect.get(list, declaredSize)
  return typeof size === 'string' ? size : undefined
}

/**
 * A reader for XML exports of any size. Elements become strings (never numbers), null-prototype objects, or arrays where
 * a child is repeated or the wrapper is a known list. Attributes are not read: the Classic API has none that matter.
 */
export async function createXmlReader(options: XmlOptions, handlers: XmlHandlers): Promise<XmlReader> {
  const saxes = await import('saxes')
  return new Reader(new saxes.SaxesParser({ xmlns: false, position: false }), options, handlers)
}

/** The shape of a file by its first bytes: the root element's name, or undefined if there is none to be seen. */
export function xmlShape(head: Uint8Array): { root: string } | undefined {
  const text = new TextDecoder().decode(head.subarray(0, xmlHeadLimit))
  let at = 0
  for (;;) {
    while (' \t\r\n'.includes(text[at] ?? 'x')) at++
    if (text.startsWith('<?', at)) at = behind(text, '?>', at + 2)
    else if (text.startsWith('<!--', at)) at = behind(text, '-->', at + 4)
    else if (text.startsWith('<!', at)) at = behindDeclaration(text, at + 2)
    else break
  }
  const name = /^<(?<name>[\p{L}_][\p{L}\p{N}_:.-]{0,200})[\s/>]/u.exec(text.slice(at, at + 256))?.groups?.name
  return name === undefined ? undefined : { root: name }
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found + mark.length
}

/** Behind the `>` of a declaration, past quotes and an internal subset: the reader is to refuse it, not this. */
function behindDeclaration(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]!
    if (character === '"' || character === "'") at = behind(text, character, at + 1) - 1
    else if (character === '[') depth++
    else if (character === ']') depth--
    else if (character === '>' && depth <= 0) return at + 1
  }
  return text.length
}

/** An open element; most have no children, so the map is made with the first one. */
interface Frame {
  readonly name: string
  text: string
  children: Map<string, unknown[]> | undefined
}

class Reader implements XmlReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #limit: number
  readonly #path: string[] = []
  readonly #frames: Frame[] = []
  readonly #rest = emptyObject()
  #root: string | undefined
  #record = 0
  #records = 0
  #faults = 0
  #stopped = false
  #ending = false
  /** Depth of the open record element, 0 outside records. */
  #recordDepth = 0
  #recordLine = 0
  #recordEnd = 0
  /** A record waits for the next event: saxes closes an element before it tells that the end tag was another one's. */
  #waiting: unknown
  /** Where the open record began, or where the last event outside records was. */
  #mark = 0
  /** Characters so far: between two chunks, the parser's own position is wrong. */
  #fed = 0
  /** What the elements outside records hold. */
  #kept = 0

  constructor(
    private readonly parser: SaxesParser,
    private readonly options: XmlOptions,
    private readonly handlers: XmlHandlers,
  ) {
    this.#limit = options.limit ?? xmlElementLimit
    parser.on('error', (error) => this.#parserFault(error.message))
    parser.on('doctype', (text) => this.#doctype(text))
    parser.on('opentag', (tag) => this.#open(tag.name))
    parser.on('closetag', () => this.#close())
    parser.on('text', (text) => this.#text(text))
    parser.on('cdata', (text) => this.#text(text))
  }

  write(chunk: Uint8Array): void {
    if (this.#stopped) return
    let text: string
    try {
      text = this.#decoder.decode(chunk, { stream: true })
    } catch {
      this.#fault('not-xml')
      return
    }
    this.parser.write(text)
    this.#fed += text.length
    this.#deliver()
    this.#checkLength(this.#fed)
  }

  end(): XmlSummary {
    this.#ending = true
    if (!this.#stopped) {
      try {
        this.#decoder.decode()
        this.parser.close()
      } catch {
        this.#fault('cut-off')
      }
    }
    // What was read outside the records still carries the totals of a document that is cut off.
    if (this.#recordDepth > 0) this.#frames.length = this.#recordDepth - 1
    while (this.#frames.length > 0) this.#attach(this.#frames.pop()!)
    return { root: this.#root, records: this.#records, faults: this.#faults, rest: this.#rest }
  }

  #open(name: string): void {
    if (this.#stopped) return
    this.#deliver()
    this.#root ??= name
    this.#path.push(name)
    this.#frames.push({ name, text: '', children: undefined })
    if (this.#frames.length > xmlDepthLimit) {
      this.#fault('too-deep')
    } else if (this.#recordDepth === 0) {
      this.#mark = this.parser.position
      if (!this.options.recordElement(this.#path)) return
      const parent = this.#frames.at(-2)
      if (parent !== undefined) parent.children ??= new Map()
      this.#recordDepth = this.#frames.length
      this.#recordLine = this.parser.line
      this.#record++
    }
  }

  #close(): void {
    if (this.#stopped) return
    this.#deliver()
    this.#checkLength(this.parser.position)
    if (this.#stopped) return
    const frame = this.#frames.pop()!
    this.#path.pop()
    if (this.#recordDepth === this.#frames.length + 1) {
      this.#waiting = this.#value(frame)
      this.#recordEnd = this.parser.position
    } else this.#attach(frame)
  }

  #text(text: string): void {
    if (this.#stopped) return
    this.#deliver()
    const frame = this.#frames.at(-1)
    if (frame === undefined) return
    // Blanks between a million records would add up.
    if (frame.children !== undefined && text.trim() === '') return
    frame.text += text
    if (this.#recordDepth > 0) return
    this.#mark = this.parser.position
    this.#kept += text.length
  }

  #attach(frame: Frame): void {
    const value = this.#value(frame)
    const parent = this.#frames.at(-1)
    // The overhead lets many empty elements reach the limit as well.
    if (this.#recordDepth === 0) this.#kept += frame.name.length + 32
    if (parent === undefined) {
      this.#rest[frame.name] = value
      return
    }
    parent.children ??= new Map()
    const same = parent.children.get(frame.name)
    if (same === undefined) parent.children.set(frame.name, [value])
    else same.push(value)
  }

  #value(frame: Frame): unknown {
    const { children, text } = frame
    const blank = text.trim() === ''
    const item = this.options.lists.get(frame.name)
    if (item !== undefined && blank) {
      const list = listOf(children, item)
      if (list !== undefined) return list
    }
    if (children === undefined) return text
    const object = emptyObject()
    for (const [name, values] of children) object[name] = values.length === 1 ? values[0] : values
    // No element can have this name.
    if (!blank) object['#text'] = text
    return object
  }

  #deliver(): void {
    if (this.#waiting === undefined) return
    const value = this.#waiting
    this.#waiting = undefined
    this.#recordDepth = 0
    this.#mark = this.#recordEnd
    this.#records++
    this.handlers.record(value, this.#record, this.#recordLine)
  }

  #checkLength(position: number): void {
    if (this.#stopped) return
    if (position - this.#mark > this.#limit || this.#kept > this.#limit) this.#fault('element-too-long')
  }

  #doctype(text: string): void {
    // An internal subset is where entities are declared; without one, a DOCTYPE only names a DTD that is never fetched.
    if (/\[|<!ENTITY/i.test(text)) this.#fault('dtd')
  }

  /** Only the kind of the parser's message is taken: the message itself quotes the file. */
  #parserFault(message: string): void {
    if (message === 'unexpected close tag.') this.#waiting = undefined
    if (this.#ending) this.#fault('cut-off')
    else if (message.includes('doctype')) this.#fault('dtd')
    else if (message.includes('entity')) this.#fault('entity')
    else if (this.#root !== undefined && this.#frames.length === 0) this.#fault('extra-text')
    else this.#fault('not-xml')
  }

  #fault(kind: XmlFault['kind']): void {
    if (this.#stopped) return
    this.#deliver()
    this.#stopped = true
    this.#faults++
    const line = this.#recordDepth > 0 ? this.#recordLine : this.parser.line
    this.handlers.fault({ kind, record: this.#record, line, rest: true })
  }
}

function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

/** The items as an array that knows its declared size; undefined if there are other children, which would be lost. */
function listOf(children: ReadonlyMap<string, unknown[]> | undefined, item: string): unknown[] | undefined {
  const size = children?.get('size')
  const others = [...(children?.keys() ?? [])].some((name) => name !== item && name !== 'size')
  if (others || (size !== undefined && (size.length > 1 || typeof size[0] !== 'string'))) return undefined
  const list = children?.get(item) ?? []
  if (size !== undefined) Object.defineProperty(list, declaredSize, { value: size[0] })
  return list
}
