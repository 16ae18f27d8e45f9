// The OTLP kernel, in AssemblyScript. `npm run kernel` compiles it into ../otlp-kernel-binary.ts.
//
// It walks lines of OTLP/JSON in the one spelling that exporters write: no space between tokens, a key before its
// value, `resource` before its records. Every byte is checked on the way, so that a line that is walked to its end is
// JSON and UTF-8. Whatever is spelled otherwise, or has a member that is not known here, is no error: the line is
// listed as not read, and ../../telemetry/otlp/exact-records.ts, which decides what lines mean, reads it.
//
// Texts become numbers here: a table of all different texts stands in this memory, and grows with it. What the kernel
// looks for and what it lists is defined by ../otlp-kernel.ts.

const QUOTE: u32 = 0x22
const COMMA: u32 = 0x2c
const COLON: u32 = 0x3a
const BACKSLASH: u32 = 0x5c
const OPEN_LIST: u32 = 0x5b
const CLOSE_LIST: u32 = 0x5d
const OPEN: u32 = 0x7b
const CLOSE: u32 = 0x7d
const LF: u32 = 0x0a
const CR: u32 = 0x0d

// Members that the walk knows; the same numbers stand in ../otlp-kernel.ts.
const SKIP: u32 = 1 // what may stand there and is of no interest
const RESOURCE_LOGS: u32 = 2
const RESOURCE_METRICS: u32 = 3
const RESOURCE_SPANS: u32 = 4
const RESOURCE: u32 = 5
const SCOPES: u32 = 6 // of logs, metrics, spans: 6, 7, 8
const ATTRIBUTES: u32 = 9
const RECORDS: u32 = 10 // logRecords, metrics, spans: 10, 11, 12
const DATA: u32 = 13 // sum, gauge, histogram and the like
const DATA_POINTS: u32 = 14
const TIME: u32 = 15
const OBSERVED: u32 = 16
const START: u32 = 17
const BODY: u32 = 18
const EVENT_NAME: u32 = 19
const EVENTS: u32 = 20

// What is wanted of an attribute.
const WORD: u32 = 1
const NUMBER: u32 = 2
const LOOSE: u32 = 4
const CONTENT: u32 = 8 // its bit stands in the upper half
const PARAMETERS: u32 = 16
const SERVICE: u32 = 32
const IDENTITY: u32 = 64 // its bit stands in the upper half as well

// What is listed: a line, a resource, a record of each signal.
const LINE: u32 = 0
const RESOURCE_ROW: u32 = 1
const LOG_ROW: u32 = 2 // log, point, span: 2, 3, 4

// How a value is listed, above the number of its attribute.
const AS_WORD: u32 = 0 << 16 // number of a text
const AS_RAW_WORD: u32 = 1 << 16 // number of the text that is the JSON of the value
const AS_NUMBER: u32 = 2 << 16 // a double
const AS_LOOSE: u32 = 3 << 16 // where the text is, and its length
const AS_RAW: u32 = 4 << 16 // where the JSON of the value is, and its length
const AS_PARAMETERS: u32 = 5 << 16 // the same of a value that holds a member of interest

const LONGEST_WORD: usize = 1 << 16
// What one list of attributes may take at most: 128 attributes, three entries each, and the head of the row.
const ROW_ROOM: usize = 128 * 36 + 64
const DEEPEST: i32 = 100

// --- memory ---

let top: usize = 0

/** Takes new memory, and gives its first byte; a multiple of 16. Memory is never given back. */
export function reserve(bytes: usize): usize {
  if (top == 0) top = (__heap_base + 15) & ~15
  const start = top
  top = (top + bytes + 15) & ~15
  const wanted = <i32>((top + 0xffff) >> 16)
  if (wanted > memory.size() && memory.grow(wanted - memory.size()) < 0) {
    top = start
    return 0
  }
  return start
}

// --- names of members and attributes: a table of 1024 places, four u32 each: hash, where, length, what ---

let names: usize = 0
// Of each attribute, two u32: what is wanted of it, and the list in which it was seen last.
let slots: usize = 0
let list: u32 = 0

