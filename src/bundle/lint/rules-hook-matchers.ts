import { nearestTexts } from '../../platform/nearest-text.js'
import type { HookEvent } from '../catalogue/hook-events.js'
import { type MatcherMeaning, matcherMeaning } from '../catalogue/hook-matcher.js'
import { isBareMcpServer, isKnownTool, nearestTools } from '../catalogue/tool-names.js'
import { boundedSearch } from './bounded.js'
import { type HookGroup, wellFormed } from './hook-groups.js'
import { docs, observed } from './references.js'
import type { Hit, Rule } from './rule.js'
import { didYouMean, shown } from './shown-value.js'

/** The groups that have a matcher, with what it stands for. */
function* matchers(
  value: unknown,
): Iterable<HookGroup & { readonly matcher: string; readonly meaning: MatcherMeaning }> {
  for (const group of wellFormed(value)) {
    const { matcher, event } = group
    if (matcher !== undefined) yield { ...group, matcher, meaning: matcherMeaning(matcher, event.name) }
  }
}

interface NearestNames {
  readonly tools: typeof nearestTools
  readonly texts: (text: string, candidates: Iterable<string>) => readonly string[]
}

/** Why a name of a matcher matches nothing; undefined where it may. */
function nameProblem(
  name: string,
  event: HookEvent,
  search: NearestNames,
): Pick<Hit, 'message' | 'severity'> | undefined {
  if (event.toolEvent === true) {
    if (isBareMcpServer(name))
      return {
        message: `${shown(name)} names a server and no tool: it matches nothing. Write "${shown(name).slice(1, -1)}__.*".`,
      }
    if (isKnownTool(name)) return undefined
    const nearest = search.tools(name)
    if (nearest.some((tool) => tool.toLowerCase() === name.toLowerCase()))
      return { message: `Names are case-sensitive: ${shown(name)} never matches.${didYouMean(nearest)}` }
    return { severity: 'warning', message: `No tool ${shown(name)} is known.${didYouMean(nearest)}` }
  }
  if (event.values === undefined || event.values.includes(name)) return undefined
  const nearest = search.texts(name, event.values)
  return {
    severity: 'warning',
    message: `${shown(name)} is not known to occur as ${event.matches ?? 'a value'} of this event.${didYouMean(nearest)}`,
  }
}

/** Rules about which calls a hook is for. */
export const rules: readonly Rule[] = [
  {
    id: 'hook-matcher-never',
    title: 'A matcher that matches nothing',
    surface: 'claude-code',
    severity: 'error',
    why: 'The hook is registered, so it looks right everywhere, and never runs.',
    fix: 'Write the name as the tools reference has it; for all tools of a server mcp__server__.*',
    ...observed,
    *check(file) {
      const search = { tools: boundedSearch(nearestTools), texts: boundedSearch(nearestTexts) }
      for (const { meaning, event, path } of matchers(file.value)) {
        if (meaning.kind !== 'names' || event.matcher === false) continue
        for (const name of meaning.names) {
          const problem = nameProblem(name, event, search)
          if (problem !== undefined) yield { path: [...path, 'matcher'], ...problem }
        }
      }
    },
  },
  {
    id: 'hook-matcher-pattern',
    title: 'A matcher that is no pattern, or not to every client what it looks like',
    surface: 'claude-code',
    severity: 'error',
    why: 'Anything but letters, digits and a few marks is a regular expression of JavaScript; one that does not compile matches nothing.',
    fix: 'Correct the expression, or separate plain names with |, which every client reads.',
    ...docs.hooks,
    *check(file) {
      for (const { meaning, matcher, event, path: group } of matchers(file.value)) {
        if (event.matcher === false) continue
        const path = [...group, 'matcher']
        if (meaning.kind === 'invalid-pattern') yield { path, message: `${shown(matcher)} does not compile.` }
        else if (meaning.kind === 'names' && meaning.since !== undefined && /[ ,]/.test(matcher))
          yield {
            path,
            severity: 'warning',
            versions: `<${meaning.since}`,
            message: `Clients before ${meaning.since} take ${shown(matcher)} for a pattern, which matches no name.`,
          }
        else if (meaning.kind === 'names' && meaning.since !== undefined)
          yield {
            path,
            severity: 'note',
            versions: `<${meaning.since}`,
            message: `Clients before ${meaning.since} take ${shown(matcher)} for a pattern, which matches longer names too.`,
          }
      }
    },
  },
  {
    id: 'hook-matcher-unused',
    title: 'A matcher on an event that has none',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Clients ignore it without a word: the hook runs every time, not only when the matcher says so.',
    fix: 'Take the matcher out, and let the hook itself look at its input.',
    ...docs.hooks,
    *check(file) {
      for (const { meaning, event, path } of matchers(file.value))
        if (event.matcher === false && meaning.kind !== 'all')
          yield { path: [...path, 'matcher'], message: `${event.name} has no matcher: the hook runs every time.` }
    },
  },
]
