import { listText } from '../otlp/value-text.js'
import type { Get } from './story-events.js'
import { notShown } from './story-plain.js'
import { countOf } from './story-words.js'

/** The members of a list, which stores of texts hold as JSON. */
export function listed(text: string): string {
  return listText({ stringValue: text }).replaceAll(',', ', ')
}

export function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ')
}

export function or(text: string, otherwise: string): string {
  return text === '' ? otherwise : text
}

export function problem(name: string, text: string): string {
  return text === '' ? '' : `${name} ${text}`
}

export function from(source: string): string {
  return problem('from', source)
}

export function scope(text: string): string {
  return problem('scope', text)
}

export function helper(state: string): string {
  return state === '' || state === 'none' || state === 'ok' ? '' : `policy helper: ${state}`
}

export function agent(source: string): string {
  return source === '' || source === 'main' ? '' : source
}

export function managed(get: Get): string {
  return get('managed_only') === 'true' ? 'managed hooks only' : ''
}

export function ofLength(length: string): string {
  return length === '' ? '' : ` of ${countOf(length, 'character')}`
}

export function outcome(success: string): string {
  if (success === '') return ''
  return success === 'true' ? ', done' : ', failed'
}

export function pluginText(what: string, get: Get): string {
  return joined([
    `Plugin ${what}: ${or(get('plugin.name'), '(name not told)')}`,
    get('plugin.version'),
    from(get('marketplace.name')),
    scope(get('plugin.scope')),
    get('enabled_via'),
  ])
}

export function requestError(what: string, get: Get): string {
  const error = get('error')
  return joined([
    `${what}${error === '' || error === notShown ? '' : `: ${error}`}`,
    problem('status', get('status_code')),
    problem('attempt', get('attempt') || get('total_attempts')),
    get('model'),
  ])
}

export function hookName(get: Get): string {
  return `Hooks ${or(get('hook_name') || get('hook_event'), '(event not told)')}`
}

export function hookVerdict(get: Get): string {
  const counts = [
    ['num_blocking', 'blocked'],
    ['num_success', 'succeeded'],
    ['num_non_blocking_error', 'failed without blocking'],
    ['num_cancelled', 'cancelled'],
  ] as const
  const told = counts.filter(([name]) => get(name) !== '' && get(name) !== '0')
  return told.length === 0 ? 'no verdict told' : told.map(([name, word]) => `${get(name)} ${word}`).join(', ')
}

export function toolName(get: Get): string {
  return or(get('tool_name'), 'A tool (name not told)')
}

export function decisionWord(decision: string): string {
  if (decision === 'accept') return 'allowed'
  if (decision === 'reject') return 'refused'
  return or(decision, 'decision not told')
}

export function toolOutcome(success: string): string {
  if (success === 'true') return 'succeeded'
  if (success === 'false') return 'failed'
  return or(success, 'result not told')
}
