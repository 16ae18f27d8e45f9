import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { findEndpoint } from '../../src/readiness/read-scan.js'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { documentOf, scanFiles } from '../builders/scanning.js'

const header = 'Device ID,Device name,Last check-in,OS,Serial number,Category,Ownership,Primary user email address'
const devices = [
  header,
  'ID-1,HOST-1,2026-11-18T07:41:10Z,Windows,EXAMPLE1,Finance,Corporate,ada@example.org',
  'ID-2,HOST-2,2026-11-18T07:41:10Z,Windows,EXAMPLE2,Finance,Corporate,bo@example.org',
  'ID-3,SAME,2026-11-18T07:41:10Z,Windows,EXAMPLE3,Finance,Corporate,cy@example.org',
  'ID-4,SAME,2026-11-18T07:41:10Z,Windows,EXAMPLE4,Finance,Corporate,cy@example.org',
  'ID-5,EXAMPLE1,2026-11-18T07:41:10Z,Windows,,Finance,Corporate,',
].join('\n')

let folder: string
let document: ScanDocument
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-scan-'))
  document = documentOf(await scanFiles({ 'devices.csv': `${devices}\n` }))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(content: string | Uint8Array): Promise<string> {
  const file = join(folder, `scan-${files++}.json`)
  await writeFile(file, content)
  return file
}

async function failureOf(finding: Promise<unknown>): Promise<Failure> {
  const error: unknown = await finding.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

describe('an endpoint of a scan is found', () => {
  it.each([
    ['its id', 'intune:id-5', 'intune:id-5'],
    ['its serial number', ' example2 ', 'EXAMPLE2'],
    ['a device id', 'id-4', 'EXAMPLE4'],
    ['its host name', 'host-1', 'EXAMPLE1'],
    ['its address', 'BO@example.org', 'EXAMPLE2'],
    ['its serial number, although another has that name', 'EXAMPLE1', 'EXAMPLE1'],
  ])('by %s', async (_, wanted, id) => {
    const found = await findEndpoint(await write(JSON.stringify(document)), wanted)
    expect(found.endpoint).toEqual(document.endpoints.find((endpoint) => endpoint.id === id))
    const { endpoints: __, ...head } = document
    expect(found.head).toEqual(head)
  })

  it('in a document that was saved as UTF-16, with a mark', async () => {
    const file = await write(Buffer.from(`\ufeff${JSON.stringify(document, null, 2)}`, 'utf16le'))
    expect((await findEndpoint(file, 'EXAMPLE2')).endpoint.id).toBe('EXAMPLE2')
  })

  it('only under a name that is its own', async () => {
    const { code, exit, message, details } = await failureOf(
      findEndpoint(await write(JSON.stringify(document)), 'same'),
    )
    expect([code, exit]).toEqual(['several-endpoints', 4])
    expect(message).toContain('2 endpoints')
    expect(details.tryThis?.[0]).toContain('EXAMPLE3, EXAMPLE4')
  })

  it('or not', async () => {
    const { code, exit } = await failureOf(findEndpoint(await write(JSON.stringify(document)), 'EXAMPLE'))
    expect([code, exit]).toEqual(['no-such-endpoint', 4])
  })
})

describe('what is no scan is refused', () => {
  const broken = () => document.endpoints.map(({ id, state }) => ({ id, state }))
  const otherState = () =>
    document.endpoints.map((entry) => (entry.id === 'EXAMPLE2' ? { ...entry, state: 'ready' } : entry))
  const changed = (changes: object) => JSON.stringify({ ...document, ...changes })

  it.each<[string, () => string | Uint8Array, string]>([
    ['text', () => 'text', 'not-a-scan'],
    ['nothing', () => '', 'input-empty'],
    ['another document', () => '{"endpoints":[{"id":"EXAMPLE2"}]}', 'not-a-scan'],
    ['a list', () => JSON.stringify(document.endpoints), 'not-a-scan'],
    ['half of a scan', () => JSON.stringify(document).slice(0, -40), 'not-a-scan'],
    ['a scan without its head', () => changed({ coverage: undefined }), 'not-a-scan'],
    ['a scan with a broken endpoint', () => changed({ endpoints: broken() }), 'not-a-scan'],
    ['a scan with one endpoint too few', () => changed({ endpoints: broken().slice(1) }), 'scan-incomplete'],
    ['a scan with an endpoint of another state', () => changed({ endpoints: otherState() }), 'scan-incomplete'],
    ['bytes', () => Uint8Array.from({ length: 400 }, (_, index) => index % 7), 'not-a-scan'],
    ['a scan of a later version', () => changed({ schema: 'fleet.scan/v2' }), 'newer-document'],
    ['another kind of document', () => changed({ schema: 'fleet.plan/v1' }), 'not-a-scan'],
  ])('%s', async (_, content, expected) => {
    const { code, exit, details } = await failureOf(findEndpoint(await write(content()), 'EXAMPLE2'))
    expect([code, exit]).toEqual([expected, 4])
    expect(details.tryThis).toHaveLength(1)
  })

  it('a file that is not there', async () => {
    const { exit, details } = await failureOf(findEndpoint(join(folder, 'none.json'), 'X'))
    expect([exit, details.where?.file]).toEqual([4, join(folder, 'none.json')])
  })
})
