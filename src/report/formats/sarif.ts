import { gzipSync } from 'node:zlib'
import { diagnosis, isDiagnosis } from '../../health/diagnoses.js'
import { byText } from '../../platform/by-text.js'
import { safeJson, safeText } from '../../platform/safe-text.js'
import { sha256 } from '../../platform/sha256.js'
import type { EndpointEntry, ScanHead } from '../../readiness/scan-document.js'
import type { State } from '../../readiness/verdict.js'
import { reasonWords } from '../reason-words.js'
import { physicalLocation, type SarifLevel, type SarifRule, sarifLog } from '../sarif-log.js'
import { doubtsOf } from '../view/doubts.js'
import type { ReportView } from '../view/report-view.js'
import { countText, meaningOf } from '../words.js'
import type { ReportFormat } from './report-format.js'

/**
 * One alert an endpoint that is neither ready nor excluded; its rule is the first of its reasons, with the gate or stage
 * that reason is about. A receipt names a record, which is no line, so alerts are about whole files.
 */
export const sarif: ReportFormat = {
  id: 'sarif',
  title: 'alerts for a code host: endpoints neither ready nor excluded, with receipts; at most 25,000',
  endings: ['sarif', 'sarif.json'],
  start() {
    const alerts = new Alerts()
    return {
      add: (endpoint) => alerts.add(endpoint),
      finish: (view) => logOf(view, alerts),
    }
  },
}

/**
 * GitHub refuses a file with more results, or with more than 10 MB when compressed, and shows 5,000 of them
 * (https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit, 2026-11-21).
 */
const mostResults = 25_000
const mostBytes = 10_000_000
/** For the notification of what is left out, which is not written yet when the results are counted. */
const spareBytes = 50_000
/** Results are compressed for counting in pieces of this many characters. */
const pieceLength = 256 * 1024
/** Usually that many results are far under that size: everything longer that comes from data is cut, and an ellipsis says so. */
const longestText = 160

const levels = {
  repair: 'error',
  install: 'error',
  upgrade: 'error',
  unknown: 'warning',
  stale: 'warning',
  ready: undefined,
  excluded: undefined,
} as const satisfies Record<State, SarifLevel | undefined>

/** What is kept of an endpoint until the rules are known. */
interface Alert {
  readonly rule: string
  readonly level: SarifLevel
  /** Undefined: the endpoint names no file. */
  readonly file: string | undefined
  readonly rest: object
}

/** The alerts of all endpoints; of each level no more than can be reported are kept, the others are counted. */
class Alerts {
  readonly kept = { error: [] as Alert[], warning: [] as Alert[] }
  readonly seen = { error: 0, warning: 0 }
  readonly rules = new Map<string, { readonly reason: Reason | undefined; level: SarifLevel; readonly state: State }>()

  add(endpoint: EndpointEntry): void {
    const { state, reasons } = endpoint
    const level = levels[state]
    if (level === undefined) return
    const rule = ruleId(reasons[0], state)
    const known = this.rules.get(rule)
    if (known === undefined) this.rules.set(rule, { reason: reasons[0], level, state })
    else if (level === 'error') known.level = level
    this.seen[level] += 1
    if (this.kept[level].length < mostResults) this.kept[level].push(alertOf(endpoint, rule, level))
  }

  /** The gravest first; no more than can be reported. */
  gravest(): Alert[] {
    return [...this.kept.error, ...this.kept.warning].slice(0, mostResults)
  }
}

type Reason = EndpointEntry['reasons'][number]

/** `below-gate/cowork-otel`. An endpoint without any reason is told by its state. */
function ruleId(reason: Reason | undefined, state: State): string {
  if (reason === undefined) return state
  const about = reason.gate ?? (reason.code === 'stage-not-proven' ? reason.stage : undefined)
  return safeText(about === undefined ? reason.code : `${reason.code}/${about}`)
}

function alertOf(endpoint: EndpointEntry, rule: string, level: SarifLevel): Alert {
  const { id, hostname, platform, state, reasons, records } = endpoint
  const receipt = reasons.find((reason) => reason.receipt)?.receipt
  const why = reasons.map(reasonWords).join('; ')
  const upgradeTo = reasons.find((reason) => reason.upgradeTo)?.upgradeTo
  const text = [
    `${short(hostname ?? 'no host name')} (${short(id)}): ${state}${why && `, ${cut(safeText(why), 3 * longestText)}`}.`,
    upgradeTo === undefined ? '' : `Upgrade to ${short(upgradeTo)} or newer.`,
    receipt === undefined ? '' : `Receipt: record ${receipt.record}, ${short(receipt.field)}: ${short(receipt.value)}.`,
  ]
  // GitHub tells alerts apart by this name only.
  const partialFingerprints = { primaryLocationLineHash: sha256(JSON.stringify([id, rule])).slice(0, 32) }
  const rules = [...new Set(reasons.map((reason) => ruleId(reason, state)))]
  return {
    rule,
    level,
    file: receipt?.file ?? records[0]?.file,
    rest: {
      message: { text: text.filter((part) => part !== '').join(' ') },
      partialFingerprints,
      properties: {
        endpoint: short(id),
        platform,
        state,
        rules: rules.slice(0, 10).map(short),
        ...(receipt && { record: receipt.record, field: short(receipt.field), value: short(receipt.value) }),
      },
    },
  }
}

