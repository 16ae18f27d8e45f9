import type * as z from 'zod'
import { nearestTexts } from '../platform/nearest-text.js'

/**
 * What is wrong with one value of a policy, for people who have never heard of the checking library. A text that a
 * schema brings itself comes before this one. Never quotes the value: it may be a secret in the wrong place.
 */
export const policyText: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input)
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), sizeOf(issue.input))
    case 'too_big':
      return issue.origin === 'string'
        ? `is longer than ${issue.maximum} characters`
        : `must be at most ${issue.maximum}${isList(issue.origin) ? ' entries' : ''}`
    case 'invalid_format':
      return issue.format === 'date' ? 'must be a date such as 2026-12-18' : undefined
    case 'invalid_value':
      return notAmong(issue.values.map(String), issue.input)
    default:
      return undefined
  }
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [one, two]',
  object: 'keys with values',
  record: 'keys with values',
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is missing'
  const words = expectedWords[expected] ?? expected
  if (input === null) return `is empty: it must be ${words}`
  // A number that is none of the wanted kind: 1.5, .nan, .inf.
  if (typeof input === 'number' && (expected === 'number' || expected === 'int')) return `must be ${words}`
  const quotes = expected === 'string' && typeof input !== 'object' ? ': write it in quotes' : ''
  return `must be ${words}, not ${kindOf(input)}${quotes}`
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list'
  switch (typeof input) {
    case 'string':
      return 'a text'
    case 'boolean':
      return 'true or false'
    case 'object':
      return 'keys with values'
    default:
      return 'a number'
  }
}

function tooSmall(origin: string, minimum: number, size: number | undefined): string {
  if (size === 0) return 'is empty'
  if (origin === 'string') return `must have at least ${minimum} characters`
  return `must be at least ${minimum}${isList(origin) ? ' entries' : ''}`
}

function sizeOf(input: unknown): number | undefined {
  return typeof input === 'string' || Array.isArray(input) ? input.length : undefined
}

function isList(origin: string): boolean {
  return origin === 'array'
}

function notAmong(values: readonly string[], input: unknown): string {
  const choice = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`
  const nearest = typeof input === 'string' ? nearestTexts(input, values) : []
  return nearest.length === 0 ? choice : `${choice}. Did you mean ${nearest.join(' or ')}?`
}

/** The error of a text that YAML reads as a number when it stands without quotes, such as the version 2.1. */
export function writeInQuotes(form: string): z.core.$ZodErrorMap {
  return wrongKind(`write it in quotes, ${form}`)
}

/** The error of a value of another kind than the key has; a missing one and later checks keep their own texts. */
export function wrongKind(text: string): z.core.$ZodErrorMap {
  return ({ code, input }) => (code === 'invalid_type' && input !== undefined ? text : undefined)
}