/** Makes the tables; false when there is no memory. */
export function open(): bool {
  names = reserve(1024 * 16)
  slots = reserve(256 * 8)
  places = reserve(placesSize * 8)
  texts = reserve(textsSize * 8)
  bytes = reserve(bytesSize + 64)
  return names != 0 && slots != 0 && places != 0 && texts != 0 && bytes != 0
}

/** Adds the name in [from, from + length), which stays where it is. `space` keeps members and attributes apart. */
export function addName(from: usize, length: usize, space: u32, what: u32): void {
  const hash = <u32>hashOf(from, length, space)
  let place = hash & 1023
  while (load<u32>(names + (place << 4), 8) != 0) place = (place + 1) & 1023
  const entry = names + (place << 4)
  store<u32>(entry, hash)
  store<u32>(entry, <u32>from, 4)
  store<u32>(entry, <u32>length, 8)
  store<u32>(entry, what, 12)
}

export function addSlot(slot: u32, roles: u32): void {
  store<u32>(slots + (slot << 3), roles)
}

/** What a name stands for, or 0. */
function find(from: usize, length: usize, space: u32): u32 {
  const hash = <u32>hashOf(from, length, space)
  let place = hash & 1023
  while (true) {
    const entry = names + (place << 4)
    const theirs = <usize>load<u32>(entry, 8)
    if (theirs == 0) return 0
    if (load<u32>(entry) == hash && theirs == length && same(<usize>load<u32>(entry, 4), from, length))
      return load<u32>(entry, 12)
    place = (place + 1) & 1023
  }
}

// --- texts and their numbers ---

let placesSize: u32 = 1 << 11
let places: usize = 0 // hash and number, u32 each
let textsSize: u32 = 1 << 10
let texts: usize = 0 // where and length, u32 each; the top bit of the length marks the JSON of a value
let bytesSize: usize = 1 << 16
let bytes: usize = 0
let bytesEnd: usize = 0
let count: u32 = 1

export function textCount(): u32 {
  return count
}

/** Bytes of all texts. */
export function textEnd(): usize {
  return bytesEnd
}

/** Forgets all texts. Memory is kept for the next ones. */
export function forget(): void {
  memory.fill(places, 0, (<usize>placesSize) << 3)
  bytesEnd = 0
  count = 1
  full = false
}

/** Where the list of texts begins: of each number two u32. */
export function textList(): usize {
  return texts
}

export function textBytes(): usize {
  return bytes
}

// @ts-ignore: decorator
@inline
function mix(a: u64, b: u64): u64 {
  const product = (a ^ 0x9e3779b97f4a7c15) * (b ^ 0xe7037ed1a0b428db)
  return product ^ (product >> 29) ^ rotr<u64>(a, 23)
}

/** The memory must be readable for 16 bytes after the end. */
function hashOf(from: usize, length: usize, salt: u64): u64 {
  let hash: u64 = <u64>length | (salt << 32)
  if (length > 16) {
    let at = from
    const last = from + length - 16
    for (; at < last; at += 16) hash = mix(hash ^ load<u64>(at), load<u64>(at, 8)) * 0x8ebc6af09c88c6e3
    hash = mix(hash ^ load<u64>(last), load<u64>(last, 8))
  } else if (length >= 8) {
    hash = mix(hash ^ load<u64>(from), load<u64>(from + length - 8))
  } else if (length > 0) {
    hash = mix(hash ^ (load<u64>(from) & (~(<u64>0) >> ((8 - <u64>length) << 3))), hash)
  }
  hash *= 0x589965cc75374cc3
  return hash ^ (hash >> 32)
}

/** Whether two stretches are the same. Both must be readable for 16 bytes after their end. */
function same(a: usize, b: usize, length: usize): bool {
  let left = length
  while (left > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) != 0xffff) return false
    a += 16
    b += 16
    left -= 16
  }
  const equal = <u32>i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)))
  const mask = ((<u32>1) << (<u32>left)) - 1
  return (equal & mask) == mask
}

