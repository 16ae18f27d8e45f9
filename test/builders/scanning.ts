import { catalogue } from '../../src/gates/catalogue.js'
import type { Gate } from '../../src/gates/gate.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { Policy } from '../../src/policy/policy.js'
import { type Scan, type ScanOptions, scan } from '../../src/readiness/scan.js'
import { endpointEntry, ScanDocument, scanHead } from '../../src/readiness/scan-document.js'
import { sources } from '../../src/sources/index.js'
import { inputOf } from './input.js'
import { asOf } from './reading.js'

/** Scans files given as text, in the order given. */
export async function scanFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { readonly policy?: unknown; readonly gates?: readonly Gate[] } & Partial<
    Pick<ScanOptions, 'read' | 'unreadable' | 'skipped' | 'stopAtProblem'>
  > = {},
): Promise<Scan> {
  const { policy, gates = catalogue, ...rest } = options
  const loaded = await loadPolicy(undefined)
  return scan({
    inputs: Object.entries(files).map(([name, content]) => inputOf(name, content)),
    unreadable: [],
    skipped: [],
    policy: policy === undefined ? loaded : { ...loaded, policy: Policy.parse(policy) },
    gates,
    asOf,
    read: { sources, mappings: [] },
    stopAtProblem: false,
    ...rest,
  })
}

/** The document of a scan; it is checked against its own schema. */
export function documentOf(result: Scan): ScanDocument {
  const endpoints = [...result.endpoints()].map(({ endpoint, verdict }) => endpointEntry(endpoint, verdict))
  return ScanDocument.parse(JSON.parse(JSON.stringify({ ...scanHead(result), endpoints })))
}
