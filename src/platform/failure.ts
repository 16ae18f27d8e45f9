/** Exit codes of every command (design, section 8). */
export const exitCode = {
  ok: 0,
  bug: 1,
  usage: 2,
  thresholdFailed: 3,
  inputRefused: 4,
  outputFailed: 5,
  busy: 6,
  verificationFailed: 7,
  hold: 8,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Where a failure is: all parts are optional but the file. */
export interface Place {
  readonly file: string
  readonly record?: number | undefined
  readonly line?: number | undefined
  /** A key path such as `scope.exclude[0].until`. */
  readonly path?: string | undefined
}

/**
 * A failure the user can act on: a fixed text, a place and what to do.
 * It never carries a parser's own message, because those quote the input.
 */
export class Failure extends Error {
  override readonly name = 'Failure'

  constructor(
    readonly exit: ExitCode,
    /** Stable code for scripts, such as `input-not-found`. */
    readonly code: string,
    message: string,
    readonly details: { readonly where?: Place; readonly tryThis?: readonly string[] } = {},
  ) {
    super(message)
  }
}
