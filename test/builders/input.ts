import type { Input } from '../../src/platform/input.js'

/** An input that lies in memory. It has a `file`, so that it may be read a second time in another encoding. */
export function inputOf(name: string, content: string | Uint8Array): Input {
  const bytes = Buffer.from(content)
  return {
    name,
    size: bytes.length,
    file: `/memory/${name}`,
    async *open() {
      // A copy, which is worthless as soon as the next chunk is asked for: that is what readers may rely on.
      const chunk = Uint8Array.from(bytes)
      if (chunk.length > 0) yield chunk
      chunk.fill(0x22)
    },
  }
}
