import { exitCode, Failure } from './failure.js'

/** Wrong use: `--json` has stdout, so another form needs a file, where the command writes one. */
export function jsonAndFormat(format: string, writesFiles: boolean): Failure {
  const message = '--json prints one JSON document: another form has no place.'
  return new Failure(exitCode.usage, 'json-and-format', message, {
    tryThis: [`Leave out --json or --format ${format}${writesFiles ? ', or name a file with --output' : ''}.`],
  })
}
