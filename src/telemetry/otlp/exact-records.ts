import { redactedText } from '../../policy/content-attributes.js'
import type { Signal, Words } from '../batch.js'
import { eventNameForm } from '../content-fields.js'
import { numberFields } from '../fields.js'
import {
  AttributeNames,
  bodyBit,
  errorBit,
  logContentBits,
  type SurfacePlan,
  spanContentBits,
} from './attribute-names.js'
import { AttributeValues } from './attribute-values.js'
import type { BatchColumns } from './batch-columns.js'
import { count, countForeign, type InputReport } from './input-report.js'
import { isoInstant, nanosecondTime } from './record-time.js'
import {
  decimalNumber,
  isObject,
  type JsonObject,
  listText,
  memberText,
  objectOfText,
  valueText,
} from './value-text.js'
import {
  type EventUse,
  eventColumn,
  eventPrefix,
  eventUse,
  eventUses,
  isOfEveryRecord,
  listColumns,
  serviceColumn,
} from './word-columns.js'
import { wordText } from './word-text.js'

const kinds = [
  { signal: 'log', request: 'resourceLogs', scopes: 'scopeLogs' },
  { signal: 'point', request: 'resourceMetrics', scopes: 'scopeMetrics' },
  { signal: 'span', request: 'resourceSpans', scopes: 'scopeSpans' },
] as const
/** Where the data points of a metric may be: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto (2026-11-21). */
const pointLists = ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'] as const

/** Whether a JSON value is an OTLP request, with something in it or not. */
export function isRequest(value: unknown): value is JsonObject {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  // The Collector writes an empty request as {}.
  return keys.length === 0 || kinds.some(({ request }) => Object.hasOwn(value, request))
}

/**
 * Writes the records of OTLP requests as rows, by rules that the faster parser and the database have to match:
 *
 * - A field is the first text, not empty, of: the record's attributes, by the names of the field in their order; then
 *   the resource's, in the same order; then, for log records, the texts in the JSON of `tool_parameters`. So it is for
 *   words, numbers and loose texts alike.
 * - Of equal names in one list the FIRST occurrence counts, even where it is empty; but content counts in all of them.
 * - `service` is that of the resource, else of the record. `event` is the field, else `eventName` of the log record, else
 *   its body where that is an event's name; '' for points and spans. The product's prefix is cut off.
 * - Fields of one kind of event (`eventUses`) are read of no other, so that what only looks like them is not kept.
 * - Of a word longer than 1,024 bytes in UTF-8 the beginning counts (`wordText`), of a list that of the joined members.
 * - Content is looked for in the record and in its resource; for spans also in their events. What names a person is looked
 *   for in the record and in its resource, in both.
 * - Anything that stands where a record, or a list of them, should be, and is neither, is one rejected record.
 */
export class ExactRecords {
  readonly #names: AttributeNames
  readonly #record: AttributeValues
  readonly #resource: AttributeValues
  readonly #encoder = new TextEncoder()

  constructor(identityKeys: readonly string[]) {
    this.#names = new AttributeNames(identityKeys)
    this.#record = new AttributeValues(this.#names)
    this.#resource = new AttributeValues(this.#names)
  }

  /** Reads one request. It never throws. */
  read(request: JsonObject, columns: BatchColumns, words: Words, report: InputReport): void {
    for (const { signal, request: member, scopes } of kinds) {
      for (const resource of pieces(request[member], report)) {
        const { resource: described } = resource
        this.#resource.read(isObject(described) ? described.attributes : undefined)
        const service = this.#resource.text(this.#names.service)
        for (const scope of pieces(resource[scopes], report)) {
          for (const record of records(signal, scope, report)) {
            report.records++
            this.#add(signal, service, record, columns, words, report)
          }
        }
      }
    }
  }

