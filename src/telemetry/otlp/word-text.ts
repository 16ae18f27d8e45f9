/** UTF-8 bytes of a word; of a longer text these are what counts, so that no input decides how much is kept. */
const mostBytes = 1024
const bytes = Buffer.alloc(mostBytes)
const encoder = new TextEncoder()

/** A text as it is kept as a word: its first 1,024 bytes in UTF-8, or fewer so as not to cut a character. */
export function wordText(text: string): string {
  // No unit of UTF-16 takes more than three bytes.
  if (text.length * 3 <= mostBytes) return text
  const { read, written } = encoder.encodeInto(text, bytes)
  // Decoded again, because a slice would keep the whole text in memory.
  return read === text.length ? text : bytes.toString('utf8', 0, written)
}