function short(text: string): string {
  return cut(safeText(text), longestText)
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${[...text].slice(0, length).join('')}…`
}

function logOf(view: ReportView, alerts: Alerts): Iterable<string> {
  const { head, asOf, fleet, problems } = view
  const ids = [...alerts.rules.keys()].sort(byText)
  const places = new Map(ids.map((id, index) => [id, index]))
  const rules = ids.map((id) => ruleOf(id, alerts.rules.get(id)!, head))
  const gravest = alerts.gravest()
  const log = (reported: readonly Alert[], results: Iterable<object>) =>
    sarifLog({
      name: 'fleet report',
      version: fleet,
      rules,
      successful: head.sources.every(({ problem }) => problem === undefined),
      notifications: [
        ...leftOut(alerts, reported),
        ...problems.map(({ code, message, tryThis }) => notification(code, 'warning', sentence(message, tryThis))),
        ...sourceNotifications(head),
      ],
      results,
      properties: { asOf, policy: head.policy.digest, coverage: head.coverage, states: head.states },
    })
  const around = compressedSize([...log(gravest, [])].join(''))
  const fitting = countThatFits(resultsOf(gravest, places, head), mostBytes - spareBytes - around)
  const reported = gravest.slice(0, fitting)
  return log(reported, resultsOf(reported, places, head))
}

function* resultsOf(reported: readonly Alert[], places: ReadonlyMap<string, number>, head: ScanHead): Iterable<object> {
  for (const { rule, level, file, rest } of reported) {
    // GitHub refuses the whole file when one result has no place: then it stands at the first file of the scan.
    const place = file ?? head.sources[0]?.file
    const locations = place === undefined ? [] : [{ physicalLocation: physicalLocation(place) }]
    yield { ruleId: rule, ruleIndex: places.get(rule), level, locations, ...rest }
  }
}

/** How many of the results, from the first, take no more than so many bytes when compressed. */
function countThatFits(results: Iterable<object>, most: number): number {
  let fitting = 0
  let size = 0
  let pending: string[] = []
  let length = 0
  const isFull = () => {
    size += compressedSize(pending.join(',\n        '))
    if (size > most) return true
    fitting += pending.length
    pending = []
    length = 0
    return false
  }
  for (const result of results) {
    const text = safeJson(result)
    pending.push(text)
    length += text.length
    if (length > pieceLength && isFull()) return fitting
  }
  isFull()
  return fitting
}

/** The fastest compression is the weakest, and pieces cannot refer to each other: a whole file gets smaller than its pieces. */
function compressedSize(text: string): number {
  return gzipSync(text, { level: 1 }).length
}

function ruleOf(
  id: string,
  { reason, level, state }: { readonly reason: Reason | undefined; readonly level: SarifLevel; readonly state: State },
  { gates }: ScanHead,
): SarifRule {
  const code = reason?.code ?? state
  const { why, todo } = meaningOf(code)
  const gate = gates.find((candidate) => candidate.id === reason?.gate)
  if (gate !== undefined) {
    const title = cut(`${sentence(why).slice(0, -1)}: ${gate.title}`, 1000)
    const requires = gate.requires.join(' or ')
    return {
      id,
      title,
      why: cut(gate.why, 1000),
      fix: `${sentence(todo)} Required: ${requires}.`,
      level,
      source: gate.source,
      checked: gate.checked,
    }
  }
  if (isDiagnosis(code)) {
    const { title, why: cause, remediation, source, checked } = diagnosis(code)
    return { id, title, why: cause, fix: remediation, level, source, checked }
  }
  const stage = code === 'stage-not-proven' && reason?.stage ? `: ${reason.stage}` : ''
  return { id, title: `${sentence(why).slice(0, -1)}${stage}`, why: sentence(why), fix: sentence(todo), level }
}

/** `Upgrade.`: words of a table as a sentence, with what follows it. */
function sentence(text: string, more?: string | undefined): string {
  const first = `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.')
  return more === undefined ? first : `${first} ${more}`
}

/** Nothing is left out in silence. */
function leftOut({ seen }: Alerts, reported: readonly Alert[]): object[] {
  const all = seen.error + seen.warning
  if (all === reported.length) return []
  const errors = reported.filter(({ level }) => level === 'error').length
  const text = `${countText(all - reported.length)} of ${countText(all)} results were left out, because code hosts take no more than ${countText(mostResults)}, nor more than 10 MB: ${countText(seen.error - errors)} errors and ${countText(seen.warning - reported.length + errors)} warnings. The report in CSV has every endpoint.`
  return [notification('results-left-out', 'warning', text)]
}

function sourceNotifications(head: ScanHead): object[] {
  const refused = head.sources.flatMap(({ file, problem }) =>
    problem ? [notification(problem.code, 'error', sentence(problem.message, problem.tryThis), file)] : [],
  )
  return [...refused, ...doubtsOf(head).map(({ code, message, file }) => notification(code, 'warning', message, file))]
}

function notification(code: string, level: SarifLevel, message: string, file?: string | undefined): object {
  return {
    descriptor: { id: code },
    level,
    message: { text: safeText(message) },
    ...(file !== undefined && { locations: [{ physicalLocation: physicalLocation(file) }] }),
  }
}
