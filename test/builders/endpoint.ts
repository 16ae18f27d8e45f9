import { parseVersion } from '../../src/gates/version.js'
import type { Endpoint, EndpointAttribute, Install, ProductStatus } from '../../src/inventory/endpoint.js'
import type { AppListProblem } from '../../src/inventory/observation.js'
import { asOf } from './reading.js'

/** An endpoint that is fine in every way, but for the changes. */
export function endpointOf(changes: Partial<Endpoint> = {}): Endpoint {
  const lastSeen = 'lastSeen' in changes ? changes.lastSeen : asOf
  return {
    id: 'EXAMPLE1',
    platform: 'macos',
    groups: [],
    lastSeen,
    desktop: installed('1.30096.1'),
    code: absent(),
    extensionAttributes: {},
    isAcrossProducts: false,
    hasDuplicates: false,
    records: [{ file: 'devices.csv', record: 7, product: 'intune', lastSeen, apps: 'complete' }],
    origin: (attribute: EndpointAttribute) => (attribute === 'lastSeen' && lastSeen !== undefined ? 0 : undefined),
    ...changes,
  }
}

/** A product that is installed in these versions; the first decides. */
export function installed(...versions: readonly [string, ...string[]]): ProductStatus {
  const copies = versions.map(
    (version, index): Install => ({
      product: 'claude-desktop',
      version,
      parsed: parseVersion(version),
      startable: true,
      notes: [],
      receipt: { file: 'apps.csv', record: index + 1, field: 'Version', value: version },
    }),
  )
  return {
    status: 'installed',
    deciding: copies[0]!,
    copies,
    unreadable: copies.some(({ parsed }) => parsed.kind === 'unknown'),
    disagreement: false,
  }
}

/** A product that a complete list does not have. */
export function absent(): ProductStatus {
  return {
    status: 'absent',
    receipt: { file: 'apps.csv', record: 9, field: 'app list', value: 'not listed' },
    disagreement: false,
  }
}

/** A product of which nothing is known. */
export function unknown(reason: AppListProblem = 'no-app-list'): ProductStatus {
  return { status: 'unknown', reason, receipt: { file: 'apps.csv', record: 9, field: 'app list', value: reason } }
}
