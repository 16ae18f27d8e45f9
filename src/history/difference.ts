import { byText } from '../platform/by-text.js'
import { type State, states } from '../readiness/verdict.js'
import type { DifferenceDocument, Move, OtherReasons, Present } from './difference-document.js'
import { differenceWarningsOf } from './difference-warnings.js'
import type { SnapshotEndpoint, SnapshotHead } from './snapshot.js'

/** One of two scans that are compared, and what it was named by. */
export interface ComparedScan {
  readonly run?: string | undefined
  readonly file?: string | undefined
  /** A file of a scan says neither when it was recorded nor by which fleet. */
  readonly head: Omit<SnapshotHead, 'recordedAt' | 'fleet'> & {
    readonly recordedAt?: string | undefined
    readonly fleet?: string | undefined
  }
  /** Each id once. */
  readonly endpoints: readonly SnapshotEndpoint[]
}

/** What became of every endpoint from one scan to another: of equal scans, nothing. Endpoints are the same by their id. */
export function differenceOf(before: ComparedScan, after: ComparedScan): DifferenceDocument {
  const left = new Map(before.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const matrix = new Matrix()
  const moved: Move[] = []
  const appeared: Present[] = []
  const otherVersion: DifferenceDocument['otherVersion'] = []
  const otherReasons: DifferenceDocument['otherReasons'] = []
  for (const endpoint of after.endpoints) {
    const earlier = left.get(endpoint.id)
    left.delete(endpoint.id)
    matrix.add(earlier?.state, endpoint.state)
    if (earlier === undefined) appeared.push(presentOf(endpoint))
    else if (earlier.state !== endpoint.state) moved.push(moveOf(earlier, endpoint))
    else if (isOtherVersion(earlier, endpoint))
      otherVersion.push({ ...stayedOf(earlier, endpoint), ...versionsOf(earlier, endpoint) })
    else if (isOtherReasons(earlier, endpoint)) otherReasons.push(stayedOf(earlier, endpoint))
  }
  const disappeared = [...left.values()].map(presentOf)
  for (const { state } of disappeared) matrix.add(state, undefined)
  const changes = {
    moved: moved.sort(byId),
    appeared: appeared.sort(byId),
    disappeared: disappeared.sort(byId),
  }
  return {
    schema: 'fleet.difference/v1',
    before: comparedOf(before),
    after: comparedOf(after),
    counts: {
      before: before.endpoints.length,
      after: after.endpoints.length,
      moved: moved.length,
      stayed: after.endpoints.length - moved.length - appeared.length,
      appeared: appeared.length,
      disappeared: disappeared.length,
      otherVersion: otherVersion.length,
      otherReasons: otherReasons.length,
    },
    matrix: matrix.rows(),
    warnings: differenceWarningsOf(before.head, after.head, changes),
    ...changes,
    otherVersion: otherVersion.sort(byId),
    otherReasons: otherReasons.sort(byId),
  }
}

/** Whether nothing differs: no endpoint, version or reason, and nothing that the scans were made with. */
export function isEmptyDifference({ counts, warnings }: DifferenceDocument): boolean {
  const { moved, appeared, disappeared, otherVersion, otherReasons } = counts
  // That a scan is incomplete is no difference of it to itself.
  const differs = warnings.some(({ code }) => code !== 'incomplete-scan')
  return moved + appeared + disappeared + otherVersion + otherReasons === 0 && !differs
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return byText(a.id, b.id)
}

function entryOf({ id, hostname, platform }: SnapshotEndpoint) {
  return { id, ...(hostname !== undefined && { hostname }), platform }
}

function presentOf(endpoint: SnapshotEndpoint): Present {
  const { state, desktop, code, reasons } = endpoint
  return { ...entryOf(endpoint), state, desktop, code, reasons: [...new Set(reasons)] }
}

function moveOf(earlier: SnapshotEndpoint, later: SnapshotEndpoint): Move {
  return {
    ...entryOf(later),
    from: earlier.state,
    to: later.state,
    ...reasonsOf(earlier, later),
    ...versionsOf(earlier, later),
  }
}

/** What is told of an endpoint whose state is the same, and something else is not. */
function stayedOf(earlier: SnapshotEndpoint, later: SnapshotEndpoint): OtherReasons {
  return { ...entryOf(later), state: later.state, ...reasonsOf(earlier, later) }
}

function reasonsOf(earlier: SnapshotEndpoint, later: SnapshotEndpoint) {
  const notIn = (reasons: readonly string[]) => (reason: string) => !reasons.includes(reason)
  return {
    gone: [...new Set(earlier.reasons)].filter(notIn(later.reasons)),
    come: [...new Set(later.reasons)].filter(notIn(earlier.reasons)),
  }
}

function isOtherReasons(earlier: SnapshotEndpoint, later: SnapshotEndpoint): boolean {
  const { gone, come } = reasonsOf(earlier, later)
  return gone.length + come.length > 0
}

function versionsOf(earlier: SnapshotEndpoint, later: SnapshotEndpoint) {
  return {
    desktop: { before: earlier.desktop, after: later.desktop },
    code: { before: earlier.code, after: later.code },
  }
}

function isOtherVersion(earlier: SnapshotEndpoint, later: SnapshotEndpoint): boolean {
  return earlier.desktop !== later.desktop || earlier.code !== later.code
}

function comparedOf({ run, file, head, endpoints }: ComparedScan): DifferenceDocument['before'] {
  const { asOf, recordedAt, fleet, policy, coverage } = head
  return {
    ...(run !== undefined && { run }),
    ...(file !== undefined && { file }),
    asOf,
    ...(recordedAt !== undefined && { recordedAt }),
    ...(fleet !== undefined && { fleet }),
    policy,
    coverage,
    states: head.states,
    endpoints: endpoints.length,
  }
}

/** Counts from which state to which, in the order of the states; what appeared and disappeared comes last. */
class Matrix {
  readonly #counts = new Map<string, number>()

  add(from: State | undefined, to: State | undefined): void {
    const key = `${from}>${to}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  rows(): DifferenceDocument['matrix'] {
    const all = [...states, undefined]
    return all.flatMap((from) =>
      all.flatMap((to) => {
        const endpoints = this.#counts.get(`${from}>${to}`) ?? 0
        if (endpoints === 0) return []
        return [{ ...(from !== undefined && { from }), ...(to !== undefined && { to }), endpoints }]
      }),
    )
  }
}
