import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readPowerShellData } from '../../../src/bundle/scripts/data-block.js'
import { factTable } from '../../../src/health/facts.js'
import { readHookRecord } from '../../../src/health/hook-record.js'
import { powerShellProbe } from '../../../src/health/kit/power-shell-probe.js'
import type { ProbeTarget } from '../../../src/health/probe-target.js'
import { sha256 } from '../../../src/platform/sha256.js'
import { buildBundle } from '../../builders/building.js'
import { powerShellNameProblems, powerShellSyntaxErrors } from '../../builders/power-shell-syntax.js'
import { powerShellStructure } from '../../bundle/scripts/power-shell-structure.js'

const bare: ProbeTarget = {
  platform: 'windows',
  stamp: '0123456789abcdef',
  wantsSettings: false,
  isStamped: false,
  hookFiles: [],
  wantsHooks: false,
  wantsRecord: false,
  decidesTools: false,
  everyTool: false,
  restartWithinHours: 24,
  evaluates: false,
  plugins: [],
  wantsTelemetry: false,
}
const full: ProbeTarget = {
  ...bare,
  stamp: 'fedcba9876543210',
  wantsSettings: true,
  isStamped: true,
  hookFiles: ['C:\\Program Files\\Fleet\\fleet-hook.ps1', "C:\\Gerät\\'@ $(calc)"],
  wantsHooks: true,
  wantsRecord: true,
  decidesTools: true,
  everyTool: true,
  restartWithinHours: 72,
  evaluates: true,
  plugins: [
    { name: 'guard', marketplace: 'acme', version: '1.2.3' },
    { name: 'notes', marketplace: 'acme' },
  ],
  credential: {
    helper: 'C:\\Program Files\\ClaudeCode\\otel-headers.ps1',
    file: 'C:\\ProgramData\\Fleet\\otel-headers.json',
  },
  wantsTelemetry: true,
}
const script = powerShellProbe(full, 'line')
const { problems, code } = powerShellStructure(script)
const parts = readdirSync('templates/probe').filter((name) => name.endsWith('.ps1'))

const outside = (text: string) =>
  text
    .replace(/ = @'\n[A-Za-z0-9+/=\n]*'@\n/g, '')
    .replace(/'[0-9a-f]{64}'/g, '')
    .replace(/^\$Stamp = '[0-9a-f]{16}'$/m, '')