/** The number of a text; 0 for none, and when there is no more memory (`full`). */
function intern(from: usize, length: usize, raw: u32): u32 {
  if (length == 0) return 0
  const hash = <u32>hashOf(from, length, raw)
  const marked = <u32>length | (raw << 31)
  const mask = placesSize - 1
  let place = hash & mask
  while (true) {
    const entry = places + ((<usize>place) << 3)
    const number = load<u32>(entry, 4)
    if (number == 0) break
    if (load<u32>(entry) == hash) {
      const text = texts + ((<usize>number) << 3)
      if (load<u32>(text, 4) == marked && same(bytes + <usize>load<u32>(text), from, length)) return number
    }
    place = (place + 1) & mask
  }
  if (bytesEnd + length + 16 > bytesSize || count == textsSize || count << 1 > placesSize) {
    if (!makeRoom(length)) {
      full = true
      return 0
    }
    place = hash & (placesSize - 1)
    while (load<u32>(places + ((<usize>place) << 3), 4) != 0) place = (place + 1) & (placesSize - 1)
  }
  memory.copy(bytes + bytesEnd, from, length)
  const text = texts + ((<usize>count) << 3)
  store<u32>(text, <u32>bytesEnd)
  store<u32>(text, marked, 4)
  bytesEnd += length
  const entry = places + ((<usize>place) << 3)
  store<u32>(entry, hash)
  store<u32>(entry, count, 4)
  return count++
}

let full: bool = false

function makeRoom(length: usize): bool {
  if (bytesEnd + length + 16 > bytesSize) {
    let size = bytesSize
    while (bytesEnd + length + 16 > size) size <<= 1
    const next = reserve(size + 64)
    if (next == 0) return false
    memory.copy(next, bytes, bytesEnd)
    bytes = next
    bytesSize = size
  }
  if (count == textsSize) {
    const next = reserve((<usize>textsSize) << 4)
    if (next == 0) return false
    memory.copy(next, texts, (<usize>textsSize) << 3)
    texts = next
    textsSize <<= 1
  }
  if (count << 1 > placesSize) {
    const next = reserve((<usize>placesSize) << 4)
    if (next == 0) return false
    memory.fill(next, 0, (<usize>placesSize) << 4)
    const mask = (placesSize << 1) - 1
    for (let old: u32 = 0; old < placesSize; old++) {
      const pair = load<u64>(places + ((<usize>old) << 3))
      if (pair >> 32 == 0) continue
      let place = <u32>pair & mask
      while (load<u32>(next + ((<usize>place) << 3), 4) != 0) place = (place + 1) & mask
      store<u64>(next + ((<usize>place) << 3), pair)
    }
    places = next
    placesSize <<= 1
  }
  return true
}

// --- JSON: each function takes where it is and gives where it came to, 0 when it found what it does not read ---

let escaped: u32 = 0 // of the last string: 1 it has an escape, 2 one with \u

/** From after the opening quote to the closing one. */
function stringEnd(at: usize): usize {
  const quotes = i8x16.splat(<i8>QUOTE)
  const backslashes = i8x16.splat(<i8>BACKSLASH)
  const controls = i8x16.splat(0x20)
  escaped = 0
  while (true) {
    const chunk = v128.load(at)
    // Bytes from 0x80 on are negative, so that one comparison finds them and the control characters.
    const marks = <u32>(
      i8x16.bitmask(
        v128.or(v128.or(i8x16.eq(chunk, quotes), i8x16.eq(chunk, backslashes)), i8x16.lt_s(chunk, controls)),
      )
    )
    if (marks == 0) {
      at += 16
      continue
    }
    at += <usize>ctz(marks)
    const byte = <u32>load<u8>(at)
    if (byte == QUOTE) return at
    if (byte == BACKSLASH) at = escapeEnd(at)
    else at = byte < 0x80 ? 0 : wideEnd(at)
    if (at == 0) return 0
  }
}

function escapeEnd(at: usize): usize {
  const byte = <u32>load<u8>(at, 1)
  escaped |= 1
  // " \ / b f n r t
  if (byte == QUOTE || byte == BACKSLASH || byte == 0x6e || byte == 0x2f) return at + 2
  if (byte == 0x74 || byte == 0x72 || byte == 0x62 || byte == 0x66) return at + 2
  if (byte != 0x75) return 0
  escaped |= 2
  for (let index: usize = 2; index < 6; index++) {
    const digit = <u32>load<u8>(at + index)
    if (digit - 0x30 > 9 && (digit | 0x20) - 0x61 > 5) return 0
  }
  return at + 6
}

