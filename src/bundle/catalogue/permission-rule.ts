import { isKnownRuleName, nearestTools } from './tool-names.js'

/** The list a rule stands in: deny is asked first, then ask, then allow. */
export type PermissionList = 'allow' | 'ask' | 'deny'

/** What is worth knowing about a rule that a client can read. */
export type PermissionRuleNoteCode = keyof typeof noteTexts

export interface PermissionRuleNote {
  readonly code: PermissionRuleNoteCode
  readonly text: string
  /** The client version from which a client says so itself. */
  readonly since?: string
  /** Rules or tool names that may be meant. */
  readonly suggestions?: readonly string[]
}

/** Why a client skips a rule: it was seen to run the tool although a deny rule was cut off (2.1.197). */
export type PermissionRuleReason = keyof typeof reasonTexts

export type PermissionRule =
  | {
      readonly ok: true
      readonly tool: string
      readonly specifier?: string
      readonly notes: readonly PermissionRuleNote[]
    }
  | { readonly ok: false; readonly reason: PermissionRuleReason; readonly text: string }

const reasonTexts = {
  empty: 'The rule is empty.',
  'no-tool': 'The rule has no tool name in front of its bracket.',
  'unbalanced-bracket': 'The rule has a bracket without its partner.',
  'text-after-bracket': 'The rule goes on after its closing bracket.',
} as const

const noteTexts = {
  'allow-glob-ignored':
    'In allow, a tool name may have * only after the literal name of a server, such as mcp__tickets__*; this rule is skipped.',
  'anchor-unknown':
    'A path with one leading / starts at the folder of the settings file; for managed settings none is documented. Write // for an absolute path.',
  'colon-star-not-at-end': ':* stands for a trailing wildcard only at the end; here it is compared letter by letter.',
  'curl-pattern-fragile':
    'A pattern on the arguments of curl is easily missed by another order, option or spelling; use WebFetch rules or the sandbox.',
  'empty-specifier': 'What an empty bracket stands for is not documented; leave it out.',
  'parameter-rule-field':
    'The main field of a tool cannot be matched as a parameter; such a rule is ignored. Write the value alone, or domain: for WebFetch.',
  'parameter-rule-not-in-allow': 'A rule on a parameter counts in deny and ask only.',
  'path-rule-never-consulted':
    'Paths are compared with Read and Edit rules only; a path rule for this tool is never consulted.',
  'unknown-tool': 'No tool of this name is known.',
  'webfetch-without-domain': 'A WebFetch rule names a host as domain:example.com.',
  'windows-path': 'Paths are compared in the form /c/folder; a backslash or a drive letter matches nothing.',
} as const

/** Tools whose path rules are accepted and never consulted, and the tool whose rules are. */
const pathTools: ReadonlyMap<string, 'Edit' | 'Read'> = new Map([
  ['Glob', 'Read'],
  ['MultiEdit', 'Edit'],
  ['NotebookEdit', 'Edit'],
  ['Write', 'Edit'],
])

/** The fields that hold a tool's main content. */
const mainFields: Readonly<Record<string, string>> = {
  Bash: 'command',
  Edit: 'file_path',
  Glob: 'path',
  Grep: 'path',
  NotebookEdit: 'notebook_path',
  PowerShell: 'command',
  Read: 'file_path',
  WebFetch: 'url',
  Write: 'file_path',
}

/** Tools with a syntax of their own, in which a colon may well be part of the value: only these fields are parameters. */
const parametersBesideOwnSyntax: Readonly<Record<string, readonly string[]>> = {
  Agent: ['isolation', 'model'],
  Bash: ['run_in_background'],
  Cd: [],
  Edit: [],
  Monitor: [],
  PowerShell: ['run_in_background'],
  Read: [],
  Skill: [],
  Task: ['isolation', 'model'],
  WebFetch: ['prompt'],
}

const shellTools = new Set(['Bash', 'Monitor', 'PowerShell'])
const pathRuleTools = new Set(['Cd', 'Edit', 'Read'])

/**
 * Reads one rule of `permissions.allow`, `ask` or `deny`: `Tool` or `Tool(specifier)`. What a client would skip comes back
 * as not ok; what it would take otherwise than it looks comes back as notes. `suggest` names tools near an unknown one:
 * looking for them takes time, and who reads a million rules may do without.
 * Source: https://code.claude.com/docs/en/permissions (2026-08-22).
 */
