import { EndpointsText } from '../../src/history/endpoints-text.js'
import type { Snapshot, SnapshotEndpoint, SnapshotHead } from '../../src/history/snapshot.js'
import { snapshotHead } from './history-snapshot.js'

/** A snapshot, and its endpoints as they are read back. */
export interface PlainSnapshot extends Snapshot {
  readonly plain: readonly SnapshotEndpoint[]
}

/** A snapshot of these endpoints. */
export function plainSnapshot(head: SnapshotHead, plain: readonly SnapshotEndpoint[]): PlainSnapshot {
  const text = new EndpointsText()
  for (const endpoint of plain) text.add(endpoint)
  return { head, endpoints: text.end(), plain }
}

/** A snapshot of so many endpoints, every third of which needs an upgrade. */
export function snapshotOf(endpoints: number, more: Partial<SnapshotHead> = {}): PlainSnapshot {
  const plain = Array.from({ length: endpoints }, (_, index): SnapshotEndpoint => {
    const number = String(index).padStart(7, '0')
    const old = index % 3 === 2
    return {
      id: `serial:C02XG8JD${number}`,
      hostname: index % 5 === 4 ? undefined : `ENG-LT-${number}`,
      platform: index % 2 === 0 ? 'macos' : 'windows',
      state: old ? 'upgrade' : 'ready',
      desktop: old ? '1.1.3918' : '1.24012.9',
      code: index % 2 === 0 ? '2.1.250' : 'absent',
      reasons: old ? ['below-gate:cowork-otel'] : [],
    }
  })
  const ready = plain.filter(({ state }) => state === 'ready').length
  return plainSnapshot(snapshotHead({ ready, of: endpoints }, more), plain)
}
