import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policyStamp } from '../src/bundle/stamp.js'
import { readHistory } from '../src/history/read-history.js'
import { loadPolicy } from '../src/policy/load-policy.js'
import {
  writeHistorySamples,
  writeProbeSamples,
  writeSamples,
  writeTelemetrySamples,
} from '../templates/samples/generate.js'

const committed = fileURLToPath(new URL('../templates/samples/acme', import.meta.url))
const readAll = (folder: string) =>
  new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))]),
  )

describe('the sample company', () => {
  let written: Map<string, Buffer>
  let again: Map<string, Buffer>
  const folder = mkdtempSync(join(tmpdir(), 'fleet-samples-'))

  beforeAll(() => {
    writeSamples(join(folder, 'first'))
    writeSamples(join(folder, 'second'))
    written = readAll(join(folder, 'first'))
    again = readAll(join(folder, 'second'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is the same in every run', () => {
    expect([...again.keys()]).toEqual([...written.keys()])
    for (const [name, bytes] of written) expect(again.get(name)?.equals(bytes), name).toBe(true)
  })

  it('is what is committed: after a change, run `npm run samples`', () => {
    const files = readAll(committed)
    expect([...files.keys()]).toEqual([...written.keys()])
    for (const [name, bytes] of files) expect(written.get(name)?.equals(bytes), name).toBe(true)
  })

  it('stays below 2 MB', () => {
    const sizes = [...written.values()].map(({ length }) => length)
    expect(sizes.length).toBe(10)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000)
  })

  it('names invented addresses only', () => {
    const addresses = [...written.values()].flatMap((bytes) => bytes.toString('utf8').match(/[\w.-]+@[\w.-]+/g) ?? [])
    expect(addresses.length).toBeGreaterThan(1000)
    expect(addresses.filter((address) => !/^[a-z]+-\d{3}@acme\.example$/.test(address))).toEqual([])
  })

  it('is short of one page of Jamf Pro', () => {
    const pages = [...written]
      .filter(([name]) => name.startsWith('computers-inventory-page-'))
      .map(([, bytes]) => JSON.parse(bytes.toString('utf8')) as { totalCount: number; results: unknown[] })
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([132, 132])
    expect(pages.map(({ results }) => results.length)).toEqual([60, 60])
  })
})

describe('what its probes say', () => {
  it('is what is committed: after a change, run `npm run samples`', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-samples-'))
    try {
      writeProbeSamples(folder)
      const files = readAll(fileURLToPath(new URL('../templates/samples/acme-probes', import.meta.url)))
      const written = readAll(folder)
      expect([...files.keys()]).toEqual([...written.keys()])
      for (const [name, bytes] of files) expect(written.get(name)?.equals(bytes), name).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('its history', () => {
  const committedFolder = fileURLToPath(new URL('../templates/samples/acme-history', import.meta.url))

  it('is what is committed: after a change, run `npm run samples`', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-samples-'))
    try {
      await writeHistorySamples(folder)
      const files = readAll(committedFolder)
      const written = readAll(folder)
      expect([...files.keys()]).toEqual([...written.keys()])
      for (const [name, bytes] of files) expect(written.get(name)?.equals(bytes), name).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('ends with the scan of the exports beside it', async () => {
    const history = await readHistory(committedFolder)
    expect(history?.problems).toEqual([])
    expect(history?.runs.map(({ head }) => head.coverage.inScope.percent)).toEqual([45.3, 47.4, 55.4, 65.4, 70.7, 72.5])
  })
})

describe('its telemetry', () => {
  const committedFolder = fileURLToPath(new URL('../templates/samples/acme-telemetry', import.meta.url))
  /** Every file below a folder; packed ones as they were, because versions of zlib pack differently. */
  const readBelow = (folder: string) =>
    new Map(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(folder, name)).isFile())
        .sort()
        .map((name) => {
          const bytes = readFileSync(join(folder, name))
          return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')]
        }),
    )
  const files = readBelow(committedFolder)

  it('is what is committed: after a change, run `npm run samples`', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-samples-'))
    try {
      writeTelemetrySamples(folder)
      const written = readBelow(folder)
      expect([...files.keys()]).toEqual([...written.keys()])
      for (const [name, text] of files) expect(written.get(name) === text, name).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is a few hundred kilobytes, packed where a collector would have rotated it', () => {
    const sizes = readdirSync(join(committedFolder, 'archive')).map((name) => [
      name,
      statSync(join(committedFolder, 'archive', name)).size,
    ])
    expect(sizes.filter(([name]) => String(name).endsWith('.gz')).length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, [, size]) => sum + Number(size), 0)).toBeLessThan(700_000)
  })

  it('bears the stamp of the policy beside it', async () => {
    const { policy } = await loadPolicy(join(committedFolder, 'fleet.yaml'))
    const stamps = new Map<string, number>()
    for (const text of files.values())
      for (const [, stamp] of text.matchAll(/"fleet\.policy","value":\{"stringValue":"([^"]*)"/g))
        stamps.set(stamp!, (stamps.get(stamp!) ?? 0) + 1)
    const [most] = [...stamps].sort(([, a], [, b]) => b - a)
    expect(most![0]).toBe(policyStamp(policy))
    expect(stamps.size).toBe(2)
  })

  it('names invented addresses only', () => {
    const addresses = [...files]
      .filter(([name]) => name.startsWith('archive'))
      .flatMap(([, text]) => text.match(/[\w.-]+@[\w.-]+/g) ?? [])
    expect(addresses.length).toBeGreaterThan(1000)
    expect(addresses.filter((address) => !/^[a-z]+-\d{3}@acme\.example$/.test(address))).toEqual([])
  })
})
