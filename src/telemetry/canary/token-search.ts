import { createHash } from 'node:crypto'

/** How a token may stand in a store. Escapes of JSON and URLs change no letter or digit, so that they are `plain`. */
export const tokenFormNames = ['plain', 'upper-case', 'base64', 'hex', 'sha256'] as const
export type TokenFormName = (typeof tokenFormNames)[number]

/** A text to look for, and the whole value that it was sent in. */
export interface Sought {
  readonly token: string
  readonly value: string
}

interface SearchOptions {
  readonly commonStart: string
  readonly near: string
  readonly isEncoded: boolean
}

/** Needles of one length that begin alike: found by their beginning, told apart by the rest. */
interface Family {
  readonly form: TokenFormName
  readonly start: Buffer
  readonly length: number
  readonly tokens: ReadonlyMap<string, string>
}

/**
 * Looks for tokens in bytes that come in pieces, wherever a piece ends. Tokens must have one length and begin alike, so
 * that one search for their beginning finds all of them. Their hashes have nothing in common: those are looked for only
 * in pieces that hold `near`, a text that all records in question carry.
 */
export class TokenSearch {
  readonly found = new Map<string, Set<TokenFormName>>()
  readonly #families: readonly Family[]
  readonly #hashes: readonly { readonly token: string; readonly bytes: Buffer }[]
  readonly #near: Buffer
  readonly #keep: number
  #rest: Buffer = Buffer.alloc(0)

  /** `commonStart` is what all tokens begin with; without `isEncoded` only the plain form is looked for. */
  constructor(sought: readonly Sought[], { commonStart, near, isEncoded }: SearchOptions) {
    const all = families(
      sought.map(({ token }) => token),
      commonStart,
    )
    this.#families = isEncoded ? all : all.filter(({ form }) => form === 'plain')
    this.#hashes = (isEncoded ? sought : []).flatMap(({ token, value }) =>
      [...new Set([token, value])].map((text) => ({
        token,
        bytes: Buffer.from(createHash('sha256').update(text).digest('hex')),
      })),
    )
    this.#near = Buffer.from(near)
    // A record of a canary is far shorter than this: its hashes are found even where a piece ends within it.
    this.#keep = Math.max(64 * 1024, ...this.#families.map(({ length }) => length))
  }

  /** What every piece in which something can be found holds at least one of; at most 20 texts of ASCII. */
  get starts(): readonly string[] {
    return [...new Set([...this.#families.map(({ start }) => start.toString()), this.#near.toString()])]
  }

  /** The next piece; it is not kept. */
  add(piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, piece])
    this.addWhole(bytes)
    this.#rest = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#keep)))
  }

  /** A piece that nothing before or behind belongs to. */
  addWhole(bytes: Buffer): void {
    for (const family of this.#families) {
      for (let at = bytes.indexOf(family.start); at >= 0; at = bytes.indexOf(family.start, at + 1)) {
        const token = family.tokens.get(bytes.toString('latin1', at, at + family.length))
        if (token !== undefined) this.#add(token, family.form)
      }
    }
    if (bytes.includes(this.#near)) {
      for (const { token, bytes: hash } of this.#hashes) if (bytes.includes(hash)) this.#add(token, 'sha256')
    }
  }

  /** Nothing of the input before belongs to the next one. */
  endInput(): void {
    this.#rest = Buffer.alloc(0)
  }

  #add(token: string, form: TokenFormName): void {
    const forms = this.found.get(token)
    if (forms === undefined) this.found.set(token, new Set([form]))
    else forms.add(form)
  }
}

function families(tokens: readonly string[], commonStart: string): Family[] {
  const family = (form: TokenFormName, encode: (text: string) => string): Family[] => {
    const needles = new Map(tokens.map((token) => [encode(token), token]))
    const [first] = needles.keys()
    return first === undefined
      ? []
      : [
          {
            form,
            start: Buffer.from(commonPart(encode(commonStart), needles.keys())),
            length: first.length,
            tokens: needles,
          },
        ]
  }
  return [
    ...family('plain', (text) => text),
    ...family('upper-case', (text) => text.toUpperCase()),
    ...family('hex', (text) => Buffer.from(text).toString('hex')),
    ...family('hex', (text) => Buffer.from(text).toString('hex').toUpperCase()),
    // What stands before the token in the encoded text decides which bits fall into one letter.
    ...[0, 1, 2].flatMap((before) => [
      ...family('base64', (text) => base64Inside(text, before)),
      ...family('base64', (text) => base64Inside(text, before).replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ]
}

/** The letters of Base64 that a text alone decides when so many bytes (modulo 3) stand before it. */
export function base64Inside(text: string, before: number): string {
  const encoded = Buffer.from(`${'\0'.repeat(before)}${text}`).toString('base64')
  const bits = (before + Buffer.byteLength(text)) * 8
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6))
}

/** What an encoded beginning has in common with the encoded tokens. */
function commonPart(start: string, needles: Iterable<string>): string {
  let common = start
  for (const needle of needles) while (!needle.startsWith(common)) common = common.slice(0, -1)
  return common
}
