import type { Endpoint } from '../inventory/endpoint.js'
import { exitCode, Failure } from '../platform/failure.js'
import { readScan } from '../readiness/read-scan.js'
import { EndpointEntry, type ScanHead } from '../readiness/scan-document.js'
import type { Verdict } from '../readiness/verdict.js'
import type { SnapshotEndpoint, SnapshotHead } from './snapshot.js'

/** What a snapshot is told besides the scan. */
export interface SnapshotOrigin {
  /** The version of fleet that judged; `unknown` where the scan does not say. */
  readonly fleet: string
  /** ISO 8601. */
  readonly recordedAt: string
}

/** What a snapshot keeps of the head of a scan. */
export function snapshotHead(head: ScanHead, { fleet, recordedAt }: SnapshotOrigin): SnapshotHead {
  const { asOf, policy, coverage, states, gates, sources, telemetry } = head
  return {
    asOf,
    recordedAt,
    fleet,
    policy: { digest: policy.digest, ...(policy.file !== undefined && { file: policy.file }) },
    coverage,
    states,
    gates: gates.map(({ id, level, pass, fail, unknown }) => ({ id, level, pass, fail, unknown })),
    sources: sources.map(({ problem, records, counted, rejected, ...source }) => ({
      file: source.file,
      ...(source.format !== undefined && { format: source.format }),
      ...(source.sha256 !== undefined && { sha256: source.sha256 }),
      records,
      counted,
      rejected,
      ...(problem !== undefined && { problem: problem.code }),
    })),
    ...(telemetry !== undefined && { telemetry: telemetryOf(telemetry) }),
  }
}

function telemetryOf({
  asOf,
  proven,
  silent,
  contradicted,
  unknown,
  missing,
}: NonNullable<ScanHead['telemetry']>): NonNullable<SnapshotHead['telemetry']> {
  return { asOf, proven, silent, contradicted, unknown, missing }
}

/** An endpoint with its verdict, as a snapshot has it. */
export function judgedEndpoint(
  { id, hostname, platform, desktop, code }: Endpoint,
  verdict: Verdict,
): SnapshotEndpoint {
  return {
    id,
    hostname,
    platform,
    state: verdict.state,
    desktop: desktop.status === 'installed' ? desktop.deciding.version : desktop.status,
    code: code.status === 'installed' ? code.deciding.version : code.status,
    reasons: verdict.reasons.map(reasonText),
  }
}

/** A reason with what it is about: `below-gate:cowork-otel`. Never its detail, which may be a text of the policy. */
function reasonText({
  code,
  gate,
  stage,
}: {
  readonly code: string
  readonly gate?: string | undefined
  readonly stage?: string | undefined
}): string {
  const about = gate ?? stage
  return about === undefined ? code : `${code}:${about}`
}

/** As much of an endpoint as a snapshot holds. */
const EndpointPart = EndpointEntry.pick({
  id: true,
  hostname: true,
  platform: true,
  desktop: true,
  code: true,
  state: true,
  reasons: true,
})

/** One endpoint of a scan document, as a snapshot has it. */
export function snapshotEndpoint(
  entry: Pick<EndpointEntry, 'id' | 'hostname' | 'platform' | 'desktop' | 'code' | 'state' | 'reasons'>,
): SnapshotEndpoint {
  return {
    id: entry.id,
    hostname: entry.hostname,
    platform: entry.platform,
    state: entry.state,
    desktop: versionOf(entry.desktop),
    code: versionOf(entry.code),
    reasons: entry.reasons.map(reasonText),
  }
}

function versionOf({ status, version }: EndpointEntry['desktop']): string {
  return status === 'installed' ? (version ?? 'unknown') : status
}

/**
 * A scan document as if it were a run of the history, with the time it judged for as the time it was recorded at. Throws a
 * Failure (exit 4) when the file is no whole scan.
 */
export async function snapshotOfScanFile(
  file: string,
): Promise<{ readonly head: SnapshotHead; readonly endpoints: readonly SnapshotEndpoint[] }> {
  const endpoints: SnapshotEndpoint[] = []
  const head = await readScan(file, (value) => {
    const entry = EndpointPart.safeParse(value)
    if (!entry.success)
      throw new Failure(exitCode.inputRefused, 'not-a-scan', 'This is not a whole fleet.scan/v1 document.', {
        where: { file },
        tryThis: ['Make it with: fleet scan exports --output scan.json'],
      })
    endpoints.push(snapshotEndpoint(entry.data))
  })
  return { head: snapshotHead(head, { fleet: 'unknown', recordedAt: head.asOf }), endpoints }
}
