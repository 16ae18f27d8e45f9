import type { Example, TelemetryQuery } from '../../../src/telemetry/tables.js'
import type { Act, Client, Run } from '../../../templates/samples/telemetry/script.js'

/** One thing that happened and arrived, with what names its record. */
export interface Fact {
  readonly client: Client
  readonly session: string
  readonly sequence: number
  readonly act: Act
}

/** What happened in the window, in the order of the runs. Lost records are none. */
export function factsOf(runs: readonly Run[], { since, until }: TelemetryQuery): Fact[] {
  return arrived(runs).filter(({ act: { at } }) => since <= at && at < until)
}

/** Everything that arrived, whenever it happened. */
export function arrived(runs: readonly Run[]): Fact[] {
  return runs.flatMap(({ session, client, acts }) =>
    acts.flatMap((act, sequence) => (act.lost ? [] : [{ client, session, sequence, act }])),
  )
}

/** The earliest of some facts. */
export function exampleOf(facts: readonly Fact[]): Example {
  const [first] = [...facts].sort(
    (a, b) => a.act.at - b.act.at || compare(a.session, b.session) || a.sequence - b.sequence,
  )
  const { session, sequence, act } = first!
  return { session, sequence, prompt: act.prompt ?? '', at: act.at }
}

export const lastOf = (facts: readonly Fact[]) => Math.max(...facts.map(({ act }) => act.at))

export type Cell = string | number

/** Rows of facts with the same key, in the order of their keys: texts by code unit, numbers by value. */
export function groups<T>(items: readonly T[], keyOf: (item: T) => readonly Cell[]): [readonly Cell[], T[]][] {
  const found = new Map<string, [readonly Cell[], T[]]>()
  for (const item of items) {
    const key = keyOf(item)
    const name = JSON.stringify(key)
    const group = found.get(name)
    if (group === undefined) found.set(name, [key, [item]])
    else group[1].push(item)
  }
  return [...found.values()].sort(([a], [b]) => compareKeys(a, b))
}

export function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [index, cell] of a.entries()) {
    const order = compare(cell, b[index]!)
    if (order !== 0) return order
  }
  return 0
}

function compare(a: Cell, b: Cell): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The Monday (UTC) of the week of a time. */
export function weekOf(time: number): string {
  const day = new Date(time)
  const sinceMonday = (day.getUTCDay() + 6) % 7
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() - sinceMonday))
    .toISOString()
    .slice(0, 10)
}
