import { afterEach, expect, it, vi } from 'vitest'
import { compileKernel } from '../../src/kernel/build.js'
import { openOtlpKernel, role } from '../../src/kernel/otlp-kernel.js'
import { OTLP_KERNEL_BASE64 } from '../../src/kernel/otlp-kernel-binary.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

it('is compiled from the assembly source as it stands', { timeout: 60_000 }, async () => {
  const fresh = await compileKernel('otlp')
  expect(Buffer.from(fresh).toString('base64')).toBe(OTLP_KERNEL_BASE64)
})

it('keeps the numbers of texts while its memory grows', () => {
  const kernel = openOtlpKernel([{ name: 'service.name', roles: role.word | role.service }], 0)!
  const lineOf = (name: string) =>
    `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"${name}"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795195312244000000"}]}]}]}\n`
  const names = Array.from({ length: 20_000 }, (_, index) => `service-${index}-${'x'.repeat(index % 90)}`)
  const bytes = Buffer.from(names.map(lineOf).join(''))
  const start = kernel.input(bytes.length)!
  kernel.bytes().set(bytes, start)
  for (let from = start; from < start + bytes.length; ) from = kernel.parse(from, start + bytes.length).next
  const texts = Array.from({ length: kernel.texts() - 1 }, (_, index) => kernel.text(index + 1).text)
  expect(texts).toEqual(names)
})

it('is done without where there is no WebAssembly', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  vi.resetModules()
  const { kernelBlockParser } = await import('../../src/telemetry/otlp/kernel-block-parser.js')
  expect(kernelBlockParser([])).toBeUndefined()
  const { readOtlp } = await import('../../src/telemetry/otlp/read-otlp.js')
  const { WordList } = await import('../../src/telemetry/otlp/batch-columns.js')
  expect(await readOtlp([], new WordList(), { identityKeys: [] }, () => {})).toEqual([])
})
