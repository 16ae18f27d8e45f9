import * as z from 'zod'
import { TrendPoint } from '../../history/trend.js'
import { ScanDocument } from '../../readiness/scan-document.js'
import { states } from '../../readiness/verdict.js'
import type { ReportView } from './report-view.js'

const time = z.iso.datetime()
const day = z.iso.date()
const count = z.int().min(0)

const Row = z.object({
  state: z.enum(states),
  code: z.string(),
  detail: z.string().optional(),
  endpoints: count,
  why: z.string(),
  todo: z.string(),
  source: z.string().optional(),
})

/**
 * `fleet.report/v1`: what `fleet report --json` prints. It has what a report adds to its documents; everything else stands
 * in the documents, which it names.
 */
export const ReportDocument = z.object({
  schema: z.literal('fleet.report/v1'),
  asOf: time,
  organization: z.string().optional(),
  fleet: z.string(),
  /** The report that was written; missing without --output. */
  written: z.object({ format: z.string(), file: z.string() }).optional(),
  coverage: ScanDocument.shape.coverage,
  targetBy: day.optional(),
  diagnoses: z.array(Row),
  unknowns: z.array(Row),
  excluded: z.array(Row),
  verdicts: z.array(z.object({ wave: z.string(), verdict: z.enum(['advance', 'hold', 'halt']), asOf: time })),
  trend: z.array(TrendPoint),
  documents: z.array(
    z.object({
      kind: z.enum(['scan', 'plan', 'verdict', 'evidence', 'history']),
      file: z.string(),
      asOf: time,
      digest: z.string().optional(),
    }),
  ),
  problems: z.array(z.object({ code: z.string(), message: z.string(), tryThis: z.string().optional() })),
})
export type ReportDocument = z.infer<typeof ReportDocument>

/** The document of a report; `written` is the file it was written to. */
export function reportDocument(view: ReportView, written?: ReportDocument['written']): ReportDocument {
  const { asOf, organization, fleet, head, targetBy, diagnoses, unknowns, excluded } = view
  // JSON drops what is undefined, and the schema then says that nothing is missing.
  return ReportDocument.parse(
    JSON.parse(
      JSON.stringify({
        schema: 'fleet.report/v1',
        asOf,
        organization,
        fleet,
        written,
        coverage: head.coverage,
        targetBy,
        diagnoses,
        unknowns,
        excluded,
        verdicts: view.verdicts.map(({ wave, verdict, asOf: at }) => ({ wave: wave.name, verdict, asOf: at })),
        trend: view.trend,
        documents: view.documents,
        problems: view.problems,
      }),
    ),
  )
}
