import type { ScanHead } from '../../readiness/scan-document.js'
import { makeView, type ReportParts } from '../view/make-view.js'
import { scanProblems } from '../view/report-problems.js'
import { reportMarkdown } from './report-markdown.js'

/** What `fleet report` would say of a scan alone, before it was written. */
export function reportOfScan(head: ScanHead, about: Pick<ReportParts, 'fleet' | 'organization' | 'targetBy'>): string {
  return reportMarkdown(makeView({ ...about, head, problems: scanProblems(head) }))
}
