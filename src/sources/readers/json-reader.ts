import type { JsonFault, JsonHandlers, JsonSummary, RecordsPath } from './json.js'
import { hasSoundStrings, jsonElementLimit, ValueCutter } from './json-cutter.js'

type State =
  | 'top'
  | 'seek'
  | 'given-up'
  | 'key-or-end'
  | 'key'
  | 'colon'
  | 'member'
  | 'after-member'
  | 'element-or-end'
  | 'element'
  | 'after-element'
  | 'in-value'

const newline = 0x0a
const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** What an envelope costs beside its bytes, so that many small documents reach the limit as well. */
const envelopeOverhead = 256

/**
 * Cuts the records out of exports of any size, in UTF-8 without a byte order mark. Only the way to the list is followed
 * token by token; each record is then parsed from its own slice, so memory is bounded by one record.
 */
export class JsonReader {
  #state: State = 'top'
  #purpose: 'record' | 'document' | 'member' | 'key' = 'record'
  #records = 0
  #record = 0
  #faults = 0
  #documents = 0
  #firstIsArray = false
  #envelopes: unknown[] = []
  #envelopeBytes = 0
  /** Objects that are open on the way to the list, outermost first. */
  #frames: Record<string, unknown>[] = []
  #key = ''
  #inList = false
  /** How the documents read so far are laid out: among `lines`, a document over several lines may be a broken line. */
  #layout: 'unknown' | 'lines' | 'pretty' = 'unknown'
  #atLineStart = false
  readonly #cutter: ValueCutter

  constructor(
    private readonly path: RecordsPath,
    private readonly handlers: JsonHandlers,
    private readonly limit = jsonElementLimit,
  ) {
    this.#cutter = new ValueCutter(limit)
  }

