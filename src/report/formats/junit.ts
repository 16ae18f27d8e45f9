import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { EndpointEntry, ScanHead } from '../../readiness/scan-document.js'
import { nextAction } from '../../readiness/verdict.js'
import { type JunitProblem, JunitSuite } from '../junit-suite.js'
import { reasonLines, reasonWords } from '../reason-words.js'
import { doubtsOf } from '../view/doubts.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import type { ReportFormat } from './report-format.js'

/**
 * Tests for a pipeline. `fleet.target` has one case: coverage in scope, the only denominator with a target; the others
 * are its properties. `fleet.sources` has a case a file: refused is an error, rejected records and doubts about its
 * completeness are failures. A suite a platform has a case an endpoint: ready passes, excluded is skipped, what must be
 * done is a failure, and what cannot be told (unknown, stale) is an error.
 */
export const junit: ReportFormat = {
  id: 'junit',
  title: 'test results for a pipeline: the target, the files, and every endpoint',
  endings: ['junit.xml', 'xml'],
  start() {
    const platforms = new Map<string, JunitSuite>()
    return {
      add(endpoint) {
        const { platform } = endpoint
        const suite = getOrAdd(platforms, platform, () => new JunitSuite(`fleet.${platform}`))
        suite.add(caseName(endpoint), endpointProblem(endpoint))
      },
      finish: (view) => pieces(view, platforms),
    }
  },
}

function* pieces(view: ReportView, platforms: ReadonlyMap<string, JunitSuite>): Iterable<string> {
  const { asOf, head } = view
  const target = new JunitSuite('fleet.target')
  target.add('coverage in scope', targetProblem(view))
  const sources = new JunitSuite('fleet.sources')
  for (const [name, problem] of sourceCases(head)) sources.add(name, problem)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
  yield* target.pieces(0, asOf, targetProperties(view), [])
  yield* sources.pieces(1, asOf, {}, sourceNotes(view))
  const rows = [...platforms].sort(([a], [b]) => byText(a, b))
  for (const [index, [, suite]] of rows.entries()) yield* suite.pieces(index + 2, asOf, {}, [])
  yield '</testsuites>\n'
}

/** The id ends it, so that no host name can make two endpoints share a name. */
function caseName({ hostname, id }: EndpointEntry): string {
  return `${hostname ?? 'no host name'} (${id})`
}

function endpointProblem(endpoint: EndpointEntry): JunitProblem | undefined {
  const { state, reasons } = endpoint
  if (state === 'ready') return undefined
  const why = reasons.map(reasonWords).join('; ')
  const message = why === '' ? state : `${state}: ${why}`
  const lines = [`next: ${nextAction[state]}`, ...reasons.flatMap(reasonLines)]
  return { kind: kinds[state], type: state, message, lines }
}

const kinds = {
  excluded: 'skipped',
  stale: 'error',
  unknown: 'error',
  install: 'failure',
  upgrade: 'failure',
  repair: 'failure',
} as const

function targetProblem({ head: { coverage }, targetBy }: ReportView): JunitProblem | undefined {
  if (coverage.met) return undefined
  const lines = Object.entries(shares(coverage)).map(([name, share]) => `${name}: ${share}`)
  if (coverage.inScope.of === 0)
    return { kind: 'error', type: 'nothing-in-scope', message: 'No endpoint is in scope: nothing can be told.', lines }
  const { target, missing, inScope } = coverage
  const goal = `${target} %${targetBy === undefined ? '' : ` by ${targetBy}`}`
  const message = `${percentText(inScope.percent)} of ${countText(inScope.of)} endpoints in scope are ready, the target is ${goal}: ${countText(missing)} more needed.`
  return { kind: 'failure', type: 'target-not-met', message, lines }
}

function shares({ ready, inScope, managed, active }: ScanHead['coverage']): Record<string, string> {
  const text = ({ of, percent }: typeof inScope) => `${countText(ready)} of ${countText(of)}, ${percentText(percent)}`
  return { 'in scope': text(inScope), managed: text(managed), active: text(active) }
}

function targetProperties({ organization, asOf, fleet, head, targetBy }: ReportView): Record<string, string> {
  return {
    ...(organization !== undefined && { organization }),
    'as of': asOf,
    fleet,
    policy: head.policy.digest,
    target: `${head.coverage.target} %`,
    ...(targetBy !== undefined && { 'target by': targetBy }),
    ...shares(head.coverage),
  }
}

type Warning = ScanHead['warnings'][number]

function groupedBy<Key>(warnings: readonly Warning[], keyOf: (warning: Warning) => Key): Map<Key, Warning[]> {
  const groups = new Map<Key, Warning[]>()
  for (const warning of warnings) getOrAdd(groups, keyOf(warning), (): Warning[] => []).push(warning)
  return groups
}

/** A case for each file, and for whatever else puts the completeness of the numbers in doubt. */
function* sourceCases(head: ScanHead): Iterable<[string, JunitProblem | undefined]> {
  const doubts = groupedBy(doubtsOf(head), ({ file }) => file)
  for (const source of head.sources) {
    yield [source.file, sourceProblem(source, doubts.get(source.file) ?? [])]
    doubts.delete(source.file)
  }
  for (const [file, told] of doubts) if (file !== undefined) yield [file, { ...doubtProblem(told), kind: 'error' }]
  const ofAll = groupedBy(doubts.get(undefined) ?? [], ({ code }) => code)
  for (const [code, told] of ofAll) yield [`all files: ${code}`, doubtProblem(told)]
}

function sourceProblem(source: ScanHead['sources'][number], doubts: readonly Warning[]): JunitProblem | undefined {
  const { records, counted, rejected, problem } = source
  const counts = `records ${countText(records)}, counted ${countText(counted)}, rejected ${countText(rejected)}`
  if (problem !== undefined) {
    const { code, message, tryThis } = problem
    const lines = [...(tryThis === undefined ? [] : [tryThis]), ...doubts.map(warningLine), counts]
    return { kind: 'error', type: code, message: `Not read: ${message}`, lines }
  }
  if (doubts.length > 0) {
    const doubt = doubtProblem(doubts)
    return { ...doubt, lines: [...doubt.lines, counts] }
  }
  if (rejected === 0) return undefined
  return {
    kind: 'failure',
    type: 'rejected',
    message: `${countText(rejected)} records were left out.`,
    lines: [counts],
  }
}

function doubtProblem(doubts: readonly Warning[]): JunitProblem {
  const codes = [...new Set(doubts.map(({ code }) => code))]
  const message = `The numbers may be incomplete: ${codes.join(', ')}.`
  return { kind: 'failure', type: codes[0] ?? '', message, lines: doubts.map(warningLine) }
}

function warningLine({ code, message, records, firstRecord }: Warning): string {
  if (records === undefined) return `${code}: ${message}`
  const first = firstRecord === undefined ? '' : `, the first is ${firstRecord}`
  return `${code}: ${message} (${records === 1 ? '1 record' : `${countText(records)} records`}${first})`
}

/** What a reader of the numbers should know, although nothing is missing; and doubts about the documents themselves. */
function sourceNotes({ head, problems }: ReportView): string[] {
  const mild = head.warnings.filter(({ strict }) => !strict)
  return [
    ...problems.map(({ code, message, tryThis }) => [`${code}: ${message}`, tryThis].filter(Boolean).join(' ')),
    ...mild.map((warning) => `${warningLine(warning)}${warning.file === undefined ? '' : ` [${warning.file}]`}`),
  ]
}
