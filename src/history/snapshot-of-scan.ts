import type * as z from 'zod'
import type { Endpoint, ProductStatus } from '../inventory/endpoint.js'
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
  const { asOf, policy, coverage, states, gates, sources, warnings, telemetry } = head
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
    strictWarnings: strictOf(warnings),
    ...(telemetry !== undefined && { telemetry: telemetryOf(telemetry) }),
  }
}

function strictOf(warnings: ScanHead['warnings']): SnapshotHead['strictWarnings'] {
  const strict = warnings.filter((warning) => warning.strict)
  const pairs = new Map(strict.map(({ code, file }) => [JSON.stringify([code, file]), { code, file }]))
  return [...pairs.values()].map(({ code, file }) => ({ code, ...(file !== undefined && { file }) }))
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

interface ReasonPart {
  readonly code: string
  readonly gate?: string | undefined
  readonly stage?: string | undefined
}

/** A reason with what it is about: `below-gate:cowork-otel`. Never its detail, which may be a text of the policy. */
function reasonText({ code, gate, stage }: ReasonPart): string {
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

type EndpointPart = z.infer<typeof EndpointPart>
type ProductPart = Pick<EndpointPart['desktop'], 'status' | 'version'>

/** One endpoint of a scan document, as a snapshot has it. */
export function snapshotEndpoint({
  id,
  hostname,
  platform,
  state,
  desktop,
  code,
  reasons,
}: Pick<EndpointPart, 'id' | 'hostname' | 'platform' | 'state'> & {
  readonly desktop: ProductPart
  readonly code: ProductPart
  readonly reasons: readonly ReasonPart[]
}): SnapshotEndpoint {
  return {
    id,
    hostname,
    platform,
    state,
    desktop: versionOf(desktop),
    code: versionOf(code),
    reasons: reasons.map(reasonText),
  }
}

/** An endpoint with its verdict, as a snapshot has it: without the document entry of each, since there may be a million. */
export function judgedEndpoint(
  { id, hostname, platform, desktop, code }: Endpoint,
  { state, reasons }: Verdict,
): SnapshotEndpoint {
  return snapshotEndpoint({
    id,
    hostname,
    platform,
    state,
    desktop: productPart(desktop),
    code: productPart(code),
    reasons,
  })
}

function productPart(product: ProductStatus): ProductPart {
  const version = product.status === 'installed' ? product.deciding.version : undefined
  return { status: product.status, version }
}

function versionOf({ status, version }: ProductPart): string {
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
