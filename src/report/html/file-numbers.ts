/** Files by number: those named first in their order, then whatever else a receipt names. */
export class FileNumbers {
  readonly #numbers = new Map<string, number>()

  constructor(files: readonly string[]) {
    for (const file of files) this.of(file)
  }

  /** From 1; a file that was not known gets the next. */
  readonly of = (file: string): number => {
    const known = this.#numbers.get(file)
    if (known !== undefined) return known
    this.#numbers.set(file, this.#numbers.size + 1)
    return this.#numbers.size
  }

  /** All files with their numbers, in this order. */
  all(): readonly (readonly [number, string])[] {
    return [...this.#numbers].map(([file, number]) => [number, file])
  }
}
