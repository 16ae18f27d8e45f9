import type { FindingsDocument } from '../bundle/lint/findings-document.js'
import { type Rule, type Severity, severities } from '../bundle/lint/rule.js'
import { safeJson } from '../platform/safe-text.js'
import type { Paint } from './paint.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, textLines, textTable } from './text-table.js'
import { countText } from './words.js'

type FindingEntry = FindingsDocument['findings'][number]

const mostPassedOver = 10

/** The document as JSON. */
export function findingsJson(document: FindingsDocument): string {
  return `${safeJson(document, 2)}\n`
}

/** The findings for people: the worst first, each rule explained once, equal findings of many files told once. */
export function findingsText(document: FindingsDocument, look: TerminalLook): string {
  const parts = severities.flatMap((severity) => {
    const ofRules = grouped(
      document.findings.filter((finding) => finding.severity === severity),
      ({ rule }) => rule,
    )
    return ofRules.flatMap((findings) => [ruleText(findings, look), ''])
  })
  const lists = [...refusedText(document, look), ...passedOverText(document, look)]
  return `${[...parts, ...lists, summaryText(document, look)].join('\n')}\n`
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return [...groups.values()]
}

/** The rules as a table, or as data. */
export function rulesTable(rules: readonly Rule[], { width, paint }: TerminalLook): string {
  const rows = rules.map(({ id, severity, surface, versions, title, source, checked }): (string | TextCell)[] => [
    { text: id, paint: paint.strong },
    { text: severity, paint: painterOf(paint, severity) },
    surface === 'any' ? 'all' : surface,
    `${title}${versions === undefined ? '' : ` (clients ${versions})`}. ${source} (${checked})`,
  ])
  const columns = [
    { head: 'rule', whole: true },
    { head: 'severity', whole: true },
    { head: 'settings of' },
    { head: 'what it finds, its source and the date of that', flexible: true },
  ]
  return `${textTable(columns, rows, width, paint)}\n`
}

export function rulesJson(rules: readonly Rule[]): string {
  const list = rules.map(({ check: _, ...rule }) => rule)
  return `${safeJson({ schema: 'fleet.rules/v1', rules: list }, 2)}\n`
}

function ruleText(findings: [FindingEntry, ...FindingEntry[]], { width, paint }: TerminalLook): string {
  const [{ rule, severity, why, fix, source, checked }] = findings
  const oneFix = findings.every((finding) => finding.fix === fix)
  const hits = grouped(findings, ({ path, message, fix: own }) => `${path}\n${message}\n${own}`).flatMap((equal) => {
    const [{ path, message, fix: own }] = equal
    const versions = versionsText(equal[0])
    return [
      ...headLines(placesText(equal), path, width, paint),
      textLines(message, width, 4),
      ...(versions === undefined ? [] : [textLines(versions, width, 4)]),
      ...(oneFix ? [] : [textLines(`Fix: ${own}`, width, 4)]),
    ]
  })
  return [
    textLines(`${severity}: ${rule}`, width, 0, painterOf(paint, severity)),
    ...hits,
    textLines(`Why: ${why}`, width, 2, paint.faint),
    ...(oneFix ? [textLines(`Fix: ${fix}`, width, 2)] : []),
    textLines(`${source} (${checked})`, width, 2, paint.faint),
  ].join('\n')
}

/** Places and path on one line, or the path on its own: broken between the two, a line would end in blanks. */
function headLines(places: string, path: string, width: number, paint: Paint): string[] {
  const together = path === '' ? places : `${places}  ${path}`
  if (path === '' || !textLines(together, width, 2).includes('\n')) return [textLines(together, width, 2, paint.strong)]
  return [textLines(places, width, 2, paint.strong), textLines(path, width, 4, paint.strong)]
}

function placesText(findings: readonly FindingEntry[]): string {
  const shown = findings.slice(0, 2).map(({ file, line }) => (line === undefined ? file : `${file}:${line}`))
  const more = findings.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${plural(more, 'more file')}` : ''}`
}

/** For which clients a finding holds, and how many of them are out there; undefined where it holds for all. */
export function versionsText({ versions }: FindingEntry): string | undefined {
  if (versions === undefined) return undefined
  const { range, affected, given } = versions
  if (affected === undefined || given === undefined) return `Holds for clients ${range}.`
  const some = affected.slice(0, 5).join(', ')
  const more = affected.length > 5 ? ` and ${affected.length - 5} more` : ''
  return `Holds for clients ${range}: ${affected.length} of ${given} versions out there (${some}${more}).`
}

function painterOf(paint: Paint, severity: Severity): (text: string) => string {
  return severity === 'error' ? paint.bad : severity === 'warning' ? paint.doubtful : paint.faint
}

function refusedText({ refused }: FindingsDocument, { width, paint }: TerminalLook): string[] {
  if (refused.length === 0) return []
  const lines = refused.flatMap(({ file, message, tryThis }) => [
    textLines(`${file}: ${message}`, width, 2),
    ...(tryThis === '' ? [] : [textLines(`→ ${tryThis}`, width, 4)]),
  ])
  return [paint.bad('Refused'), ...lines, '']
}

function passedOverText({ passedOver }: FindingsDocument, { width, paint }: TerminalLook): string[] {
  if (passedOver.length === 0) return []
  const shown = passedOver
    .slice(0, mostPassedOver)
    .map(({ file, reason }) => textLines(`${file} (${reasons[reason] ?? reason})`, width, 2, paint.faint))
  const more = passedOver.length - shown.length
  const last = more > 0 ? [textLines(`and ${countText(more)} more; --json lists all`, width, 2, paint.faint)] : []
  return ['Passed over', ...shown, ...last, '']
}

const reasons: Readonly<Record<string, string>> = {
  hidden: 'hidden, or a folder of packages',
  link: 'a link',
  'not-a-file': 'no file',
  'not-settings': 'no settings',
  'same-file': 'given twice',
}

function summaryText({ findings, counts, rules, files, versions }: FindingsDocument, look: TerminalLook): string {
  const looked = `${plural(rules, 'rule')} looked at ${plural(new Set(files.map(({ file }) => file)).size, 'file')}`
  const found = [plural(counts.error, 'error'), plural(counts.warning, 'warning'), plural(counts.note, 'note')].join(
    ', ',
  )
  const colour = counts.error > 0 ? look.paint.bad : counts.warning > 0 ? look.paint.doubtful : look.paint.good
  const text = findings.length === 0 ? `Nothing found: ${looked}.` : `${found}. ${looked}.`
  const unreadable = versions.claudeCode.unreadable + versions.claudeDesktop.unreadable
  const doubt = `The version of ${countText(unreadable)} installs cannot be read: what holds for other versions may hold there.`
  const lines = [textLines(text, look.width, 0, colour)]
  if (unreadable > 0) lines.push(textLines(doubt, look.width, 0, look.paint.doubtful))
  return lines.join('\n')
}

function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}