describe('the probe for Windows', () => {
  it('is PowerShell, pure ASCII with line feeds, and has an end for every quote and bracket', async () => {
    for (const style of ['line', 'result', 'status'] as const)
      for (const target of [bare, full]) {
        const made = powerShellProbe(target, style)
        expect(made).toMatch(/^[\n\x20-\x7e]+\n$/)
        expect(made).not.toContain('@@')
        expect(made).toContain(`$Style = '${style}'`)
        expect(powerShellStructure(made).problems).toEqual([])
      }
    expect(await powerShellSyntaxErrors(script)).toEqual([])
    expect(problems).toEqual([])
  })

  it('uses only functions and variables that are there, with all their arguments', async () => {
    expect(await powerShellNameProblems(script)).toEqual([])
  })

  it('takes in every part of its folder', () => {
    const main = readFileSync('templates/probe/probe.ps1', 'utf8')
    for (const part of parts.filter((name) => name !== 'probe.ps1')) expect(main).toContain(`@@PART probe/${part}@@`)
  })

  it('says the same for every policy, outside of base64, digest and stamp', () => {
    expect(outside(script)).toBe(outside(powerShellProbe(bare, 'line')))
    expect(outside(script)).not.toMatch(/guard|acme|fleet-hook\.ps1/)
    // Microsoft Intune takes 200 KB.
    expect(script.length).toBeLessThan(100_000)
  })

  it('carries what the policy wants in one block, checked by its digest', () => {
    const data = readPowerShellData(Buffer.from(script), 'Target')
    expect(String(data).split('\n')).toEqual([
      'windows',
      'restartWithinHours\t72',
      'wantsSettings',
      'isStamped',
      'wantsHooks',
      'keepsRecord',
      'evaluates',
      'decidesTools',
      'everyTool',
      'hook\tC:\\Program Files\\Fleet\\fleet-hook.ps1',
      "hook\tC:\\Gerät\\'@ $(calc)",
      'plugin\tguard\tacme\t1.2.3',
      'plugin\tnotes\tacme\t',
      'helper\tC:\\Program Files\\ClaudeCode\\otel-headers.ps1',
      'headers\tC:\\ProgramData\\Fleet\\otel-headers.json',
      '',
    ])
    expect(script).toContain(`$TargetDigest = '${sha256(data ?? Buffer.alloc(0))}'`)
    // Each name is one that the script asks for.
    for (const line of String(data).split('\n').slice(1).filter(Boolean))
      expect(script).toContain(`$Wanted['${line.split('\t')[0]}']`)
  })

  it('carries no wish where the policy wants nothing', () => {
    expect(String(readPowerShellData(Buffer.from(powerShellProbe(bare, 'line')), 'Target'))).toBe(
      'windows\nrestartWithinHours\t24\n',
    )
  })

  it('only reads, connects to nothing, compiles nothing and runs no text', () => {
    expect(code).not.toMatch(
      /Invoke-|\biex\b|ScriptBlock|Add-Type|Start-(?:Process|Job)\b|(?:^|[;|{(]\s*)&\s|Web(?:Client|Request)|Http|Socket|TcpClient|Dns\b|ComObject/i,
    )
    expect(code).not.toMatch(
      /(?:Set|Add|Clear|Out|New|Remove|Move|Copy|Rename)-(?:Content|Item|File|ItemProperty|Acl)|WriteAll|AppendAll|CreateDirectory|CreateSubKey|SetValue|Delete\(|FileMode\]::(?!Open\b)|FileAccess\]::(?!Read\b)|SetAccessControl/,
    )
    expect(code).not.toMatch(/\$(?:input|matches)\b/i)
  })

  it('writes the keys of the line in its order, all but what a script or Windows cannot know', () => {
    const [, list = ''] = /\$Keys = @\(([\s\S]*?)\n\)/.exec(script) ?? []
    const keys = [...list.matchAll(/'([a-z]+)'/g)].map(([, key]) => key)
    expect(keys).toEqual(
      Object.values(factTable)
        .map(({ key }) => key as string)
        .filter((key) => key !== 'col'),
    )
    const set = new Set([...script.matchAll(/(?:Set-Fact '|\$Facts\[')([a-z]+)'/g)].map(([, key]) => key))
    expect([...set].sort()).toEqual([...keys].sort())
  })

  it('writes no word that the line does not have', () => {
    const kinds = new Map<
      string,
      { read: (text: string) => unknown; schema: { safeParse: (value: unknown) => { success: boolean } } }
    >(Object.values(factTable).map(({ key, kind }) => [key, kind]))
    const takes = (key: string, word: string) => {
      const kind = kinds.get(key)
      return kind?.schema.safeParse(kind.read(word)).success === true
    }
    const single = [...script.matchAll(/Set-Fact '([a-z]+)' '([a-z-]+)'/g)].map(([, key = '', word = '']) => ({
      key,
      word,
    }))
    const lists = [...script.matchAll(/Set-Fact '([a-z]+)' \(ConvertTo-List @\(([^)]*)\)/g)].flatMap(
      ([, key = '', list = '']) => [...list.matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => ({ key, word })),
    )
    expect(single.length).toBeGreaterThan(12)
    expect(lists.length).toBe(4 + 5 + 4)
    expect([...single, ...lists].filter(({ key, word }) => !takes(key, word))).toEqual([])
    expect(takes('hookbad', 'nonsense')).toBe(false)
    // The states that are put together elsewhere.
    const wordsOf = (pattern: RegExp) =>
      [...(pattern.exec(script)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => word)
    for (const [key, words] of [
      ['run', wordsOf(/Get-Worst @\(([^)]*)\) \$desktop/)],
      ['crun', wordsOf(/Get-Worst @\(([^)]*)\) \$code/)],
    ] as const) {
      expect(words.length).toBeGreaterThan(2)
      // What is open is left out.
      expect(words.filter((word) => word !== 'open' && !takes(key, word))).toEqual([])
    }
    const places = wordsOf(/foreach \(\$place in @\(([^)]*)\)/)
    const states = wordsOf(/foreach \(\$state in @\(([^)]*)\)/)
    expect([places.length, states.length]).toEqual([6, 4])
    expect(
      places.flatMap((place) => states.map((state) => `${place}:${state}`)).filter((at) => !takes('set', at)),
    ).toEqual([])
    // In the order of rank.
    expect(takes('set', places.map((place) => `${place}:plain`).join('+'))).toBe(true)
    expect(takes('pkg', 'staged') && takes('pkg', 'registered') && takes('pkg', 'none')).toBe(true)
  })

  it('reads a record as src/health/hook-record.ts does', () => {
    const [, pattern = ''] = /\$RecordLine = [^\n]*::new\('([^']+)'\)/.exec(script) ?? []
    const expression = new RegExp(pattern.replace(/^\\A/, '^').replace(/\\z$/, '$'))
    const line = 'FR1|t=2026-11-18T07:41:00Z|ev=PreToolUse|tool=mcp__a.b-c|ver=allow|ms=12|http=none|end'
    const samples = [
      line,
      line.replace('none', '200'),
      line.replace('none', '2000'),
      line.replace('allow', 'perhaps'),
      line.replace('ver=allow', 'ver=timeout'),
      line.replace('|end', ''),
      `x${line}`,
      `${line}x`,
      line.replace('07:41', '7:41'),
      line.replace('PreToolUse', 'Pre Tool'),
      line.replace('ms=12', 'ms=1234567890'),
      'FR1|end',
    ]
    expect(samples.map((sample) => expression.test(sample))).toEqual(
      samples.map((sample) => readHookRecord(sample).length === 1),
    )
    expect(expression.exec(line.replace('none', '403'))?.slice(1)).toEqual([
      '2026-11-18T07:41:00Z',
      'PreToolUse',
      'mcp__a.b-c',
      'allow',
      '12',
      '403',
    ])
  })

  it('finds the time of a use as Claude Code writes it', () => {
    const [, pattern = ''] = /\$UseTime = [^\n]*::new\('([^']+)'\)/.exec(script) ?? []
    const expression = new RegExp(pattern.replace(/^\\A/, '^'))
    expect(expression.exec('2026-11-18T07:41:00.123Z","x"')?.[1]).toBe('2026-11-18T07:41:00')
    expect(expression.exec('2026-11-18T07:41:00Z"')?.[1]).toBe('2026-11-18T07:41:00')
    for (const bad of ['2026-11-18T07:41:00', '2026-11-18T07:41:00+01:00"', '2026-13-18T07:41:00Z"', 'x"'])
      expect([bad, expression.test(bad)]).toEqual([bad, false])
  })

  it('knows the copy of Claude Desktop that a program is of', () => {
    const [, pattern = ''] = /\$DesktopProgram = [^\n]*::new\('([^']+)'/.exec(script) ?? []
    const expression = new RegExp(pattern.replace(/^\\A/, '^').replace(/\\z$/, '$'), 'i')
    const copyOf = (path: string) => expression.exec(path)?.slice(1)
    expect(copyOf('C:\\Program Files\\WindowsApps\\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\\app\\Claude.exe')).toEqual([
      '1.2.3.0',
      undefined,
      undefined,
    ])
    const folder = 'C:\\Users\\x\\AppData\\Local\\AnthropicClaude'
    expect(copyOf(`${folder}\\app-1.2.3\\claude.exe`)).toEqual([undefined, folder, '1.2.3'])
    expect(copyOf(`${folder}\\claude.exe`)).toBeUndefined()
  })

  it('takes the rights of a stock Windows for safe, and any right to change for unsafe', () => {
    const maskOf = (name: string) => Number(new RegExp(`\\$${name} = (0x[0-9a-f]+)`).exec(script)?.[1])
    const [change, replace] = [maskOf('RightsToChange'), maskOf('RightsToReplace')]
    // Of FileSystemRights: read and execute; append, which everybody may below C:\; modify; full control; generic all.
    const rights = { read: 0x1200a9, append: 0x4, write: 0x2, modify: 0x1301bf, full: 0x1f01ff, all: 0x10000000 }
    const having = (mask: number) =>
      Object.entries(rights).flatMap(([name, right]) => ((right & mask) === 0 ? [] : [name]))
    expect(having(change)).toEqual(['append', 'write', 'modify', 'full', 'all'])
    expect(having(replace)).toEqual(['modify', 'full', 'all'])
    // fleet selftest asks the same.
    const asked = readFileSync('src/platform/windows-rights.ts', 'utf8')
    const masks = [...asked.matchAll(/\b0x[0-9A-F]{8}\b/g)].map(([mask]) => Number(mask))
    expect(new Set(masks)).toEqual(new Set([change, replace]))
    const [, list = ''] = /\$TrustedIds = @\(([^)]*)\)/.exec(script) ?? []
    expect(list).toMatch(/S-1-5-18.*S-1-5-32-544.*S-1-5-80-/)
    expect(asked).toContain(`[${list}]`)
  })

  it('takes tokens of JSON and no others', () => {
    const [, pattern = ''] = /\$JsonToken = [^\n]*::new\('([^\n]+)'\)\n/.exec(script) ?? []
    // JavaScript has neither \G nor atomic groups; a sticky expression takes the same.
    const token = new RegExp(`(?:${pattern.replace(/^\\G/, '').replaceAll('(?>', '(?:')})[ \\t\\r\\n]*$`, 'y')
    const isToken = (text: string) => {
      token.lastIndex = 0
      return token.test(text)
    }
    for (const text of ['"a\\u00e9\\n"', '""', '-0', '1.5e+3', 'true', 'null', ' {', '\t]', '"\u2028"', '10'])
      expect([text, isToken(text)]).toEqual([text, true])
    for (const text of [
      "'a'",
      '01',
      '1.',
      '.5',
      '+1',
      'True',
      'NaN',
      '"\t"',
      '"\\x41"',
      '"\\u12"',
      '// x',
      '0x10',
      '"a',
    ])
      expect([text, isToken(text)]).toEqual([text, false])
  })
})

