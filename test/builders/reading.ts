import type { Endpoint } from '../../src/inventory/endpoint.js'
import { buildInventory, type Inventory } from '../../src/inventory/inventory.js'
import { ObservationStore } from '../../src/inventory/observation-store.js'
import { sources } from '../../src/sources/index.js'
import { type FileReport, type ReadOptions, readExport } from '../../src/sources/read-exports.js'
import { inputOf } from './input.js'

/** The day on which all tests stand. */
export const asOf = Date.UTC(2026, 10, 20)

/** Files by name, read and joined as a scan does. */
export interface Reading {
  readonly reports: readonly FileReport[]
  readonly inventory: Inventory
  readonly endpoints: readonly Endpoint[]
}

/** Reads files given as text or bytes, in the order given, and joins what they say. */
export async function readFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ReadOptions> & { readonly appListMaximumAgeDays?: number } = {},
): Promise<Reading> {
  const { appListMaximumAgeDays, ...read } = options
  const store = new ObservationStore()
  const reports: FileReport[] = []
  for (const [name, content] of Object.entries(files))
    reports.push(await readExport(inputOf(name, content), store, { sources, asOf, mappings: [], ...read }))
  const inventory = buildInventory(store, { asOf, maximumAgeDays: appListMaximumAgeDays ?? 30 })
  return { reports, inventory, endpoints: [...inventory.sortedById()] }
}

/** Reads one file. */
export async function readFileOf(
  name: string,
  content: string | Uint8Array,
  options: Parameters<typeof readFiles>[1] = {},
): Promise<Omit<Reading, 'reports'> & { readonly report: FileReport }> {
  const { reports, ...reading } = await readFiles({ [name]: content }, options)
  return { ...reading, report: reports[0]! }
}