/** After one character of more than one byte, as WHATWG's decoder takes it: https://encoding.spec.whatwg.org/#utf-8-decoder */
function wideEnd(at: usize): usize {
  while (true) {
    const lead = <u32>load<u8>(at)
    if (lead < 0x80) return at
    const second = <u32>load<u8>(at, 1)
    if (lead < 0xc2 || lead > 0xf4 || (second & 0xc0) != 0x80) return 0
    if (lead < 0xe0) {
      at += 2
      continue
    }
    if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0
    if (lead < 0xf0) {
      if (lead == 0xe0 ? second < 0xa0 : lead == 0xed && second > 0x9f) return 0
      at += 3
      continue
    }
    if ((load<u8>(at, 3) & 0xc0) != 0x80) return 0
    if (lead == 0xf0 ? second < 0x90 : lead == 0xf4 && second > 0x8f) return 0
    at += 4
  }
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9
}

function numberEnd(at: usize): usize {
  if (load<u8>(at) == 0x2d) at++
  if (load<u8>(at) == 0x30) at++
  else {
    if (!isDigit(load<u8>(at))) return 0
    while (isDigit(load<u8>(at))) at++
  }
  if (load<u8>(at) == 0x2e) {
    at++
    if (!isDigit(load<u8>(at))) return 0
    while (isDigit(load<u8>(at))) at++
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++
    if (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d) at++
    if (!isDigit(load<u8>(at))) return 0
    while (isDigit(load<u8>(at))) at++
  }
  return at
}

/** After any value. */
function valueEnd(at: usize, depth: i32): usize {
  const byte = <u32>load<u8>(at)
  if (byte == QUOTE) {
    at = stringEnd(at + 1)
    return at == 0 ? 0 : at + 1
  }
  if (byte == OPEN || byte == OPEN_LIST) {
    if (depth == DEEPEST) return 0
    const close = byte + 2
    at++
    if (load<u8>(at) == close) return at + 1
    while (true) {
      if (byte == OPEN) {
        if (load<u8>(at) != QUOTE) return 0
        at = stringEnd(at + 1)
        if (at == 0 || load<u8>(at, 1) != COLON) return 0
        at += 2
      }
      at = valueEnd(at, depth + 1)
      if (at == 0) return 0
      const after = <u32>load<u8>(at)
      at++
      if (after == close) return at
      if (after != COMMA) return 0
    }
  }
  // true, null, fals(e)
  const word = load<u32>(at)
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4
  if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) return at + 5
  return numberEnd(at)
}

let member: u32 = 0

/** From the quote before the name of a member to its value; the name is in `member`. */
function memberName(at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0
  const end = stringEnd(at + 1)
  if (end == 0 || escaped != 0 || load<u8>(end, 1) != COLON) return 0
  member = find(at + 1, end - at - 1, 1)
  return member == 0 ? 0 : end + 2
}

let digits: u64 = 0

/** After a text of up to 19 digits without a zero before them, quotes and all; the number is in `digits`. */
function quotedDigits(at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0
  at++
  const start = at
  let value: u64 = 0
  while (true) {
    const byte = <u32>load<u8>(at)
    if (!isDigit(byte)) break
    value = value * 10 + <u64>(byte - 0x30)
    at++
  }
  const length = at - start
  if (load<u8>(at) != QUOTE || length == 0 || length > 19 || (length > 1 && load<u8>(start) == 0x30)) return 0
  digits = value
  return at + 1
}

// --- OTLP ---

let out: usize = 0 // where the next row goes
let outEnd: usize = 0
let content: u32 = 0
let redacted: u32 = 0

// @ts-ignore: decorator
@inline
function hit(head: u32, a: u32, b: u32): void {
  store<u32>(out, head)
  store<u32>(out, a, 4)
  store<u32>(out, b, 8)
  out += 12
}

// Whose attributes are read. Of a resource, no number and no loose text is taken; of a span's event only content, and
// not what names a person.
const OF_RECORD: u32 = 0
const OF_RESOURCE: u32 = 1
const OF_EVENT: u32 = 2

let hasService: bool = false

