import { csvCell } from '../platform/csv-cell.js'
import { safeJson } from '../platform/safe-text.js'
import type { EvidenceDocument } from '../telemetry/evidence-document.js'

type Endpoint = EvidenceDocument['endpoints'][number]

/** `fleet.evidence/v1`: one document, with one line an endpoint, so that it can be read in one pass. */
export function* evidenceJson({ endpoints, ...rest }: EvidenceDocument): Iterable<string> {
  yield `${safeJson(rest, 2).slice(0, -2)},\n  "endpoints": [`
  let separator = '\n    '
  for (const endpoint of endpoints) {
    yield separator + safeJson(endpoint)
    separator = ',\n    '
  }
  yield separator === '\n    ' ? ']\n}\n' : '\n  ]\n}\n'
}

const columns: readonly (readonly [string, (endpoint: Endpoint) => string | number | undefined])[] = [
  ['id', ({ id }) => id],
  ['serial', ({ serial }) => serial],
  ['hostname', ({ hostname }) => hostname],
  ['department', ({ department }) => department],
  ['platform', ({ platform }) => platform],
  ['state', ({ state }) => state],
  ['expected', ({ expected }) => (expected ? 'yes' : 'no')],
  ['telemetry', ({ status }) => status],
  ['why', ({ reasons }) => reasons.map(({ code, detail }) => (detail ? `${code}: ${detail}` : code)).join('; ')],
  ['silent_since', ({ silentSince }) => silentSince],
  ['first', ({ first }) => first],
  ['last', ({ last }) => last],
  ['events', ({ events }) => events],
  ['sessions', ({ sessions }) => sessions],
  [
    'surfaces',
    ({ surfaces }) => surfaces.map(({ surface, version }) => `${surface} ${version ?? ''}`.trim()).join('; '),
  ],
]

/** One row an endpoint: UTF-8 with a byte order mark, every cell quoted, formulas disarmed. */
export function* evidenceCsv({ endpoints }: EvidenceDocument): Iterable<string> {
  yield `\ufeff${columns.map(([name]) => csvCell(name)).join(',')}\r\n`
  for (const endpoint of endpoints)
    yield `${columns.map(([, read]) => csvCell(String(read(endpoint) ?? ''))).join(',')}\r\n`
}
