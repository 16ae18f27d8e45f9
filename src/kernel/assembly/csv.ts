// The CSV kernel, in AssemblyScript. `npm run kernel` compiles it into ../csv-kernel-binary.ts.
//
// It looks at 64 bytes at a time: one bit per byte for delimiter, quote, LF and CR, a running xor over the quote bits
// for "inside quotes", and from these the positions of cell ends and records. It knows nothing of the world outside its
// memory; the layout is given by ../csv-kernel.ts. What the bytes mean is defined by ../../sources/readers/csv-exact.ts.

const LF: i32 = 0x0a
const CR: i32 = 0x0d
const QUOTE: i32 = 0x22

// What scan() tells besides the lists, as i32 from `report`.
const REPORT_NEXT: usize = 0 // where the first record begins that is not in the list
const REPORT_LINES: usize = 4 // line ends before that
const REPORT_STOPPED: usize = 8 // 1: that record has text after a closing quote

// @ts-ignore: decorator
@inline
function bits(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  return (
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(a, wanted)))) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(b, wanted)))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(c, wanted)))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(d, wanted)))) << 48)
  )
}

/**
 * Reads the bytes [from, to), where `from` is the start of a record. The byte at `to` must not be LF, and 64 bytes
 * after it must be readable.
 *
 * `cells` gets the position of each cell end (u32), also one for each empty line. `records` gets four u32 per complete
 * record: start, index of its first cell end, index after its last one, and line * 2 + (1 when it holds a doubled
 * quote), lines counted from 0 at `from`. Returns the number of records.
 */
