import type { LooseField } from './fields.js'

export const signals = ['log', 'point', 'span'] as const
export type Signal = (typeof signals)[number]

/** Every different word that was read, kept once for the whole run. Number 0 is "not there". */
export interface Words {
  readonly size: number
  /** The text of a number; '' for 0. */
  text(word: number): string
  /** The number of a text that was read or asked for before; a new one else. 0 for ''. */
  word(text: string): number
}

/**
 * Records of one stretch of one input, as columns. Buffers are used again: nothing of a batch may be kept after the
 * visit. Only records of the known surfaces with a time are here; all others are counted by the reader.
 */
export interface TelemetryBatch {
  /** The name of the input. */
  readonly file: string
  readonly rows: number
  /** Index into `signals`, for each row. */
  readonly signal: Uint8Array
  /** Milliseconds since 1970 UTC, whole. */
  readonly time: Float64Array
  /** When the collector or exporter saw it; NaN where that is not told. Milliseconds. */
  readonly observed: Float64Array
  /**
   * `rows` × `wordColumns`: first `wordFields` in their order, then the identity keys that were asked for. `event` is
   * already without the prefix of its product.
   */
  readonly words: Uint32Array
  readonly wordColumns: number
  /** `rows` × `numberFields`; NaN where there is none or the text is no number. */
  readonly numbers: Float64Array
  /** A bit for each of `contentFields` that is there, not empty and not redacted. */
  readonly content: Uint32Array
  /** A bit for each of `contentFields` whose value is the client's mark for redacted content. */
  readonly redacted: Uint32Array
  /** The text of a field of which there are many, made only when asked for; undefined where it is not there. */
  loose(row: number, field: LooseField): string | undefined
  /** A number that is the same for the same text, below 2^53; 0 where it is not there. */
  looseHash(row: number, field: LooseField): number
}

/** What became of one input. `records` = counted + foreign + foreignOther + rejected; what a broken line held is not known. */
export interface TelemetryInput {
  readonly file: string
  readonly bytes: number
  /** Lines, or length-prefixed messages. */
  readonly lines: number
  /** Lines that are empty, or hold a valid OTLP request with nothing in it. */
  readonly emptyLines: number
  /** Lines by why they could not be read: `not-json`, `cut-off`, `not-otlp`, `not-utf8`, `too-long`. */
  readonly badLines: Readonly<Record<string, number>>
  /** Log records, data points and spans found. */
  readonly records: number
  /** Handed out as rows, by signal. */
  readonly counted: Readonly<Record<Signal, number>>
  /** Log records of other services, by `service.name` ('' where it is missing). */
  readonly foreign: Readonly<Record<string, number>>
  /** Data points and spans of other services. */
  readonly foreignOther: number
  /** Records by why they could not be used: `no-time`, `bad-record`. */
  readonly rejected: Readonly<Record<string, number>>
  /** Set when the input could not be read to its end or at all. */
  readonly problem?: { readonly code: string; readonly message: string; readonly tryThis?: string | undefined }
}
