import type { Endpoint } from '../../src/inventory/endpoint.js'
import type { SharedIdentity } from '../../src/inventory/identity.js'
import { Intake } from '../../src/inventory/intake.js'
import { buildInventory } from '../../src/inventory/inventory.js'
import type { Observation, Product } from '../../src/inventory/observation.js'
import { ObservationStore } from '../../src/inventory/observation-store.js'
import type { DateOrder } from '../../src/inventory/timestamp.js'
import { asOf } from './reading.js'

/** What a record says; its number is its place in the list. */
export type Said = Omit<Observation, 'record'>

/** One file: the product it comes from and its records, in order. */
export interface FileSaid {
  readonly name?: string
  readonly product?: Product
  readonly dateOrder?: DateOrder
  readonly records: readonly Said[]
}

/** Takes files in, as a source does, and gives the intake of each. */
export function takeIn(store: ObservationStore, files: readonly FileSaid[]): Intake[] {
  return files.map(({ name, product = 'intune', dateOrder = 'unknown', records }, index) => {
    const intake = new Intake(store, { name: name ?? `file-${index + 1}`, product, asOf, dateOrder })
    records.forEach((said, place) => {
      intake.observe({ ...said, record: place + 1 })
    })
    intake.end(records.length)
    return intake
  })
}

/** The endpoints that files add up to, by id. */
export function joined(
  files: readonly FileSaid[],
  maximumAgeDays = 30,
): { readonly endpoints: readonly Endpoint[]; readonly shared: readonly SharedIdentity[]; readonly intakes: Intake[] } {
  const store = new ObservationStore()
  const intakes = takeIn(store, files)
  const inventory = buildInventory(store, { asOf, maximumAgeDays })
  return { endpoints: [...inventory.sortedById()], shared: inventory.shared, intakes }
}

/** The only endpoint that records of one file add up to. */
export function onlyEndpoint(...files: readonly FileSaid[]): Endpoint {
  const { endpoints } = joined(files)
  if (endpoints.length !== 1)
    throw new Error(`${endpoints.length} endpoints: ${endpoints.map(({ id }) => id).join(', ')}`)
  return endpoints[0]!
}

/** A Claude Desktop as a Mac lists it. */
export function desktopApp(version: string, path = '/Applications/Claude.app') {
  return { name: 'Claude.app', bundleId: 'com.anthropic.claudefordesktop', version, path }
}

/** A Claude Code as Windows lists it. */
export function codeApp(version: string) {
  return { name: 'Claude Code', publisher: 'Anthropic, PBC', version }
}

/** A complete list of apps with these among others. */
export function completeList(...rows: readonly ReturnType<typeof desktopApp | typeof codeApp>[]) {
  return { kind: 'complete' as const, rows: [{ name: 'Safari.app', version: '18.6' }, ...rows] }
}

/** A list that is known to be short. */
export function partialList(...rows: readonly ReturnType<typeof desktopApp | typeof codeApp>[]) {
  return { kind: 'partial' as const, rows }
}