describe('the checks of PowerShell', () => {
  it('find what is no PowerShell', async () => {
    for (const [good, bad] of [
      ["if ($null -eq $Winner) { return 'wrong' }", "if ($null -eq $winner { return 'wrong' }"],
      ['    return , $places\n', '    return , $places)\n'],
      ["'@\n", '\n'],
    ] as const) {
      expect(script).toContain(good.replace('$Winner', '$winner'))
      const planted = script.replace(good.replace('$Winner', '$winner'), bad)
      expect(await powerShellSyntaxErrors(planted)).not.toEqual([])
    }
  })

  it('find names that nothing has made, and arguments too many', async () => {
    const made = 'function Get-One([string] $Text) { return $Text }\n'
    expect(await powerShellNameProblems(`${made}Get-One 'a'\n`)).toEqual([])
    expect(await powerShellNameProblems(`${made}Get-One $other\n`)).toEqual(['line 2: $other is never set'])
    expect(await powerShellNameProblems(`${made}Get-Two 'a'\n`)).toEqual(['line 2: there is no Get-Two'])
    expect(await powerShellNameProblems(`${made}Get-One 'a' 'b'\n`)).toEqual([
      'line 2: Get-One takes 1 arguments, not 2',
    ])
    expect(await powerShellNameProblems(`${made}Get-One('a', 'b')\n`)).toEqual([
      'line 2: Get-One is called as a method',
    ])
    expect(await powerShellNameProblems('$input = 1\n')).toEqual(['sets $input'])
  })
})

describe('the PowerShell scripts of a bundle', () => {
  const scratch = mkdtemp(join(tmpdir(), 'fleet-power-shell-'))
  afterAll(async () => rm(await scratch, { recursive: true, force: true }))

  it('are PowerShell', async () => {
    const target = join(await scratch, 'bundle')
    await buildBundle('test/fixtures/policies/full.yaml', target)
    const scripts = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ps1'))
    expect(scripts.length).toBeGreaterThan(4)
    for (const path of scripts)
      expect([path, await powerShellSyntaxErrors(readFileSync(join(target, path), 'utf8'))]).toEqual([path, []])
  })
})