export function readPermissionRule(
  text: string,
  list: PermissionList,
  suggest: (tool: string) => readonly string[] = nearestTools,
): PermissionRule {
  if (text.trim() === '') return refused('empty')
  const open = text.indexOf('(')
  if (open === -1) {
    return text.includes(')')
      ? refused('unbalanced-bracket')
      : { ok: true, tool: text, notes: notesOnTool(text, list, suggest) }
  }
  if (text.slice(0, open).trim() === '') return refused('no-tool')
  if (!text.endsWith(')')) return refused(text.includes(')', open) ? 'text-after-bracket' : 'unbalanced-bracket')
  const tool = text.slice(0, open)
  // A specifier may have brackets of its own, as commands do.
  const specifier = text.slice(open + 1, -1)
  return {
    ok: true,
    tool,
    specifier,
    notes: [...notesOnTool(tool, list, suggest), ...notesOnSpecifier(tool, specifier, list)],
  }
}

function notesOnTool(
  tool: string,
  list: PermissionList,
  suggest: (tool: string) => readonly string[],
): PermissionRuleNote[] {
  if (tool.includes('*')) {
    return list === 'allow' && !/^mcp__(?:(?!__)[^*])+__/.test(tool) ? [note('allow-glob-ignored')] : []
  }
  // Names with an underscore are those of servers and plugins, which nobody can list.
  if (tool.includes('_') || isKnownRuleName(tool)) return []
  return [note('unknown-tool', { suggestions: suggest(tool) })]
}

function notesOnSpecifier(tool: string, specifier: string, list: PermissionList): PermissionRuleNote[] {
  if (specifier.trim() === '') return [note('empty-specifier')]
  const field = parameterOf(tool, specifier)
  if (field !== undefined) {
    if (field === mainFields[tool]) return [note('parameter-rule-field')]
    return list === 'allow' ? [note('parameter-rule-not-in-allow')] : []
  }
  const consulted = pathTools.get(tool)
  if (consulted !== undefined && specifier !== '*') {
    return [note('path-rule-never-consulted', { since: '2.1.210', suggestions: [`${consulted}(${specifier})`] })]
  }
  if (shellTools.has(tool)) return notesOnCommand(specifier)
  if (pathRuleTools.has(tool)) return notesOnPath(specifier)
  if (tool === 'WebFetch' && specifier !== '*' && !/^domain:\S/.test(specifier)) {
    return [note('webfetch-without-domain')]
  }
  return []
}

function notesOnCommand(specifier: string): PermissionRuleNote[] {
  const notes: PermissionRuleNote[] = []
  if (specifier.slice(0, -2).includes(':*')) notes.push(note('colon-star-not-at-end'))
  if (/^curl\s+[^\s*]/.test(specifier)) notes.push(note('curl-pattern-fragile'))
  return notes
}

function notesOnPath(specifier: string): PermissionRuleNote[] {
  if (/\\|^[A-Za-z]:/.test(specifier)) return [note('windows-path', { suggestions: [posixPath(specifier)] })]
  return /^\/(?!\/)/.test(specifier) ? [note('anchor-unknown')] : []
}

/** `C:\Users\**` as `//c/Users/**`. */
function posixPath(path: string): string {
  const slashed = path.replaceAll('\\', '/')
  const [, drive, rest] = /^([A-Za-z]):\/*(.*)$/s.exec(slashed) ?? []
  return drive === undefined ? slashed : `//${drive.toLowerCase()}/${rest}`
}

/** The field a specifier of the form `field:value` names, where the tool can be matched so. */
function parameterOf(tool: string, specifier: string): string | undefined {
  const field = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*:/.exec(specifier)?.[1]
  if (field === undefined) return undefined
  const own = Object.hasOwn(parametersBesideOwnSyntax, tool) ? parametersBesideOwnSyntax[tool] : undefined
  if (own === undefined) return field
  return own.includes(field) || field === mainFields[tool] ? field : undefined
}

function note(
  code: PermissionRuleNoteCode,
  more: { readonly since?: string; readonly suggestions?: readonly string[] } = {},
): PermissionRuleNote {
  return { code, text: noteTexts[code], ...more }
}

function refused(reason: PermissionRuleReason): PermissionRule {
  return { ok: false, reason, text: reasonTexts[reason] }
}
