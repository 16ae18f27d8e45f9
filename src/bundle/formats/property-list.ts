import { build } from 'plist'
import { byText } from '../../platform/by-text.js'
import { defineKey } from './define-key.js'
import { readBinaryPropertyList } from './property-list-binary.js'
import { readXmlPropertyList } from './property-list-xml.js'
import { formatSizeLimit, type ReadFormat } from './read-format.js'
import { checkWritable, loneSurrogate, type WritableRules } from './writable-value.js'

/** What a property list of ours may hold: numbers are integers. */
export type PropertyListValue =
  | string
  | boolean
  | number
  | readonly PropertyListValue[]
  | { readonly [key: string]: PropertyListValue }

// XML 1.0, section 2.2 (https://www.w3.org/TR/xml/#charsets, 2026-11-21). CR is allowed there, but a reader may take it
// as LF (section 2.11), so a value with it could change on its way.
const notInXml = /[\u{0}-\u{8}\u{b}-\u{1f}\u{fffe}\u{ffff}]/u

const xmlRules: WritableRules = {
  code: 'not-in-xml',
  format: 'a property list',
  text: (text) => (notInXml.test(text) || loneSurrogate.test(text) ? 'a character that XML does not keep' : undefined),
  number: (value) => (Number.isSafeInteger(value) ? undefined : 'a number that is no exact integer'),
  null: false,
  undefinedKeys: false,
}

/**
 * The value as an XML property list with sorted keys and a final newline. Sorted is by code unit, but keys that are
 * array indices come first, as in every JavaScript object. Throws a Failure (`not-in-xml`) that names the key path.
 */
export function writePropertyList(value: PropertyListValue): string {
  checkWritable(value, xmlRules)
  return `${build(sorted(value) as Parameters<typeof build>[0])}\n`
}

function sorted(value: PropertyListValue): unknown {
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sorted)
  const object = {}
  for (const [key, item] of Object.entries(value).sort((a, b) => byText(a[0], b[0])))
    defineKey(object, key, sorted(item))
  return object
}

/**
 * Reads a property list: XML, binary, or the XML inside a signed profile, whose signature is not checked. Never throws
 * and prints nothing. `<data>` becomes Uint8Array, `<date>` Date; what cannot be read stands as undefined, with a problem.
 */
export function readPropertyList(bytes: Uint8Array): ReadFormat {
  if (bytes.length > formatSizeLimit) return unread('too-large', `The file is larger than ${formatSizeLimit} bytes.`)
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  if (start === 'bplist00') return readBinaryPropertyList(bytes)
  if (start.startsWith('bplist')) return unread('unknown-version', 'A binary property list of an unknown version.')
  // A DER SEQUENCE whose length has a form of its own, as in every CMS message; no text begins so.
  if (bytes[0] === 0x30 && bytes[1] !== undefined && bytes[1] >= 0x80) return readSigned(bytes)
  return readXmlPropertyList(bytes)
}

function readSigned(bytes: Uint8Array): ReadFormat {
  const signed = { code: 'signed', message: 'The profile is signed; the signature was not checked.' }
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const from = message.indexOf('<?xml')
  const end = message.lastIndexOf('</plist>')
  if (from < 0 || end < from)
    return unread('signed-unreadable', 'A signed or encrypted file, with no property list to be seen in it.')
  const read = readXmlPropertyList(message.subarray(from, end + '</plist>'.length))
  return { ...read, problems: [signed, ...read.problems] }
}

function unread(code: string, message: string): ReadFormat {
  return { value: undefined, problems: [{ code, message }], lineOf: () => undefined }
}
