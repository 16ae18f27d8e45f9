import type { Example } from '../tables.js'

/**
 * SQL of a text whose least value in a group names the group's example: time, session, sequence, prompt, in an order of
 * bytes that is the order of tables.ts. Texts go by UTF-16 code unit there: in UTF-8 that is the order of bytes if those
 * that begin U+E000 to U+FFFF (EE, EF) come after those that begin higher characters (F0 to F4). A zero byte ends the
 * session, so one inside becomes 00 FF.
 */
export const exampleKey = `concat(leftPad(toString(at), 14, '0'), ${endedText('session')}, leftPad(toString(sequence + 1), 10, '0'), ${byCodeUnit('prompt')})`

/** SQL of a text for sorting, ended so that others can follow it. */
export function endedText(text: string): string {
  return `concat(replaceAll(${byCodeUnit(text)}, '\\0', '\\0\\xFF'), '\\0')`
}

function byCodeUnit(text: string): string {
  return `replaceAll(replaceAll(${text}, '\\xEE', '\\xF6'), '\\xEF', '\\xF7')`
}

/** The example of such a text, which came as hexadecimal since it is no UTF-8. */
export function exampleOfKey(hex: string): Example {
  const bytes = Buffer.from(hex, 'hex')
  const at = Number(bytes.subarray(0, 14).toString('latin1'))
  let end = bytes.indexOf(0, 14)
  while (bytes[end + 1] === 0xff) end = bytes.indexOf(0, end + 2)
  const session = textOf(bytes.subarray(14, end)).replaceAll('\0\u{fffd}', '\0')
  const sequence = Number(bytes.subarray(end + 1, end + 11).toString('latin1')) - 1
  return { session, sequence, prompt: textOf(bytes.subarray(end + 11)), at }
}

function textOf(bytes: Uint8Array): string {
  const utf8 = bytes.map((byte) => (byte === 0xf6 ? 0xee : byte === 0xf7 ? 0xef : byte))
  // Decodes the FF after a zero byte as U+FFFD, which is taken out by who knows that it is there.
  return Buffer.from(utf8).toString('utf8')
}
