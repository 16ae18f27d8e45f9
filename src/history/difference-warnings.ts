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

/** An export that is missing makes endpoints disappear or unknown; one that is new does the opposite. */
function otherSources(before: Head, after: Head, { moved, appeared, disappeared }: Changes): Warning[] {
  const [left, right] = [sourceNames(before), sourceNames(after)]
  const parts = [part('only before', without(left, right)), part('only after', without(right, left))]
  const message = said('The scans did not read the same exports', parts)
  if (message === undefined) return []
  const unclear = moved.filter(({ from, to }) => [from, to].some((state) => state === 'unknown' || state === 'stale'))
  const endpoints = unclear.length + appeared.length + disappeared.length
  return [{ code: 'other-sources', message, endpoints }]
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

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name))
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
