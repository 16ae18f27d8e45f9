import { byText } from '../platform/by-text.js'

/** The form in which a version may stand in a probe line. */
export const shownVersion = /^\d[0-9A-Za-z.]{0,39}$/

/** Orders versions part by part, numbers as numbers. */
export function byVersion(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = byPart(left[index] ?? '0', right[index] ?? '0')
    if (order !== 0) return order
  }
  return 0
}

function byPart(a: string, b: string): number {
  const isNumber = (part: string) => /^\d+$/.test(part)
  return isNumber(a) && isNumber(b) ? Number(a) - Number(b) : byText(a, b)
}
