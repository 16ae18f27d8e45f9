import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendSnapshot } from '../../src/history/append-snapshot.js'
import { EndpointsText } from '../../src/history/endpoints-text.js'
import { snapshotHead } from '../../src/history/snapshot-of-scan.js'
import { reportFormatOfFile, reportFormats } from '../../src/report/formats/index.js'
import { readReportHistory } from '../../src/report/report-history.js'
import { type ReportFlags, runReport } from '../../src/report/report-run.js'
import { ReportDocument } from '../../src/report/view/report-document.js'
import { reportedEndpoints, reportView } from '../builders/report-view.js'

/** Fails in any case: the document is not there, and is looked for after the form is settled. */
const codeOf = (flags: ReportFlags, terminal: boolean) =>
  runReport(['not-there.json'], flags, { fleet: '0.1.0', notes() {}, terminal, typedHistory: false }).then(
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

describe('with a scan, a policy and a history', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-report-run-'))
  const place = (name: string) => join(folder, name)
  const [scan, policy] = [place('scan.json'), place('fleet.yaml')]
  const { head } = reportView()
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeAll(async () => {
    writeFileSync(scan, JSON.stringify({ ...head, endpoints: reportedEndpoints() }))
    copyFileSync('templates/samples/acme/fleet.yaml', policy)
    const endpoints = new EndpointsText().end()
    for (const asOf of ['2026-11-13T00:00:00Z', head.asOf])
      await appendSnapshot(place('kept'), {
        head: snapshotHead({ ...head, asOf }, { fleet: '0.1.0', recordedAt: asOf }),
        endpoints,
      })
    // Nobody can read a folder as if it were the file.
    mkdirSync(place('unusable/scans.jsonl'), { recursive: true })
  })

  const run = async (flags: ReportFlags, typedHistory = flags.history !== undefined) => {
    const notes: string[] = []
    const context = { fleet: '0.1.0', notes: (text: string) => notes.push(text), terminal: false, typedHistory }
    const pieces = await runReport([scan], { policy, ...flags }, context)
    return { out: [...pieces].join(''), notes }
  }
  const document = async (flags: ReportFlags, typedHistory?: boolean) =>
    ReportDocument.parse(JSON.parse((await run({ json: true, ...flags }, typedHistory)).out))
  const ofHistory = ({ problems }: ReportDocument) =>
    problems.map(({ code }) => code).filter((code) => code.includes('history'))

  it('shows the trend of the history', async () => {
    const { trend, documents, ...rest } = await document({ history: place('kept') })
    expect(trend.map(({ date }) => date)).toEqual(['2026-11-13', '2026-11-20'])
    expect(documents.map(({ kind }) => kind)).toEqual(['scan', 'history'])
    expect(ofHistory({ trend, documents, ...rest })).toEqual([])
  })

  it.each([
    ['the scan', () => scan, {}],
    ['the policy', () => policy, {}],
    ['the history', () => place('kept/scans.jsonl'), {}],
    ['a history that this form does not read', () => place('kept/scans.jsonl'), { format: 'csv' }],
    ['a history that is switched off', () => place('kept/scans.jsonl'), { 'no-history': true }],
  ])('is never written over %s', async (_, target, flags) => {
    const before = readFileSync(target())
    const output = { format: 'markdown', history: place('kept'), output: target(), ...flags }
    await expect(run(output, false)).rejects.toMatchObject({ code: 'output-refused', exit: 5 })
    expect(readFileSync(target()).equals(before)).toBe(true)
  })

  it('refuses a history that was typed and is none, or cannot be read', async () => {
    const failure = (history: string) => expect(run({ history: place(history) })).rejects
    await failure('nowhere').toMatchObject({ code: 'no-history', exit: 4 })
    await failure('unusable').toMatchObject({ code: 'history-not-a-file', exit: 4 })
  })

  it('goes without a history that was not typed, and says so', async () => {
    const nowhere = await document({ history: place('nowhere') }, false)
    expect(ofHistory(nowhere)).toEqual(['no-history'])
    expect(nowhere.problems.at(-1)?.message).toBe(
      `There is no trend, because there is no history in ${place('nowhere')}.`,
    )
    const unusable = await document({ history: place('unusable') }, false)
    expect(ofHistory(unusable)).toEqual(['history-not-a-file'])
    expect(unusable.problems.at(-1)?.message).toMatch(/^There is no trend\. The history is a link, folder/)
    expect([nowhere.trend, unusable.trend]).toEqual([[], []])
    const { notes } = await run({ history: place('unusable') }, false)
    expect(notes.join('\n')).toContain('There is no trend.')
  })

  it('needs no history at the usual place, and says when it cannot be read there', async () => {
    const usual = (name: string) => readReportHistory({ folder: place(name), named: false }, { typed: false })
    expect(await usual('nowhere')).toEqual({ problems: [] })
    expect((await usual('unusable')).problems.map(({ code }) => code)).toEqual(['history-not-a-file'])
    expect((await usual('kept')).history?.runs).toHaveLength(2)
  })

  it.each(reportFormats.filter(({ showsTrend }) => !showsTrend).map(({ id }) => id))(
    'does not read the history for %s, which shows no trend',
    async (format) => {
      const alone = await run({ format, 'no-history': true })
      expect(await run({ format, history: place('unusable') }, false)).toEqual(alone)
      const typed = await run({ format, history: place('unusable') })
      expect(typed.out).toBe(alone.out)
      expect(typed.notes[0]).toBe(`--history is not read: a report as ${format} shows no trend.`)
    },
  )

  it('says when the history has another fleet', async () => {
    const other = { ...head, policy: { ...head.policy, digest: 'sha256:other' } }
    await appendSnapshot(place('other'), {
      head: snapshotHead(other, { fleet: '0.1.0', recordedAt: head.asOf }),
      endpoints: new EndpointsText().end(),
    })
    expect(ofHistory(await document({ history: place('other') }))).toEqual(['history-without-this-scan'])
  })
})