export function scan(from: usize, to: usize, delimiter: i32, cells: usize, records: usize, report: usize): i32 {
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>QUOTE)
  const feeds = i8x16.splat(<i8>LF)
  const returns = i8x16.splat(<i8>CR)

  let inside: u64 = 0 // all ones while a block begins inside quotes
  let afterBreak: u64 = 1 // bit 0: the byte before the block lets a quoted cell open
  let afterClose: u64 = 0 // bit 0: the byte before the block is a closing quote
  let afterReturn: u64 = 0 // bit 0: the byte before the block is CR
  let doubled: u32 = 0 // the record that goes on has a doubled quote in an earlier block
  let stopped: u32 = 0

  let recordStart = from
  let recordLine: u32 = 0
  let firstCell: u32 = 0
  let line: u32 = 0
  let cellCount: u32 = 0
  let out = records

  for (let at = from; at < to; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const valid: u64 = to - at >= 64 ? ~(<u64>0) : ((<u64>1) << (<u64>(to - at))) - 1
    const delimiterBits = bits(a, b, c, d, delimiters) & valid
    const returnBits = bits(a, b, c, d, returns) & valid
    const feedBits = bits(a, b, c, d, feeds) & valid
    let quoteBits = bits(a, b, c, d, quotes) & valid
    // The LF of a CR LF belongs to the CR.
    const lineEnds = (feedBits & ~((returnBits << 1) | afterReturn)) | returnBits
    afterReturn = returnBits >> 63

    let structure: u64 = delimiterBits | lineEnds
    let doubledBits: u64 = 0
    if ((quoteBits | inside | afterClose) != 0) {
      let mask = quoteBits
      mask ^= mask << 1
      mask ^= mask << 2
      mask ^= mask << 4
      mask ^= mask << 8
      mask ^= mask << 16
      mask ^= mask << 32
      mask ^= inside // opening quotes count as inside, closing ones as outside
      const marks = structure
      let breaks: u64 = 0
      let closing: u64 = 0
      while (true) {
        closing = quoteBits & ~mask
        const opening = quoteBits & mask
        const followsClose = (closing << 1) | afterClose
        // An LF after a CR ends nothing, yet a quoted cell may open after it.
        breaks = (marks | feedBits) & ~mask
        const stray = opening & ~((breaks << 1) | afterBreak | followsClose)
        const wrong = stray | (followsClose & valid & ~(marks | quoteBits))
        doubledBits = opening & followsClose
        structure = marks & ~mask
        if (wrong == 0) break
        const first = wrong & (0 - wrong)
        if ((stray & first) == 0) {
          // Text after a closing quote. What "inside" says from here on is of no use, all before it is.
          structure &= first - 1
          stopped = 1
          break
        }
        // A quote within an unquoted cell is only a character: from it on, inside and outside change places.
        quoteBits ^= first
        mask ^= 0 - first
      }
      inside = <u64>((<i64>mask) >> 63)
      afterBreak = breaks >> 63
      afterClose = closing >> 63
    } else {
      afterBreak = (structure | feedBits) >> 63
    }

    // Eight at a time without asking: a branch per cell end would be guessed wrong once per block.
    let left = structure
    let write = cells + ((<usize>cellCount) << 2)
    const count = <u32>popcnt(structure)
    cellCount += count
    const base = <u32>at
    store<u32>(write, base + <u32>ctz(left)); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 4); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 8); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 12); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 16); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 20); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 24); left &= left - 1
    store<u32>(write, base + <u32>ctz(left), 28); left &= left - 1
    while (left != 0) {
      write += 32
      store<u32>(write, base + <u32>ctz(left)); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 4); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 8); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 12); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 16); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 20); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 24); left &= left - 1
      store<u32>(write, base + <u32>ctz(left), 28); left &= left - 1
    }

    let ends = structure & lineEnds
    while (ends != 0) {
      const upTo = ends ^ (ends - 1) // the bits up to and with this line end
      const end = at + <usize>ctz(ends)
      ends &= ends - 1
      const endCell = cellCount - count + <u32>popcnt(structure & upTo)
      if (end != recordStart) {
        store<u32>(out, <u32>recordStart)
        store<u32>(out, firstCell, 4)
        store<u32>(out, endCell, 8)
        store<u32>(out, (recordLine << 1) | doubled | <u32>((doubledBits & upTo) != 0), 12)
        out += 16
      }
      doubledBits &= ~upTo
      doubled = 0
      firstCell = endCell
      recordLine = line + <u32>popcnt(lineEnds & upTo)
      recordStart = end + 1
      if (load<u8>(end) == CR && load<u8>(end, 1) == LF) recordStart++
    }
    doubled |= <u32>(doubledBits != 0)
    line += <u32>popcnt(lineEnds)
    if (stopped) break
  }

  store<u32>(report, <u32>recordStart, REPORT_NEXT)
  store<u32>(report, recordLine, REPORT_LINES)
  store<u32>(report, stopped, REPORT_STOPPED)
  return <i32>((out - records) >> 4)
}

/**
 * Takes the quotes of a record off in place, where `start` is its first byte and its cell ends are listed in
 * [cell, lastCell): outer quotes go, doubled ones become one, and the list is set to where the cells end now. A cell
 * still starts one byte after the end of the cell before.
 */
export function unquote(start: usize, cell: usize, lastCell: usize): void {
  const quotes = i8x16.splat(<i8>QUOTE)
  let source = start
  let target = start
  for (; cell < lastCell; cell += 4) {
    const end = <usize>load<u32>(cell)
    const quoted = source < end && load<u8>(source) == QUOTE
    const close = quoted ? end - 1 : end
    if (quoted) source++
    else if (source == target) source = target = close // nothing has moved yet
    while (source < close) {
      if (source + 16 <= close) {
        const chunk = v128.load(source)
        if (!quoted || !v128.any_true(i8x16.eq(chunk, quotes))) {
          v128.store(target, chunk)
          source += 16
          target += 16
          continue
        }
      }
      const byte = load<u8>(source)
      store<u8>(target++, byte)
      source += quoted && byte == QUOTE ? 2 : 1
    }
    store<u32>(cell, <u32>target)
    target++
    source = end + 1
  }
}
