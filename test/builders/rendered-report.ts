import type { EndpointEntry } from '../../src/readiness/scan-document.js'
import type { ReportFormat } from '../../src/report/formats/report-format.js'
import type { ReportView } from '../../src/report/view/report-view.js'

/** A report as one text. */
export async function renderedReport(
  format: ReportFormat,
  view: ReportView,
  endpoints: readonly EndpointEntry[],
): Promise<string> {
  const writer = await format.start()
  for (const endpoint of endpoints) writer.add(endpoint)
  return [...(await writer.finish(view))].join('')
}

/** An endpoint of a scan document, ready but for the changes. */
export function endpointEntryOf(changes: Partial<EndpointEntry> = {}): EndpointEntry {
  return {
    id: 'EXAMPLE1',
    hostname: 'EXA-LT-0001',
    platform: 'windows',
    desktop: { status: 'installed', version: '1.30096.1' },
    code: { status: 'absent' },
    state: 'ready',
    reasons: [],
    gates: [],
    records: [{ file: 'exports/devices.csv', record: 7, product: 'intune', apps: 'complete' }],
    origins: {},
    ...changes,
  }
}
