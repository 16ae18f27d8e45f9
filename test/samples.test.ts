import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeProbeSamples, writeSamples } from '../templates/samples/generate.js'

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
