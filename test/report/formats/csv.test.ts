import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spreadsheetText } from '../../../src/platform/spreadsheet-cell.js'
import { csv } from '../../../src/report/formats/csv.js'
import { scanCsv } from '../../../src/report/scan-rows.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { endpointEntryOf, renderedReport } from '../../builders/rendered-report.js'
import { reportedEndpoints, reportView } from '../../builders/report-view.js'
import { documentOf, scanFiles } from '../../builders/scanning.js'

const rowsOf = (text: string) => parse(text, { bom: true, columns: true }) as Record<string, string>[]

describe('a report in CSV', () => {
  it('is the table of the scan, byte by byte', async () => {
    const devices = readFileSync('test/fixtures/sources/intune-all-devices/basic/input.csv')
    const scan = await scanFiles({ 'devices.csv': devices })
    const { endpoints, ...head } = documentOf(scan)
    const text = await renderedReport(csv, reportView({ head }), endpoints)
    expect(endpoints.length).toBeGreaterThan(0)
    expect(text).toBe([...scanCsv(scan)].join(''))
  })

  it('has a byte order mark, CRLF and quotes everywhere', async () => {
    const text = await renderedReport(csv, reportView(), reportedEndpoints())
    expect(text.startsWith('\ufeff"id","serial"')).toBe(true)
    const lines = text.slice(1).split('\r\n')
    expect(lines.pop()).toBe('')
    expect(lines).toHaveLength(reportedEndpoints().length + 1)
    for (const line of lines) expect(line).toMatch(/^"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*$/)
  })

  it('parses back to the same endpoints', async () => {
    const endpoints = reportedEndpoints()
    const rows = rowsOf(await renderedReport(csv, reportView(), endpoints))
    const plain = (text: string | undefined) => text?.replace(/^'/, '') ?? ''
    expect(
      rows.map(({ id, serial, hostname, state, claude_desktop_version }) => [
        plain(id),
        plain(serial),
        plain(hostname),
        state,
        plain(claude_desktop_version),
      ]),
    ).toEqual(
      endpoints.map(({ id, serial = '', hostname = '', state, desktop }) => [
        id,
        serial,
        hostname,
        state,
        desktop.version ?? '',
      ]),
    )
  })

  it('parses back to the same table, whatever the names hold (law)', async () => {
    const view = reportView()
    const name = fc.oneof(
      fc.constantFrom(...hostileTexts, '=1+1', '@SUM(A1)', '0012345', '1E5', '10-Jan', '1.10', 'a;=1', '"', 'a\r\nb'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name, name), { maxLength: 4 }), async (table) => {
        const endpoints = table.map(([id, hostname, department]) => endpointEntryOf({ id, hostname, department }))
        const rows = rowsOf(await renderedReport(csv, view, endpoints))
        expect(rows.map(({ id, hostname, department }) => [id, hostname, department])).toEqual(
          table.map((row) => row.map(spreadsheetText)),
        )
      }),
    )
  })
})
