import { describe, expect, it } from 'vitest'
import { judgedEndpoint, snapshotEndpoint, snapshotHead } from '../../src/history/snapshot-of-scan.js'
import { scanHead } from '../../src/readiness/scan-document.js'
import { documentOf, scanFiles } from '../builders/scanning.js'
import { apps, csvText, devices } from '../e2e/small-company.js'

const files = { 'x/devices.csv': csvText(devices), 'x/apps.csv': csvText(apps) }
const origin = { fleet: '0.1.0', recordedAt: '2026-11-20T00:00:00Z' }

describe('what a snapshot keeps', () => {
  it('is the same of a scan and of its document', async () => {
    const scan = await scanFiles({ ...files, 'x/torn.json': '{"value":[' })
    const { endpoints, ...head } = documentOf(scan)
    const judged = [...scan.endpoints()].map(({ endpoint, verdict }) => judgedEndpoint(endpoint, verdict))
    expect(judged.length).toBeGreaterThan(1)
    expect(judged).toEqual(endpoints.map((entry) => snapshotEndpoint(entry)))
    expect(new Set(judged.map(({ desktop }) => desktop)).size).toBeGreaterThan(1)
    expect(snapshotHead(scanHead(scan), origin)).toEqual(snapshotHead(head, origin))
  })

  it('has every warning that numbers may be incomplete, each pair of code and file once', async () => {
    expect(snapshotHead(scanHead(await scanFiles(files)), origin).strictWarnings).toEqual([])
    const cut = { ...files, 'x/apps.csv': `${files['x/apps.csv']}"open`, 'x/other.csv': 'a,b\n1,2\n' }
    const head = scanHead(await scanFiles(cut))
    const { strictWarnings, sources } = snapshotHead(
      { ...head, warnings: [...head.warnings, ...head.warnings] },
      origin,
    )
    expect(strictWarnings.map(({ file }) => file)).toEqual(expect.arrayContaining(['x/apps.csv', 'x/other.csv']))
    expect(new Set(strictWarnings.map((pair) => JSON.stringify(pair))).size).toBe(strictWarnings.length)
    expect(head.warnings.filter(({ strict }) => !strict).map(({ code }) => code)).not.toEqual(
      expect.arrayContaining(strictWarnings.map(({ code }) => code)),
    )
    expect(sources.map(({ problem }) => problem !== undefined)).toEqual([false, false, true])
  })
})