/** A list of attributes, from its bracket to after it. */
function attributesEnd(at: usize, owner: u32): usize {
  if (load<u8>(at) != OPEN_LIST) return 0
  at++
  list++
  if (load<u8>(at) == CLOSE_LIST) return at + 1
  while (true) {
    // {"key":"
    if (load<u64>(at) != 0x223a2279656b227b) return 0
    const name = at + 8
    const nameEnd = stringEnd(name)
    if (nameEnd == 0 || escaped != 0) return 0
    // ","value":{"
    if (load<u64>(nameEnd) != 0x65756c6176222c22 || load<u32>(nameEnd, 8) != 0x227b3a22) return 0
    const value = nameEnd + 10
    const slot = find(name, nameEnd - name, 0)
    // {"stringValue":"
    if (load<u64>(value) == 0x676e69727473227b && load<u64>(value, 8) == 0x223a2265756c6156) {
      const text = value + 16
      const end = stringEnd(text)
      if (end == 0 || load<u16>(end, 1) != 0x7d7d) return 0
      at = end + 3
      if (slot != 0 && !textOf(slot - 1, text, end, value, owner)) return 0
    } else {
      const end = valueEnd(value, 0)
      if (end == 0 || load<u8>(end) != CLOSE) return 0
      at = end + 1
      if (slot != 0 && !valueOf(slot - 1, value, end, owner)) return 0
    }
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE_LIST) return at
    if (after != COMMA) return 0
  }
}

/** False when an attribute stands twice in a list: which of them counts is not for the kernel to say. */
// @ts-ignore: decorator
@inline
function firstTime(slot: u32): bool {
  const entry = slots + (slot << 3)
  if (load<u32>(entry, 4) == list) return false
  store<u32>(entry, list, 4)
  return true
}

/** An attribute whose value is a text in [from, end), the JSON of which starts at `json`. */
function textOf(slot: u32, from: usize, end: usize, json: usize, owner: u32): bool {
  if (!firstTime(slot)) return false
  const roles = load<u32>(slots + (slot << 3))
  const length = end - from
  if (roles & CONTENT && !contentOf(from, length, roles >> 16)) return false
  if (owner == OF_EVENT) return true
  if (roles & IDENTITY && !identityOf(from, length, roles >> 16)) return false
  if (owner == OF_RESOURCE) {
    if (roles & (NUMBER | LOOSE | PARAMETERS)) return false
    if (roles & SERVICE && length != 0) hasService = true
  }
  const jsonLength = end + 2 - json
  if (roles & WORD) {
    if (jsonLength > LONGEST_WORD) return false
    if (escaped == 0) hit(slot | AS_WORD, intern(from, length, 0), 0)
    else hit(slot | AS_RAW_WORD, intern(json, jsonLength, 1), 0)
  }
  if (roles & NUMBER) numberOf(slot, from, end, json, jsonLength)
  if (roles & LOOSE) {
    if (escaped == 0) hit(slot | AS_LOOSE, <u32>from, <u32>length)
    else hit(slot | AS_RAW, <u32>json, <u32>jsonLength)
  }
  if (roles & PARAMETERS && hasMembers(from, end)) hit(slot | AS_PARAMETERS, <u32>json, <u32>jsonLength)
  return true
}

/** Notes that there is content; false when the text may be the mark for redacted content in a spelling of its own. */
function contentOf(from: usize, length: usize, bit: u32): bool {
  if (length == 0) return true
  // <REDACTED>, and the same as Go writes the brackets
  const plain = length == 10 && load<u64>(from) == 0x455443414445523c && load<u16>(from, 8) == 0x3e44
  const asInGo =
    length == 20 &&
    load<u64>(from) == 0x455263333030755c &&
    load<u64>(from, 6) == 0x4445544341444552 &&
    load<u64>(from, 12) == 0x65333030755c4445
  if (plain || asInGo) redacted |= (<u32>1) << bit
  else if ((escaped & 2) != 0 && length <= 60) return false
  else content |= (<u32>1) << bit
  return true
}

/** Notes what names a person, in clear or hashed; false when the mark of a hash may have a spelling of its own. */
function identityOf(from: usize, length: usize, bit: u32): bool {
  if (length == 0) return true
  // sha256:
  if (length >= 7 && (load<u64>(from) & 0x00ffffffffffffff) == 0x003a363532616873) redacted |= (<u32>1) << bit
  else if ((escaped & 2) != 0) return false
  else content |= (<u32>1) << bit
  return true
}

