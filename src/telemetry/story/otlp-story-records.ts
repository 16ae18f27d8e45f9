import { isoInstant, nanosecondTime } from '../otlp/record-time.js'
import { isObject, valueText } from '../otlp/value-text.js'
import { idAttributes, mayBeWanted, type StoryRecord, type Wanted } from './story-record.js'
import { type StoryValue, storyValue } from './story-value.js'

/** What OTLP requests hold of what is looked for. */
export interface FoundRecords {
  readonly records: StoryRecord[]
  /** Data points and spans by id: they are counted, and have no place in the story. */
  readonly points: Map<string, number>
  readonly spans: Map<string, number>
}

type Attributes = ReadonlyMap<string, StoryValue>

/**
 * Adds everything in one OTLP request (JSON, already parsed) that belongs to the session or prompt, or may: an id that
 * only begins with the wanted one is kept as well. What has not the form of OTLP is passed over.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding (2026-11-21).
 */
export function findInMessage(message: unknown, wanted: Wanted, found: FoundRecords): void {
  for (const group of listOf(message, 'resourceLogs')) {
    const resource = attributesOf(memberOf(group, 'resource'))
    for (const scope of listOf(group, 'scopeLogs'))
      for (const record of listOf(scope, 'logRecords')) {
        const attributes = attributesOf(record)
        if (idIn(attributes, resource, wanted) !== undefined) found.records.push(recordOf(record, attributes, resource))
      }
  }
  for (const group of listOf(message, 'resourceMetrics')) {
    const resource = attributesOf(memberOf(group, 'resource'))
    for (const scope of listOf(group, 'scopeMetrics'))
      for (const metric of listOf(scope, 'metrics'))
        for (const data of ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary'])
          for (const point of listOf(memberOf(metric, data), 'dataPoints'))
            count(found.points, idIn(attributesOf(point), resource, wanted))
  }
  for (const group of listOf(message, 'resourceSpans')) {
    const resource = attributesOf(memberOf(group, 'resource'))
    for (const scope of listOf(group, 'scopeSpans'))
      for (const span of listOf(scope, 'spans')) count(found.spans, idIn(attributesOf(span), resource, wanted))
  }
}

function count(counts: Map<string, number>, id: string | undefined): void {
  if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
}

/** The id of a record, if it may be the wanted one. */
function idIn(attributes: Attributes, resource: Attributes, wanted: Wanted): string | undefined {
  const name = idAttributes[wanted.kind]
  const id = attributes.get(name)?.text || resource.get(name)?.text || ''
  return id !== '' && mayBeWanted(id, wanted) ? id : undefined
}

function recordOf(record: unknown, attributes: Attributes, resource: Attributes): StoryRecord {
  const observed = nanosecondTime(memberOf(record, 'observedTimeUnixNano'))
  const time =
    nanosecondTime(memberOf(record, 'timeUnixNano')) ?? isoInstant(attributes.get('event.timestamp')?.text ?? '')
  const eventName = memberOf(record, 'eventName')
  const body = memberOf(record, 'body')
  return {
    time: time ?? observed ?? Number.NaN,
    observed: observed ?? Number.NaN,
    attributes,
    resource,
    eventName: typeof eventName === 'string' ? eventName : '',
    body: body === undefined || body === null ? undefined : storyValue(valueText(body)),
  }
}

function attributesOf(holder: unknown): Attributes {
  const found = new Map<string, StoryValue>()
  for (const entry of listOf(holder, 'attributes')) {
    const key = memberOf(entry, 'key')
    // Of an attribute that stands twice the first one counts.
    if (typeof key === 'string' && !found.has(key)) found.set(key, storyValue(valueText(memberOf(entry, 'value'))))
  }
  return found
}

function memberOf(holder: unknown, name: string): unknown {
  return isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined
}

function listOf(holder: unknown, name: string): readonly unknown[] {
  const list = memberOf(holder, name)
  return Array.isArray(list) ? list : []
}
