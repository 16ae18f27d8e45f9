import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { readKnownEndpoints } from '../../src/telemetry/known-endpoints.js'
import { planningEndpoint, scanDocumentOf } from '../builders/planning.js'
import { documentOf, scanFiles } from '../builders/scanning.js'

const devices = [
  'Device ID,Device name,Last check-in,OS,Serial number,Category,Ownership,Primary user email address',
  'ID-1,HOST-1,2026-11-18T07:41:10Z,Windows,EXAMPLE1,Finance,Corporate,ada@example.org',
  'ID-2,HOST-2,2026-11-18T07:41:10Z,Windows,EXAMPLE2,Finance,Corporate,bo@example.org',
  'ID-3,HOST-3,,Windows,,,Corporate,',
].join('\n')

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-known-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(document: unknown): Promise<string> {
  const file = join(folder, `scan-${files++}.json`)
  await writeFile(file, JSON.stringify(document))
  return file
}

describe('the endpoints of a scan', () => {
  it('are read as they stand there, from a scan that was really made', async () => {
    const document = documentOf(await scanFiles({ 'devices.csv': `${devices}\n` }))
    let bytes = 0
    const file = await write(document)
    const { head, endpoints } = await readKnownEndpoints(file, (count) => {
      bytes += count
    })
    expect(bytes).toBe(Buffer.byteLength(JSON.stringify(document)))
    const { endpoints: entries, ...expected } = document
    expect(head).toEqual(expected)
    expect(endpoints.map(({ id }) => id)).toEqual(entries.map(({ id }) => id))
    for (const [index, entry] of entries.entries()) {
      const { serial, hostname, email, department, platform, state, desktop, lastSeen } = entry
      expect(endpoints[index]).toEqual({
        ...{ id: entry.id, serial, hostname, email, department, platform, state, site: entry.site, user: entry.user },
        groups: entry.groups ?? [],
        reasons: entry.reasons.map(({ code }) => code),
        lastSeen: lastSeen === undefined ? undefined : Date.parse(lastSeen),
        desktop: { status: desktop.status, version: desktop.normal, asOf: undefined },
        code: { status: entry.code.status, version: undefined, asOf: undefined },
      })
    }
  })

  it('share what is the same', async () => {
    const seen = '2026-11-19T08:00:00Z'
    const product = { status: 'installed', version: '1.2.3.0', normal: '1.2.3', asOf: seen }
    const entry = (id: string) => ({
      ...planningEndpoint({ id, groups: ['Field', 'Sales'] }),
      desktop: product,
      code: { status: 'absent' },
    })
    const { endpoints } = await readKnownEndpoints(await write(scanDocumentOf([entry('A'), entry('B')] as never)))
    const [a, b] = endpoints
    expect(a!.desktop).toEqual({ status: 'installed', version: '1.2.3', asOf: Date.parse(seen) })
    expect(
      [a!.desktop, a!.code, a!.groups, a!.reasons].map(
        (part, index) => part === [b!.desktop, b!.code, b!.groups, b!.reasons][index],
      ),
    ).toEqual([true, true, true, true])
  })
})

describe('what is no whole scan is refused', () => {
  const good = { ...planningEndpoint({ id: 'A' }), desktop: { status: 'absent' }, code: { status: 'absent' } }
  it.each<[string, () => Record<string, unknown>]>([
    ['not-a-scan', () => scanDocumentOf([planningEndpoint({ id: 'A' })])],
    ['not-a-scan', () => scanDocumentOf([{ ...good, state: 'fine' }] as never)],
    ['endpoint-twice', () => scanDocumentOf([good, good] as never)],
    ['scan-incomplete', () => ({ ...scanDocumentOf([good] as never), endpoints: [] })],
    ['newer-document', () => ({ ...scanDocumentOf([good] as never), schema: 'fleet.scan/v2' })],
  ])('%s', async (code, document) => {
    const error: unknown = await readKnownEndpoints(await write(document())).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Failure)
    expect((error as Failure).code).toBe(code)
  })
})
