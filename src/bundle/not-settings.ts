import type { FormatProblem } from './formats/read-format.js'

/** Why a file is refused: what it is, and what to give instead. */
export interface NotSettings {
  readonly code: string
  readonly message: string
  readonly tryThis: string
  /** It is something else altogether, and no damage: in a folder it is passed over. */
  readonly other?: boolean | undefined
}

/** A file of a known format that cannot be read at all: what its reader says first. */
export function unread(problems: readonly FormatProblem[], tryThis: string, other = false): NotSettings {
  const problem = problems.find(({ code }) => code !== 'signed') ?? problems[0]
  const line = problem?.line === undefined ? '' : ` (line ${problem.line})`
  return {
    code: problem?.code ?? 'not-settings',
    message: problem === undefined ? 'It holds no settings.' : `${problem.message}${line}`,
    tryThis,
    other,
  }
}
