import { safeJson } from '../platform/safe-text.js'

/** How grave a result is. */
export type SarifLevel = 'error' | 'warning' | 'note'

/** A rule as SARIF lists it, with the text that a reader sees beside every result. */
export interface SarifRule {
  readonly id: string
  readonly title: string
  readonly why: string
  /** What to do, as a whole sentence. */
  readonly fix: string
  readonly level: SarifLevel
  /** A public page, or the name of what the rule rests on. */
  readonly source?: string | undefined
  /** The day the source was read. */
  readonly checked?: string | undefined
  readonly properties?: object | undefined
}

/** One run of one program, as SARIF is told of it. */
export interface SarifRun {
  readonly name: string
  readonly version?: string | undefined
  readonly rules: readonly SarifRule[]
  /** False where something that was given could not be read. */
  readonly successful: boolean
  readonly notifications: readonly object[]
  readonly results: Iterable<object>
  readonly properties?: object | undefined
}

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code hosts that show alerts. It is
 * made piece by piece, a result a line.
 */
export function* sarifLog(run: SarifRun): Iterable<string> {
  const { name, version, rules, successful, notifications, properties } = run
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name, ...(version && { version }), rules: rules.map(ruleEntry) } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: successful, toolExecutionNotifications: notifications }],
        ...(properties && { properties }),
        results: [],
      },
    ],
  }
  const end = ']\n    }\n  ]\n}'
  const json = safeJson(log, 2)
  yield json.slice(0, -end.length)
  let separator = '\n        '
  for (const result of run.results) {
    yield separator + safeJson(result)
    separator = ',\n        '
  }
  yield separator === '\n        ' ? `${end}\n` : `\n      ${end}\n`
}

function ruleEntry({ id, title, why, fix, level, source, checked, properties = {} }: SarifRule): object {
  const dated = checked === undefined ? '' : ` (${checked})`
  const text = `${why} Fix: ${fix}${source === undefined ? '' : ` Source: ${source}${dated}.`}`
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text },
    ...(source !== undefined && URL.canParse(source) && { helpUri: source }),
    defaultConfiguration: { level },
    properties: { ...(checked && { checked }), ...properties },
  }
}

/** A place in a file. One without a line is shown at the first: GitHub asks for some line (docs.github.com, SARIF support). */
export function physicalLocation(file: string, line = 1): object {
  return { artifactLocation: artifactLocation(file), region: { startLine: line } }
}

/**
 * The address of a file as it was named, so that the same document gives the same bytes in every folder: relative ones
 * are meant from the root of the repository.
 */
function artifactLocation(file: string): object {
  const path = file.startsWith('/') ? file : file.replaceAll('\\', '/')
  if (path.startsWith('//') && path !== file) return { uri: `file:${encoded(path)}` }
  if (path.startsWith('/')) return { uri: `file://${encoded(path)}` }
  if (/^[a-z]:\//i.test(path)) return { uri: `file:///${path.slice(0, 2)}${encoded(path.slice(2))}` }
  const normal = path.replace(/^(?:\.\/+)+/, '')
  return { uri: encoded(normal), ...(!/^\.\.(?:\/|$)/.test(normal) && { uriBaseId: '%SRCROOT%' }) }
}

function encoded(path: string): string {
  const whole = path.replace(/\p{Surrogate}/gu, '\ufffd')
  return whole.split('/').map(encodeURIComponent).join('/')
}
