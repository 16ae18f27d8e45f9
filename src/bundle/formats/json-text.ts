import { isUtf8 } from 'node:buffer'
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { detectEncoding, type Encoding } from '../../platform/encoding.js'
import { defineKey } from './define-key.js'
import { createLineFinder } from './line-finder.js'
import { ProblemList } from './problem-list.js'
import { formatDepthLimit, formatSizeLimit, type KeyPath, type ReadFormat } from './read-format.js'
import { checkWritable, loneSurrogate, type WritableRules } from './writable-value.js'

/** What JSON and YAML files of ours may hold; keys with the value undefined are left out. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

const jsonRules: WritableRules = {
  code: 'not-in-json',
  format: 'JSON',
  text: (text) => (loneSurrogate.test(text) ? 'half a character (a lone surrogate)' : undefined),
  number: (value) => (Number.isFinite(value) ? undefined : 'a number that is not finite'),
  null: true,
  undefinedKeys: true,
}

/**
 * JSON with the given order of keys, two spaces of indent and a final newline. Throws a Failure (`not-in-json`) that
 * names the key path of what JSON cannot hold.
 */
export function writeJsonText(value: JsonValue): string {
  checkWritable(value, jsonRules)
  return `${JSON.stringify(value, null, 2)}\n`
}

/** What JSON.parse says of the whole file (`value`), and what the file means to a forgiving reader (`lenient`). */
export function readJsonText(bytes: Uint8Array): ReadFormat {
  const problems = new ProblemList()
  const unread: ReadFormat = { value: undefined, lenient: undefined, problems: problems.all, lineOf: () => undefined }
  if (bytes.length > formatSizeLimit) {
    problems.add({ code: 'too-large', message: `The file is larger than ${formatSizeLimit} bytes.` })
    return unread
  }
  const encoding = encodingOf(bytes)
  if (encoding === 'binary') {
    problems.add({ code: 'not-json', message: 'This is no text file.', line: 1 })
    return unread
  }
  const text = decode(bytes, encoding, problems)
  const lineAt = createLineFinder(text)

  const tokens = scanTokens(text)
  for (const offset of tokens.comments)
    problems.add({ code: 'comment', message: 'JSON has no comments.', line: lineAt(offset) })
  for (const offset of tokens.trailingCommas)
    problems.add({ code: 'trailing-comma', message: 'A comma before a closing bracket.', line: lineAt(offset) })
  if (tokens.smartQuote !== undefined)
    problems.add({
      code: 'smart-quote',
      message: 'A typographic quotation mark: JSON knows only the straight one.',
      line: lineAt(tokens.smartQuote),
    })
  if (tokens.tooDeep !== undefined) {
    const message = `More than ${formatDepthLimit} levels of objects and lists.`
    problems.add({ code: 'too-deep', message, line: lineAt(tokens.tooDeep) })
    return unread
  }

  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const strict = parseStrictly(text)
  const forgiven = tokens.comments.length > 0 || tokens.trailingCommas.length > 0
  if (root === undefined || (strict === undefined && (errors.length > 0 || !forgiven))) {
    const [error] = errors
    problems.add({
      code: 'not-json',
      message: messageOf(error, text),
      line: text.trim() === '' ? 1 : lineAt(error?.offset ?? 0),
    })
    return unread
  }

  const lenient = valueOfNode(root, [], (code, message, node, path) =>
    problems.add({ code, message, line: lineAt(node.offset), path }),
  )
  if (root.type !== 'object')
    problems.add({ code: 'not-object', message: 'The file holds no JSON object.', line: lineAt(root.offset) })
  return {
    value: encoding === 'utf-8' || encoding === 'utf-8-bom' ? strict?.value : undefined,
    lenient,
    problems: problems.all,
    lineOf: (path) => {
      const offset = offsetOf(root, path)
      return offset === undefined ? undefined : lineAt(offset)
    },
  }
}

/** What is valid UTF-8 needs no guess: a setting may hold the very text that marks another kind of file. */
function encodingOf(bytes: Uint8Array): Encoding | 'binary' {
  if (!isUtf8(bytes) || bytes.includes(0)) return detectEncoding(bytes, true)
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8-bom' : 'utf-8'
}

function decode(bytes: Uint8Array, encoding: Encoding, problems: ProblemList): string {
  if (encoding === 'utf-8-bom')
    problems.add({ code: 'byte-order-mark', message: 'The file begins with a byte order mark.', line: 1 })
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    problems.add({ code: 'utf-16', message: 'The file is UTF-16, JSON has to be UTF-8.', line: 1 })
    return new TextDecoder(encoding).decode(bytes)
  }
  if (encoding === 'windows-1252') problems.add({ code: 'not-utf-8', message: 'The file is not valid UTF-8.' })
  return new TextDecoder('utf-8').decode(bytes)
}

