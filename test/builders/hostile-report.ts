import { EndpointEntry, type ScanHead } from '../../src/readiness/scan-document.js'
import { makeView } from '../../src/report/view/make-view.js'
import type { ReportView } from '../../src/report/view/report-view.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import { VerdictDocument } from '../../src/waves/verdict-document.js'
import { hostileTexts } from './hostile-texts.js'
import { reportedEndpoints, reportView } from './report-view.js'

/** What breaks out of a page, a script, a style or a table, or hides in one. */
const hostileToPages: readonly string[] = [
  '<img src=x onerror=window.ran=1>',
  '<svg onload=window.ran=1><a xlink:href="javascript:window.ran=1">x</a>',
  '</pre></details><script>window.ran=1</script>',
  '</script><script>window.ran=1</script>',
  '</style><style>*{display:none}</style>',
  '</title></head><body onload=window.ran=1>',
  '</option></select><input autofocus onfocus=window.ran=1>',
  '" onmouseover="window.ran=1" x="',
  "' onfocus='window.ran=1' autofocus='",
  '` onclick=`window.ran=1',
  '<!--',
  '-->',
  '<![CDATA[x]]>',
  ']]>',
  '{{constructor.constructor("window.ran=1")()}}',
  `\${window.ran=1}`,
  'javascript:window.ran=1',
  'tab\tand\nline\r\nend',
  '\tLOOKS\tLIKE\tA\tNOTE',
  'right\u202eto left\u2066',
  'nul\0inside',
  'n'.repeat(10_000),
  '\ud800lone\udc00',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  "=cmd|' /C calc'!A0",
  '&lt;b&gt;&amp;#60;',
  '[1] record 1',
  '⁦ב אabc',
  ...hostileTexts,
]

/** Values that have a form of their own: a document with anything else there is refused before it is shown. */
const fixedKeys = new Set([
  ...[
    'schema',
    'state',
    'status',
    'level',
    'product',
    'stage',
    'verdict',
    'effect',
    'kind',
    'severity',
    'answer',
    'from',
  ],
  ...['asOf', 'lastSeen', 'appsAsOf', 'at', 'last', 'silentSince', 'date', 'start', 'end', 'soakUntil', 'by', 'to'],
  ...[
    'earliest',
    'lowerBound',
    'latestStart',
    'checked',
    'until',
    'requires',
    'range',
    'rule',
    'what',
    'apps',
    'problem',
  ],
  ...['key', 'value', 'targetBy', 'platforms', 'action'],
])

/** Puts a hostile text in the place of each text, the same for the same. */
class Replacing {
  readonly #known = new Map<string, string>()

  of(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const at = this.#known.size
    const hostile = hostileToPages[at % hostileToPages.length]!
    const round = Math.floor(at / hostileToPages.length)
    // A later one of the same kind keeps what is hostile at both ends.
    const made = round === 0 ? hostile : `${hostile} ${round} ${hostile}`
    this.#known.set(text, made)
    return made
  }

  in<T>(value: T, key = ''): T {
    if (typeof value === 'string') return (fixedKeys.has(key) ? value : this.of(value)) as T
    if (Array.isArray(value)) return (fixedKeys.has(key) ? value : value.map((member) => this.in(member, key))) as T
    if (typeof value !== 'object' || value === null) return value
    if (key === 'states' || key === 'problems' || key === 'origins' || key === 'stages') return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.in(member, name)])) as T
  }
}

/** The gates of a scan: names and addresses have a form there, so they are as hostile as that form allows. */
function hostileGates(replacing: Replacing, gates: ScanHead['gates']): ScanHead['gates'] {
  return gates.map((gate, at) => ({
    ...gate,
    title: replacing.of(gate.title).trim().slice(0, 60) || 'x',
    // The first keeps an address of our own, which is a link.
    source: at === 0 ? gate.source : `https://example.com/"><img/src=x/onerror=window.ran=${at}>`,
  }))
}

export interface Reported {
  readonly view: ReportView
  readonly endpoints: EndpointEntry[]
}

/**
 * The report of the sample company with a hostile text in the place of every text of its scan, plan, verdict, evidence and
 * history, as far as a document with it is not refused.
 */
export function hostileReport(): Reported {
  const replacing = new Replacing()
  const harmless = reportView()
  const { gates, ...head } = harmless.head
  const { platform, ...breakdown } = head.breakdown
  const view = makeView({
    head: {
      ...replacing.in(head),
      schema: 'fleet.scan/v1',
      breakdown: { ...replacing.in(breakdown), platform },
      ...(head.health && { health: head.health }),
      gates: hostileGates(replacing, gates),
    },
    fleet: harmless.fleet,
    plan: PlanDocument.parse(replacing.in(harmless.plan)),
    verdicts: harmless.verdicts.map((verdict) =>
      VerdictDocument.parse({ ...replacing.in(verdict), reasons: messages(replacing, verdict) }),
    ),
    evidence: replacing.in(harmless.evidence),
    trend: harmless.trend,
    documents: replacing.in(harmless.documents),
    problems: replacing.in({ doubts: harmless.problems }).doubts,
  })
  const endpoints = reportedEndpoints().map((endpoint) =>
    EndpointEntry.parse({
      ...replacing.in(endpoint),
      platform: endpoint.platform,
      gates: endpoint.gates,
      probe: endpoint.probe,
      telemetry: endpoint.telemetry,
      records: replacing
        .in(endpoint.records)
        .map((record, at) => ({ ...record, product: endpoint.records[at]!.product })),
      desktop: {
        ...replacing.in(endpoint.desktop),
        ...(endpoint.desktop.version && { version: replacing.of(endpoint.desktop.version) }),
      },
    }),
  )
  return { view, endpoints }
}

/** The codes of a verdict are fixed, and its words are not. */
function messages(replacing: Replacing, { reasons }: VerdictDocument): VerdictDocument['reasons'] {
  return reasons.map((reason) => ({ ...reason, message: replacing.of(reason.message) }))
}

/** The same report without anything hostile: what ours links to is the same as there. */
export function harmlessReport(): Reported {
  const view = reportView()
  const gates = view.head.gates.map((gate, at) => (at === 0 ? gate : { ...gate, source: `https://example.com/${at}` }))
  return { view: { ...view, head: { ...view.head, gates } }, endpoints: reportedEndpoints() }
}
