import { detectEncoding, type Encoding } from '../../platform/encoding.js'
import { recogniseForeign } from '../../platform/foreign-file.js'
import { isZstd } from '../../platform/zstd.js'
import type { InputProblem } from './input-report.js'
import { mostLineBytes } from './telemetry-limits.js'

/** How an input holds its requests. */
export type OtlpForm =
  | { readonly kind: 'lines' | 'documents'; readonly encoding: Encoding }
  | { readonly kind: 'messages' }
  | { readonly kind: 'refused'; readonly problem: InputProblem }

const giveJson =
  'Give what the file exporter of the OpenTelemetry Collector writes with format: json: one request with resourceLogs, resourceMetrics or resourceSpans per line.'

export const protobufProblem: InputProblem = {
  code: 'telemetry-protobuf',
  message: 'It holds OTLP as Protobuf, which is not read.',
  tryThis: 'Set format: json at the file exporter of the Collector.',
}
export const notOtlpProblem: InputProblem = {
  code: 'telemetry-not-otlp',
  message: 'Nothing in it is an OTLP request in JSON.',
  tryThis: giveJson,
}

const openBrace = 0x7b
/** A tag of Protobuf: field 1, with a length. The first field of every request is its list of resources. */
const protobufTag = 0x0a

/** Whether a message that should be JSON is Protobuf instead; the Collector's JSON begins with its brace. */
export function isProtobuf(message: Uint8Array): boolean {
  return message[0] === protobufTag
}

/**
 * How an input holds its requests, told from its first bytes. Besides one request per line the Collector's file exporter
 * puts the length of each message before it, as four bytes, the highest first: with `format: proto`, and with
 * `compression: zstd`, where each message is a frame of its own. Newer ones compress the whole file instead.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/exporter/fileexporter/file_writer.go (2026-11-21)
 */
export function otlpForm(head: Uint8Array, whole: boolean): OtlpForm {
  if (holdsMessages(head)) return { kind: 'messages' }
  const encoding = detectEncoding(head, whole)
  if (encoding === 'binary') {
    if (isProtobuf(head)) return { kind: 'refused', problem: protobufProblem }
    const what = recogniseForeign(head)?.what ?? 'a binary file'
    return { kind: 'refused', problem: { ...notOtlpProblem, message: `It is ${what}, not OTLP in JSON.` } }
  }
  return { kind: isSpreadOut(decoded(head, encoding)) ? 'documents' : 'lines', encoding }
}

/** No text begins with a byte as low as that of a length of a line that is read. */
function holdsMessages(head: Uint8Array): boolean {
  if (head.length < 5) return false
  const length = new DataView(head.buffer, head.byteOffset).getUint32(0)
  const message = head.subarray(4)
  return (
    length > 0 && length <= mostLineBytes && (isZstd(message) || message[0] === openBrace || message[0] === protobufTag)
  )
}

function decoded(head: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding).decode(head, { stream: true })
}

/**
 * Whether JSON goes over several lines: the first line opens something and closes nothing, and the second goes on with it.
 * A second line that opens a request of its own says that the first was torn, unless that began a list.
 */
function isSpreadOut(text: string): boolean {
  const lines = /^\s*([{[](?:[^\n]{0,200}[{[,])?)[ \t]*\r?\n(\s*.)/.exec(text)
  if (lines === null) return false
  const [, first, second = ''] = lines
  return first === '[' || second.length > 1 || /["}\]]/.test(second)
}
