/** So many unknown names of a file get a suggestion: looking for one takes time, and a file may have a million. */
const mostSuggestions = 100

/** So many pairs are compared where two lists of a file meet; each may have a hundred thousand entries. */
const mostComparisons = 1_000_000

/** The same search for near names, which finds nothing any more after the hundredth question. */
export function boundedSearch<Question extends unknown[]>(
  search: (...question: Question) => readonly string[],
): (...question: Question) => readonly string[] {
  let asked = 0
  return (...question) => (asked++ < mostSuggestions ? search(...question) : [])
}

/** As many of the items as can each be compared with that many others. No real policy is cut by it. */
export function comparable<Item>(items: readonly Item[], others: number): readonly Item[] {
  return items.slice(0, Math.max(1, Math.floor(mostComparisons / Math.max(1, others))))
}