  /** Reads on; chunk borders may fall anywhere. The chunk may be reused afterwards. */
  write(chunk: Uint8Array): void {
    this.#cutter.attach(chunk)
    let position = 0
    while (position < chunk.length && this.#state !== 'given-up') {
      if (this.#state === 'in-value') position = this.#readValue(chunk)
      else if (this.#state === 'seek') position = this.#seek(chunk, position)
      else position = this.#readToken(chunk, position)
    }
  }

  /** Ends the input: what is still open is cut off. */
  end(): JsonSummary {
    const nothing = new Uint8Array(0)
    while (this.#state === 'in-value') {
      const onTop = this.#purpose !== 'key' && !this.#inList && this.#frames.length === 0
      if (onTop && this.#cutter.mayEnd) {
        this.#cutter.attach(nothing)
        this.#finish(nothing)
      } else if (onTop && this.#layout === 'lines' && this.#cutter.firstNewline >= 0) {
        this.#fault('cut-off', this.#cutter.startLine)
        this.#resync(nothing, 0)
      } else {
        // A last document on one line is the only one missing; one over several lines may be a line that took others in.
        const alone = onTop && this.#cutter.firstNewline < 0
        this.#state = 'given-up'
        this.#fault(this.#cutter.dropped ?? 'cut-off', this.#cutter.startLine, !alone)
      }
    }
    if (this.#frames.length > 0 || this.#inList) {
      if (this.#state !== 'given-up') this.#giveUp('cut-off', this.#cutter.line)
      if (this.#frames.length > 0) this.#keepEnvelope(this.#frames[0], 0)
    }
    const form = this.#documents !== 1 ? 'documents' : this.#firstIsArray ? 'array' : 'object'
    return { records: this.#records, faults: this.#faults, envelopes: this.#envelopes, form }
  }

  /** Takes one token between values, or starts a value. Returns the position behind it. */
  #readToken(chunk: Uint8Array, from: number): number {
    let position = from
    while (isSpace(chunk[position]!)) {
      if (chunk[position] === newline) this.#cutter.line++
      if (++position === chunk.length) return position
    }
    const byte = chunk[position]!
    switch (this.#state) {
      case 'top':
        // For the path [], a torn line is a record that could not be read, whatever it starts with.
        if (startsValue(byte) || (this.path.length === 0 && !endsValue(byte))) return this.#openDocument(byte, position)
        this.#fault(this.#documents > 0 ? 'extra-text' : 'not-json', this.#cutter.line)
        this.#state = 'seek'
        this.#atLineStart = false
        return position
      case 'key-or-end':
      case 'key':
        if (byte === quote) return this.#begin('key', position)
        if (byte === closeBrace && this.#state === 'key-or-end') return this.#closeFrame(position)
        break
      case 'colon':
        if (byte === colon) return this.#go('member', position)
        break
      case 'member':
        if (startsValue(byte)) return this.#openMember(byte, position)
        break
      case 'after-member':
        if (byte === comma) return this.#go('key', position)
        if (byte === closeBrace) return this.#closeFrame(position)
        break
      case 'element-or-end':
      case 'element':
        if (startsValue(byte)) return this.#begin('record', position)
        if (byte === closeBracket && this.#state === 'element-or-end') return this.#closeList(position)
        break
      case 'after-element':
        if (byte === comma) return this.#go('element', position)
        if (byte === closeBracket) return this.#closeList(position)
        break
    }
    const afterValue = this.#state === 'after-element' || this.#state === 'after-member'
    this.#giveUp(afterValue ? 'extra-text' : 'not-json', this.#cutter.line)
    return position
  }

  /** The bytes of the record that is being handed out, as they stand in the input; valid until the handler returns. */
  recordBytes(): Uint8Array {
    return this.#cutter.bytes()
  }

  #openDocument(byte: number, position: number): number {
    this.#documents++
    if (this.#documents === 1) this.#firstIsArray = byte === openBracket
    if (this.path.length === 0) {
      if (byte !== openBracket) return this.#begin('record', position)
      this.#inList = true
      return this.#go('element-or-end', position)
    }
    if (byte !== openBrace) return this.#begin('document', position)
    this.#frames.push(emptyObject())
    return this.#go('key-or-end', position)
  }

  #openMember(byte: number, position: number): number {
    const depth = this.#frames.length
    const frame = this.#frames[depth - 1]!
    if (this.#key !== this.path[depth - 1]) return this.#begin('member', position)
    if (depth < this.path.length) {
      if (byte !== openBrace) return this.#begin('member', position)
      const inner = emptyObject()
      frame[this.#key] = inner
      this.#frames.push(inner)
      return this.#go('key-or-end', position)
    }
    if (byte !== openBracket && byte !== openBrace) return this.#begin('member', position)
    frame[this.#key] = []
    if (byte === openBrace) return this.#begin('record', position)
    this.#inList = true
    return this.#go('element-or-end', position)
  }

  #closeFrame(position: number): number {
    const frame = this.#frames.pop()
    if (this.#frames.length > 0) return this.#go('after-member', position)
    this.#keepEnvelope(frame, 0)
    return this.#go('top', position)
  }

  #closeList(position: number): number {
    this.#inList = false
    return this.#go(this.#afterValue(), position)
  }

  #afterValue(): State {
    return this.#inList ? 'after-element' : this.#frames.length > 0 ? 'after-member' : 'top'
  }

  #go(state: State, position: number): number {
    this.#state = state
    return position + 1
  }

  #begin(purpose: 'record' | 'document' | 'member' | 'key', position: number): number {
    if (purpose === 'record') this.#record++
    this.#purpose = purpose
    this.#state = 'in-value'
    this.#cutter.begin(position, this.path.length === 0 && !this.#inList)
    return position
  }

  #readValue(chunk: Uint8Array): number {
    const cutter = this.#cutter
    const cut = cutter.scan()
    if (cut === 'more') return chunk.length
    if (cut === 'done') return this.#finish(chunk)
    if (this.path.length > 0 || this.#inList) {
      this.#giveUp('not-json', cutter.startLine)
      return cutter.position
    }
    this.#fault(cutter.dropped ?? 'not-json', cutter.startLine)
    return this.#resync(chunk, cutter.position, cut === 'value-on-new-line' && chunk[cutter.position] !== newline)
  }

  /** The value is complete by its structure: parses it and puts it where it belongs. */
  #finish(chunk: Uint8Array): number {
    const cutter = this.#cutter
    const position = cutter.position
    const parsed = cutter.dropped === undefined ? cutter.parse() : undefined
    if (parsed === undefined) return this.#finishBroken(chunk, position)
    this.#state = this.#afterValue()
    if (this.#purpose === 'record') {
      if (this.#state === 'top' && this.#layout !== 'pretty')
        this.#layout = cutter.firstNewline < 0 ? 'lines' : 'pretty'
      this.#records++
      this.handlers.record(parsed.value, this.#record, cutter.startLine)
    } else if (this.#purpose === 'key') {
      this.#key = String(parsed.value)
      this.#state = 'colon'
    } else {
      this.#keep(parsed.value, cutter.length)
    }
    return position
  }

  #keep(value: unknown, bytes: number): void {
    if (this.#purpose === 'document') this.#keepEnvelope(value, bytes)
    else if (this.#fits(bytes)) this.#frames[this.#frames.length - 1]![this.#key] = value
  }

  #keepEnvelope(value: unknown, bytes: number): void {
    if (this.#fits(bytes + envelopeOverhead) || this.#envelopes.length === 0) this.#envelopes.push(value)
  }

  /** What lies outside the lists is bounded as well; the first thing that is left out is told. */
  #fits(bytes: number): boolean {
    const before = this.#envelopeBytes
    this.#envelopeBytes += bytes
    if (this.#envelopeBytes <= this.limit) return true
    if (before <= this.limit) this.#fault('element-too-long', this.#cutter.line)
    return false
  }

  #finishBroken(chunk: Uint8Array, position: number): number {
    const { dropped, startLine, firstNewline, mayEnd } = this.#cutter
    const kind = dropped ?? 'not-json'
    const sound = dropped !== undefined || hasSoundStrings(this.#cutter.bytes())
    const next = this.#afterValue()
    if (this.#purpose === 'record' && next === 'top') {
      this.#fault(kind, startLine)
      // Among lines, a line border is safer than anything inside a broken line.
      const goOn = dropped !== undefined || (sound && !mayEnd && (firstNewline < 0 || this.#layout !== 'lines'))
      if (!goOn) return this.#resync(chunk, position)
      this.#state = 'top'
    } else if (this.#purpose === 'key' || !sound) {
      this.#giveUp(kind, startLine)
    } else {
      this.#fault(kind, startLine)
      this.#state = next
    }
    return position
  }

  /** Goes on at the first newline of the broken value, because good lines may have been taken for part of it. */
  #resync(chunk: Uint8Array, position: number, atLineStart = false): number {
    const cutter = this.#cutter
    this.#state = 'seek'
    this.#atLineStart = atLineStart
    if (cutter.firstNewline < 0 || cutter.dropped !== undefined) return position
    this.#atLineStart = false
    cutter.line = cutter.startLine
    const here = cutter.firstNewlineHere()
    if (here >= 0) return here
    this.write(Uint8Array.from(cutter.bytes().subarray(cutter.firstNewline)))
    cutter.attach(chunk, position)
    return position
  }

  /** Looks for a line that starts a value: a raw newline is never part of a string, so this border can be trusted. */
  #seek(chunk: Uint8Array, from: number): number {
    let position = from
    while (position < chunk.length) {
      const byte = chunk[position]!
      if (this.#atLineStart && (byte | 0x20) === openBrace) {
        this.#state = 'top'
        return position
      }
      if (this.#atLineStart && this.#layout === 'lines' && !isSpace(byte)) {
        this.#record++
        this.#fault('not-json', this.#cutter.line)
      }
      this.#atLineStart = false
      const found = chunk.indexOf(newline, position)
      if (found < 0) return chunk.length
      this.#cutter.line++
      this.#atLineStart = true
      position = found + 1
    }
    return position
  }

  #fault(kind: JsonFault['kind'], line: number, rest = false): void {
    this.#faults++
    this.handlers.fault({ kind, record: this.#record, line, rest })
  }

  #giveUp(kind: JsonFault['kind'], line: number): void {
    this.#state = 'given-up'
    this.#fault(kind, line, true)
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09
}

/** True for the first byte of a container, a string, a number, true, false or null. */
function startsValue(byte: number): boolean {
  if (byte >= 0x30 && byte <= 0x39) return true
  return (byte | 0x20) === openBrace || '"-tfn'.includes(String.fromCharCode(byte))
}

function endsValue(byte: number): boolean {
  return byte === comma || byte === colon || byte === closeBracket || byte === closeBrace
}

function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}
