import { afterEach, expect, it, vi } from 'vitest'
import { compileKernel } from '../../src/kernel/build.js'
import { openOtlpKernel, role } from '../../src/kernel/otlp-kernel.js'
import { OTLP_KERNEL_BASE64 } from '../../src/kernel/otlp-kernel-binary.js'
import { BatchColumns, WordList } from '../../src/telemetry/otlp/batch-columns.js'
import type { BlockParser } from '../../src/telemetry/otlp/block-parser.js'
import { exactBlockParser } from '../../src/telemetry/otlp/exact-block-parser.js'
import { emptyReport, finishedReport } from '../../src/telemetry/otlp/input-report.js'
import { kernelBlockParser } from '../../src/telemetry/otlp/kernel-block-parser.js'

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

it('forgets texts when there are many, and goes on as if it had not', () => {
  const kernel = kernelBlockParser(['host.name'])!
  const exact = exactBlockParser(['host.name'])
  const words = [new WordList(), new WordList()] as const
  const read = (parser: BlockParser, own: WordList, block: Buffer) => {
    const columns = new BatchColumns(['host.name'])
    const report = emptyReport('x')
    columns.clear('x')
    parser.parse(block, columns, own, report)
    const texts = Array.from(columns.words.subarray(0, columns.rows * columns.wordColumns), (word) => own.text(word))
    return { texts, report: finishedReport(report) }
  }
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const line = (index: number) => {
    const [service, event] = [index % 3 === 0 ? 'other' : 'claude-code', index % 2 ? 'tool_result' : 'new_event']
    const long = `${index} ${'é'.repeat(15_000)}`
    const attributes = [attribute('event.name', event), attribute('session.id', long), attribute('tool_name', 'Bash')]
    const logRecords = [{ timeUnixNano: '1795195312244000000', attributes }]
    const resource = { attributes: [attribute('service.name', service), attribute('host.name', `${long}h`)] }
    return `${JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] })}\n`
  }
  for (let block = 0; block < 60; block++) {
    const bytes = Buffer.from(Array.from({ length: 10 }, (_, index) => line(block * 10 + index)).join(''))
    expect(read(kernel, words[0], bytes)).toEqual(read(exact, words[1], bytes))
  }
  // 36 MB of texts went through it.
  expect(kernel.room(1)!.buffer.byteLength).toBeLessThan(28 * 2 ** 20)
  expect(words[0].size).toBe(words[1].size)
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
