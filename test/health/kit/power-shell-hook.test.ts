import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHookRecord } from '../../../src/health/hook-record.js'
import { hookPlaces, powerShellHook } from '../../../src/health/kit/hook-files.js'
import { powerShellNameProblems, powerShellSyntaxErrors } from '../../builders/power-shell-syntax.js'
import { powerShellStructure } from '../../bundle/scripts/power-shell-structure.js'

const script = powerShellHook('deny')
const { problems, code } = powerShellStructure(script)
const shell = readFileSync('templates/hook/fleet-hook.sh', 'utf8')

/** A pattern of .NET, as JavaScript writes it. */
const expressionOf = (pattern: string) => new RegExp(pattern.replaceAll('\\A', '^').replaceAll('\\z', '$'))

describe('the hook for Windows', () => {
  it('is PowerShell, pure ASCII with line feeds, and no place of the template is left', async () => {
    expect(script).toMatch(/^[\n\x20-\x7e]+\n$/)
    expect(script).not.toContain('@@')
    expect(problems).toEqual([])
    expect(await powerShellSyntaxErrors(script)).toEqual([])
    expect(await powerShellNameProblems(script)).toEqual([])
  })

  it('takes in every part of its folder', () => {
    const main = readFileSync('templates/hook/fleet-hook.ps1', 'utf8')
    const parts = readdirSync('templates/hook').filter((name) => name.endsWith('.ps1') && name !== 'fleet-hook.ps1')
    expect(parts.length).toBeGreaterThan(0)
    for (const part of parts) expect(main).toContain(`@@PART hook/${part}@@`)
  })

  it('knows its configuration, and what to do without one', () => {
    expect(script).toContain(`$ConfigurationFile = '${hookPlaces.windows.configuration}'`)
    expect(script).toContain("$Unsure = 'deny'")
    expect(powerShellHook('allow')).toContain("$Unsure = 'allow'")
  })

  it('never names the lines of a pipeline, lest PowerShell reads standard input itself', () => {
    expect(script).not.toMatch(/\$input\b/i)
  })

  it('runs no text and no program', () => {
    expect(code).not.toMatch(
      /Invoke-|\biex\b|ScriptBlock|Add-Type|Start-(?:Process|Job)\b|(?:^|[;|{(]\s*)&\s|ComObject|Diagnostics\.Process\b/i,
    )
  })

  it('always ends with 0', () => {
    expect([...code.matchAll(/\bexit\b[^\n}]*/g)].map(([found]) => found.trim())).toEqual([
      'exit 0',
      'exit 0',
      'exit 0',
    ])
    expect(code.trimEnd()).toMatch(/exit 0$/)
  })

  it('records nothing where it is tried by hand', () => {
    const trial = script.indexOf("GetEnvironmentVariable('FLEET_HOOK_TRIAL')")
    expect(shell).toContain('FLEET_HOOK_TRIAL')
    expect(trial).toBeGreaterThan(script.lastIndexOf('Write-Answer '))
    expect(trial).toBeLessThan(script.lastIndexOf('Write-Record '))
  })

  it('trusts what administrators alone can write, whoever else there is', () => {
    const [, rules = ''] = /function Test-OwnRules([\s\S]*?)\n}\n/.exec(script) ?? []
    expect(rules).toMatch(/\$trusted -cnotcontains \$security\.GetOwner/)
    expect(rules).toMatch(/if \(\$trusted -ccontains \$rule\.IdentityReference\.Value\) \{ continue \}/)
    expect(rules.match(/S-1-[0-9-]+/g)).toEqual([
      'S-1-5-18',
      'S-1-5-32-544',
      'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
    ])
  })

  it('sends the members that the hook for macOS and Linux sends, and no others', () => {
    const sent = [...(/\$envelope = ([\s\S]*?)\n {4}return/.exec(script)?.[1] ?? '').matchAll(/"([A-Za-z]+)":/g)].map(
      ([, name]) => name,
    )
    expect(sent).toEqual(['schema', 'event', 'tool', 'session', 'toolUse', 'bytes'])
    const fromShell = [...shell.matchAll(/\\\\"([A-Za-z]+)\\\\":/g)].map(([, name]) => name)
    expect(fromShell).toEqual(sent)
    const schema = /\{"schema":"([a-z./0-9-]+)"/.exec(script)?.[1]
    expect(schema).toMatch(/^fleet\./)
    expect(shell).toContain(schema ?? 'no schema')
  })

  it('says what the hook for macOS and Linux says', () => {
    const reasons = [...script.matchAll(/New-(?:NoAnswer|Decision 'unsure') '([a-z]+)'/g)].map(
      ([, reason = '']) => reason,
    )
    expect([...new Set(reasons)].sort()).toEqual([
      'authorization',
      'configuration',
      'endpoint',
      'event',
      'program',
      'timeout',
    ])
    for (const text of [
      'Refused by rule ',
      ' of the hook of your organisation.',
      'The policy of your organisation says so.',
      'The hook of your organisation could not decide (',
      '), and then nothing may run.',
    ]) {
      expect(script).toContain(text)
      expect(shell).toContain(text)
    }
  })

  it('answers with JSON that Claude Code takes', () => {
    const [, json = ''] = /Write-Output '(\{[^']+\})'/.exec(script) ?? []
    expect(JSON.parse(json)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: expect.stringContaining('(program)'),
      },
    })
    const [, start = '', middle = '', end = ''] =
      /Out\.Write\('([^']+)' \+ \$Decision \+ '([^']+)' \+ \$text \+ '([^']+)'/.exec(script) ?? []
    expect(JSON.parse(`${start}deny${middle}why${end}`)).toEqual({
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'why' },
    })
  })

  it('writes a line that the probe reads', () => {
    const [, line = ''] = /Write-Record \(([^\n]+)\) \$keep/.exec(script) ?? []
    const values = ['2026-11-18T07:41:00Z', 'PreToolUse', 'Bash', 'deny', '12', '403']
    let at = 0
    const text = line
      .split(' + ')
      .map((part) => (part.startsWith("'") ? part.slice(1, -1) : values[at++]))
      .join('')
    expect(at).toBe(values.length)
    expect(readHookRecord(text)).toEqual([
      { at: '2026-11-18T07:41:00Z', event: 'PreToolUse', tool: 'Bash', verdict: 'deny', milliseconds: 12, status: 403 },
    ])
    expect(script).toContain("'\\AppData\\Local'")
    expect(script).toContain("'\\Fleet'")
    expect(script).toContain("'\\hook-record'")
  })

  it('takes addresses, rules and files as the policy has them', () => {
    const patternOf = (before: string) => expressionOf(new RegExp(`${before}'([^']+)'`).exec(script)?.[1] ?? '(?!)')
    const rule = patternOf('Match\\(\\$value, ')
    expect(rule.exec('Bash rm -rf /')?.slice(1)).toEqual(['Bash', 'rm -rf /'])
    expect(rule.exec('mcp__github__*')?.slice(1)).toEqual(['mcp__github__*', undefined])
    for (const bad of ['', 'Bash ', 'B*sh', '** x', 'Bash\tx', 'Bash \u00e9'])
      expect([bad, rule.test(bad)]).toEqual([bad, false])
    const file = patternOf("'authorization-file' -and \\$value -cmatch ")
    expect(file.test('C:\\ProgramData\\Fleet\\hook-authorization')).toBe(true)
    for (const bad of ['\\\\server\\share\\x', '/etc/x', 'C:x', 'C:\\a"b'])
      expect([bad, file.test(bad)]).toEqual([bad, false])
    const [https, loopback] = [...script.matchAll(/\$Text -cmatch '([^']+)'/g)].map(([, pattern = '']) =>
      expressionOf(pattern),
    )
    const takes = (address: string) => https?.test(address) === true || loopback?.test(address) === true
    for (const good of [
      'https://policy.example.com/decide',
      'http://localhost:8080/',
      'http://127.0.0.1',
      'http://[::1]:1/x',
    ])
      expect([good, takes(good)]).toEqual([good, true])
    for (const bad of ['http://policy.example.com/', 'https:///x', 'http://localhost.example.com/', 'file:///c:/x'])
      expect([bad, takes(bad)]).toEqual([bad, false])
  })

  it('tells an event that is torn from one that is broken', () => {
    const [, pattern = ''] = /\$TornToken = [^\n]*::new\('([^\n]+)'\)\n/.exec(script) ?? []
    const torn = expressionOf(pattern.replaceAll('(?>', '(?:'))
    for (const rest of ['', ' ', '"a', '"a\\', '"a\\u12', 't', 'fals', '-', '.', 'e+'])
      expect([rest, torn.test(rest)]).toEqual([rest, true])
    for (const rest of ["'", '"a\\x', 'x', 'tru3', '// a', '"\t'])
      expect([rest, torn.test(rest)]).toEqual([rest, false])
  })
})
