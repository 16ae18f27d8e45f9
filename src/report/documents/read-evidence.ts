import * as z from 'zod'
import { detectEncoding, toUtf8 } from '../../platform/encoding.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { headLimit, type Input, readHead } from '../../platform/input.js'
import { JsonReader } from '../../sources/readers/json.js'
import { EvidenceDocument } from '../../telemetry/evidence-document.js'
import { findingText, isGrave } from '../evidence/findings-text.js'
import type { ReportedEvidence } from '../view/report-view.js'

const count = z.int().min(0)
const { asOf, schema, findings, policy } = EvidenceDocument.shape

/** The part of the document that a report shows; its endpoints have told the scan already. */
const Reported = z.object({
  schema,
  asOf,
  policy,
  findings,
  input: z.object({
    read: count,
    counted: count,
    duplicates: count,
    files: z.array(z.object({ problem: z.unknown().optional() })).optional(),
  }),
  ghosts: z.object({ machines: z.object({ of: count }), accounts: z.object({ of: count }) }),
})

/** A `fleet.evidence/v1` document, as far as a report shows and checks it. */
export interface ReadEvidence {
  readonly shown: ReportedEvidence
  readonly policyDigest: string
  /** Files of telemetry that could not be read to their end. */
  readonly unreadFiles: number
}

/** Reads evidence in one pass, and keeps none of its endpoints. Throws a Failure when it is no whole document. */
export async function readEvidence(input: Input, file: string, onRead: (bytes: number) => void): Promise<ReadEvidence> {
  const { head, whole } = await readHead(input, headLimit)
  const encoding = detectEncoding(head, whole)
  if (encoding === 'binary') throw notEvidence(file)
  let damaged = false
  const reader = new JsonReader(['endpoints'], {
    record() {},
    fault() {
      damaged = true
    },
  })
  for await (const chunk of toUtf8(input.open(), encoding)) {
    onRead(chunk.length)
    reader.write(chunk)
  }
  const document = Reported.safeParse(reader.end().envelopes[0])
  if (damaged || !document.success) throw notEvidence(file)
  const { input: read, ghosts, ...rest } = document.data
  return {
    shown: {
      asOf: rest.asOf,
      findings: rest.findings.map((finding) => ({
        code: finding.code,
        severity: isGrave(finding) ? 'error' : 'warning',
        // A report is passed on to people who need not know who has which account.
        message: findingText(finding.code === 'accounts-unknown' ? { ...finding, names: [] } : finding),
      })),
      ghosts: { machines: ghosts.machines.of, accounts: ghosts.accounts.of },
      records: { read: read.read, counted: read.counted, duplicates: read.duplicates },
    },
    policyDigest: rest.policy.digest,
    unreadFiles: (read.files ?? []).filter(({ problem }) => problem !== undefined).length,
  }
}

function notEvidence(file: string): Failure {
  return new Failure(exitCode.inputRefused, 'not-evidence', 'This is not a whole fleet.evidence/v1 document.', {
    where: { file },
    tryThis: ['Make it with: fleet evidence logs --scan scan.json --output evidence.json'],
  })
}
