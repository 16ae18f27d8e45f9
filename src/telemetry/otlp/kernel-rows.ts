import {
  type OtlpKernel,
  rowBody,
  rowEventName,
  rowHead,
  rowKind,
  rowObserved,
  rowTime,
  valueKind,
} from '../../kernel/otlp-kernel.js'
import { redactedText } from '../../policy/content-attributes.js'
import { signals, type Words } from '../batch.js'
import { hashMark } from '../content-fields.js'
import { looseFields, numberFields } from '../fields.js'
import { bodyBit, errorBit, identityBits, logContentBits, spanContentBits } from './attribute-names.js'
import type { BatchColumns } from './batch-columns.js'
import type { BlockParser } from './block-parser.js'
import { countForeign, type InputReport } from './input-report.js'
import { KernelEventColumns } from './kernel-event-columns.js'
import { KernelParameters } from './kernel-parameters.js'
import { deferred, type KernelPlan, reading, shared } from './kernel-plan.js'
import { KernelWords, parsedValue } from './kernel-words.js'
import { decimalNumber, valueText } from './value-text.js'
import { type EventUse, eventColumn, serviceColumn } from './word-columns.js'

export interface KernelRowsOptions {
  readonly kernel: OtlpKernel
  /** By service. */
  readonly plans: ReadonlyMap<string, KernelPlan>
  /** By attribute of the kernel: its bit of `contentFields`, or 0. */
  readonly contentBits: Uint32Array
  readonly wordColumns: number
  /** The attributes `service.name` and `tool_parameters`. */
  readonly service: number
  readonly parameters: number
  /** For the lines that the kernel did not read. */
  readonly exact: BlockParser
}

const logKind = 0
const spanKind = 2
/** More than there are names of any field. */
const ranks = 16

/** Turns what the kernel lists into rows of columns, by the rules of `ExactRecords`. */
export class KernelRows {
  readonly #kernel: OtlpKernel
  readonly #words: KernelWords
  readonly #parameters = new KernelParameters()
  /** What the resource gives each column of words. */
  readonly #base: Uint32Array
  #baseEvent = false
  #baseContent = 0
  #baseRedacted = 0
  #service = ''
  #plan: KernelPlan | undefined
  /** Rows so far, and of each column that several attributes may fill: row * ranks + rank of the one that did. */
  #row = 0
  readonly #wordRanks: Float64Array
  readonly #numberRanks = new Float64Array(numberFields.length)
  readonly #looseRanks = new Float64Array(looseFields.length)
  // Of the row that is put together.
  #event = false
  #content = 0
  #redacted = 0
  readonly #looseHit = new Uint32Array(looseFields.length)
  readonly #looseRaw = new Uint8Array(looseFields.length)
  readonly #ofEvents: KernelEventColumns

  constructor(private readonly options: KernelRowsOptions) {
    this.#kernel = options.kernel
    this.#words = new KernelWords(options.kernel)
    this.#base = new Uint32Array(options.wordColumns)
    this.#wordRanks = new Float64Array(options.wordColumns)
    const most = Math.max(...[...options.plans.values()].map(({ words }) => words.list.length))
    this.#ofEvents = new KernelEventColumns(most)
  }

  /** The kernel numbers its texts anew. */
  forget(): void {
    this.#words.forget()
  }

