import {
  type PermissionList,
  type PermissionRule,
  type PermissionRuleNoteCode,
  readPermissionRule,
} from '../catalogue/permission-rule.js'
import { nearestTools } from '../catalogue/tool-names.js'
import type { SettingsFile } from '../settings-file.js'
import { boundedSearch, comparable } from './bounded.js'
import { docs, observed } from './references.js'
import type { Hit, Rule, Severity } from './rule.js'
import { isManaged, listAt, type SettingsSource, sourceOf, valueAt } from './settings-source.js'
import { didYouMean, shown } from './shown-value.js'
import { fitsWildcard } from './wildcard.js'

const lists = ['allow', 'ask', 'deny'] as const satisfies readonly PermissionList[]

interface ReadRule {
  readonly list: PermissionList
  readonly path: Hit['path']
  readonly text: string
  readonly rule: PermissionRule
}

// Reading looks for near names, and six rules ask for the same list.
const alreadyRead = new WeakMap<object, readonly ReadRule[]>()

/** The rules of a file that are texts; anything else has the wrong type, and another rule says so. */
function rulesIn(value: SettingsFile['value']): readonly ReadRule[] {
  const known = value === undefined ? [] : alreadyRead.get(value)
  if (value === undefined || known !== undefined) return known ?? []
  const suggest = boundedSearch(nearestTools)
  const read = lists.flatMap((list) =>
    listAt(value, ['permissions', list]).flatMap((text, index) =>
      typeof text === 'string'
        ? [{ list, path: ['permissions', list, index], text, rule: readPermissionRule(text, list, suggest) }]
        : [],
    ),
  )
  alreadyRead.set(value, read)
  return read
}

/** A hit for each rule with such a note. */
function* noted(file: SettingsFile, codes: Partial<Record<PermissionRuleNoteCode, Severity>>): Iterable<Hit> {
  for (const { list, path, text, rule } of rulesIn(file.value)) {
    if (!rule.ok) continue
    for (const { code, text: note, suggestions } of rule.notes) {
      const severity = codes[code]
      if (severity === undefined) continue
      // An allow rule that never fits opens nothing: the client asks.
      yield {
        path,
        severity: list === 'allow' && severity === 'error' ? 'warning' : severity,
        message: `${shown(text)}: ${note}${didYouMean(suggestions ?? [])}`,
      }
    }
  }
}

/** Finds the rule of deny that takes everything away that another rule is about. */
function denials(value: SettingsFile['value']): (rule: ReadRule) => string | undefined {
  const denied = rulesIn(value).filter(({ list, rule }) => list === 'deny' && rule.ok)
  const texts = new Set(denied.map(({ text }) => text))
  const whole = denied.flatMap(({ text, rule }) =>
    rule.ok && (rule.specifier === undefined || rule.specifier === '*') ? [[rule.tool, text] as const] : [],
  )
  const byTool = new Map(whole)
  const all = [...byTool].filter(([tool]) => tool.includes('*'))
  const patterns = comparable(all, rulesIn(value).length)
  return ({ text, rule }) => {
    if (!rule.ok) return undefined
    if (texts.has(text)) return text
    return byTool.get(rule.tool) ?? patterns.find(([tool]) => fitsWildcard(tool, rule.tool))?.[1]
  }
}

function isLocked({ value }: SettingsSource): boolean {
  return value.allowManagedPermissionRulesOnly === true
}