  #add(
    signal: Signal,
    resourceService: string,
    record: JsonObject,
    columns: BatchColumns,
    words: Words,
    report: InputReport,
  ): void {
    const own = this.#record
    own.read(record.attributes)
    const service = resourceService === '' ? own.text(this.#names.service) : resourceService
    const plan = this.#names.plans.get(service)
    if (plan === undefined) {
      if (signal === 'log') countForeign(report, service)
      else report.foreignOther++
      return
    }
    const observed = signal === 'log' ? nanosecondTime(record.observedTimeUnixNano) : undefined
    const time = this.#time(signal, record) ?? observed
    if (time === undefined) {
      count(report.rejected, 'no-time')
      return
    }
    report.counted[signal]++
    const row = columns.add(signal, time, observed ?? Number.NaN)
    const event = signal === 'log' ? words.word(wordText(this.#event(plan, record))) : 0
    columns.words[row * columns.wordColumns + eventColumn] = event
    // By the text of the word, which is another one where there are too many words.
    const use = eventUses[eventUse(words.text(event))]!
    this.#words(plan, use, row, columns, words)
    this.#numbers(plan, row, columns)
    if (signal === 'log') this.#log(plan, use, record, row, columns, words)
    if (signal === 'span') this.#span(record, row, columns)
  }

  #time(signal: Signal, record: JsonObject): number | undefined {
    if (signal === 'span') return nanosecondTime(record.startTimeUnixNano)
    const time = nanosecondTime(record.timeUnixNano)
    return time === undefined && signal === 'log' ? isoInstant(this.#record.text(this.#names.timestamp)) : time
  }

  #words(plan: SurfacePlan, use: EventUse, row: number, columns: BatchColumns, words: Words): void {
    const start = row * columns.wordColumns
    for (let column = 0; column < plan.words.length; column++) {
      if (column === eventColumn || (use.columns[column] !== 1 && !isOfEveryRecord(column))) continue
      const names = plan.words[column]!
      if (column === serviceColumn) columns.words[start + column] = words.word(plan.surface.service)
      else {
        const text = listColumns.has(column) ? listText(this.#value(names)) : this.#text(names)
        if (text !== '') columns.words[start + column] = words.word(wordText(text))
      }
    }
  }

  #event(plan: SurfacePlan, record: JsonObject): string {
    const named = this.#text(plan.words[eventColumn]!) || (typeof record.eventName === 'string' ? record.eventName : '')
    const body = named === '' ? valueText(record.body) : ''
    return (named || (eventNameForm.test(body) ? body : '')).replace(eventPrefix, '')
  }

  #numbers(plan: SurfacePlan, row: number, columns: BatchColumns): void {
    for (let field = 0; field < numberFields.length; field++) {
      const text = this.#text(plan.numbers[field]!)
      if (text !== '') columns.numbers[row * numberFields.length + field] = decimalNumber(text) ?? Number.NaN
    }
  }

  #log(plan: SurfacePlan, use: EventUse, record: JsonObject, row: number, columns: BatchColumns, words: Words): void {
    const parameters = this.#text([this.#names.parameters])
    if (parameters !== '') fillFromParameters(plan, use, parameters, row, columns, words)

    for (const [field, names] of plan.loose.entries()) {
      const text = this.#text(names)
      if (text !== '') columns.setLoose(row, field, this.#encoder.encode(text))
    }

    const allowed = use.errorIsContent ? logContentBits | errorBit : logContentBits
    const body = valueText(record.body)
    const bodyPresent = body !== '' && !eventNameForm.test(body) && body !== redactedText
    columns.content[row] = ((this.#record.present | this.#resource.present) & allowed) | (bodyPresent ? bodyBit : 0)
    columns.redacted[row] =
      ((this.#record.redacted | this.#resource.redacted) & allowed) | (body === redactedText ? bodyBit : 0)
  }

  #span(record: JsonObject, row: number, columns: BatchColumns): void {
    if (Array.isArray(record.events)) {
      for (const event of record.events) if (isObject(event)) this.#record.readContent(event.attributes)
    }
    columns.content[row] = (this.#record.present | this.#resource.present) & spanContentBits
    columns.redacted[row] = (this.#record.redacted | this.#resource.redacted) & spanContentBits
  }

  #text(names: readonly number[]): string {
    for (const name of names) {
      const text = this.#record.text(name)
      if (text !== '') return text
    }
    for (const name of names) {
      const text = this.#resource.text(name)
      if (text !== '') return text
    }
    return ''
  }

  #value(names: readonly number[]): unknown {
    for (const values of [this.#record, this.#resource]) {
      const name = names.find((name) => values.text(name) !== '')
      if (name !== undefined) return values.value(name)
    }
    return undefined
  }
}

function fillFromParameters(
  plan: SurfacePlan,
  use: EventUse,
  text: string,
  row: number,
  columns: BatchColumns,
  words: Words,
): void {
  const start = row * columns.wordColumns
  const empty = plan.parameters.filter(
    ({ column, members }) =>
      use.columns[column] === 1 &&
      columns.words[start + column] === 0 &&
      members.some((member) => text.includes(member)),
  )
  const object = empty.length > 0 ? objectOfText(text) : undefined
  if (object === undefined) return
  for (const { column, members } of empty) {
    const member = members.find((name) => memberText(object, name) !== '')
    if (member !== undefined) columns.words[start + column] = words.word(wordText(memberText(object, member)))
  }
}

/** The objects of a list; null and what is missing are an empty one, as in the JSON form of Protobuf. */
function* pieces(list: unknown, report: InputReport): Generator<JsonObject> {
  if (list === undefined || list === null) return
  for (const piece of Array.isArray(list) ? list : [undefined]) {
    if (isObject(piece)) yield piece
    else {
      report.records++
      count(report.rejected, 'bad-record')
    }
  }
}

function* records(signal: Signal, scope: JsonObject, report: InputReport): Generator<JsonObject> {
  if (signal === 'log') yield* pieces(scope.logRecords, report)
  else if (signal === 'span') yield* pieces(scope.spans, report)
  else {
    for (const metric of pieces(scope.metrics, report)) {
      for (const kind of pointLists) {
        const data = metric[kind]
        if (data === undefined || data === null) continue
        yield* pieces(isObject(data) ? data.dataPoints : false, report)
      }
    }
  }
}
