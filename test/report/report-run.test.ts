import { expect, it } from 'vitest'
import { reportFormatOfFile, reportFormats } from '../../src/report/formats/index.js'
import { type ReportFlags, runReport } from '../../src/report/report-run.js'

/** Fails in any case: the document is not there, and is looked for after the form is settled. */
const codeOf = (flags: ReportFlags, terminal: boolean) =>
  runReport(['not-there.json'], flags, { fleet: '0.1.0', notes() {}, terminal }).then(
    () => 'none',
    (error: { code?: string }) => error.code,
  )

it('refuses a page on a terminal, and takes it in a pipe and in a file', async () => {
  expect(await codeOf({ format: 'html' }, true)).toBe('not-for-a-terminal')
  expect(await codeOf({ format: 'html' }, false)).toBe('input-not-found')
  expect(await codeOf({ output: 'r.html' }, true)).toBe('input-not-found')
  expect(await codeOf({}, true)).toBe('input-not-found')
})

it('never has both a report and a document on stdout', async () => {
  expect(await codeOf({ json: true, format: 'csv' }, false)).toBe('json-and-format')
  expect(await codeOf({ json: true }, false)).toBe('input-not-found')
  expect(await codeOf({ json: true, format: 'csv', output: 'r.csv' }, false)).toBe('input-not-found')
})

it('tells the form from the ending, the longest first and in any case', async () => {
  const told = ['a.md', 'A.HTML', 'a.csv', 'a.xml', 'a.junit.xml', 'a.sarif', 'a.sarif.json', 'a.prom']
  expect(told.map((file) => reportFormatOfFile(file)?.id)).toEqual([
    ...['markdown', 'html', 'csv', 'junit', 'junit', 'sarif', 'sarif', 'prometheus'],
  ])
  for (const file of ['a.json', 'a', 'md', 'a.md.bak']) expect(reportFormatOfFile(file)).toBeUndefined()
  expect(await codeOf({ output: 'a.docx' }, false)).toBe('format-not-told')
})

it('has forms that differ in name and ending', () => {
  const endings = reportFormats.flatMap((format) => [...format.endings])
  expect(new Set(endings).size).toBe(endings.length)
  expect(new Set(reportFormats.map(({ id }) => id)).size).toBe(reportFormats.length)
})
