import { CSV_KERNEL_BASE64 } from './csv-kernel-binary.js'

/** The compiled scanner with a memory of its own: fill `bytes` from `input` on, scan, read the lists in `words`. */
export interface CsvKernel {
  /** The whole memory, as bytes and as 32-bit words. */
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Where the window for input begins, and how many bytes fit. */
  readonly input: number
  readonly capacity: number
  /** Word index of the list of cell ends. */
  readonly cells: number
  /** Word index of the list of records, four words each: see `scan` in assembly/csv.ts. */
  readonly records: number
  /**
   * Lists the complete records in [from, to), where `from` is the start of a record, and returns how many there are.
   * `words[NEXT]`, `words[LINES]` and `words[STOPPED]` tell where it came to.
   */
  scan(from: number, to: number): number
  /** Takes the quotes of one listed record off, in place; its cells are given as word indexes. */
  unquote(start: number, firstCell: number, endCell: number): void
}

/** Word index: position of the first record that is not in the list. */
export const NEXT = 0
/** Word index: line ends before that position. */
export const LINES = 1
/** Word index: 1 when that record has text after a closing quote. */
export const STOPPED = 2

// Big enough that a call costs nothing per byte, small enough to stay in the cache of one core.
const CAPACITY = 128 * 1024
// A load of 64 bytes may begin at the last byte.
const PADDING = 144
const PAGE = 64 * 1024

// As much of it as is used here: TypeScript has these types only together with those of a browser.
interface Scanner {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  scan(from: number, to: number, delimiter: number, cells: number, records: number, report: number): number
  unquote(start: number, cell: number, lastCell: number): void
}
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: Scanner }
}

let compiled: object | false | undefined

// Once per process, and only when there is CSV to read. False: this machine has no WebAssembly, or no SIMD in it.
function compile(): object | false {
  try {
    return new WebAssembly.Module(Buffer.from(CSV_KERNEL_BASE64, 'base64'))
  } catch {
    return false
  }
}

/** A kernel for one reader, or undefined where WebAssembly with SIMD is not to be had. */
export function openCsvKernel(delimiter: number, capacity = CAPACITY): CsvKernel | undefined {
  compiled ??= compile()
  if (compiled === false) return undefined
  const { memory, scan, unquote } = new WebAssembly.Instance(compiled).exports
  const report = 0
  const input = 64
  const cells = (input + capacity + PADDING) & ~15
  // Every byte may end a cell; eight are written at a time. Every second byte may end a record.
  const records = cells + ((capacity + 16) & ~3) * 4
  const size = records + (capacity + 2) * 8
  memory.grow(Math.ceil(size / PAGE) - memory.buffer.byteLength / PAGE)
  return {
    bytes: new Uint8Array(memory.buffer),
    words: new Int32Array(memory.buffer),
    input,
    capacity,
    cells: cells / 4,
    records: records / 4,
    scan: (from, to) => scan(from, to, delimiter, cells, records, report),
    unquote: (start, firstCell, endCell) => unquote(start, firstCell * 4, endCell * 4),
  }
}
