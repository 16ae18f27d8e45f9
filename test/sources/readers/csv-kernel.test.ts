import { afterEach, expect, it, vi } from 'vitest'
import { compileCsvKernel } from '../../../src/kernel/build.js'
import { openCsvKernel } from '../../../src/kernel/csv-kernel.js'
import { CSV_KERNEL_BASE64 } from '../../../src/kernel/csv-kernel-binary.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

it('is compiled from the assembly source as it stands', async () => {
  const fresh = await compileCsvKernel()
  expect(Buffer.from(fresh).toString('base64')).toBe(CSV_KERNEL_BASE64)
})

it('gives each reader a memory of its own', () => {
  const [first, second] = [openCsvKernel(0x2c)!, openCsvKernel(0x2c)!]
  first.bytes[first.input] = 7
  expect(second.bytes[second.input]).toBe(0)
})

it('is done without where there is no WebAssembly', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  vi.resetModules()
  const bare = await import('../../../src/kernel/csv-kernel.js')
  expect(bare.openCsvKernel(0x2c)).toBeUndefined()
  const { CsvReader } = await import('../../../src/sources/readers/csv.js')
  const rows: string[] = []
  const reader = new CsvReader(
    { delimiter: ',' },
    (row) => rows.push(row.text(1)),
    () => {},
  )
  reader.write(Buffer.from('a,b\nc,"d"'))
  reader.end()
  expect(rows).toEqual(['b', 'd'])
})