/** Rules about permissions. */
export const rules: readonly Rule[] = [
  {
    id: 'permission-rule-unparsable',
    title: 'A permission rule that clients skip',
    surface: 'claude-code',
    severity: 'error',
    why: 'A deny rule that is cut off denies nothing: the tool was seen to run.',
    fix: 'Write Tool or Tool(specifier), with one bracket at the end.',
    ...observed,
    *check(file) {
      for (const { path, list, text, rule } of rulesIn(file.value))
        if (!rule.ok)
          yield {
            path,
            ...(list === 'allow' && { severity: 'warning' as const }),
            message: `${shown(text)} is skipped. ${rule.text}`,
          }
    },
  },
  {
    id: 'permission-rule-useless',
    title: 'A permission rule that never fits',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients take the rule and never consult it, or not for what it seems to be about.',
    fix: 'Write the rule in the form that the message names.',
    ...docs.permissions,
    *check(file) {
      yield* noted(file, {
        'path-rule-never-consulted': 'error',
        'parameter-rule-not-in-allow': 'warning',
        'parameter-rule-field': 'warning',
        'colon-star-not-at-end': 'warning',
        'webfetch-without-domain': 'warning',
        'empty-specifier': 'warning',
        'curl-pattern-fragile': 'note',
      })
    },
  },
  {
    id: 'permission-rule-tool-unknown',
    title: 'A permission rule for a tool that is not known',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A rule for a name that no tool has fits nothing. Names are case-sensitive.',
    fix: 'Write the name as the tools reference has it. A tool newer than the list of this rule may be right.',
    ...observed,
    *check(file) {
      for (const { path, list, text, rule } of rulesIn(file.value)) {
        const note = rule.ok ? rule.notes.find(({ code }) => code === 'unknown-tool') : undefined
        if (!rule.ok || note === undefined) continue
        const wrongCase = note.suggestions?.some((tool) => tool.toLowerCase() === rule.tool.toLowerCase()) === true
        yield {
          path,
          // Seen: such a deny rule denies nothing. A name without a neighbour may be a tool that came later.
          ...(wrongCase && list !== 'allow' && { severity: 'error' as const }),
          message: `${shown(text)}: ${note.text}${didYouMean(note.suggestions ?? [])}`,
        }
      }
    },
  },
  {
    id: 'permission-allow-glob',
    title: 'A wildcard in the tool name of an allow rule',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients skip such a rule with a warning.',
    fix: 'Name the tools one by one, or all tools of one server as mcp__server__*.',
    ...docs.permissions,
    *check(file) {
      yield* noted(file, { 'allow-glob-ignored': 'warning' })
    },
  },
  {
    id: 'permission-rule-anchor',
    title: 'A path that starts at an unknown place',
    surface: 'claude-code',
    severity: 'warning',
    why: 'What one leading / means in managed settings is not documented; the rule may protect nothing.',
    fix: 'Write // for an absolute path, or ~/ for the home folder.',
    ...docs.permissions,
    *check(file) {
      if (isManaged(file)) yield* noted(file, { 'anchor-unknown': 'warning' })
    },
  },
  {
    id: 'permission-rule-windows-path',
    title: 'A Windows path in a permission rule',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients compare paths in the form /c/…, so the rule fits nothing.',
    fix: 'Write //c/folder/** or //**/name.',
    ...docs.permissions,
    *check(file) {
      yield* noted(file, { 'windows-path': 'error' })
    },
  },
  {
    id: 'permission-shadowed',
    title: 'A rule that a deny rule takes away whole',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Deny is asked first, and the narrower rule is no exception to the broader one.',
    fix: 'Narrow the deny rule, or take this one out.',
    ...docs.permissions,
    *check(file, context) {
      const denialOf = denials(sourceOf(file, context).value)
      for (const rule of rulesIn(file.value)) {
        const by = rule.list === 'deny' ? undefined : denialOf(rule)
        if (by !== undefined)
          yield { path: rule.path, message: `${shown(rule.text)} never counts: deny has ${shown(by)}.` }
      }
    },
  },
  {
    id: 'permission-lock-without-rules',
    title: 'Only managed permission rules count',
    surface: 'claude-code',
    severity: 'note',
    why: 'Rules of users and projects are off. Without managed ones every call asks, and Cowork sessions lose their own folders.',
    fix: 'Add the managed rules; for Cowork such as Edit(~/CoworkProjects/**).',
    ...docs.managedSettingsLater,
    *check(file, context) {
      const path = ['allowManagedPermissionRulesOnly']
      const source = sourceOf(file, context)
      if (!isManaged(file) || !isLocked(source) || source.setBy(path) !== file) return
      const all = rulesIn(source.value).filter(({ rule }) => rule.ok)
      if (all.length === 0) yield { path, message: 'These settings have no permission rule.' }
      else if (!all.some(({ list, rule }) => list === 'allow' && rule.ok && rule.tool === 'Edit'))
        yield { path, message: 'No Edit rule is in allow: writes of Cowork to its folders fail.' }
    },
  },
  {
    id: 'permission-bypass-open',
    title: 'Permission checks can be bypassed',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Everybody can start a session that asks for nothing, with --dangerously-skip-permissions.',
    fix: 'Set permissions.disableBypassPermissionsMode to "disable".',
    ...observed,
    *check(file, context) {
      const source = sourceOf(file, context)
      const path = source.setBy(['permissions']) === undefined ? ['allowManagedPermissionRulesOnly'] : ['permissions']
      if (!isManaged(file) || source.setBy(path) !== file) return
      if (valueAt(source.value, ['permissions', 'disableBypassPermissionsMode']) === undefined)
        yield { path, message: 'disableBypassPermissionsMode is not set.' }
    },
  },
]
