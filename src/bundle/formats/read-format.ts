/** Where a value stands in a file: keys of objects and places in lists, from the top. */
export type KeyPath = readonly (string | number)[]

/** Something that is wrong with a file, or that another reader may take otherwise. */
export interface FormatProblem {
  /** Stable code, such as `duplicate-key`. */
  readonly code: string
  /** A fixed text: it never quotes the file. */
  readonly message: string
  readonly line?: number | undefined
  readonly path?: KeyPath | undefined
}

/** What a reader made of a file. */
export interface ReadFormat {
  /** The value; undefined when it cannot be read. */
  readonly value: unknown
  /** What the file would mean if its faults were forgiven. */
  readonly lenient?: unknown
  readonly problems: readonly FormatProblem[]
  /** The line, counted from 1, of the key or the list item at the path; undefined where that is not known. */
  readonly lineOf: (path: KeyPath) => number | undefined
}

/** Largest settings file or profile that is read, in bytes. */
export const formatSizeLimit = 4 * 1024 * 1024

/** Deepest nesting of objects and lists in a settings file or profile. */
export const formatDepthLimit = 64

/**
 * A path as people write it: `hooks.PreToolUse[0].matcher`, and with other characters in a key `env["a b"]`. Keys come
 * from data: pass the text through `safeText` before it is shown.
 */
export function keyPathText(path: KeyPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (!/^[A-Za-z0-9_-]+$/.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}