/** Any other value, given as JSON. */
function valueOf(slot: u32, json: usize, end: usize, owner: u32): bool {
  if (!firstTime(slot)) return false
  const roles = load<u32>(slots + (slot << 3))
  if (owner == OF_EVENT) return (roles & CONTENT) == 0
  if (owner == OF_RESOURCE && roles & (NUMBER | LOOSE | PARAMETERS)) return false
  const length = end - json
  if (roles & WORD) {
    if (length > LONGEST_WORD) return false
    hit(slot | AS_RAW_WORD, intern(json, length, 1), 0)
  }
  if (roles & NUMBER) {
    // {"intValue":
    if (load<u64>(json) == 0x6c6156746e69227b && load<u32>(json, 8) == 0x3a226575) {
      const from = json + 12
      if (load<u8>(from) == QUOTE) numberOf(slot, from + 1, end - 2, json, length)
      else numberOf(slot, from, end - 1, json, length)
    } else hit(slot | AS_RAW, <u32>json, <u32>length)
  }
  if (roles & (LOOSE | CONTENT | PARAMETERS | IDENTITY)) hit(slot | AS_RAW, <u32>json, <u32>length)
  return true
}

/** Up to 15 digits without a zero before them are a number here; what anything else is, is not for the kernel to say. */
function numberOf(slot: u32, from: usize, end: usize, json: usize, jsonLength: usize): void {
  let value: u64 = 0
  let at = from
  while (at < end) {
    const byte = <u32>load<u8>(at)
    if (!isDigit(byte)) break
    value = value * 10 + <u64>(byte - 0x30)
    at++
  }
  const length = end - from
  if (at != end || length - 1 > 14 || (length > 1 && load<u8>(from) == 0x30)) {
    hit(slot | AS_RAW, <u32>json, <u32>jsonLength)
    return
  }
  store<u32>(out, slot | AS_NUMBER)
  store<f64>(out, <f64>value, 4)
  out += 12
}

/** Whether a text that is JSON again may hold a member whose name ends in `_name`. */
function hasMembers(from: usize, end: usize): bool {
  // A member needs quotes, and they need escapes; with \u the name itself may be spelled in another way.
  if (escaped == 0) return false
  if ((escaped & 2) != 0) return true
  const lines = i8x16.splat(0x5f)
  for (let at = from; at < end; at += 16) {
    let marks = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), lines))
    while (marks != 0) {
      if (load<u32>(at + <usize>ctz(marks), 1) == 0x656d616e) return true
      marks &= marks - 1
    }
  }
  return false
}

/** Whether a text is what the name of an event looks like: letters, digits, `_` and `.`, at most 100. */
function isName(from: usize, length: usize): bool {
  if (length > 100 || (<u32>load<u8>(from)) - 0x61 > 25) return false
  for (let at: usize = 0; at < length; at++) {
    const byte = <u32>load<u8>(from + at)
    if (byte - 0x61 > 25 && !isDigit(byte) && byte != 0x5f && byte != 0x2e) return false
  }
  return true
}

// The head of a row, from `out` at its beginning: see ../otlp-kernel.ts.
const HEAD: usize = 36
const ROW_CONTENT: usize = 4
const ROW_REDACTED: usize = 8
const ROW_BODY: usize = 12
const ROW_NAME: usize = 16
const ROW_TIME: usize = 20 // doubles: 0 where there is none
const ROW_OBSERVED: usize = 28

let row: usize = 0
let records: u32 = 0
let noRoom: bool = false

function beginRow(): bool {
  if (out + ROW_ROOM > outEnd) {
    noRoom = true
    return false
  }
  row = out
  content = 0
  redacted = 0
  store<u32>(row, 0, ROW_BODY)
  store<u32>(row, 0, ROW_NAME)
  store<f64>(row, 0, ROW_TIME)
  store<f64>(row, 0, ROW_OBSERVED)
  out += HEAD
  return true
}

function endRow(kind: u32): void {
  const hits = <u32>((out - row - HEAD) / 12)
  store<u32>(row, kind | (hits << 8))
  store<u32>(row, content, ROW_CONTENT)
  store<u32>(row, redacted, ROW_REDACTED)
}

