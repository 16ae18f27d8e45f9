import type { Machine, Mdm } from './company.js'
import { Random } from './random.js'

export const of = (machines: readonly Machine[], mdm: Mdm) => machines.filter((machine) => machine.mdm === mdm)

/** The id that an MDM gave to a record. */
export const idOf = (machine: Machine) => new Random(`device ${machine.key}`).guid()

/** `2026-11-18 07:41:10`, UTC. */
export const dateWithBlank = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

export function csv(rows: readonly (readonly string[])[], lineEnd: string): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return rows.map((row) => row.map(cell).join(',') + lineEnd).join('')
}

/** A table whose columns are named beside what they hold. */
export function table<T>(items: readonly T[], columns: Readonly<Record<string, (item: T) => string>>): string[][] {
  return [Object.keys(columns), ...items.map((item) => Object.values(columns).map((column) => column(item)))]
}

/** One element of a list a line: small, and still readable in a diff. */
export const lines = (items: readonly unknown[]) => `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`
