import { numbered } from '../plan-words.js'
import type { ReportedEvidence, ReportView } from '../view/report-view.js'
import { countText, meaningOf, probedText, telemetryMeanings } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'

/** How far the delivery chain reaches, and everything that probes found wrong with it; nothing without probes. */
export function deliveryChain({ head: { health } }: ReportView, most: number): Blocks {
  if (health === undefined) return []
  const found = [...health.diagnoses].sort((a, b) => b.endpoints - a.endpoints)
  return [
    `${shortText(probedText(health), 600)}.`,
    ...boundedTable(
      ['Stage', 'Proven', 'Contradicted', 'Unknown', 'Not asked'],
      health.stages,
      health.stages.length,
      (row) => [row.stage, ...[row.proven, row.contradicted, row.unknown, row['not-applicable']].map(countText)],
      (left) => moreOf(left, 'stage'),
    ),
    ...boundedTable(
      ['Endpoints', 'Stage', 'Diagnosis', 'What to do'],
      found,
      most,
      ({ code, stage, endpoints }) => [
        countText(endpoints),
        stage,
        shortText(meaningOf(code).why),
        shortText(meaningOf(code).todo, 240),
      ],
      (left) => moreOf(left, 'kind of fault').replace('faults', 'fault'),
    ),
  ]
}

/** What the scan says of telemetry, and what the evidence itself says; nothing where neither was given. */
export function telemetry({ head, evidence }: ReportView, most: number): Blocks {
  const { telemetry: judged } = head
  const rows = (Object.keys(telemetryMeanings) as (keyof typeof telemetryMeanings)[]).filter(
    (status) => judged !== undefined && (judged[status] > 0 || status === 'proven'),
  )
  return [
    ...(judged === undefined
      ? []
      : boundedTable(
          ['Telemetry', 'Endpoints', 'What it means'],
          rows,
          rows.length,
          (status) => [status, countText(judged[status]), telemetryMeanings[status]],
          (left) => moreOf(left, 'row'),
        )),
    ...(evidence === undefined ? [] : evidenceBlocks(evidence, most)),
  ]
}

function evidenceBlocks({ asOf, findings, ghosts, records }: ReportedEvidence, most: number): Blocks {
  const { read, counted, duplicates } = records
  return [
    `Evidence as of ${asOf}: ${numbered(read, 'log record')} read, ${countText(counted)} counted, ${countText(duplicates)} copies. Unknown to the inventory: ${numbered(ghosts.machines, 'machine')} and ${numbered(ghosts.accounts, 'account')}.`,
    ...(findings.length === 0 ? ['It has no findings.'] : []),
    ...boundedTable(
      ['Finding', 'Weight', 'What'],
      findings,
      most,
      ({ code, severity, message }) => [shortText(code, 40), shortText(severity, 20), shortText(message, 240)],
      (left) => moreOf(left, 'finding'),
    ),
  ]
}
