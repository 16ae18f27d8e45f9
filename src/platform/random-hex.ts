import { randomBytes } from 'node:crypto'

/** So many random bytes as lower-case hexadecimal digits, from the source that keys are made from. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
