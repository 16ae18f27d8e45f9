import type { ReportFormat } from './report-format.js'

/** For people: one page in one file, to be mailed, read in any browser and printed. */
export const html: ReportFormat = {
  id: 'html',
  title: 'one page in one file, to mail, read and print',
  endings: ['html', 'htm'],
  unfitForTerminal: true,
  showsTrend: true,
  async start() {
    const [{ EndpointList }, { reportPage }] = await Promise.all([
      import('../html/endpoint-list.js'),
      import('../html/page.js'),
    ])
    const list = new EndpointList()
    return { add: (endpoint) => list.add(endpoint), finish: (view) => reportPage(view, list) }
  },
}
