import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MatcherMeaning, matcherMeaning } from '../../../src/bundle/catalogue/hook-matcher.js'

const cases: [string, MatcherMeaning][] = [
  ['', { kind: 'all' }],
  ['*', { kind: 'all' }],
  ['Bash', { kind: 'names', names: ['Bash'] }],
  ['Edit|Write', { kind: 'names', names: ['Edit', 'Write'] }],
  ['Edit, Write', { kind: 'names', names: ['Edit', 'Write'], since: '2.1.191' }],
  ['Edit | Write', { kind: 'names', names: ['Edit', 'Write'], since: '2.1.191' }],
  ['code-reviewer', { kind: 'names', names: ['code-reviewer'], since: '2.1.195' }],
  ['a-b, c', { kind: 'names', names: ['a-b', 'c'], since: '2.1.195' }],
  ['mcp__memory', { kind: 'names', names: ['mcp__memory'] }],
  ['|', { kind: 'names', names: [] }],
  ['mcp__memory__.*', { kind: 'pattern', source: 'mcp__memory__.*' }],
  ['^Notebook', { kind: 'pattern', source: '^Notebook' }],
  ['é', { kind: 'pattern', source: 'é' }],
  ['**', { kind: 'invalid-pattern' }],
  ['Bash(', { kind: 'invalid-pattern' }],
  ['Bash(git *)', { kind: 'pattern', source: 'Bash(git *)' }],
]

describe('matcherMeaning', () => {
  it.each(cases)('%j', (matcher, meaning) => {
    expect(matcherMeaning(matcher)).toEqual(meaning)
    expect(matcherMeaning(matcher, 'PreToolUse')).toEqual(meaning)
  })

  it.each(['FileChanged', 'StopFailure'])('on %s knows fewer letters', (event) => {
    expect(matcherMeaning('a|b', event)).toEqual({ kind: 'names', names: ['a', 'b'] })
    expect(matcherMeaning('a-b', event)).toEqual({ kind: 'pattern', source: 'a-b' })
    expect(matcherMeaning('a, b', event)).toEqual({ kind: 'pattern', source: 'a, b' })
    expect(matcherMeaning('*', event)).toEqual({ kind: 'all' })
  })

  it('reads a list of names back', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/)
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('|', ',', ' | ', ', '),
        (names, by) => {
          expect(matcherMeaning(names.join(by))).toMatchObject({ kind: 'names', names })
        },
      ),
    )
  })

  it('never throws, and a pattern it names can be compiled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const meaning = matcherMeaning(text)
        if (meaning.kind === 'pattern') expect(() => new RegExp(meaning.source)).not.toThrow()
      }),
    )
  })
})
