import { createHash, type Hash } from 'node:crypto'
import { sha256 } from '../platform/sha256.js'
import { type Snapshot, SnapshotEndpoints, SnapshotHead } from './snapshot.js'

/** The form of the lines this version writes; it reads no later one. */
export const recordSchema = 1

/** Why a line is no run: cut off by a crash, changed since it was written, or written by a newer fleet. */
export type ProblemCode = 'torn' | 'damaged' | 'newer'

/** What a line of the history is. */
export type CheckedLine =
  | {
      readonly kind: 'run'
      readonly run: string
      readonly head: SnapshotHead
      /** Only of runs that were asked for. */
      readonly endpoints?: SnapshotEndpoints | undefined
    }
  | { readonly kind: 'problem'; readonly code: ProblemCode }

/**
 * The bytes of one record. They begin with a line feed of their own: a look at whether the line before has one could be
 * overtaken by a writer that is killed right after the look. Readers pass over empty lines.
 */
export function encodeRecord(run: string, { head, endpoints }: Snapshot): Buffer {
  const body = Buffer.concat([Buffer.from(`"head":${JSON.stringify(head)},"endpoints":`), endpoints])
  return Buffer.concat([Buffer.from(`\n${envelopeText(run, String(body.length), sha256(body))}`), body, lineEnd])
}

const lineEnd = Buffer.from('}\n')

function envelopeText(run: string, length: string, digest: string): string {
  return `{"schema":${recordSchema},"run":"${run}","length":${length},"sha256":"${digest}",`
}

/** The schema of a line by its first bytes; undefined where it names none. */
export function schemaOf(start: string): number | undefined {
  const digits = /^\{"schema":(\d{1,15})[,}]/.exec(start)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const envelope =
  /^\{"schema":1,"run":"(?<run>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","length":(?<length>\d{1,15}),"sha256":"(?<digest>[0-9a-f]{64})",/
const longestEnvelope = envelopeText('0'.repeat(36), '0'.repeat(15), '0'.repeat(64)).length
// Quotes inside of texts are escaped, so this stands only where the head ends.
const headEnd = Buffer.from('},"endpoints":{')
const headStart = '"head":'.length
const endpointsStart = ',"endpoints":'.length
/** A head is some kilobytes; what is longer was not written by fleet. */
const longestHead = 64 * 1024 * 1024

/** What a line says of itself, and the hash of its body as far as it has come in. */
interface Envelope {
  readonly run: string
  readonly length: number
  readonly digest: string
  readonly hash: Hash
}

/** Checks one line as its bytes come in. Of endpoints that nobody wants only the hash is computed. */
export class LineCheck {
  readonly #wants: (run: string) => boolean
  #size = 0
  #start = Buffer.alloc(0)
  #opened: Envelope | undefined
  #foreign = false
  #wanted = false
  #bodySize = 0
  #afterBody = 0
  #kept: Buffer[] = []
  #keptSize = 0
  #headSize: number | undefined
  #overlap = Buffer.alloc(0)
  #last = ''

  constructor(wants: (run: string) => boolean) {
    this.#wants = wants
  }

  /** The next bytes of the line, without its line feed; they are copied where they are kept. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#size += bytes.length
    this.#last = `${this.#last}${Buffer.from(bytes.subarray(-3)).toString('latin1')}`.slice(-3)
    if (this.#foreign) return
    if (this.#opened !== undefined) {
      this.#addBody(bytes)
      return
    }
    this.#start = Buffer.concat([this.#start, bytes])
    if (this.#start.length >= longestEnvelope) this.#open()
  }

  /** What the line is; undefined for an empty one. */
  end(): CheckedLine | undefined {
    if (this.#size === 0) return undefined
    if (this.#opened === undefined && !this.#foreign) this.#open()
    return this.#opened === undefined ? { kind: 'problem', code: this.#foreignCode() } : this.#checkBody(this.#opened)
  }

  #open(): void {
    const found = envelope.exec(this.#start.toString('latin1', 0, longestEnvelope))
    const { run, length, digest } = found?.groups ?? {}
    if (found === null || run === undefined || digest === undefined) {
      this.#foreign = true
      this.#start = this.#start.subarray(0, longestEnvelope)
      return
    }
    this.#opened = { run, length: Number(length), digest, hash: createHash('sha256') }
    this.#wanted = this.#wants(run)
    this.#addBody(this.#start.subarray(found[0].length))
  }

  #addBody(bytes: Uint8Array): void {
    const { length, hash } = this.#opened!
    const part = bytes.subarray(0, length - this.#bodySize)
    this.#bodySize += part.length
    this.#afterBody += bytes.length - part.length
    hash.update(part)
    if (this.#headSize !== undefined && !this.#wanted) return
    if (this.#headSize === undefined) {
      if (this.#keptSize > longestHead) return
      const window = Buffer.concat([this.#overlap, part])
      const at = window.indexOf(headEnd)
      if (at >= 0) this.#headSize = this.#keptSize - this.#overlap.length + at + 1
      this.#overlap = window.subarray(-(headEnd.length - 1))
    }
    this.#kept.push(Buffer.from(part))
    this.#keptSize += part.length
    if (this.#headSize !== undefined && !this.#wanted)
      this.#kept = [Buffer.from(Buffer.concat(this.#kept).subarray(0, this.#headSize))]
  }

  #foreignCode(): ProblemCode {
    const text = this.#start.toString('latin1')
    if ((schemaOf(text) ?? 0) > recordSchema) return 'newer'
    return this.#size < longestEnvelope && isCutEnvelope(text) ? 'torn' : 'damaged'
  }

  #checkBody({ run, length, digest, hash }: Envelope): CheckedLine {
    const damaged: CheckedLine = { kind: 'problem', code: 'damaged' }
    if (this.#bodySize < length || this.#afterBody === 0)
      // What ends like a whole record was whole once: its length was changed.
      return this.#headSize !== undefined && this.#last === ']}}' ? damaged : { kind: 'problem', code: 'torn' }
    if (this.#afterBody !== 1 || !this.#last.endsWith('}') || hash.digest('hex') !== digest) return damaged
    if (this.#headSize === undefined) return damaged
    const body = Buffer.concat(this.#kept)
    const head = SnapshotHead.safeParse(parse(body.subarray(headStart, this.#headSize)))
    if (!head.success) return damaged
    if (!this.#wanted) return { kind: 'run', run, head: head.data }
    const endpoints = SnapshotEndpoints.safeParse(parse(body.subarray(this.#headSize + endpointsStart)))
    return endpoints.success ? { kind: 'run', run, head: head.data, endpoints: endpoints.data } : damaged
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** Whether a text is the beginning of an envelope, cut off anywhere. */
function isCutEnvelope(text: string): boolean {
  const length = /"length":(\d*)/.exec(text)?.[1] ?? ''
  const shape = (line: string) => line.replace(/[0-9a-f]/g, '0')
  const whole = envelopeText('00000000-0000-0000-0000-000000000000', length, '0'.repeat(64))
  return shape(whole).startsWith(shape(text))
}
