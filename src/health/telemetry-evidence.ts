import * as z from 'zod'
import { dayLength } from '../platform/clock.js'
import { exitCode, Failure } from '../platform/failure.js'
import { hashedInput } from '../platform/hashed-input.js'
import { findInputs } from '../platform/input.js'
import { field, JsonReader } from '../sources/readers/json.js'

/** What the telemetry of an endpoint comes to. */
export const telemetryStatuses = ['proven', 'silent', 'contradicted', 'unknown'] as const
export type TelemetryStatus = (typeof telemetryStatuses)[number]

const Head = z.object({
  schema: z.literal('fleet.evidence/v1'),
  asOf: z.iso.datetime(),
  policy: z.object({ digest: z.string() }),
})

const Entry = z.object({
  id: z.string(),
  status: z.enum(telemetryStatuses),
  last: z.iso.datetime().optional(),
  silentSince: z.iso.datetime().optional(),
  reasons: z.array(z.object({ code: z.string(), detail: z.string().optional() })),
})

/** What a `fleet.evidence/v1` document says of one endpoint, as far as the verdict needs it. */
export interface EndpointTelemetry {
  readonly status: TelemetryStatus
  /** ISO 8601. */
  readonly last?: string | undefined
  readonly silentSince?: string | undefined
  /** Codes and details of the reasons, in one text. */
  readonly detail?: string | undefined
  /** Its place among the endpoints of the document, from 1. */
  readonly record: number
}

/** A `fleet.evidence/v1` document, as far as a scan needs it. */
export interface TelemetryEvidence {
  readonly file: string
  /** ISO 8601. */
  readonly asOf: string
  readonly policyDigest: string
  /** `sha256:…` as sha256sum tells it of the file; undefined of compressed stdin. */
  readonly digest?: string | undefined
  /** Set by the scan, where the evidence says nothing for it. */
  readonly problem?: EvidenceProblem | undefined
  readonly endpoints: ReadonlyMap<string, EndpointTelemetry>
}

export const evidenceProblems = ['evidence-old', 'evidence-other-policy'] as const
export type EvidenceProblem = (typeof evidenceProblems)[number]

/** What was silent may report a week later. */
const longestDays = 7

/** Why evidence says nothing for a scan at a time (milliseconds) under a policy; undefined where it does. */
export function evidenceProblem(
  { asOf, policyDigest }: Pick<TelemetryEvidence, 'asOf' | 'policyDigest'>,
  scan: { readonly asOf: number; readonly policyDigest: string },
): EvidenceProblem | undefined {
  if (scan.asOf - Date.parse(asOf) > longestDays * dayLength) return 'evidence-old'
  return policyDigest === scan.policyDigest ? undefined : 'evidence-other-policy'
}

/** Reads a `fleet.evidence/v1` document in one pass. Throws a Failure where it is none, or was made without a scan. */
export async function readTelemetryEvidence(file: string): Promise<TelemetryEvidence> {
  const found = await findInputs([file], { stdin: process.stdin })
  const [input, ...others] = found.inputs
  const [problem] = found.problems
  if (problem)
    throw new Failure(exitCode.inputRefused, problem.code, problem.message, {
      where: { file },
      tryThis: ['Make it with: fleet evidence logs --scan scan.json --output evidence.json'],
    })
  if (!input || others.length > 0) throw notEvidence(file)
  const endpoints = new Map<string, EndpointTelemetry>()
  let damaged = false
  const reader = new JsonReader(['endpoints'], {
    record(value, record) {
      const entry = Entry.safeParse(value)
      if (!entry.success) {
        damaged = true
        return
      }
      const { id, status, last, silentSince, reasons } = entry.data
      const texts = reasons.map(({ code, detail }) => (detail === undefined ? code : `${code} (${detail})`))
      endpoints.set(id, {
        status,
        record,
        ...(last !== undefined && { last }),
        ...(silentSince !== undefined && { silentSince }),
        ...(texts.length > 0 && { detail: texts.join(', ') }),
      })
    },
    fault() {
      damaged = true
    },
  })
  const hashed = hashedInput(input)
  for await (const chunk of hashed.input.open()) reader.write(chunk)
  const { envelopes } = reader.end()
  const schema = field(envelopes[0], 'schema')
  if (typeof schema === 'string' && schema.startsWith('fleet.evidence/') && schema !== 'fleet.evidence/v1')
    throw new Failure(
      exitCode.inputRefused,
      'newer-document',
      'The evidence was written by another version of fleet.',
      {
        where: { file },
        tryThis: ['Update fleet, or gather the evidence again with this version.'],
      },
    )
  const head = Head.safeParse(envelopes[0])
  if (!head.success || damaged) throw notEvidence(file)
  if (endpoints.size === 0)
    throw new Failure(exitCode.inputRefused, 'evidence-without-scan', 'The evidence names no endpoint.', {
      where: { file },
      tryThis: ['Gather it against an inventory: fleet evidence logs --scan scan.json --output evidence.json'],
    })
  const digest = await hashed.digest()
  return { file, asOf: head.data.asOf, policyDigest: head.data.policy.digest, digest, endpoints }
}

function notEvidence(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'not-evidence', 'This is not a whole fleet.evidence/v1 document.', {
    where: { file },
    tryThis: ['Make it with: fleet evidence logs --scan scan.json --output evidence.json'],
  })
}
