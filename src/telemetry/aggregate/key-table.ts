const firstRows = 16

/**
 * Rows of numbers by a key of whole numbers (32 bits): open addressing over typed arrays, so that nothing is allocated
 * for a row that is there. `put` every column of the key, then ask for the `row`; the same key as the last time costs
 * nothing more.
 */
export class KeyTable {
  size = 0
  /** size × `width`; grown by `row`, so take it afresh after each. */
  values: Float64Array
  readonly width: number
  readonly #initial: readonly number[]
  readonly columns: number
  readonly #key: Int32Array
  #keys: Int32Array
  /** Row + 1; 0 = free. At most half are taken. */
  #slots = new Int32Array(firstRows * 2)
  #last = 0
  #isChanged = true

  /** `initial`: the values of a new row. */
  constructor(columns: number, initial: readonly number[] = []) {
    this.columns = columns
    this.#initial = initial
    this.width = initial.length
    this.#key = new Int32Array(columns)
    this.#keys = new Int32Array(firstRows * columns)
    this.values = new Float64Array(firstRows * initial.length)
  }

  put(column: number, value: number): void {
    if (this.#key[column] === value) return
    this.#key[column] = value
    this.#isChanged = true
  }

  /** The row of the key; a new one if it is not there. */
  row(): number {
    if (!this.#isChanged) return this.#last
    this.#isChanged = false
    this.#last = this.#find()
    return this.#last
  }

  /** A column of the key of a row. */
  keyOf(row: number, column: number): number {
    return this.#keys[row * this.columns + column]!
  }

  #find(): number {
    const key = this.#key
    const columns = this.columns
    const keys = this.#keys
    const slots = this.#slots
    let hash = 0
    for (let column = 0; column < columns; column++) hash = mixed(hash ^ key[column]!)
    const mask = slots.length - 1
    let slot = hash & mask
    for (let row = slots[slot]! - 1; row >= 0; row = slots[slot]! - 1) {
      const start = row * columns
      let column = 0
      while (column < columns && keys[start + column] === key[column]) column++
      if (column === columns) return row
      slot = (slot + 1) & mask
    }
    return this.#add(slot)
  }

  #add(slot: number): number {
    const row = this.size
    if ((row + 1) * 2 > this.#slots.length) {
      this.#grow()
      return this.#find()
    }
    this.#slots[slot] = row + 1
    this.#keys.set(this.#key, row * this.columns)
    this.values.set(this.#initial, row * this.width)
    this.size = row + 1
    return row
  }

  #grow(): void {
    const length = this.#slots.length * 2
    const keys = new Int32Array((length / 2) * this.columns)
    keys.set(this.#keys)
    const values = new Float64Array((length / 2) * this.width)
    values.set(this.values)
    const slots = new Int32Array(length)
    for (let row = 0; row < this.size; row++) {
      let hash = 0
      for (let column = 0; column < this.columns; column++) hash = mixed(hash ^ keys[row * this.columns + column]!)
      let slot = hash & (length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (length - 1)
      slots[slot] = row + 1
    }
    this.#keys = keys
    this.values = values
    this.#slots = slots
  }
}

/** Spreads the bits of a whole number (the finalizer of MurmurHash3, public domain). */
export function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
