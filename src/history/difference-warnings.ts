import type { ComparedScan } from './difference.js'
import type { DifferenceDocument, Move, Present } from './difference-document.js'
import { sourceNames } from './source-names.js'

type Head = ComparedScan['head']
type Warning = DifferenceDocument['warnings'][number]

/** What became of endpoints, as far as a warning counts it. */
export interface Changes {
  readonly moved: readonly Move[]
  readonly appeared: readonly Present[]
  readonly disappeared: readonly Present[]
}

const mostNamed = 3

/** What the two scans differ in besides their endpoints, with how many changes may come from it. */
export function differenceWarningsOf(before: Head, after: Head, changes: Changes): Warning[] {
  return [
    ...otherPolicy(before, after, changes),
    ...otherTarget(before, after),
    ...otherGates(before, after, changes),
    ...otherSources(before, after, changes),
    ...incompleteScan(before, after, changes),
    ...otherEvidence(before, after, changes),
    ...otherFleet(before, after, changes),
    ...sameHostname(changes),
    ...earlierDay(before, after),
  ]
}

/** A newer version explains a move by itself; without one, the rules may have changed it. */
function sameVersions({ moved }: Changes): number {
  return moved.filter(({ desktop, code }) => desktop.before === desktop.after && code.before === code.after).length
}

function otherPolicy(before: Head, after: Head, changes: Changes): Warning[] {
  if (before.policy.digest === after.policy.digest) return []
  return [
    {
      code: 'other-policy',
      message:
        'The scans were judged by different policies: endpoints that moved with the versions they had may have moved because of that.',
      endpoints: sameVersions(changes),
    },
  ]
}

function otherTarget(before: Head, after: Head): Warning[] {
  const [from, to] = [before.coverage.target, after.coverage.target]
  if (from === to) return []
  const message = `The target is another: ${from} % before, ${to} % after. No endpoint moves because of that.`
  return [{ code: 'other-target', message, endpoints: 0 }]
}

function otherGates(before: Head, after: Head, changes: Changes): Warning[] {
  const [left, right] = [requiredGates(before), requiredGates(after)]
  const parts = [part('no longer required', without(left, right)), part('newly required', without(right, left))]
  const message = said('The required gates are not the same', parts)
  return message === undefined ? [] : [{ code: 'other-gates', message, endpoints: sameVersions(changes) }]
}

function requiredGates({ gates }: Head): string[] {
  return gates.filter(({ level }) => level === 'required').map(({ id }) => id)
}

function otherSources(before: Head, after: Head, changes: Changes): Warning[] {
  const [left, right] = [sourceNames(before), sourceNames(after)]
  const parts = [part('only before', counted(without(left, right))), part('only after', counted(without(right, left)))]
  const message = said('The scans did not read the same exports', parts)
  return message === undefined ? [] : [{ code: 'other-sources', message, endpoints: unclear(changes) }]
}

/** An export that is missing makes endpoints disappear or unknown; one that is new does the opposite. */
function unclear({ moved, appeared, disappeared }: Changes): number {
  const doubtful = moved.filter(({ from, to }) => [from, to].some((state) => state === 'unknown' || state === 'stale'))
  return doubtful.length + appeared.length + disappeared.length
}

/** Told even where both scans warn of the same: how much they lack need not be the same. */
function incompleteScan(before: Head, after: Head, changes: Changes): Warning[] {
  const codesOf = ({ strictWarnings }: Head) => [...new Set(strictWarnings.map(({ code }) => code))]
  const parts = [part('before', codesOf(before)), part('after', codesOf(after))]
  const message = said('The scans warned that their numbers may be incomplete', parts)
  return message === undefined ? [] : [{ code: 'incomplete-scan', message, endpoints: unclear(changes) }]
}

function otherEvidence(before: Head, after: Head, { moved }: Changes): Warning[] {
  if ((before.telemetry === undefined) === (after.telemetry === undefined)) return []
  const which = after.telemetry === undefined ? 'first' : 'second'
  const touched = moved.filter(({ gone, come }) => [...gone, ...come].some((code) => code.startsWith('telemetry-')))
  const message = `Only the ${which} scan was given evidence of telemetry (--evidence).`
  return [{ code: 'other-evidence', message, endpoints: touched.length }]
}

function otherFleet(before: Head, after: Head, changes: Changes): Warning[] {
  if (before.fleet === undefined || after.fleet === undefined || before.fleet === after.fleet) return []
  const message = `The scans were judged by different versions of fleet, ${before.fleet} and ${after.fleet}: its rules may have changed.`
  return [{ code: 'other-fleet', message, endpoints: sameVersions(changes) }]
}

/** An export with more or less in it can give a machine another id. */
function sameHostname({ appeared, disappeared }: Changes): Warning[] {
  const namesOf = (endpoints: readonly Present[]) => new Set(endpoints.flatMap(({ hostname }) => hostname ?? []))
  const names = namesOf(disappeared)
  const both = [...namesOf(appeared)].filter((name) => names.has(name)).length
  if (both === 0) return []
  const message =
    'Some that appeared have the host name of one that disappeared: it may be the same machine under another id.'
  return [{ code: 'same-hostname', message, endpoints: both }]
}

function earlierDay(before: Head, after: Head): Warning[] {
  if (before.asOf <= after.asOf) return []
  const message = `What is called "after" was judged for an earlier time (${after.asOf}) than "before" (${before.asOf}).`
  return [{ code: 'earlier-day', message, endpoints: 0 }]
}

/** What is left of the names when each of the others has taken one away. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const name of others) left.set(name, (left.get(name) ?? 0) + 1)
  return names.filter((name) => {
    const others = left.get(name) ?? 0
    left.set(name, others - 1)
    return others <= 0
  })
}

/** Each name once, with how often where that is more. */
function counted(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count} files)`))
}

function part(what: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return `${what} ${names.slice(0, mostNamed).join(', ')}${more}`
}

function said(start: string, parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((text) => text !== undefined)
  return said.length === 0 ? undefined : `${start}: ${said.join('; ')}.`
}
