import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import { scriptPlaceholders } from '../endpoint-attributes.js'

/** Where the resource attributes stand in a JSON text of settings. */
export interface AttributesPlace {
  /** Counted from 1. JSON texts hold no raw line ends, so a line of the file is a line for every tool. */
  readonly line: number
  /** UTF-16 units, without the quotes: what `Substring` of .NET takes. */
  readonly start: number
  readonly length: number
}

/**
 * The place of `OTEL_RESOURCE_ATTRIBUTES` if a script has something to fill in there. A script is told the place, because
 * a policy may hold the text of a placeholder elsewhere, and there it stays as it is. Throws an Error, a bug, where the
 * attributes hold what `encodeResourceAttributes` never writes.
 */
export function attributesPlace(json: string): AttributesPlace | undefined {
  const root = parseTree(json)
  const node = root && findNodeAtLocation(root, ['env', 'OTEL_RESOURCE_ATTRIBUTES'])
  if (node?.type !== 'string') return undefined
  const text = json.slice(node.offset + 1, node.offset + node.length - 1)
  const isNeeded = text
    .split(',')
    .some((entry) => Object.values(scriptPlaceholders).some((placeholder) => entry.endsWith(`=${placeholder}`)))
  if (!isNeeded) return undefined
  if (!/^[\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) throw new Error('The resource attributes are not encoded.')
  return { line: json.slice(0, node.offset).split('\n').length, start: node.offset + 1, length: text.length }
}
