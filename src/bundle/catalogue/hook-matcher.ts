/** What a matcher stands for. Before the version in `since` the client took the text for a pattern. */
export type MatcherMeaning =
  | { readonly kind: 'all' }
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly since?: string }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'invalid-pattern' }

/** These two compare with a smaller alphabet, and only `|` separates their names. */
const plainerEvents = new Set(['FileChanged', 'StopFailure'])

/**
 * What a hook's matcher stands for on an event. Names are compared whole and case-sensitively; a pattern is a JavaScript
 * regular expression that may match anywhere in the name.
 * Source: https://code.claude.com/docs/en/hooks#matcher-patterns (2026-08-22): commas and blanks from 2.1.191, hyphens
 * from 2.1.195 on.
 */
export function matcherMeaning(matcher: string, event?: string): MatcherMeaning {
  if (matcher === '' || matcher === '*') return { kind: 'all' }
  const isPlain = event !== undefined && plainerEvents.has(event)
  if ((isPlain ? /^[A-Za-z0-9_|]+$/ : /^[A-Za-z0-9_\- ,|]+$/).test(matcher)) {
    const names = matcher
      .split(/[|,]/)
      .map((name) => name.trim())
      .filter((name) => name !== '')
    const since = matcher.includes('-') ? '2.1.195' : /[ ,]/.test(matcher) ? '2.1.191' : undefined
    return { kind: 'names', names, ...(since === undefined ? {} : { since }) }
  }
  return isPattern(matcher) ? { kind: 'pattern', source: matcher } : { kind: 'invalid-pattern' }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
