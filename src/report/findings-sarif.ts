import { isAbsolute, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FindingsDocument } from '../bundle/lint/findings-document.js'
import type { Rule, Severity } from '../bundle/lint/rule.js'
import { safeJson } from '../platform/safe-text.js'
import { versionsText } from './findings-text.js'

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code hosts that annotate pull
 * requests. Addresses are relative to the current folder, which there is the root of the repository.
 */
export function findingsSarif(document: FindingsDocument, rules: readonly Rule[]): string {
  const places = new Map(rules.map(({ id }, index) => [id, index]))
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fleet settings lint', rules: rules.map(ruleEntry) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: document.refused.length === 0,
            toolExecutionNotifications: document.refused.map(({ file, message, tryThis }) => ({
              level: 'error',
              message: { text: `${message} ${tryThis}`.trim() },
              locations: [locationOf(file, undefined, '')],
            })),
          },
        ],
        results: document.findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: places.get(finding.rule),
          level: finding.severity,
          message: { text: [finding.message, versionsText(finding), `Fix: ${finding.fix}`].filter(Boolean).join(' ') },
          locations: [locationOf(finding.file, finding.line, finding.path)],
          properties: { checked: finding.checked, ...(finding.versions && { versions: finding.versions }) },
        })),
      },
    ],
  }
  return `${safeJson(log, 2)}\n`
}

function ruleEntry({ id, title, why, fix, severity, source, checked, versions }: Rule): object {
  const text = `${why} Fix: ${fix} Source: ${source} (${checked}).`
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text },
    ...(URL.canParse(source) && { helpUri: source }),
    defaultConfiguration: { level: levels[severity] },
    properties: { checked, ...(versions && { versions }) },
  }
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
}

/** A finding without a line is shown at the first one: code hosts need some line. */
function locationOf(file: string, line: number | undefined, path: string): object {
  return {
    physicalLocation: { artifactLocation: artifactOf(file), region: { startLine: line ?? 1 } },
    ...(path !== '' && { logicalLocations: [{ fullyQualifiedName: path }] }),
  }
}

function artifactOf(file: string): object {
  const below = relative('.', resolve(file))
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return { uri: pathToFileURL(file).href }
  return { uri: below.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}
