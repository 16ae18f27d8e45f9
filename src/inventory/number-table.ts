const blockBits = 14
const rowsPerBlock = 1 << blockBits
const rowMask = rowsPerBlock - 1

/**
 * Rows of whole numbers, one row in one place of memory: endpoints are joined in no order, and a column of its own for
 * each number would cost a trip to memory for each. Grows block by block, so nothing is copied. Two neighbouring
 * columns, the first of them even, can hold one 64-bit float instead.
 */
export class NumberTable {
  readonly #stride: number
  readonly #numbers: Int32Array[] = []
  readonly #floats: Float64Array[] = []
  #count = 0

  /** `stride` is the number of columns, and even. */
  constructor(stride: number) {
    this.#stride = stride
  }

  get count(): number {
    return this.#count
  }

  /** Adds a row of zeros. */
  add(): number {
    const row = this.#count++
    if (row >> blockBits === this.#numbers.length) {
      const block = new ArrayBuffer(rowsPerBlock * this.#stride * 4)
      this.#numbers.push(new Int32Array(block))
      this.#floats.push(new Float64Array(block))
    }
    return row
  }

  /** Forgets all rows from `count` on. */
  truncate(count: number): void {
    for (let row = count; row < this.#count; row++) {
      const at = (row & rowMask) * this.#stride
      this.#numbers[row >> blockBits]!.fill(0, at, at + this.#stride)
    }
    this.#count = count
  }

  get(row: number, column: number): number {
    return this.#numbers[row >> blockBits]![(row & rowMask) * this.#stride + column]!
  }

  set(row: number, column: number, value: number): void {
    this.#numbers[row >> blockBits]![(row & rowMask) * this.#stride + column] = value
  }

  getFloat(row: number, column: number): number {
    return this.#floats[row >> blockBits]![((row & rowMask) * this.#stride + column) >> 1]!
  }

  setFloat(row: number, column: number, value: number): void {
    this.#floats[row >> blockBits]![((row & rowMask) * this.#stride + column) >> 1] = value
  }
}
