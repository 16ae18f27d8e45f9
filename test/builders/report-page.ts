import type { EndpointEntry } from '../../src/readiness/scan-document.js'
import { html } from '../../src/report/formats/html.js'
import type { ReportView } from '../../src/report/view/report-view.js'

/** The whole HTML report as a text. */
export async function reportHtml(view: ReportView, endpoints: readonly EndpointEntry[]): Promise<string> {
  const writer = await html.start()
  for (const endpoint of endpoints) writer.add(endpoint)
  return [...(await writer.finish(view))].join('')
}
