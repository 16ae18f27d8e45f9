import { describe, expect, it, test } from 'vitest'
import { lint } from '../../../src/bundle/lint/lint.js'
import type { Hit, LintContext, Rule } from '../../../src/bundle/lint/rule.js'
import type { SettingsFile } from '../../../src/bundle/settings-file.js'

const rule = (id: string, hits: readonly Hit[], more: Partial<Rule> = {}): Rule => ({
  id,
  title: id,
  surface: 'any',
  severity: 'warning',
  why: 'why',
  fix: 'fix',
  source: 'https://example.com/',
  checked: '2026-11-20',
  check: () => hits,
  ...more,
})

const file = (name: string, more: Partial<SettingsFile> = {}): SettingsFile => ({
  file: name,
  surface: 'claude-code',
  channel: 'file',
  format: 'json',
  value: {},
  problems: [],
  lineOf: () => undefined,
  ...more,
})

const context = (more: Partial<LintContext> = {}) => ({ codeVersions: [], desktopVersions: [], asOf: 0, ...more })
const here: Hit = { path: [], message: 'here' }

describe('versions', () => {
  const ranged = rule('a', [{ ...here, versions: '>=2.1.100 <2.1.200' }])

  it('keeps what holds for some version when none are given, and says for which', () => {
    const [finding] = lint([file('x')], [ranged], context())
    expect(finding?.versions).toEqual({ range: '>=2.1.100 <2.1.200' })
    expect(finding?.since).toBe('2.1.100')
  })

  it('names the versions out there that it holds for', () => {
    const [finding] = lint([file('x')], [ranged], context({ codeVersions: ['2.1.99', '2.1.150', '2.1.200'] }))
    expect(finding?.versions).toEqual({ range: '>=2.1.100 <2.1.200', affected: ['2.1.150'], given: 3 })
  })

  test.each([[['2.1.99']], [['2.1.200', '2.1.300']]])('leaves out what holds for none of %j', (codeVersions) => {
    expect(lint([file('x')], [ranged], context({ codeVersions }))).toEqual([])
  })

  it('compares with the versions of the program that reads the file', () => {
    const both = [file('x'), file('y', { surface: 'claude-desktop' }), file('z', { surface: 'managed-mcp' })]
    const found = lint(both, [ranged], context({ codeVersions: ['2.1.150'], desktopVersions: ['1.2.3'] }))
    expect(found.map(({ file: name }) => name)).toEqual(['x', 'z'])
  })

  it('takes the range of the rule where the hit has none, and the hit before the rule', () => {
    const rules = [rule('a', [here, { ...here, path: ['b'], versions: '<1.0.0' }], { versions: '<2.0.0' })]
    const ranges = lint([file('x')], rules, context()).map(({ versions }) => versions?.range)
    expect(ranges).toEqual(['<2.0.0', '<1.0.0'])
  })

  it('says no version for what holds for all', () => {
    const [finding] = lint([file('x')], [rule('a', [here])], context({ codeVersions: ['2.1.1'] }))
    expect([finding?.versions, finding?.since]).toEqual([undefined, undefined])
  })
})

it('applies a rule to the settings of its program only', () => {
  const rules = [rule('desktop', [here], { surface: 'claude-desktop' })]
  const found = lint([file('x'), file('y', { surface: 'claude-desktop' })], rules, context())
  expect(found.map(({ file: name }) => name)).toEqual(['y'])
})

it('lets a hit say more than its rule', () => {
  const hit: Hit = { ...here, path: ['env', 'A B', 0], severity: 'error', fix: 'other', line: 7 }
  const [finding] = lint([file('x')], [rule('a', [hit])], context())
  expect(finding).toMatchObject({ severity: 'error', fix: 'other', line: 7, path: 'env["A B"][0]', why: 'why' })
})

it('takes the line of the nearest place that has one', () => {
  const lines = new Map([
    ['', 1],
    ['env', 4],
  ])
  const lineOf: SettingsFile['lineOf'] = (path) => lines.get(path.join('.'))
  const rules = [rule('a', [{ ...here, path: ['env', 'X'] }]), rule('b', [{ ...here, path: ['hooks'] }])]
  const found = lint([file('x', { lineOf })], rules, context())
  expect(found.map(({ rule: id, line }) => [id, line])).toEqual([
    ['b', 1],
    ['a', 4],
  ])
})

it('sorts by file, line, rule and path, whatever the order of files and rules', () => {
  const rules = [
    rule('b', [
      { ...here, path: ['y'], line: 2 },
      { ...here, path: ['x'], line: 2 },
    ]),
    rule('a', [
      { ...here, line: 10 },
      { ...here, line: 2 },
    ]),
  ]
  const order = (files: SettingsFile[], of: Rule[]) =>
    lint(files, of, context()).map((finding) => [finding.file, finding.line, finding.rule, finding.path].join(' '))
  const expected = ['a 2 a ', 'a 2 b x', 'a 2 b y', 'a 10 a ', 'b 2 a ', 'b 2 b x', 'b 2 b y', 'b 10 a ']
  expect(order([file('b'), file('a')], rules)).toEqual(expected)
  expect(order([file('a'), file('b')], [...rules].reverse())).toEqual(expected)
})

it('does not hide the fault of a rule', () => {
  const broken = rule('a', [], {
    check() {
      throw new TypeError('a bug')
    },
  })
  expect(() => lint([file('x')], [broken], context())).toThrow('a bug')
})
