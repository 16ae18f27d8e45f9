import type { Snapshot, SnapshotEndpoints, SnapshotHead } from '../../src/history/snapshot.js'
import { snapshotHead } from './history-snapshot.js'

const reasons = ['below-gate:cowork-otel', 'no-app-list', 'check-in-too-old']
const texts = ['macos', 'windows', '1.24012.9', '1.1.3918', '2.1.250', 'absent', ...reasons]
const placeOf = (text: string) => texts.indexOf(text)

/** A snapshot with its endpoints as data. */
export interface PlainSnapshot extends Snapshot {
  readonly endpoints: SnapshotEndpoints
}

/** A snapshot of so many endpoints, every third of which needs an upgrade. */
export function snapshotOf(endpoints: number, more: Partial<SnapshotHead> = {}): PlainSnapshot {
  const rows = Array.from({ length: endpoints }, (_, index): SnapshotEndpoints['rows'][number] => {
    const number = String(index).padStart(7, '0')
    const platform = placeOf(index % 2 === 0 ? 'macos' : 'windows')
    const old = index % 3 === 2
    return [
      `serial:C02XG8JD${number}`,
      index % 5 === 4 ? null : `ENG-LT-${number}`,
      platform,
      old ? 'upgrade' : 'ready',
      placeOf(old ? '1.1.3918' : '1.24012.9'),
      placeOf(index % 2 === 0 ? '2.1.250' : 'absent'),
      old ? [placeOf('below-gate:cowork-otel')] : [],
    ]
  })
  const ready = rows.filter(([, , , state]) => state === 'ready').length
  return { head: snapshotHead({ ready, of: endpoints }, more), endpoints: { texts: [...texts], rows } }
}
