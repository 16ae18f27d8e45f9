import { describe, expect, it } from 'vitest'
import { Policy } from '../../src/policy/policy.js'
import type { TelemetryInput } from '../../src/telemetry/batch.js'
import type { EvidenceRequest, GatheredTelemetry } from '../../src/telemetry/evidence.js'
import { evidenceWarnings } from '../../src/telemetry/evidence-warnings.js'
import { evidenceViewOf, senderOf } from '../builders/section-view.js'

const asOf = Date.UTC(2026, 10, 20)
const day = 86_400_000
const policy = {
  policy: Policy.parse({ telemetry: { endpoint: 'https://otel.example.com' } }),
  digest: 'sha256:1',
  file: 'fleet.yaml',
  folder: '.',
}
const input: TelemetryInput = {
  file: 'a.jsonl',
  bytes: 1,
  lines: 1,
  emptyLines: 0,
  badLines: {},
  records: 1,
  counted: { log: 1, point: 0, span: 0 },
  foreign: {},
  foreignOther: 0,
  rejected: {},
}

function inventoryAsOf(time: number, digest = 'sha256:1'): EvidenceRequest['inventory'] {
  const head = { asOf: new Date(time).toISOString(), policy: { digest } }
  return { file: 'scan.json', head, endpoints: [] } as unknown as EvidenceRequest['inventory']
}

function codes({
  counts = {},
  request = {},
  source = {},
  senders = [senderOf({ events: 1 })],
}: {
  counts?: Partial<GatheredTelemetry['counts']>
  request?: Partial<EvidenceRequest>
  source?: Partial<Extract<GatheredTelemetry['source'], { kind: 'files' }>>
  senders?: readonly ReturnType<typeof senderOf>[]
} = {}): string[] {
  const view = evidenceViewOf({ tables: { senders } })
  const telemetry = {
    tables: view.tables,
    counts: { ...view.counts, ...counts },
    source: { kind: 'files', inputs: [input], unreadable: [], skipped: [], ...source },
  } as GatheredTelemetry
  const asked = { policy, inventory: inventoryAsOf(asOf), asOf, since: 0, until: asOf, ...request }
  return evidenceWarnings(telemetry, asked, view).map(({ code, file }) =>
    file === undefined ? code : `${code} ${file}`,
  )
}

describe('what makes the evidence say less than it seems to', () => {
  it('is nothing where all is there', () => {
    expect(codes()).toEqual([])
  })

  it('is a policy or inventory that is missing, another one, or of another time', () => {
    expect(codes({ request: { inventory: undefined } })).toEqual(['no-scan'])
    const withoutFile = { ...policy, file: undefined }
    expect(codes({ request: { policy: withoutFile } })).toEqual(['no-policy'])
    expect(codes({ request: { policy: { ...policy, policy: Policy.parse({}) } } })).toEqual([
      'policy-without-telemetry',
    ])
    expect(codes({ request: { inventory: inventoryAsOf(asOf, 'sha256:2') } })).toEqual(['scan-other-policy scan.json'])
    expect(codes({ request: { inventory: inventoryAsOf(asOf - 8 * day) } })).toEqual(['scan-old scan.json'])
    expect(codes({ request: { inventory: inventoryAsOf(asOf + 2 * day) } })).toEqual(['scan-newer scan.json'])
  })

  it('is input that was not read, also upstream of the collector', () => {
    const broken = {
      ...input,
      badLines: { 'not-json': 2 },
      rejected: { 'no-time': 1 },
      problem: { code: 'cut', message: 'Cut.' },
    }
    const unreadable = [{ name: 'b.jsonl', code: 'gone', message: 'Gone.' }]
    const all = ['cut a.jsonl', 'gone b.jsonl', 'lines-not-read a.jsonl', 'records-rejected a.jsonl']
    expect(codes({ source: { inputs: [broken], unreadable } })).toEqual(all)
    const before = {
      source: { kind: 'files', inputs: [broken], unreadable, skipped: [] },
    } as unknown as GatheredTelemetry
    expect(codes({ request: { redaction: { before } } })).toEqual(all)
  })

  it('is records that were left out or cannot be told apart', () => {
    expect(codes({ senders: [] })).toEqual(['no-records'])
    expect(codes({ counts: { afterWindow: 1, skewed: 2, withoutSequence: 3 } })).toEqual([
      'after-window',
      'clock-skew',
      'without-sequence',
    ])
  })
})
