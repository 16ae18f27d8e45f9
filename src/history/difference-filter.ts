import type { State } from '../readiness/verdict.js'
import type { DifferenceDocument } from './difference-document.js'

/** The states that the lists of a difference are narrowed to. */
export interface StateFilter {
  readonly from?: State | undefined
  readonly to?: State | undefined
}

/** The difference with only those endpoints in its lists; counts, matrix and warnings stay those of the whole. */
export function onlyStates(document: DifferenceDocument, { from, to }: StateFilter): DifferenceDocument {
  if (from === undefined && to === undefined) return document
  const isWanted = (left: State | undefined, right: State | undefined) =>
    (from === undefined || left === from) && (to === undefined || right === to)
  return {
    ...document,
    filter: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    moved: document.moved.filter((move) => isWanted(move.from, move.to)),
    appeared: document.appeared.filter(({ state }) => isWanted(undefined, state)),
    disappeared: document.disappeared.filter(({ state }) => isWanted(state, undefined)),
    otherVersion: document.otherVersion.filter(({ state }) => isWanted(state, state)),
    otherReasons: document.otherReasons.filter(({ state }) => isWanted(state, state)),
  }
}