  /** Reads the list between two word indexes. */
  read(from: number, end: number, columns: BatchColumns, words: Words, report: InputReport): void {
    this.#words.begin(words)
    this.#ofEvents.begin(words)
    const list = this.#kernel.words()
    for (let at = from; at < end; ) {
      const head = list[at]!
      const kind = head & 255
      if (kind === rowKind.line) {
        const start = list[at + 1]!
        // With its line feed, so that it is not taken for the end of the input.
        const line = this.#kernel.bytes().subarray(start, start + list[at + 2]! + 1)
        this.options.exact.parse(line, columns, words, report)
        at += 3
        continue
      }
      const next = at + rowHead + (head >>> 8) * 3
      this.#row++
      if (kind === rowKind.resource) this.#resource(list, at, next, words)
      else {
        report.records++
        if (this.#plan !== undefined)
          this.#record(this.#plan, kind - rowKind.log, list, at, next, columns, words, report)
        else if (kind === rowKind.log) countForeign(report, this.#service)
        else report.foreignOther++
      }
      at = next
    }
  }

  #resource(list: Uint32Array, at: number, next: number, words: Words): void {
    this.#service = this.#serviceOf(list, at, next)
    this.#plan = this.options.plans.get(this.#service)
    if (this.#plan === undefined) return
    this.#base.fill(0)
    this.#ofEvents.beginResource()
    this.#event = false
    this.#content = list[at + 1]!
    this.#redacted = list[at + 2]!
    for (let hit = at + rowHead; hit < next; hit += 3) {
      const attribute = list[hit]! & 0xffff
      const kind = list[hit]! >>> 16
      if (kind <= valueKind.rawWord) this.#fill(this.#plan, attribute, kind, list[hit + 1]!, this.#base, 0)
      else this.#rawContent(attribute, this.#rawText(list, hit))
    }
    this.#base[serviceColumn] = words.word(this.#service)
    this.#ofEvents.endResource()
    this.#baseEvent = this.#event
    this.#baseContent = this.#content
    this.#baseRedacted = this.#redacted
  }

  /** The kernel lists no resource without a text in `service.name`. */
  #serviceOf(list: Uint32Array, at: number, next: number): string {
    const { service } = this.options
    let hit = at + rowHead
    while (hit < next && ((list[hit]! & 0xffff) !== service || list[hit]! >>> 16 > valueKind.rawWord)) hit += 3
    return hit < next ? this.#words.service(list[hit + 1]!) : ''
  }

  #record(
    plan: KernelPlan,
    kind: number,
    list: Uint32Array,
    at: number,
    next: number,
    columns: BatchColumns,
    words: Words,
    report: InputReport,
  ): void {
    const signal = signals[kind]!
    report.counted[signal]++
    const doubles = this.#kernel.doubles()
    const time = doubles.getFloat64((at + rowTime) * 4, true)
    const observed = doubles.getFloat64((at + rowObserved) * 4, true)
    const row = columns.add(signal, time, observed > 0 ? observed : Number.NaN)
    const start = row * this.options.wordColumns
    columns.words.set(this.#base, start)
    this.#event = this.#baseEvent
    this.#ofEvents.beginRecord()
    this.#content = this.#baseContent | list[at + 1]!
    this.#redacted = this.#baseRedacted | list[at + 2]!
    const isLog = kind === logKind
    let parameters = 0
    let loose = false
    for (let hit = at + rowHead; hit < next; hit += 3) {
      const head = list[hit]!
      const attribute = head & 0xffff
      const value = head >>> 16
      if (value <= valueKind.rawWord) this.#fill(plan, attribute, value, list[hit + 1]!, columns.words, start)
      else if (value === valueKind.number) {
        this.#number(plan, attribute, doubles.getFloat64((hit + 1) * 4, true), columns, row)
      } else if (value === valueKind.loose) loose = (isLog && this.#loose(plan, attribute, list, hit, 0)) || loose
      else if (value === valueKind.parameters) parameters = hit
      else {
        const text = this.#rawText(list, hit)
        if (text === '') continue
        this.#number(plan, attribute, decimalNumber(text) ?? Number.NaN, columns, row)
        this.#rawContent(attribute, text)
        loose = (isLog && this.#loose(plan, attribute, list, hit, 1)) || loose
        if (attribute === this.options.parameters) parameters = hit
      }
    }
    if (isLog) {
      const use = this.#log(list, at, row, start, columns)
      if (parameters > 0) this.#parameters.fill(plan, use, this.#json(list, parameters), columns, start, words)
      if (loose) this.#setLoose(list, columns, row)
    } else {
      columns.words[start + eventColumn] = 0
      if (kind === spanKind) {
        columns.content[row] = this.#content & spanContentBits
        columns.redacted[row] = this.#redacted & spanContentBits
      }
    }
  }

  #log(list: Uint32Array, at: number, row: number, start: number, columns: BatchColumns): EventUse {
    const named = list[at + rowEventName]!
    if (!this.#event) {
      columns.words[start + eventColumn] = this.#words.word(reading.event, named > 0 ? named : list[at + rowBody]!)
    }
    const use = this.#ofEvents.fill(columns.words[start + eventColumn]!, this.#words, columns.words, start)
    const allowed = use.errorIsContent ? logContentBits | errorBit : logContentBits
    columns.content[row] = this.#content & (allowed | bodyBit)
    columns.redacted[row] = this.#redacted & (allowed | bodyBit)
    return use
  }

  /** Puts a text where it belongs, unless it is empty or another of the same row has precedence. */
  #fill(plan: KernelPlan, attribute: number, kind: number, text: number, into: Uint32Array, start: number): void {
    if (text === 0 || (kind === valueKind.rawWord && this.#words.isEmpty(text))) return
    const { first, list } = plan.words
    const end = first[attribute + 1]!
    for (let target = first[attribute]!; target < end; target += 3) {
      const column = list[target]!
      const rank = list[target + 1]!
      if (rank >= shared && !this.#wins(this.#wordRanks, column, rank - shared)) continue
      const way = list[target + 2]!
      if (way >= deferred) {
        this.#ofEvents.add(column, way, text)
        continue
      }
      into[start + column] = this.#words.word(way, text)
      if (way === reading.event) this.#event = true
    }
  }

  #number(plan: KernelPlan, attribute: number, value: number, columns: BatchColumns, row: number): void {
    const { first, list } = plan.numbers
    for (let target = first[attribute]!; target < first[attribute + 1]!; target += 3) {
      const field = list[target]!
      const rank = list[target + 1]!
      if (rank >= shared && !this.#wins(this.#numberRanks, field, rank - shared)) continue
      columns.numbers[row * numberFields.length + field] = value
    }
  }

  /** Notes where a loose text is, or with `raw` its JSON. */
  #loose(plan: KernelPlan, attribute: number, words: Uint32Array, hit: number, raw: number): boolean {
    const { first, list } = plan.loose
    if (words[hit + 2] === 0) return false
    let found = false
    for (let target = first[attribute]!; target < first[attribute + 1]!; target += 3) {
      const field = list[target]!
      const rank = list[target + 1]!
      if (rank >= shared && !this.#wins(this.#looseRanks, field, rank - shared)) continue
      this.#looseHit[field] = hit
      this.#looseRaw[field] = raw
      found = true
    }
    return found
  }

  #setLoose(list: Uint32Array, columns: BatchColumns, row: number): void {
    const bytes = this.#kernel.bytes()
    for (let field = 0; field < looseFields.length; field++) {
      const hit = this.#looseHit[field]!
      if (hit === 0) continue
      this.#looseHit[field] = 0
      if (this.#looseRaw[field] === 1) columns.setLoose(row, field, Buffer.from(this.#rawText(list, hit)))
      else columns.setLoose(row, field, bytes, list[hit + 1]!, list[hit + 1]! + list[hit + 2]!)
    }
  }

  #wins(held: Float64Array, column: number, rank: number): boolean {
    const mark = this.#row * ranks
    if (held[column]! >= mark && held[column]! - mark < rank) return false
    held[column] = mark + rank
    return true
  }

  /** A value that is not a plain text, where it may be content. */
  #rawContent(attribute: number, text: string): void {
    const bit = this.options.contentBits[attribute]!
    const hidden = (bit & identityBits) === 0 ? text === redactedText : text.startsWith(hashMark)
    if (hidden) this.#redacted |= bit
    else if (text !== '') this.#content |= bit
  }

  #json(list: Uint32Array, hit: number): string {
    return this.#kernel.json(list[hit + 1]!, list[hit + 2]!)
  }

  #rawText(list: Uint32Array, hit: number): string {
    return valueText(parsedValue(this.#json(list, hit)))
  }
}
