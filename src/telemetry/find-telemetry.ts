import { findInputs, type Input, type InputProblem } from '../platform/input.js'
import { telemetryInputLimits } from './otlp/telemetry-limits.js'

/** What stands under the paths that were given. */
export interface FoundTelemetry {
  readonly inputs: readonly Input[]
  readonly problems: readonly InputProblem[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** Notes and policies that lie in a folder beside the telemetry; what is named is never passed over. */
const noteNames = /(?:\.(?:md|ya?ml|toml|txt)|\/(?:LICENSE|SHA256SUMS))$/i

/** Everything to read under the paths, as `findInputs`, with the limits of telemetry. */
export async function findTelemetry(paths: readonly string[]): Promise<FoundTelemetry> {
  const { inputs, problems, skipped } = await findInputs(paths, { stdin: process.stdin, limits: telemetryInputLimits })
  const named = new Set(paths)
  const isNote = ({ name }: Input) => !named.has(name) && noteNames.test(name)
  const left = inputs.filter((input) => !isNote(input))
  // A file that was rotated just now may be empty: that is no damage, unless there is nothing else.
  const isEmpty = ({ code }: InputProblem) => code === 'input-empty' && left.length > 0
  return {
    inputs: left,
    problems: problems.filter((problem) => !isEmpty(problem)),
    skipped: [
      ...skipped,
      ...inputs.filter(isNote).map(({ name }) => ({ name, reason: 'note' })),
      ...problems.filter(isEmpty).map(({ name }) => ({ name, reason: 'empty' })),
    ],
  }
}
