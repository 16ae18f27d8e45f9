import type { ReportFormat } from './report-format.js'

/** For the ticket: bounded, so that it fits into a comment whatever the size of the fleet. */
export const markdown: ReportFormat = {
  id: 'markdown',
  title: 'for a ticket or a pull request; never lists all endpoints',
  endings: ['md', 'markdown'],
  showsTrend: true,
  async start() {
    const { reportMarkdown } = await import('../markdown/report-markdown.js')
    return { add() {}, finish: (view) => [reportMarkdown(view)] }
  },
}
