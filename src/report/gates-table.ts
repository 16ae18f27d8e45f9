import type { Gate } from '../gates/gate.js'
import { safeJson, safeText } from '../platform/safe-text.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, textTable } from './text-table.js'

/** `fleet.gates/v1`: the catalogue as data. */
export function gatesJson(gates: readonly Gate[]): string {
  return `${safeJson({ schema: 'fleet.gates/v1', gates }, 2)}\n`
}

/** The catalogue as a table: required gates first. */
export function gatesTable(gates: readonly Gate[], { width, paint }: TerminalLook): string {
  const sorted = [...gates].sort((a, b) => (a.level === b.level ? 0 : a.level === 'required' ? -1 : 1))
  const rows = sorted.map((gate): (string | TextCell)[] => [
    gate.level === 'required' ? { text: gate.id, paint: paint.strong } : gate.id,
    gate.level,
    `${gate.product} ${requirement(gate)}${gate.platforms.length === 3 ? '' : ` on ${gate.platforms.join(', ')}`}`,
    `${gate.title}. ${gate.source} (${gate.checked})`,
  ])
  const table = textTable(
    [
      { head: 'gate', whole: true },
      { head: 'level', whole: true },
      { head: 'requires' },
      { head: 'what it is, its source and the date it was read', flexible: true },
    ],
    rows,
    width,
    paint,
  )
  return `${table}\n`
}

/** `>=1.1.4173`, with the number of known bad builds it leaves out. */
export function requirement(gate: {
  readonly requires: readonly string[]
  readonly except: readonly unknown[]
}): string {
  const ranges = gate.requires.map(safeText).join(' or ')
  return gate.except.length === 0 ? ranges : `${ranges}, not ${gate.except.length} known bad`
}
