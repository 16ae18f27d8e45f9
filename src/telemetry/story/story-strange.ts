import { byText } from '../../platform/by-text.js'
import type { WordField } from '../fields.js'
import type { Strange, StrangeCode } from './story-document.js'
import { fieldOf, serviceOf, surfaceOf } from './story-field.js'
import type { StoryOrder } from './story-order.js'
import { isName, notShown } from './story-plain.js'
import { type StoryRecord, textOf } from './story-record.js'
import { cutTo } from './story-value.js'

/** Five minutes, as in the counts of the evidence (tables.ts). */
const mostSkew = 5 * 60 * 1000
const mostValues = 5
const none = '(none)'

/** Fields that one session has one value of. */
const singular: readonly (readonly [StrangeCode, WordField])[] = [
  ['several-services', 'service'],
  ['several-versions', 'version'],
  ['several-accounts', 'account'],
  ['several-emails', 'email'],
  ['several-organizations', 'organization'],
  ['several-installations', 'installation'],
  ['several-stamps', 'stamp'],
]

/** What a session should not show: more than one machine, person or version, clocks that jump, records out of place. */
export function strangeThings(
  order: StoryOrder,
  records: readonly StoryRecord[],
  identityKeys: readonly string[],
  { clockSteps, showsContent }: { readonly clockSteps: number; readonly showsContent: boolean },
): Strange[] {
  const found: Strange[] = []
  const shown = (value: string) => (showsContent || value === none || isName(value) ? value : notShown)
  const add = (code: StrangeCode, count: number, values: readonly string[] = []) => {
    if (count > 0) found.push({ code, count, values: values.slice(0, mostValues).map((value) => cutTo(value, 200)) })
  }
  for (const [code, field] of singular) {
    const values = valuesOf(records, (record) => fieldOf(record, field))
    if (values.length > 1) add(code, values.length, values.map(shown))
  }
  const endpoints = identityKeys
    .map((key) => ({ key, values: valuesOf(records, (record) => textOf(record, key)) }))
    .filter(({ values }) => values.length > 1)
  const pairs = endpoints.flatMap(({ key, values }) => values.map((value) => `${key}=${shown(value)}`))
  if (pairs.length > 0) add('several-endpoints', Math.max(...endpoints.map(({ values }) => values.length)), pairs)
  const foreign = records.filter((record) => surfaceOf(record) === undefined)
  const services = valuesOf(foreign, (record) => serviceOf(record) || none)
  add('unknown-service', foreign.length, services.map(shown))
  if (order.sessions.length > 1)
    add(
      'several-sessions',
      order.sessions.length,
      order.sessions.map(({ session }) => shown(session || none)),
    )
  add('clock-back', clockSteps)
  const skewed = records.filter(({ time, observed }) => Math.abs(time - observed) > mostSkew)
  add('clock-skew', skewed.length)
  add('no-time', records.filter(({ time }) => Number.isNaN(time)).length)
  const unnumbered = order.sessions
    .flatMap(({ generations }) => generations.flat())
    .filter(({ sequence }) => sequence < 0)
  add('no-sequence', unnumbered.length)
  return found
}

function valuesOf(records: readonly StoryRecord[], read: (record: StoryRecord) => string): string[] {
  return [...new Set(records.map(read).filter((text) => text !== ''))].sort(byText)
}
