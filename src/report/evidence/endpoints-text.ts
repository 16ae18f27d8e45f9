import type { EndpointEvidence } from '../../telemetry/sections/endpoints.js'
import type { TerminalLook } from '../terminal-look.js'
import { type TextCell, textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'
import { paintStatus, reasonWords } from './status-words.js'

const mostRows = 15
const order = ['contradicted', 'silent', 'unknown'] as const

/** The endpoints to look at: contradicted ones, then silent ones, then those of which nothing can be told. */
export function endpointsText(endpoints: readonly EndpointEvidence[], look: TerminalLook): string {
  const { width, paint } = look
  // What need not report is only of interest where it contradicts.
  const open = endpoints.filter(
    ({ expected, status }) => status === 'contradicted' || (expected && status !== 'proven'),
  )
  if (open.length === 0) return ''
  const rows = someOfEach(order.map((status) => open.filter((endpoint) => endpoint.status === status))).map(
    (endpoint): (string | TextCell)[] => [
      endpoint.id,
      { text: endpoint.status, paint: paintStatus(paint, endpoint.status) },
      whyText(endpoint),
      endpoint.last?.slice(0, 10) ?? '–',
    ],
  )
  const columns = [
    { head: 'endpoint' },
    { head: 'telemetry', whole: true },
    { head: 'why', flexible: true },
    { head: 'last record', whole: true },
  ]
  const more = open.length - rows.length
  return [
    paint.strong('Endpoints to look at'),
    textTable(columns, rows, width, paint),
    ...(more > 0
      ? [textLines(`… and ${countText(more)} more, all in --json and --format csv`, width, 2, paint.faint)]
      : []),
  ].join('\n')
}

/** The first of each kind, and as many more of the first kinds as there is room for. */
function someOfEach(kinds: readonly (readonly EndpointEvidence[])[]): readonly EndpointEvidence[] {
  const share = Math.floor(mostRows / kinds.length)
  let spare = mostRows - kinds.reduce((sum, kind) => sum + Math.min(share, kind.length), 0)
  return kinds.flatMap((kind) => {
    const more = Math.min(spare, Math.max(0, kind.length - share))
    spare -= more
    return kind.slice(0, share + more)
  })
}

function whyText({ reasons, dark }: EndpointEvidence): string {
  const texts = reasons.map(({ code, surface, detail }) => {
    const { why } = reasonWords[code]
    const where = surface === undefined ? '' : ` (${surface})`
    return detail === undefined ? `${why}${where}` : `${why}${where}: ${detail}`
  })
  const upgrade = dark === undefined ? [] : [`dark since its upgrade from ${dark.from} to ${dark.to}`]
  return [...texts, ...upgrade].join('; ')
}
