import { openOtlpKernel } from '../../kernel/otlp-kernel.js'
import type { Words } from '../batch.js'
import { bodyText, contentFields } from '../content-fields.js'
import { wordFields } from '../fields.js'
import { AttributeNames } from './attribute-names.js'
import type { BatchColumns } from './batch-columns.js'
import type { BlockParser } from './block-parser.js'
import { exactBlockParser } from './exact-block-parser.js'
import type { InputReport } from './input-report.js'
import { kernelAttributes, kernelPlan } from './kernel-plan.js'
import { KernelRows } from './kernel-rows.js'

const lineFeed = 0x0a

/** A parser that also offers room to read a block into, so that it need not be copied. */
export interface KernelBlockParser extends BlockParser {
  /** Room for a block of so many bytes, valid until the next call of anything here. Undefined when there is no memory. */
  room(length: number): Uint8Array | undefined
}

/**
 * The fast parser: a kernel in WebAssembly reads the lines that are spelled as exporters spell them, and the exact parser
 * all others. Gives the rows and counts of the exact parser. Undefined where this machine cannot run the kernel.
 */
export function kernelBlockParser(identityKeys: readonly string[]): KernelBlockParser | undefined {
  if (identityKeys.includes('')) return undefined
  const names = new AttributeNames(identityKeys)
  const attributes = kernelAttributes(names)
  const kernel = openOtlpKernel(
    attributes,
    contentFields.findIndex(({ name }) => name === bodyText),
  )
  if (kernel === undefined) return undefined
  const exact = exactBlockParser(identityKeys)
  const rows = new KernelRows({
    kernel,
    plans: new Map([...names.plans].map(([service, plan]) => [service, kernelPlan(plan, attributes.length)])),
    contentBits: Uint32Array.from(attributes, ({ name }) => names.contentBits.get(name) ?? 0),
    wordColumns: wordFields.length + identityKeys.length,
    service: names.service,
    parameters: names.parameters,
    exact,
  })

  function parse(bytes: Uint8Array, columns: BatchColumns, words: Words, report: InputReport): void {
    if (bytes.length === 0) return
    // An unfinished last line is for the exact parser, which can tell what it is.
    const whole = bytes[bytes.length - 1] === lineFeed ? bytes.length : bytes.lastIndexOf(lineFeed) + 1
    const start = whole === 0 ? undefined : place(bytes, whole)
    if (start === undefined) {
      exact.parse(bytes, columns, words, report)
      return
    }
    // A copy, because the kernel's memory may grow before it is read.
    const rest = whole < bytes.length ? Buffer.from(bytes.subarray(whole)) : undefined
    for (let from = start; from < start + whole; ) {
      if (kernel!.forgetMany()) rows.forget()
      const list = kernel!.parse(from, start + whole)
      rows.read(list.rows, list.end, columns, words, report)
      from = list.next
    }
    if (rest) exact.parse(rest, columns, words, report)
  }

  function place(bytes: Uint8Array, length: number): number | undefined {
    if (bytes.buffer === kernel!.bytes().buffer) return bytes.byteOffset
    const start = kernel!.input(length)
    if (start !== undefined) kernel!.bytes().set(length === bytes.length ? bytes : bytes.subarray(0, length), start)
    return start
  }

  return {
    parse,
    room(length) {
      const start = kernel.input(length)
      return start === undefined ? undefined : kernel.bytes().subarray(start, start + length)
    },
  }
}
