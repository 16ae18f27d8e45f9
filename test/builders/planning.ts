import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coverageOf } from '../../src/readiness/coverage.js'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { type State, states } from '../../src/readiness/verdict.js'
import type { PlanningEndpoint } from '../../src/waves/planning-scan.js'

/** An endpoint of a scan that needs an upgrade, but for the changes. */
export function planningEndpoint(changes: Partial<PlanningEndpoint> & { readonly id: string }): PlanningEndpoint {
  const { id, state = 'upgrade' } = changes
  const seen = '2026-11-19T08:00:00Z'
  return {
    serial: id,
    hostname: `HOST-${id}`,
    platform: 'windows',
    department: 'Finance',
    lastSeen: seen,
    desktop: { version: '1.1.3918.0', normal: '1.1.3918', asOf: seen },
    code: {},
    state,
    reasons:
      state === 'upgrade'
        ? [{ code: 'below-gate', product: 'claude-desktop', upgradeTo: '1.1.4173' }]
        : state === 'stale'
          ? [{ code: 'check-in-too-old' }]
          : state === 'unknown'
            ? [{ code: 'no-app-list', product: 'claude-desktop' }]
            : [],
    records: [{ product: 'intune', deviceId: `device-${id}` }],
    ...changes,
  }
}

/** A whole scan of these endpoints, in their order. */
export function scanDocumentOf(
  endpoints: readonly PlanningEndpoint[],
  { asOf = '2026-11-20T00:00:00Z', head = {} }: { readonly asOf?: string; readonly head?: Partial<ScanDocument> } = {},
): Record<string, unknown> {
  const counts = Object.fromEntries(
    states.map((state) => [state, endpoints.filter((endpoint) => endpoint.state === state).length]),
  ) as Record<State, number>
  return {
    schema: 'fleet.scan/v1',
    asOf,
    policy: { digest: 'sha256:policy', staleAfterDays: 30, expectDesktop: false },
    sources: [],
    skipped: [],
    rejected: [],
    warnings: [],
    coverage: coverageOf(counts, 95),
    states: counts,
    reasons: [],
    gates: [requiredGate],
    versions: [],
    breakdown: { platform: [], department: [], site: [] },
    joins: {
      acrossProducts: 0,
      duplicates: 0,
      disagreements: 0,
      examples: { acrossProducts: [], duplicates: [], disagreements: [] },
    },
    sharedIdentities: [],
    lookAlikes: [],
    ...head,
    endpoints,
  }
}

const requiredGate: ScanDocument['gates'][number] = {
  id: 'cowork-otel',
  title: 'Cowork exports OpenTelemetry',
  product: 'claude-desktop',
  platforms: ['macos', 'windows'],
  requires: ['>=1.1.4173'],
  except: [],
  why: 'an example',
  source: 'https://example.com/',
  checked: '2026-11-01',
  level: 'required',
  pass: 0,
  fail: 0,
  unknown: 0,
  notApplicable: 0,
}

let folder: string | undefined
let written = 0

/** Writes a document into a folder that goes when the tests end, and gives its path. */
export function fileWith(document: unknown): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'fleet-planning-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    folder = made
  }
  const file = join(folder, `${written++}.json`)
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document))
  return file
}
