import { minimumVersion } from '../../gates/gate.js'
import { diagnosis, isDiagnosis } from '../../health/diagnoses.js'
import { byText } from '../../platform/by-text.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import { productName } from '../plain-names.js'
import { meaningOf, reasonText } from '../words.js'
import type { DiagnosisRow } from './report-view.js'

/** The deciding reasons of a scan with what to do about each, the most frequent first. */
export function diagnosisRows({ reasons, gates }: ScanHead): DiagnosisRow[] {
  const sources = new Map(gates.map(({ id, source }) => [id, source]))
  return reasons
    .map((row) => ({
      state: row.state,
      code: row.code,
      detail: row.detail,
      endpoints: row.endpoints,
      why: reasonText(row),
      todo: remedyText(row, gates),
      source: sourceOf(row, sources),
    }))
    .sort(
      (a, b) => b.endpoints - a.endpoints || byText(a.state, b.state) || byText(a.code, b.code) || byText(a.why, b.why),
    )
}

/** What to do about a reason; with the version to upgrade to, where it is the same on every platform of the gate. */
function remedyText({ code, detail }: ScanHead['reasons'][number], gates: ScanHead['gates']): string {
  const gate = code === 'below-gate' ? gates.find(({ id }) => id === detail) : undefined
  if (gate === undefined) return meaningOf(code).todo
  const versions = new Set(gate.platforms.map((platform) => minimumVersion(gate, platform)))
  const [version] = versions
  const product = productName(gate.product)
  return versions.size === 1 && version !== undefined
    ? `upgrade ${product} to ${version} or newer`
    : `upgrade ${product}; the gate tells the version of each platform`
}

/** Only of an upgrade the detail is a gate: elsewhere it may be any word of the policy. */
function sourceOf(
  { state, code, detail = '' }: ScanHead['reasons'][number],
  sources: ReadonlyMap<string, string>,
): string | undefined {
  if (isDiagnosis(code)) return diagnosis(code).source
  return state === 'upgrade' ? sources.get(detail) : undefined
}
