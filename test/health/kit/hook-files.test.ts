import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type ProbePlatform, probePlatforms } from '../../../src/health/facts.js'
import { hookConfiguration, hookPlaces, powerShellHook, shellHook } from '../../../src/health/kit/hook-files.js'
import { expectedHookConfiguration, readHookConfiguration } from '../../../src/health/kit/read-hook-configuration.js'
import { type Guard, Hooks } from '../../../src/policy/hooks.js'

const guardOf = (guard: unknown): Guard => {
  const parsed = Hooks.parse({ guard }).guard
  if (parsed === undefined) throw new Error('no guard')
  return parsed
}

const full = {
  deny: [{ tool: 'Bash', contains: 'rm -rf /' }, { tool: 'mcp__github__*' }, { tool: '*', contains: ' # deny x ' }],
  evaluate: {
    url: 'HTTPS://Policy.example.com',
    timeoutSeconds: 7,
    authorizationFile: { macos: '/etc/fleet/a', windows: 'C:\\Program Data\\a' },
  },
  whenUnsure: 'deny',
  keep: 50,
}

describe('the configuration', () => {
  it('says what the policy says', () => {
    expect(hookConfiguration(guardOf(full), 'macos')).toBe(
      [
        '# How the hook of fleet decides. Written by fleet from hooks.guard of the policy: change it there.',
        'unsure deny',
        'keep 50',
        'evaluate https://policy.example.com/',
        'timeout 7',
        'authorization-file /etc/fleet/a',
        'deny Bash rm -rf /',
        'deny mcp__github__*',
        'deny *  # deny x ',
        '',
      ].join('\n'),
    )
    expect(hookConfiguration(guardOf(full), 'windows')).toContain('\nauthorization-file C:\\Program Data\\a\n')
    expect(hookConfiguration(guardOf(full), 'linux')).not.toContain('authorization')
    expect(hookConfiguration(guardOf({}), 'linux').split('\n').slice(1)).toEqual(['unsure allow', 'keep 100', ''])
  })

  it('never lets a text of the policy out of its line', () => {
    const guard = { ...guardOf({}), deny: [{ tool: 'Bash', contains: 'x\nunsure allow' }] }
    expect(hookConfiguration(guard, 'linux').split('\n').at(-2)).toBe('deny Bash x\\nunsure allow')
    const foreign = { ...guardOf({}), deny: [{ tool: 'Bash', contains: 'é' }] }
    expect(() => hookConfiguration(foreign, 'linux')).toThrow('not plain')
  })

  it('writes quotes and backslashes as the event has them', () => {
    const guard = { ...guardOf({}), deny: [{ tool: 'Bash', contains: 'del "C:\\x"' }] }
    const [rule] = hookConfiguration(guard, 'windows').split('\n').slice(-2)
    const event = JSON.stringify({ tool_input: { command: 'del "C:\\x" /s' } })
    expect(event).toContain(rule?.replace('deny Bash ', ''))
  })

  const printable = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  })
  const tool = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}\*?$/), fc.constant('*'))
  const anyGuard = fc.record(
    {
      deny: fc.array(fc.record({ tool, contains: printable }, { requiredKeys: ['tool'] }), { maxLength: 8 }),
      evaluate: fc.record(
        {
          url: fc.constantFrom(
            'https://policy.example.com',
            'https://policy.example.com:8443/a/decide%20x',
            'http://127.0.0.1:4000/',
            'http://127.1.2.3/x',
            'http://localhost',
            'http://[::1]:8080/decide',
          ),
          timeoutSeconds: fc.integer({ min: 1, max: 60 }),
          authorizationFile: fc.record(
            { macos: fc.constant('/etc/fleet/x'), linux: fc.constant('/etc/fleet/y.z_1') },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: ['url'] },
      ),
      whenUnsure: fc.constantFrom('allow', 'deny'),
      keep: fc.integer({ min: 1, max: 500 }),
    },
    { requiredKeys: [] },
  )

  it('is read back as it was meant', () => {
    fc.assert(
      fc.property(anyGuard.map(guardOf), fc.constantFrom(...probePlatforms), (guard, platform) => {
        const bytes = Buffer.from(hookConfiguration(guard, platform))
        expect(readHookConfiguration(bytes)).toEqual(expectedHookConfiguration(guard, platform))
      }),
    )
  })

  it('is taken by the hook, with every rule', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-hook-conf-'))
    afterAll(() => {
      rmSync(folder, { recursive: true })
    })
    const templates = resolve(import.meta.dirname, '../../../templates/hook')
    const file = join(folder, 'hook.conf')
    fc.assert(
      fc.property(anyGuard.map(guardOf), fc.constantFrom<ProbePlatform>('macos', 'linux'), (guard, platform) => {
        writeFileSync(file, hookConfiguration(guard, platform))
        const input = JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: 'no tool', text: 'x' })
        const { stdout } = spawnSync(
          'awk',
          ['-f', join(templates, 'read-json.awk'), '-f', join(templates, 'decide.awk')],
          {
            input: `${input}\n`,
            encoding: 'utf8',
            env: { PATH: process.env.PATH, LC_ALL: 'C', FLEET_CONFIGURATION: file },
          },
        )
        const { evaluate, keep, whenUnsure, deny } = guard
        const refused = deny.some(
          ({ tool, contains }) =>
            tool.endsWith('*') &&
            'no tool'.startsWith(tool.slice(0, -1)) &&
            (contains === undefined || input.includes(JSON.stringify(contains).slice(1, -1))),
        )
        const [decision, reason, , , unsure, kept, timeout, , authorization, address] = stdout.split('\n')
        expect(reason).not.toBe('configuration')
        expect(decision).toBe(refused ? 'deny' : evaluate === undefined ? 'allow' : 'evaluate')
        expect([unsure, kept, timeout]).toEqual([whenUnsure, String(keep), String(evaluate?.timeoutSeconds ?? 5)])
        expect(address).toBe(evaluate === undefined ? '-' : new URL(evaluate.url).href)
        expect(authorization).toBe(evaluate?.authorizationFile?.[platform] ?? '-')
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    '',
    'keep 100\n',
    'unsure maybe\n',
    'unsure allow\nunsure allow\n',
    'unsure allow\nkeep 0\n',
    'unsure allow\nkeep 501\n',
    'unsure allow\ntimeout 61\n',
    'unsure  allow\n',
    'unsure allow\r\n',
    'unsure allow\ndeny\n',
    'unsure allow\ndeny Bash \n',
    'unsure allow\ndeny Ba*h\n',
    'unsure allow\ndeny Bash \u00e9\n',
    'unsure allow\nallow Bash\n',
  ])('is nothing when it says %j', (text) => {
    expect(readHookConfiguration(Buffer.from(text))).toBeUndefined()
  })
})

describe('the hook', () => {
  it('knows where it and its configuration stand', () => {
    for (const platform of ['macos', 'linux'] as const) {
      expect(shellHook(platform, 'allow')).toContain(`configuration='${hookPlaces[platform].configuration}'`)
      expect(shellHook(platform, 'allow')).toContain("unsure='allow'\n")
      expect(shellHook(platform, 'allow')).toContain('\nadministrator=0\n')
    }
    expect(powerShellHook('deny')).toContain(hookPlaces.windows.configuration)
    expect(powerShellHook('deny')).toContain("'deny'")
    expect(powerShellHook('deny')).not.toContain('@@')
  })
})
