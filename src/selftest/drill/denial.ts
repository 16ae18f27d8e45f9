import { readPermissionRule } from '../../bundle/catalogue/permission-rule.js'
import { drillCommand } from './model.js'

const denials = ['tool', 'command', 'maybe', 'no'] as const

/** What deny rules do to the drill's command: take the tool away, refuse the command, perhaps so, or nothing. */
export type Denial = (typeof denials)[number]

/**
 * What one deny rule does to the drill's command. A trailing wildcard and plain text are read; of other patterns only a
 * client knows. Source: https://code.claude.com/docs/en/permissions (2026-08-22).
 */
export function denialOf(text: string): Denial {
  const rule = readPermissionRule(text, 'deny', () => [])
  if (!rule.ok) return 'no'
  if (rule.tool !== 'Bash') return rule.tool.includes('*') && wildcard(rule.tool).test('Bash') ? 'maybe' : 'no'
  const { specifier } = rule
  if (specifier === undefined || specifier === '*') return 'tool'
  const prefix = /^(?<words>[^*]+?)(?::\*| \*)$/.exec(specifier)?.groups?.words
  if (prefix !== undefined) return drillCommand === prefix || drillCommand.startsWith(`${prefix} `) ? 'command' : 'no'
  if (!specifier.includes('*')) return specifier === drillCommand ? 'command' : 'no'
  return wildcard(specifier).test(drillCommand) ? 'maybe' : 'no'
}

/** What several rules come to. */
export function strongest(found: readonly Denial[]): Denial {
  return denials.find((denial) => found.includes(denial)) ?? 'no'
}

function wildcard(text: string): RegExp {
  const parts = text.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
