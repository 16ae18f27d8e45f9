import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FindingsDocument } from '../bundle/lint/findings-document.js'
import type { Rule } from '../bundle/lint/rule.js'
import { versionsText } from './findings-text.js'
import { physicalLocation, type SarifRule, sarifLog } from './sarif-log.js'

/**
 * The findings of lint for code hosts that annotate pull requests. Addresses are relative to the current folder, which
 * there is the root of the repository.
 */
export function findingsSarif(document: FindingsDocument, rules: readonly Rule[]): string {
  const places = new Map(rules.map(({ id }, index) => [id, index]))
  const pieces = sarifLog({
    name: 'fleet settings lint',
    rules: rules.map(ruleOf),
    successful: document.refused.length === 0,
    notifications: document.refused.map(({ file, message, tryThis }) => ({
      level: 'error',
      message: { text: `${message} ${tryThis}`.trim() },
      locations: [locationOf(file, undefined, '')],
    })),
    results: document.findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: places.get(finding.rule),
      level: finding.severity,
      message: { text: [finding.message, versionsText(finding), `Fix: ${finding.fix}`].filter(Boolean).join(' ') },
      locations: [locationOf(finding.file, finding.line, finding.path)],
      properties: { checked: finding.checked, ...(finding.versions && { versions: finding.versions }) },
    })),
  })
  return [...pieces].join('')
}

function ruleOf({ id, title, why, fix, severity, source, checked, versions }: Rule): SarifRule {
  return { id, title, why, fix, level: severity, source, checked, properties: versions ? { versions } : {} }
}

function locationOf(file: string, line: number | undefined, path: string): object {
  return {
    physicalLocation: physicalLocation(fromHere(file), line),
    ...(path !== '' && { logicalLocations: [{ fullyQualifiedName: path }] }),
  }
}

/** The way from the current folder, or the whole path of what lies outside. */
function fromHere(file: string): string {
  const below = relative('.', resolve(file))
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return resolve(file)
  return below.split(sep).join('/')
}