/** `undefined` when it is not JSON; the authority is JSON.parse, because the clients use it. */
function parseStrictly(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

interface Tokens {
  readonly comments: readonly number[]
  readonly trailingCommas: readonly number[]
  readonly smartQuote: number | undefined
  readonly tooDeep: number | undefined
}

/** Looks at the tokens without recursion: the parser calls itself for each level, and a file may have a million. */
function scanTokens(text: string): Tokens {
  const comments: number[] = []
  const trailingCommas: number[] = []
  let smartQuote: number | undefined
  let tooDeep: number | undefined
  let depth = 0
  let comma: number | undefined
  const scanner = createScanner(text, false)
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    const offset = scanner.getTokenOffset()
    const first = text[offset]!
    if (' \t\r\n'.includes(first)) continue
    if (first === '/' && '/*'.includes(text[offset + 1] ?? ' ')) {
      comments.push(offset)
      continue
    }
    if (first === '{' || first === '[') depth++
    if (first === '}' || first === ']') {
      depth--
      if (comma !== undefined) trailingCommas.push(comma)
    }
    comma = first === ',' ? offset : undefined
    if (depth > formatDepthLimit) tooDeep ??= offset
    if (first !== '"' && smartQuote === undefined) {
      const found = text.slice(offset, scanner.getPosition()).search(/[\u2018-\u201f\u00ab\u00bb\uff02]/)
      if (found >= 0) smartQuote = offset + found
    }
  }
  return { comments, trailingCommas, smartQuote, tooDeep }
}

type Report = (code: string, message: string, node: Node, path: KeyPath) => void

function valueOfNode(node: Node, path: KeyPath, report: Report): unknown {
  if (node.type === 'array')
    return (node.children ?? []).map((item, index) => valueOfNode(item, [...path, index], report))
  if (node.type !== 'object') {
    if (typeof node.value === 'number' && !isExact(node.value))
      report('number-inexact', 'The number is too large to be read exactly.', node, path)
    return node.value as unknown
  }
  const object: Record<string, unknown> = {}
  for (const { children } of node.children ?? []) {
    const [name, item] = children ?? []
    if (name === undefined || item === undefined) continue
    const key = String(name.value)
    const keyPath = [...path, key]
    if (Object.hasOwn(object, key))
      report('duplicate-key', 'The key is there twice: the last one counts.', name, keyPath)
    defineKey(object, key, valueOfNode(item, keyPath, report))
  }
  return object
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

/** The offset of the key, or of the item of a list; of a key that is there twice, the last one, which counts. */
function offsetOf(root: Node, path: KeyPath): number | undefined {
  let node: Node | undefined = root
  let offset = root.offset
  for (const part of path) {
    if (typeof part === 'number') {
      node = node?.type === 'array' ? node.children?.[part] : undefined
      if (node === undefined) return undefined
      offset = node.offset
    } else {
      const property: Node | undefined = node?.type === 'object' ? propertiesOf(node).get(part) : undefined
      if (property === undefined) return undefined
      offset = property.offset
      node = property.children?.[1]
    }
  }
  return offset
}

const propertiesByNode = new WeakMap<Node, ReadonlyMap<string, Node>>()

/** The properties by name, the last of each: rules ask for the line of one key after the other. */
function propertiesOf(node: Node): ReadonlyMap<string, Node> {
  const known = propertiesByNode.get(node)
  if (known !== undefined) return known
  const made = new Map((node.children ?? []).map((property) => [String(property.children?.[0]?.value), property]))
  propertiesByNode.set(node, made)
  return made
}

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'A word or character that JSON does not have: text needs straight double quotes.',
  InvalidNumberFormat: 'A number that JSON does not have.',
  PropertyNameExpected: 'A key in double quotes is missing.',
  ValueExpected: 'A value is missing.',
  ColonExpected: 'A colon is missing behind a key.',
  CommaExpected: 'A comma is missing between two values.',
  CloseBraceExpected: 'A closing brace is missing.',
  CloseBracketExpected: 'A closing bracket is missing.',
  EndOfFileExpected: 'There is more text behind the end of the JSON value.',
  UnexpectedEndOfComment: 'A comment has no end.',
  UnexpectedEndOfString: 'A text has no closing quote in its line.',
  UnexpectedEndOfNumber: 'A number is cut off.',
  InvalidUnicode: 'A \\u escape without four hexadecimal digits.',
  InvalidEscapeCharacter: 'A backslash before a character that needs none; a backslash itself is written twice.',
  InvalidCharacter: 'A control character, such as a tab, inside a text.',
}

function messageOf(error: ParseError | undefined, text: string): string {
  if (text.trim() === '') return 'The file is empty.'
  const message = error === undefined ? undefined : messages[printParseErrorCode(error.error)]
  return message ?? 'This is not JSON.'
}
