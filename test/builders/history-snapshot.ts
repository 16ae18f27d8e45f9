import type { SnapshotEndpoint, SnapshotHead } from '../../src/history/snapshot.js'
import { coverageOf } from '../../src/readiness/coverage.js'
import { states } from '../../src/readiness/verdict.js'

type Source = SnapshotHead['sources'][number]

/** A file that was read whole. */
export function readSource(file: string, format = 'intune-all-devices'): Source {
  return { file, format, records: 10, counted: 10, rejected: 0 }
}

/** The head of a snapshot in which so many are ready and the rest needs an upgrade. */
export function snapshotHead(
  about: {
    readonly asOf?: string
    readonly ready?: number
    readonly of?: number
    readonly target?: number
    readonly digest?: string
    readonly sources?: readonly Source[]
  } = {},
  more: Partial<SnapshotHead> = {},
): SnapshotHead {
  const { asOf = '2026-11-20T00:00:00Z', ready = 6, of = 10, target = 95, digest = 'a' } = about
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as SnapshotHead['states']
  const ofStates = { ...counts, ready, upgrade: of - ready }
  return {
    asOf,
    recordedAt: asOf,
    fleet: '0.1.0',
    policy: { digest: `sha256:${digest.repeat(64).slice(0, 64)}` },
    coverage: coverageOf(ofStates, target),
    states: ofStates,
    gates: [{ id: 'cowork-otel', level: 'required', pass: ready, fail: of - ready, unknown: 0 }],
    sources: [...(about.sources ?? [readSource('exports/devices.csv')])],
    strictWarnings: [],
    ...more,
  }
}

/** An endpoint of a snapshot, ready unless said otherwise. */
export function snapshotEndpoint(id: string, more: Partial<SnapshotEndpoint> = {}): SnapshotEndpoint {
  return { id, platform: 'macos', state: 'ready', desktop: '1.24012.9', code: '2.1.250', reasons: [], ...more }
}
