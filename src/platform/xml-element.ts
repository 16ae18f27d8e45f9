import { SaxesParser } from 'saxes'
import { exitCode, Failure } from './failure.js'
import { safeText } from './safe-text.js'

/** An element with either text or further elements in it. */
export interface XmlElement {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly content: string | readonly XmlElement[]
}

// XML 1.0, section 2.2 (https://www.w3.org/TR/xml/#charsets, 2026-11-21), without CR, which readers turn into LF.
const notInXml = /[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

/** Elements with two blanks of indent; text stands as it is. Throws a Failure (`not-in-xml`) for what XML cannot hold. */
export function writeXml(root: XmlElement, encoding: 'UTF-8' | 'UTF-16'): string {
  return `<?xml version="1.0" encoding="${encoding}"?>\n${writeElement(root, '')}`
}

/** One element as `writeXml` writes it, for documents that are made piece by piece. Throws like it. */
export function writeElement({ name, attributes = {}, content }: XmlElement, indent: string): string {
  const start = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const inner =
    typeof content === 'string'
      ? escaped(content)
      : `\n${content.map((element) => writeElement(element, `${indent}  `)).join('')}${indent}`
  return `${indent}<${name}${start.join('')}>${inner}</${name}>\n`
}

/** `safeText` that XML can hold, too: the two code points that it cannot become `\u{…}` as well. */
export function xmlText(text: string): string {
  return safeText(text).replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
}

function escaped(text: string): string {
  if (notInXml.test(text))
    throw new Failure(exitCode.inputRefused, 'not-in-xml', 'A text holds a character that XML cannot hold.')
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The root element of a document; blank text between elements is left out. Throws an Error where it is no XML. */
export function readXml(text: string): XmlElement {
  interface Open {
    readonly name: string
    readonly attributes: Record<string, string>
    readonly below: XmlElement[]
    text: string
  }
  const top: Open = { name: '', attributes: {}, below: [], text: '' }
  const open = [top]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => open.push({ name, attributes, below: [], text: '' }))
  parser.on('text', (part) => {
    open.at(-1)!.text += part
  })
  parser.on('closetag', () => {
    const { name, attributes, below, text: inside } = open.pop()!
    const given = Object.keys(attributes).length > 0 ? { attributes } : {}
    open.at(-1)!.below.push({ name, ...given, content: below.length > 0 ? below : inside })
  })
  parser.write(text).close()
  const [root] = top.below
  if (root === undefined) throw new Error('There is no element.')
  return root
}
