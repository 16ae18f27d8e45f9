import { exitCode, Failure } from '../platform/failure.js'
import type { Scan } from '../readiness/scan.js'

/** Nothing read is never a result: throws a Failure. */
export function refuseEmpty(result: Scan): void {
  if (result.files.some(({ format }) => format !== undefined)) return
  const problems = [
    ...result.unreadable,
    ...result.files.flatMap(({ file, problem }) => (problem ? [{ name: file, ...problem }] : [])),
  ]
  throw refusal(problems)
}

/** Why nothing was read. */
export function refusal(problems: readonly { name: string; message: string; tryThis?: string | undefined }[]): Failure {
  const [first] = problems
  if (!first)
    return new Failure(exitCode.inputRefused, 'nothing-read', 'No export was found to read.', {
      tryThis: ['fleet sources says which exports can be read, and how to make them.'],
    })
  if (problems.length === 1)
    return new Failure(exitCode.inputRefused, 'nothing-read', first.message, {
      where: { file: first.name },
      tryThis: first.tryThis ? [first.tryThis] : [],
    })
  return new Failure(exitCode.inputRefused, 'nothing-read', `${problems.length} files cannot be read.`, {
    tryThis: problems
      .slice(0, 20)
      .map(({ name, message, tryThis }) => `${name}: ${message}${tryThis ? ` ${tryThis}` : ''}`),
  })
}

/** With --strict: throws a Failure where the exports may be incomplete. */
export function refuseDoubt(result: Scan): void {
  const doubts = result.warnings.filter((warning) => warning.strict)
  if (doubts.length === 0) return
  throw new Failure(exitCode.inputRefused, 'strict', 'The exports may be incomplete, and --strict was given.', {
    tryThis: doubts.slice(0, 20).map(({ code, message, file }) => `${code}${file ? ` in ${file}` : ''}: ${message}`),
  })
}
