/** The forms in which a scan can be written. */
export const formats = ['table', 'json', 'csv', 'ndjson', 'markdown'] as const
export type Format = (typeof formats)[number]

/** The form that a file name asks for, or undefined. */
export function formatOfFile(file: string): Format | undefined {
  if (/\.json$/i.test(file)) return 'json'
  if (/\.csv$/i.test(file)) return 'csv'
  if (/\.(?:ndjson|jsonl)$/i.test(file)) return 'ndjson'
  if (/\.(?:md|markdown)$/i.test(file)) return 'markdown'
  return undefined
}
