import { OTLP_KERNEL_BASE64 } from './otlp-kernel-binary.js'

/** What an attribute is wanted for. */
export const role = { word: 1, number: 2, loose: 4, content: 8, parameters: 16, service: 32, identity: 64 } as const

/** What stands in a list of rows. */
export const rowKind = { line: 0, resource: 1, log: 2, point: 3, span: 4 } as const

/** How the value of an attribute is listed. */
export const valueKind = { word: 0, rawWord: 1, number: 2, loose: 3, raw: 4, parameters: 5 } as const

/**
 * Words of a row: kind and number of values * 256, bits of content, bits of redacted content, text of the body if it is
 * the name of an event, text of `eventName`, then as doubles the time and, 0 if not there, when it was observed. Then
 * its values, three words each: attribute and kind * 65536, and two that the kind explains. A line that was not read is
 * three words: kind, where, length.
 */
export const rowHead = 9
export const rowBody = 3
export const rowEventName = 4
export const rowTime = 5
export const rowObserved = 7

/** An attribute that is looked for; its place in the list is its number. */
export interface KernelAttribute {
  readonly name: string
  readonly roles: number
  /** Place of its bit in the masks of content; for `role.content` and `role.identity`, of which an attribute has one. */
  readonly bit?: number | undefined
}

/** The compiled reader with a memory of its own. Views are made anew when the memory grows: ask for them each time. */
export interface OtlpKernel {
  bytes(): Buffer
  words(): Uint32Array
  doubles(): DataView
  /** Room for so many bytes of input; what was there before is lost. Undefined when there is no memory for it. */
  input(length: number): number | undefined
  /**
   * Reads the lines in [from, to), which ends with a line feed and lies in the room for input. Gives word indexes of the
   * list of rows, and where the first line begins that is not listed.
   */
  parse(from: number, to: number): { readonly rows: number; readonly end: number; readonly next: number }
  /** A stretch of the input as text. */
  json(start: number, length: number): string
  /** How many texts there are; number 0 is ''. */
  texts(): number
  /** Forgets all texts if there are many, so that their numbers begin anew; what was listed is of no use then. */
  forgetMany(): boolean
  /** A text by its number, and whether it is the JSON of a value rather than a text. */
  text(number: number): { readonly text: string; readonly raw: boolean }
}

// Members that may stand where the kernel meets them; numbers as in assembly/otlp.ts. Any other member, such as one in
// the spelling of the .proto files, makes a line one for the exact reader.
const members: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      'schemaUrl',
      'droppedAttributesCount',
      'scope',
      'severityNumber',
      'severityText',
      'flags',
      'traceId',
      'spanId',
      'name',
      'description',
      'unit',
      'metadata',
      'aggregationTemporality',
      'isMonotonic',
      'asDouble',
      'asInt',
      'endTimeUnixNano',
      'count',
      'bucketCounts',
      'explicitBounds',
      'exemplars',
      'min',
      'max',
      'scale',
      'zeroCount',
      'zeroThreshold',
      'positive',
      'negative',
      'quantileValues',
      'parentSpanId',
      'traceState',
      'kind',
      'droppedEventsCount',
      'links',
      'droppedLinksCount',
      'status',
    ].map((name) => [name, 1]),
  ),
  resourceLogs: 2,
  resourceMetrics: 3,
  resourceSpans: 4,
  resource: 5,
  scopeLogs: 6,
  scopeMetrics: 7,
  scopeSpans: 8,
  attributes: 9,
  logRecords: 10,
  metrics: 11,
  spans: 12,
  sum: 13,
  gauge: 13,
  histogram: 13,
  exponentialHistogram: 13,
  summary: 13,
  dataPoints: 14,
  timeUnixNano: 15,
  observedTimeUnixNano: 16,
  startTimeUnixNano: 17,
  body: 18,
  eventName: 19,
  events: 20,
}

// As much of it as is used here: TypeScript has these types only together with those of a browser.
interface Exports {
  memory: { readonly buffer: ArrayBuffer }
  open(): number
  reserve(bytes: number): number
  addName(from: number, length: number, space: number, what: number): void
  addSlot(slot: number, roles: number): void
  setBodyBit(bit: number): void
  parse(from: number, to: number, rows: number, rowsEnd: number): number
  nextLine(): number
  textCount(): number
  textEnd(): number
  forget(): void
  textList(): number
  textBytes(): number
}
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: Exports }
}