/** A time in nanoseconds, as whole milliseconds. */
function timeEnd(at: usize, field: usize): usize {
  at = quotedDigits(at)
  if (at != 0) store<f64>(row + field, <f64>(digits / 1000000))
  return at
}

/** A text that is an AnyValue, from its brace on; `text` and `textLength` say where. */
let text: usize = 0
let textLength: usize = 0
function plainTextEnd(at: usize): usize {
  // {"stringValue":"
  if (load<u64>(at) != 0x676e69727473227b || load<u64>(at, 8) != 0x223a2265756c6156) return 0
  text = at + 16
  const end = stringEnd(text)
  if (end == 0 || load<u8>(end, 1) != CLOSE) return 0
  textLength = end - text
  return end + 2
}

let bodyBit: u32 = 0
export function setBodyBit(bit: u32): void {
  bodyBit = bit
}

function bodyEnd(at: usize): usize {
  at = plainTextEnd(at)
  if (at == 0) return 0
  if (textLength == 0) return at
  if (escaped == 0 && isName(text, textLength)) store<u32>(row, intern(text, textLength, 0), ROW_BODY)
  else if (!contentOf(text, textLength, bodyBit)) return 0
  return at
}

/** A log record, data point or span, from its brace on. */
function recordEnd(at: usize, signal: u32): usize {
  if (load<u8>(at) != OPEN || !beginRow()) return 0
  let seen: u32 = 0
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member != SKIP) {
      if (seen & (1 << member)) return 0
      seen |= 1 << member
    }
    if (member == ATTRIBUTES) at = attributesEnd(at, OF_RECORD)
    else if (member == TIME && signal != 2) at = timeEnd(at, ROW_TIME)
    else if (member == START && signal == 2) at = timeEnd(at, ROW_TIME)
    else if (member == OBSERVED && signal == 0) at = timeEnd(at, ROW_OBSERVED)
    else if (member == BODY && signal == 0) at = bodyEnd(at)
    else if (member == EVENT_NAME && signal == 0) {
      const end = load<u8>(at) == QUOTE ? stringEnd(at + 1) : 0
      if (end == 0 || escaped != 0 || end - at > 256) return 0
      store<u32>(row, intern(at + 1, end - at - 1, 0), ROW_NAME)
      at = end + 1
    } else if (member == EVENTS && signal == 2) at = eventsEnd(at)
    else if (member == SKIP || (signal == 1 && (member == START || member == DATA))) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) break
    if (after != COMMA) return 0
  }
  // Without a time, others have to be looked at.
  if (load<f64>(row, ROW_TIME) == 0) return 0
  records++
  endRow(LOG_ROW + signal)
  return at
}

/** The events of a span: they add content to its row, and nothing else. */
function eventsEnd(at: usize): usize {
  if (load<u8>(at) != OPEN_LIST) return 0
  at++
  if (load<u8>(at) == CLOSE_LIST) return at + 1
  while (true) {
    if (load<u8>(at) != OPEN) return 0
    at++
    let seen = false
    while (true) {
      at = memberName(at)
      if (at == 0) return 0
      if (member == ATTRIBUTES) {
        if (seen) return 0
        seen = true
        at = attributesEnd(at, OF_EVENT)
      } else if (member == SKIP || member == TIME) at = valueEnd(at, 0)
      else return 0
      if (at == 0) return 0
      const after = <u32>load<u8>(at)
      at++
      if (after == CLOSE) break
      if (after != COMMA) return 0
    }
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE_LIST) return at
    if (after != COMMA) return 0
  }
}

const IN_RESOURCES: u32 = 0
const IN_SCOPES: u32 = 1
const IN_RECORDS: u32 = 2
const IN_POINTS: u32 = 3

/** A list of resources, scopes, records or data points, from its bracket on. */
function listEnd(at: usize, level: u32, signal: u32): usize {
  if (load<u8>(at) != OPEN_LIST) return 0
  at++
  if (load<u8>(at) == CLOSE_LIST) return at + 1
  while (true) {
    if (level == IN_RESOURCES) at = resourceEnd(at, signal)
    else if (level == IN_SCOPES) at = scopeEnd(at, signal)
    else if (level == IN_RECORDS && signal == 1) at = metricEnd(at)
    else at = recordEnd(at, signal)
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE_LIST) return at
    if (after != COMMA) return 0
  }
}

