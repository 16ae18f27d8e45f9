import type { BundlePlan } from './plan.js'

/** One file of a bundle. */
export interface BundleFile {
  /** Relative to the bundle, with `/`; plain lower-case names where the client does not want another one. */
  readonly path: string
  readonly content: string | Uint8Array
  /** Rights in the bundle folder. */
  readonly mode: 0o600 | 0o644 | 0o755
  /** Holds a resolved secret. */
  readonly secret: boolean
  /** One line for the table of contents: what it is and where it goes. */
  readonly about: string
  /**
   * Reads the written bytes with a reader that shares no code with the writer, and gives the data back.
   * The build compares it with `data` before the bundle is published; texts for people have neither.
   */
  readonly readBack?: (bytes: Uint8Array) => unknown
  readonly data?: unknown
}

/** One kind of artifact: a plan in, files out. It may warn through `plan.warn`. */
export interface Artifact {
  readonly id: string
  /** For progress, such as `Claude Code profiles`. */
  readonly title: string
  readonly files: (plan: BundlePlan) => readonly BundleFile[]
}