/** What a load may read behind the last byte. */
const padding = 128
const firstInput = 512 * 1024
/** Rows take less than half of the input that they are read from, unless somebody writes next to nothing per record. */
const smallestRows = 512 * 1024

/** Texts that are kept: those of a real fleet repeat, and none of the others is worth its memory. */
const mostTexts = 2 ** 17
const mostTextBytes = 2 ** 22

let compiled: object | false | undefined

// Once per thread, and only when there is telemetry to read. False: this machine has no WebAssembly, or no SIMD in it.
function compile(): object | false {
  try {
    return new WebAssembly.Module(Buffer.from(OTLP_KERNEL_BASE64, 'base64'))
  } catch {
    return false
  }
}

/** A kernel for one reader, or undefined where WebAssembly with SIMD is not to be had. At most 128 attributes. */
export function openOtlpKernel(attributes: readonly KernelAttribute[], bodyBit: number): OtlpKernel | undefined {
  if (attributes.length > 128) return undefined
  compiled ??= compile()
  if (compiled === false) return undefined
  const { memory, ...kernel } = new WebAssembly.Instance(compiled).exports
  if (!kernel.open()) return undefined
  const views = new Views(memory)
  const addName = (name: string, space: number, what: number) => {
    const bytes = Buffer.from(name)
    const place = kernel.reserve(bytes.length + 32)
    views.bytes().set(bytes, place)
    kernel.addName(place, bytes.length, space, what)
  }
  for (const [name, what] of Object.entries(members)) addName(name, 1, what)
  for (const [slot, { name, roles, bit = 0 }] of attributes.entries()) {
    addName(name, 0, slot + 1)
    kernel.addSlot(slot, roles | (bit << 16))
  }
  kernel.setBodyBit(bodyBit)

  let input = 0
  let inputSize = 0
  let rows = 0
  let rowsSize = 0
  return {
    bytes: () => views.bytes(),
    words: () => views.words(),
    doubles: () => views.doubles(),
    input(length) {
      if (length > inputSize) {
        const size = Math.max(firstInput, 2 ** Math.ceil(Math.log2(length)))
        const place = kernel.reserve(size + padding)
        const list = kernel.reserve(Math.max(smallestRows, size / 2))
        if (place === 0 || list === 0) return undefined
        input = place
        inputSize = size
        rows = list
        rowsSize = Math.max(smallestRows, size / 2)
      }
      return input
    },
    parse(from, to) {
      const end = kernel.parse(from, to, rows, rows + rowsSize)
      return { rows: rows / 4, end: end / 4, next: kernel.nextLine() }
    },
    json: (start, length) => views.bytes().toString('utf8', start, start + length),
    texts: () => kernel.textCount(),
    forgetMany() {
      const many = kernel.textCount() > mostTexts || kernel.textEnd() > mostTextBytes
      if (many) kernel.forget()
      return many
    },
    text(number) {
      const place = kernel.textList() / 4 + number * 2
      const words = views.words()
      const start = kernel.textBytes() + words[place]!
      const length = words[place + 1]!
      const end = start + (length & 0x7fff_ffff)
      return { text: views.bytes().toString('utf8', start, end), raw: length > 0x7fff_ffff }
    },
  }
}

class Views {
  #buffer: ArrayBuffer | undefined
  #bytes = Buffer.alloc(0)
  #words = new Uint32Array(0)
  #doubles = new DataView(new ArrayBuffer(0))

  constructor(private readonly memory: { readonly buffer: ArrayBuffer }) {}

  bytes(): Buffer {
    this.#refresh()
    return this.#bytes
  }

  words(): Uint32Array {
    this.#refresh()
    return this.#words
  }

  doubles(): DataView {
    this.#refresh()
    return this.#doubles
  }

  #refresh(): void {
    const { buffer } = this.memory
    if (buffer === this.#buffer) return
    this.#buffer = buffer
    this.#bytes = Buffer.from(buffer)
    this.#words = new Uint32Array(buffer)
    this.#doubles = new DataView(buffer)
  }
}
