import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { evidenceProblem, readTelemetryEvidence } from '../../src/health/telemetry-evidence.js'
import { sha256 } from '../../src/platform/sha256.js'

const folder = mkdtempSync(join(tmpdir(), 'fleet-evidence-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function fileOf(text: string): string {
  const file = join(folder, 'evidence.json')
  writeFileSync(file, text)
  return file
}

const document = (endpoints: readonly unknown[], changes: object = {}) =>
  JSON.stringify({
    schema: 'fleet.evidence/v1',
    asOf: '2026-11-20T00:00:00Z',
    policy: { digest: 'sha256:1' },
    ...changes,
    endpoints,
  })
const silent = {
  id: 'a',
  status: 'silent',
  silentSince: '2026-11-01T00:00:00Z',
  reasons: [{ code: 'silent' }, { code: 'dark', detail: '1.2.3' }],
}

describe('evidence as a scan reads it', () => {
  it('gives the status of each endpoint, and where it stands', async () => {
    const proven = { id: 'b', status: 'proven', last: '2026-11-19T10:00:00Z', reasons: [], more: [1] }
    const file = fileOf(document([silent, proven]))
    const { endpoints, ...head } = await readTelemetryEvidence(file)
    expect(head).toEqual({
      file: join(folder, 'evidence.json'),
      asOf: '2026-11-20T00:00:00Z',
      policyDigest: 'sha256:1',
      digest: `sha256:${sha256(readFileSync(file))}`,
    })
    expect([...endpoints]).toEqual([
      ['a', { status: 'silent', silentSince: silent.silentSince, detail: 'silent, dark (1.2.3)', record: 1 }],
      ['b', { status: 'proven', last: '2026-11-19T10:00:00Z', record: 2 }],
    ])
  })

  it.each([
    ['is no JSON', 'evidence'],
    ['is cut off', document([silent]).slice(0, -10)],
    ['is another document', document([silent], { schema: 'fleet.scan/v1' })],
    ['has an endpoint of another form', document([silent, { id: 'b', status: 'fine', reasons: [] }])],
    ['has no head', JSON.stringify([silent])],
  ])('is refused when it %s', async (_, text) => {
    await expect(readTelemetryEvidence(fileOf(text))).rejects.toMatchObject({ code: 'not-evidence' })
  })

  it('of a newer fleet is refused by name, and so is evidence without an inventory', async () => {
    const newer = document([silent], { schema: 'fleet.evidence/v2' })
    await expect(readTelemetryEvidence(fileOf(newer))).rejects.toMatchObject({ code: 'newer-document' })
    await expect(readTelemetryEvidence(fileOf(document([])))).rejects.toMatchObject({ code: 'evidence-without-scan' })
    await expect(readTelemetryEvidence(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-not-found' })
  })
})

describe('evidence for a scan', () => {
  const evidence = { asOf: '2026-11-20T00:00:00Z', policyDigest: 'sha256:1' }
  const scan = { asOf: Date.UTC(2026, 10, 27), policyDigest: 'sha256:1' }

  it('counts for a week, under the same policy', () => {
    expect(evidenceProblem(evidence, scan)).toBeUndefined()
    expect(evidenceProblem(evidence, { ...scan, asOf: scan.asOf + 1 })).toBe('evidence-old')
    expect(evidenceProblem(evidence, { ...scan, policyDigest: 'sha256:2' })).toBe('evidence-other-policy')
  })
})
