import type * as z from 'zod'
import { PolicyGate } from '../gates/catalogue.js'
import { nearestTexts } from '../platform/nearest-text.js'
import { keysAt, Policy } from './policy.js'
import { policyText } from './policy-texts.js'

/** Something wrong in a policy: where, as `scope.exclude[0].until`, and what. */
export interface PolicyMistake {
  readonly path: string
  readonly text: string
}

/** A policy with its defaults, or everything that is wrong with it, each mistake once. */
export type CheckedPolicy =
  | { readonly policy: Policy; readonly mistakes?: undefined }
  | { readonly policy?: undefined; readonly mistakes: readonly PolicyMistake[] }

/** Checks what a policy file holds. Never throws for what stands in it. */
export function checkPolicy(value: unknown): CheckedPolicy {
  const parsed = Policy.safeParse(value, { error: policyText })
  const unusable = unusableKeys(value)
  if (parsed.success && unusable.length === 0) return { policy: parsed.data }
  const issues = (parsed.error?.issues ?? []).flatMap((issue) => asMeant(issue, value))
  return { mistakes: [...unusable, ...firstOfEach(issues).flatMap(mistakesOf)] }
}

/** The checks drop a key of this name without a word, wherever a key of any name may stand. */
function unusableKeys(value: unknown, path: readonly PropertyKey[] = []): PolicyMistake[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    return key === '__proto__'
      ? [{ path: pathText(place), text: 'a key of this name cannot be used.' }]
      : unusableKeys(inner, place)
  })
}

const [anId, anIdWithLevel, aGate] = PolicyGate.options

/** The mistakes of the form that was meant, where a value may have several: zod knows only that none of them fits. */
function asMeant(issue: z.core.$ZodIssue, policy: unknown): z.core.$ZodIssue[] {
  if (issue.code === 'invalid_union' && issue.path[0] !== 'gates') return nearestForm(issue)
  const [section, index] = issue.path
  if (section !== 'gates' || typeof index !== 'number') return [issue]
  const entry: unknown = (policy as { gates: unknown[] }).gates[index]
  if (typeof entry === 'number' || typeof entry === 'boolean' || entry === null)
    return [
      { code: 'custom', path: issue.path, message: 'must be the id of a gate, or a gate of your own', input: entry },
    ]
  const isChoice =
    typeof entry === 'object' && entry !== null && Object.keys(entry).every((key) => key === 'id' || key === 'level')
  const form = typeof entry === 'string' ? anId : isChoice ? anIdWithLevel : aGate
  return (form.safeParse(entry, { error: policyText }).error?.issues ?? []).map((inner) => ({
    ...inner,
    path: ['gates', index, ...inner.path],
  }))
}

/** The mistakes of the form that fits best: zod lists those of all of them. */
function nearestForm(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  if (issue.message !== 'Invalid input' && isBetweenForms(issue)) return [issue]
  const weigh = (inner: z.core.$ZodIssue) =>
    inner.path.length > 0 ? 1 : inner.code === 'invalid_type' ? 100 : inner.code === 'unrecognized_keys' ? 10 : 1
  const weight = (form: z.core.$ZodIssue[]) => form.reduce((sum, inner) => sum + weigh(inner), 0)
  const [best] = [...issue.errors].sort((a, b) => weight(a) - weight(b))
  if (best === undefined || best.length === 0) return [issue]
  return best
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    .flatMap((inner) => (inner.code === 'invalid_union' ? nearestForm(inner) : [inner]))
}

/** No form was meant more than another: it is none of them at all, or has keys of several, or none. */
function isBetweenForms({ errors }: z.core.$ZodIssueInvalidUnion): boolean {
  if (errors.every(([first]) => first?.code === 'invalid_type' && first.path.length === 0)) return true
  const strange = errors.map(
    (form) => new Set(form.flatMap((inner) => (inner.code === 'unrecognized_keys' ? inner.keys : []))),
  )
  const [first = new Set<string>(), ...others] = strange
  const inNone = [...first].some((key) => others.every((keys) => keys.has(key)))
  if (inNone) return false
  return strange.every((keys) => keys.size > 0) || errors.every((form) => form.every(isMissing))
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 1 && issue.message === 'is missing'
}

/**
 * One value has one mistake until it is mended: later checks mostly say the same again. Rules of ours all count, but not
 * where a key is unknown: it may be the one that they miss.
 */
function firstOfEach(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const seen = new Set<string>()
  const misspelt = new Set(
    issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [JSON.stringify(path)] : [])),
  )
  return issues.filter((issue) => {
    const place = JSON.stringify(issue.path)
    const own = issue.code === 'custom' || issue.code === 'unrecognized_keys'
    const what = own ? `${place} ${issue.message}` : place
    if (issue.code === 'custom' && misspelt.has(place)) return false
    if (seen.has(what) || (own && seen.has(place)) || isBoundOfIntegers(issue, issues)) return false
    seen.add(what)
    return true
  })
}

/** That a number is larger than any whole number can be says less than the limit of the key itself. */
function isBoundOfIntegers(issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  if ((issue.code !== 'too_big' && issue.code !== 'too_small') || issue.origin !== 'int') return false
  const place = JSON.stringify(issue.path)
  return all.some(
    (other) =>
      other !== issue && other.code === issue.code && JSON.stringify(other.path) === place && other.origin !== 'int',
  )
}

function mistakesOf(issue: z.core.$ZodIssue): PolicyMistake[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      text: unknownKey(key, keysAt(issue.path)),
    }))
  // What is said of the name itself: the text of the schema of names.
  const text = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [{ path: pathText(issue.path), text }]
}

function unknownKey(key: string, keys: readonly string[] | undefined): string {
  if (keys === undefined) return 'unknown key. Check its spelling and its place.'
  // The place takes several forms, and the key belongs to another one than the rest.
  if (keys.includes(key)) return 'does not go with the other keys here.'
  const nearest = nearestTexts(key, keys)
  const guess = nearest.length === 0 ? '' : `Did you mean ${nearest.join(' or ')}? `
  return `unknown key. ${guess}Known keys: ${keys.join(', ')}.`
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)'
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      const text = String(part)
      if (!/^[A-Za-z0-9_-]+$/.test(text)) return `[${JSON.stringify(text)}]`
      return index === 0 ? text : `.${text}`
    })
    .join('')
}
