import * as z from 'zod'
import { nearestTexts } from '../platform/nearest-text.js'
import { codeGates } from './catalogue-code.js'
import { desktopGates } from './catalogue-desktop.js'
import { Gate, GateId, GateLevel } from './gate.js'

/** Every gate we know of, by product and id. */
export const catalogue: readonly Gate[] = [...codeGates, ...desktopGates]

/** How the policy names a gate: by id, by id and level, or as a gate of its own. */
export const PolicyGate = z.union([GateId, z.strictObject({ id: GateId, level: GateLevel }), Gate])
export type PolicyGate = z.infer<typeof PolicyGate>

/** What is wrong with a policy's choice of gates. */
export type GateSelectionProblem =
  | { readonly code: 'unknown-gate'; readonly id: string; readonly suggestions: readonly string[] }
  | { readonly code: 'gate-id-taken'; readonly id: string }
  | { readonly code: 'gate-picked-twice'; readonly id: string }

export interface GateSelection {
  /** The catalogue in its order, then the policy's own gates in theirs. */
  readonly gates: readonly Gate[]
  readonly problems: readonly GateSelectionProblem[]
}

/**
 * Sets the level of each gate from the policy: picked gates are required, the rest of the catalogue is advice. A policy
 * that does not speak of gates leaves the levels as they are; one with an empty list requires none.
 */
export function selectGates(known: readonly Gate[], policyGates: readonly PolicyGate[] | undefined): GateSelection {
  if (policyGates === undefined) return { gates: known, problems: [] }
  const ids = new Set(known.map((gate) => gate.id))
  const levels = new Map<string, GateLevel>()
  const own: Gate[] = []
  const problems: GateSelectionProblem[] = []
  for (const entry of policyGates) {
    const id = typeof entry === 'string' ? entry : entry.id
    const isOwn = typeof entry !== 'string' && 'requires' in entry
    if (isOwn && ids.has(id)) problems.push({ code: 'gate-id-taken', id })
    else if (levels.has(id)) problems.push({ code: 'gate-picked-twice', id })
    else if (!isOwn && !ids.has(id)) problems.push({ code: 'unknown-gate', id, suggestions: nearestTexts(id, ids) })
    else {
      levels.set(id, typeof entry === 'string' ? 'required' : entry.level)
      if (isOwn) own.push(entry)
    }
  }
  const gates = known.map((gate) => atLevel(gate, levels.get(gate.id) ?? 'advised'))
  return { gates: [...gates, ...own], problems }
}

/** Gates keep their identity where nothing changes: compiled ranges hang on it. */
function atLevel(gate: Gate, level: GateLevel): Gate {
  return gate.level === level ? gate : { ...gate, level }
}
