export { field, listField, textField, unsafeNumber } from './json-fields.js'
export { JsonReader } from './json-reader.js'
export { type JsonShape, jsonShape } from './json-shape.js'

/**
 * Path of the list whose elements are the records: [] = the top-level values themselves (a bare array's elements, NDJSON
 * lines, concatenated documents, or the one object); ['results'] = the elements of that member's array. A lone object
 * in the place of the list is a list of one.
 */
export type RecordsPath = readonly string[]

/** Something that was not read. */
export interface JsonFault {
  readonly kind: 'not-json' | 'cut-off' | 'too-deep' | 'element-too-long' | 'extra-text'
  /** The record concerned, or the last one before the fault. */
  readonly record: number
  /** The line where that record starts, or the line of the fault between records. */
  readonly line: number
  /** Nothing behind this place was read, so an unknown number of records is missing. */
  readonly rest: boolean
}

/** Receives the records and faults in the order of the file. Records that could not be read keep their number. */
export interface JsonHandlers {
  record(value: unknown, record: number, line: number): void
  fault(fault: JsonFault): void
}

/**
 * What `end` tells: `records` were handed out. `envelopes` holds each top-level document without its list, also what was
 * read of a document that is cut off; for the path [] there is nothing outside the list.
 */
export interface JsonSummary {
  readonly records: number
  readonly faults: number
  readonly envelopes: unknown[]
  readonly form: 'array' | 'object' | 'documents'
}
