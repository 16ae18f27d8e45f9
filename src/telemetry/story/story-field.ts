import { eventNameForm } from '../content-fields.js'
import { fieldAttributes, type WordField } from '../fields.js'
import { eventPrefix } from '../otlp/word-columns.js'
import { type Surface, surfaces } from '../surfaces/index.js'
import type { StoryRecord } from './story-record.js'

// The rules here are those of the reader (otlp/exact-records.ts): a field is the same text in the story and the evidence.

/** The service that a record is from: what its resource says, else the record itself. */
export function serviceOf({ attributes, resource }: StoryRecord): string {
  return resource.get('service.name')?.text || attributes.get('service.name')?.text || ''
}

/** The surface that a record is from; undefined for other services. */
export function surfaceOf(record: StoryRecord): Surface | undefined {
  const service = serviceOf(record)
  return surfaces.find((surface) => surface.service === service)
}

/** A field of a record, under the name that its surface has for it. */
export function fieldOf(record: StoryRecord, field: WordField): string {
  if (field === 'service') return serviceOf(record)
  const names: readonly string[] = surfaceOf(record)?.attributes[field] ?? fieldAttributes[field]
  for (const values of [record.attributes, record.resource]) {
    for (const name of names) {
      const text = values.get(name)?.text ?? ''
      if (text !== '') return text
    }
  }
  return ''
}

/** The name of the event without the prefix of its product; '' where the record has none. */
export function eventOf(record: StoryRecord): string {
  const body = record.body?.text ?? ''
  const named = fieldOf(record, 'event') || record.eventName
  return (named || (eventNameForm.test(body) ? body : '')).replace(eventPrefix, '')
}
