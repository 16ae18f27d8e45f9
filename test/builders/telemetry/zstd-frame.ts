const largestBlock = 1 << 17

/**
 * A zstd frame of blocks that are stored as they are (RFC 8878, section 3.1.1), because Node 20 cannot compress with zstd.
 */
export function zstdFrame(content: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 1 + 8)
  header.writeUInt32LE(0xfd2fb528, 0)
  // A single segment whose content size has eight bytes; no dictionary, no checksum.
  header.writeUInt8(0b1110_0000, 4)
  header.writeBigUInt64LE(BigInt(content.length), 5)
  const parts: Uint8Array[] = [header]
  let start = 0
  do {
    const block = content.subarray(start, start + largestBlock)
    start += block.length
    const isLast = start >= content.length ? 1 : 0
    const blockHeader = Buffer.alloc(3)
    blockHeader.writeUIntLE((block.length << 3) | isLast, 0, 3)
    parts.push(blockHeader, block)
  } while (start < content.length)
  return Buffer.concat(parts)
}