/** One element of `resourceLogs` and the like. Its resource comes first. */
function resourceEnd(at: usize, signal: u32): usize {
  if (load<u8>(at) != OPEN) return 0
  let seen: u32 = 0
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member != SKIP) {
      if (seen & (1 << member)) return 0
      seen |= 1 << member
    }
    if (member == RESOURCE && (seen & (1 << (SCOPES + signal))) == 0) at = resourceRowEnd(at)
    else if (member == SCOPES + signal && (seen & (1 << RESOURCE)) != 0) at = listEnd(at, IN_SCOPES, signal)
    else if (member == SKIP) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) return at
    if (after != COMMA) return 0
  }
}

function resourceRowEnd(at: usize): usize {
  if (load<u8>(at) != OPEN || !beginRow()) return 0
  let seen = false
  hasService = false
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member == ATTRIBUTES) {
      if (seen) return 0
      seen = true
      at = attributesEnd(at, OF_RESOURCE)
    } else if (member == SKIP) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) break
    if (after != COMMA) return 0
  }
  // Then each record may be of another service.
  if (!hasService) return 0
  endRow(RESOURCE_ROW)
  return at
}

/** One element of `scopeLogs` and the like. */
function scopeEnd(at: usize, signal: u32): usize {
  if (load<u8>(at) != OPEN) return 0
  let seen = false
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member == RECORDS + signal) {
      if (seen) return 0
      seen = true
      at = listEnd(at, IN_RECORDS, signal)
    } else if (member == SKIP) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) return at
    if (after != COMMA) return 0
  }
}

/** A metric: a name, and one of `sum`, `gauge` and the like with its data points. */
function metricEnd(at: usize): usize {
  if (load<u8>(at) != OPEN) return 0
  let seen = false
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member == DATA) {
      if (seen) return 0
      seen = true
      at = dataEnd(at)
    } else if (member == SKIP) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) return at
    if (after != COMMA) return 0
  }
}

function dataEnd(at: usize): usize {
  if (load<u8>(at) != OPEN) return 0
  let seen = false
  at++
  while (true) {
    at = memberName(at)
    if (at == 0) return 0
    if (member == DATA_POINTS) {
      if (seen) return 0
      seen = true
      at = listEnd(at, IN_POINTS, 1)
    } else if (member == SKIP) at = valueEnd(at, 0)
    else return 0
    if (at == 0) return 0
    const after = <u32>load<u8>(at)
    at++
    if (after == CLOSE) return at
    if (after != COMMA) return 0
  }
}

/** A line, from its brace to its LF; at least one record was found. */
function lineEnd(at: usize): usize {
  if (load<u8>(at) != OPEN) return 0
  records = 0
  at = memberName(at + 1)
  if (at == 0 || member < RESOURCE_LOGS || member > RESOURCE_SPANS) return 0
  at = listEnd(at, IN_RESOURCES, member - RESOURCE_LOGS)
  if (at == 0 || records == 0 || full || load<u8>(at) != CLOSE) return 0
  at++
  if (load<u8>(at) == CR) at++
  return load<u8>(at) == LF ? at : 0
}

let next: usize = 0

/** Where the first line begins that is not listed. */
export function nextLine(): usize {
  return next
}

/**
 * Reads the lines in [from, to) until their rows fill [rows, rowsEnd), and gives the end of the list. The byte before
 * `to` is an LF, and 64 bytes after it are readable. A line whose rows alone take too much room is listed as not read.
 */
export function parse(from: usize, to: usize, rows: usize, rowsEnd: usize): usize {
  out = rows
  outEnd = rowsEnd
  const feeds = i8x16.splat(<i8>LF)
  let at = from
  while (at < to && out + 12 <= outEnd) {
    const before = out
    noRoom = false
    let end = lineEnd(at)
    if (end == 0) {
      out = before
      if (noRoom && out != rows) break
      end = at
      let marks = <u32>i8x16.bitmask(i8x16.eq(v128.load(end), feeds))
      while (marks == 0) {
        end += 16
        marks = <u32>i8x16.bitmask(i8x16.eq(v128.load(end), feeds))
      }
      end += <usize>ctz(marks)
      hit(LINE, <u32>at, <u32>(end - at))
    }
    at = end + 1
  }
  next = at
  return out
}
