import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type PermissionList,
  type PermissionRuleNoteCode,
  readPermissionRule,
} from '../../../src/bundle/catalogue/permission-rule.js'
import { isBareMcpServer, isKnownTool, knownTools, nearestTools } from '../../../src/bundle/catalogue/tool-names.js'

const all: PermissionList[] = ['allow', 'ask', 'deny']

function codes(text: string, list: PermissionList): PermissionRuleNoteCode[] {
  const rule = readPermissionRule(text, list)
  if (!rule.ok) throw new Error(`not read: ${rule.reason}`)
  return rule.notes.map(({ code }) => code)
}

describe('a permission rule', () => {
  it.each([
    'Bash',
    'Bash(*)',
    'Bash(npm run build)',
    'Bash(npm run *)',
    'Bash(git:*)',
    'Bash(git * main)',
    'Bash(curl *)',
    'Bash(curl:*)',
    'Bash(echo "(a)")',
    'PowerShell(Get-ChildItem *)',
    'Read(./.env)',
    'Read(//c/**/.env)',
    'Edit(~/notes/**)',
    'Edit(src/**)',
    'WebFetch(domain:*.example.com)',
    'WebFetch(*)',
    'mcp__tickets',
    'mcp__tickets__*',
    'mcp__tickets__get_*',
    'mcp__plugin_acme_tickets__search',
    'Agent(Explore)',
    'Cd(~/code/**)',
    'Skill(deploy *)',
    'Write',
    'Some_New_Tool',
  ])('%s is good in every list', (text) => {
    for (const list of all) expect(codes(text, list)).toEqual([])
  })

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['(echo)', 'no-tool'],
    ['Bash(echo', 'unbalanced-bracket'],
    ['Bash echo)', 'unbalanced-bracket'],
    ['Bash(echo) ', 'text-after-bracket'],
    ['Bash(a) && Bash(b', 'text-after-bracket'],
  ])('%j is refused: %s', (text, reason) => {
    for (const list of all) expect(readPermissionRule(text, list)).toMatchObject({ ok: false, reason })
  })

  it('splits into tool and specifier', () => {
    expect(readPermissionRule('Bash(npm run (a|b))', 'deny')).toEqual({
      ok: true,
      tool: 'Bash',
      specifier: 'npm run (a|b)',
      notes: [],
    })
    expect(readPermissionRule('Read', 'deny')).toEqual({ ok: true, tool: 'Read', notes: [] })
  })

  it.each([
    ['Write(docs/**)', 'Edit(docs/**)'],
    ['NotebookEdit(docs/**)', 'Edit(docs/**)'],
    ['MultiEdit(docs/**)', 'Edit(docs/**)'],
    ['Glob(docs/**)', 'Read(docs/**)'],
  ])('%s is never consulted, %s is', (text, instead) => {
    expect(readPermissionRule(text, 'deny')).toMatchObject({
      notes: [{ code: 'path-rule-never-consulted', since: '2.1.210', suggestions: [instead] }],
    })
  })

  it.each(['*', 'B*', 'mcp__*', 'mcp__tick*__get'])('%s is skipped in allow and counts elsewhere', (text) => {
    expect(codes(text, 'allow')).toEqual(['allow-glob-ignored'])
    expect(codes(text, 'ask')).toEqual([])
    expect(codes(text, 'deny')).toEqual([])
  })

  it.each([
    ['bash', 'Bash'],
    ['bash(git *)', 'Bash'],
    ['WebFetsh(domain:example.com)', 'WebFetch'],
    ['Reed(./.env)', 'Read'],
    ['Powershell', 'PowerShell'],
  ])('%s names no known tool; %s may be meant', (text, tool) => {
    const rule = readPermissionRule(text, 'deny')
    expect(rule).toMatchObject({ ok: true, notes: [{ code: 'unknown-tool' }] })
    expect(rule.ok && rule.notes[0]?.suggestions).toContain(tool)
  })

  it.each<[string, PermissionList, PermissionRuleNoteCode[]]>([
    ['Bash(git:* push)', 'deny', ['colon-star-not-at-end']],
    ['Bash(a:*:*)', 'deny', ['colon-star-not-at-end']],
    ['Bash(curl https://example.com/*)', 'allow', ['curl-pattern-fragile']],
    ['Bash()', 'deny', ['empty-specifier']],
    ['WebFetch(https://example.com)', 'deny', ['webfetch-without-domain']],
    ['WebFetch(example.com)', 'allow', ['webfetch-without-domain']],
    ['WebFetch(domain:)', 'allow', ['webfetch-without-domain']],
    ['WebFetch(url:https://example.com)', 'deny', ['parameter-rule-field']],
    ['Bash(command:rm *)', 'deny', ['parameter-rule-field']],
    ['Read(file_path:/etc/passwd)', 'deny', ['parameter-rule-field']],
    ['Grep(path:/etc)', 'ask', ['parameter-rule-field']],
    ['Agent(model:opus)', 'deny', []],
    ['Agent(model:opus)', 'allow', ['parameter-rule-not-in-allow']],
    ['Bash(run_in_background:true)', 'ask', []],
    ['Bash(run_in_background : true)', 'allow', ['parameter-rule-not-in-allow']],
    ['Bash(docker:*)', 'allow', []],
    ['mcp__tickets__get(project:secret)', 'allow', ['parameter-rule-not-in-allow']],
    ['mcp__tickets__get(project:secret)', 'deny', []],
    ['Read(/etc/passwd)', 'deny', ['anchor-unknown']],
    ['Cd(/srv/**)', 'deny', ['anchor-unknown']],
    ['Read(C:\\Users\\**)', 'deny', ['windows-path']],
    ['Edit(docs\\**)', 'deny', ['windows-path']],
  ])('%s in %s: %j', (text, list, expected) => {
    expect(codes(text, list)).toEqual(expected)
  })

  it('says how a Windows path is written', () => {
    expect(readPermissionRule('Read(C:\\Users\\**\\.env)', 'deny')).toMatchObject({
      notes: [{ suggestions: ['//c/Users/**/.env'] }],
    })
  })

  it('is read without a throw, and its parts make the text again', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom(...knownTools), fc.string()).map(([a, b]) => `${a}(${b})`),
    )
    fc.assert(
      fc.property(text, fc.constantFrom(...all), (given, list) => {
        const rule = readPermissionRule(given, list)
        if (!rule.ok) return
        expect(rule.specifier === undefined ? rule.tool : `${rule.tool}(${rule.specifier})`).toBe(given)
      }),
    )
  })
})

describe('tool names', () => {
  it('are sorted, each once', () => {
    expect(knownTools).toEqual([...new Set(knownTools)].sort())
    expect(knownTools).toEqual(expect.arrayContaining(['Bash', 'Edit', 'Task', 'Agent', 'PowerShell', 'Skill']))
  })

  it('include those of servers', () => {
    expect(isKnownTool('mcp__tickets__search')).toBe(true)
    expect(isKnownTool('bash')).toBe(false)
    // `Cd` is a command of the user: a hook never sees it.
    expect(isKnownTool('Cd')).toBe(false)
  })

  it.each([
    ['mcp__memory', true],
    ['mcp__plugin_acme_memory', true],
    ['mcp__memory__get', false],
    ['mcp__', false],
    ['Bash', false],
  ])('%s is a server without a tool: %s', (name, isBare) => {
    expect(isBareMcpServer(name)).toBe(isBare)
  })

  it('differ in case', () => {
    expect(nearestTools('BASH')).toEqual(['Bash'])
  })
})
