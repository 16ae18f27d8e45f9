import { safeJson } from '../platform/safe-text.js'
import type { PlanDocument } from '../waves/plan-document.js'

/** Ids on one line; a wave of a large fleet has hundreds of thousands. */
const idsOnLine = 1000

/**
 * `fleet.plan/v1`, made piece by piece so that its size does not matter. Lists of texts are on few lines, and flat objects
 * in lists on one each, so that a person can find a wave in it.
 */
export function* planJson(plan: PlanDocument): Iterable<string> {
  yield* pieces(plan, '')
  yield '\n'
}

function* pieces(value: unknown, indent: string): Iterable<string> {
  if (Array.isArray(value)) yield* list(value, indent)
  else if (isObject(value)) yield* object(value, indent)
  else yield safeJson(value)
}

function* object(value: object, indent: string): Iterable<string> {
  let separator = '{'
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    yield `${separator}\n${indent}  ${safeJson(key)}: `
    yield* pieces(member, `${indent}  `)
    separator = ','
  }
  yield separator === '{' ? '{}' : `\n${indent}}`
}

function* list(values: readonly unknown[], indent: string): Iterable<string> {
  if (values.some(isObject)) {
    let separator = '['
    for (const value of values) {
      yield `${separator}\n${indent}  `
      if (isFlat(value)) yield safeJson(value)
      else yield* pieces(value, `${indent}  `)
      separator = ','
    }
    yield `\n${indent}]`
  } else if (values.length <= idsOnLine) yield safeJson(values)
  else {
    for (let at = 0; at < values.length; at += idsOnLine)
      yield `${at === 0 ? '[' : ','}\n${indent}  ${safeJson(values.slice(at, at + idsOnLine)).slice(1, -1)}`
    yield `\n${indent}]`
  }
}

/** Arrays too: whatever may not fit on a line. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isFlat(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && !Object.values(value).some(isObject)
}
