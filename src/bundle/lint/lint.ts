import { minVersion, satisfies } from 'semver'
import { byText } from '../../platform/by-text.js'
import { type KeyPath, keyPathText } from '../formats/read-format.js'
import type { SettingsFile } from '../settings-file.js'
import type { Hit, LintContext, Rule, Severity } from './rule.js'

/** What a rule found, with everything that is needed to act on it. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  readonly file: string
  readonly line?: number | undefined
  /** As people write it, such as `hooks.PreToolUse[0].matcher`; empty for the whole file. */
  readonly path: string
  readonly message: string
  readonly why: string
  readonly fix: string
  readonly source: string
  readonly checked: string
  /** The lowest client version in the range, where the range has a lower end. */
  readonly since?: string | undefined
  readonly versions?: FindingVersions | undefined
}

/** The client versions that a finding holds for. */
export interface FindingVersions {
  /** A semver range over normal versions. */
  readonly range: string
  /** Those of the versions out there that lie in it; missing where none were given. */
  readonly affected?: readonly string[] | undefined
  /** How many versions of this client were given. */
  readonly given?: number | undefined
}

/**
 * Applies the rules to the files and sorts by file, line, rule, path and message. What holds for some client versions only is
 * left out when versions are given and none of them is inside. A rule that throws is a bug and is not caught.
 */
export function lint(
  files: readonly SettingsFile[],
  rules: readonly Rule[],
  context: Omit<LintContext, 'files'>,
): readonly Finding[] {
  const whole: LintContext = { ...context, files }
  const findings: Finding[] = []
  for (const file of files) {
    for (const rule of rules) {
      if (rule.surface !== 'any' && rule.surface !== file.surface) continue
      for (const hit of rule.check(file, whole)) {
        const versions = versionsOf(rule, hit, file, whole)
        if (versions !== 'none') findings.push(findingOf(rule, hit, file, versions))
      }
    }
  }
  return findings.sort(inOrder)
}

function findingOf(rule: Rule, hit: Hit, file: SettingsFile, versions: FindingVersions | undefined): Finding {
  const since = versions === undefined ? undefined : minVersion(versions.range)?.version
  return {
    rule: rule.id,
    severity: hit.severity ?? rule.severity,
    file: file.file,
    line: hit.line ?? nearestLine(file, hit.path),
    path: keyPathText(hit.path),
    message: hit.message,
    why: rule.why,
    fix: hit.fix ?? rule.fix,
    source: rule.source,
    checked: rule.checked,
    since: since === '0.0.0' ? undefined : since,
    versions,
  }
}

function versionsOf(
  rule: Rule,
  hit: Hit,
  file: SettingsFile,
  context: LintContext,
): FindingVersions | undefined | 'none' {
  const range = hit.versions ?? rule.versions
  if (range === undefined) return undefined
  const given = file.surface === 'claude-desktop' ? context.desktopVersions : context.codeVersions
  if (given.length === 0) return { range }
  const affected = given.filter((version) => satisfies(version, range, { includePrerelease: true }))
  return affected.length === 0 ? 'none' : { range, affected, given: given.length }
}

/** What is missing, or inside a value that was read from a text, has no line of its own: the place around it has. */
function nearestLine(file: SettingsFile, path: KeyPath): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const line = file.lineOf(path.slice(0, length))
    if (line !== undefined) return line
  }
  return undefined
}

/** The order in which findings are shown. */
export function inOrder(a: Finding, b: Finding): number {
  return (
    byText(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    byText(a.rule, b.rule) ||
    byText(a.path, b.path) ||
    byText(a.message, b.message)
  )
}
