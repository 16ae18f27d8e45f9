import { exitCode, Failure } from '../platform/failure.js'

/** The number of `--fail-under`, from 0 to 100. Throws a Failure (wrong use). */
export function parsePercent(text: string): number {
  const percent = /^\d{1,3}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (percent >= 0 && percent <= 100) return percent
  throw new Failure(exitCode.usage, 'bad-percent', '--fail-under needs a number from 0 to 100.')
}
