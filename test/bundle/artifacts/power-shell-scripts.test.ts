import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Artifact } from '../../../src/bundle/artifact.js'
import { claudeCodeIntune } from '../../../src/bundle/artifacts/claude-code-intune.js'
import { claudeCodePowerShellScript } from '../../../src/bundle/artifacts/claude-code-scripts.js'
import { claudeDesktopScript } from '../../../src/bundle/artifacts/claude-desktop-script.js'
import { otelHeaders } from '../../../src/bundle/artifacts/otel-headers.js'
import { claudeCodeSettings } from '../../../src/bundle/claude-code-settings.js'
import { claudeDesktopSettings } from '../../../src/bundle/claude-desktop-settings.js'
import { desktopRegistryValues } from '../../../src/bundle/desktop-encoding.js'
import type { BundlePlan, BundleWarning } from '../../../src/bundle/plan.js'
import { foldSerial, serialProblem } from '../../../src/inventory/serial-number.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { planOf } from '../../builders/plan.js'
import { powerShellStructure } from '../scripts/power-shell-structure.js'

const telemetry = {
  endpoint: 'https://otel.example.com',
  headers: { Authorization: 'env:TOKEN' },
  endpointAttributes: { 'fleet.serial': 'serial', 'fleet.hostname': 'hostname' },
}
const claudeDesktop = { settings: { disableAutoUpdates: true, allowedWorkspaceFolders: ['C:\\Work'] } }
const plain = planOf({ telemetry, claudeDesktop })
const hostile = planOf({
  organization: `Evil ${hostileTexts[0]}`,
  telemetry: { ...telemetry, resourceAttributes: { note: `'@ "; calc ${hostileTexts[3]}` } },
  permissions: { deny: hostileTexts.slice(0, 4).map((text) => `Bash(${text.replaceAll(/[()]/g, '')})`) },
  claudeCode: {
    settings: Object.fromEntries([...hostileTexts, 'a\r\nb'].map((text, index) => [`${text}${index}`, text])),
  },
  claudeDesktop: { settings: { ...claudeDesktop.settings, allowedWorkspaceFolders: [...hostileTexts] } },
})

const artifacts: readonly Artifact[] = [claudeCodePowerShellScript, claudeCodeIntune, claudeDesktopScript, otelHeaders]

function scriptsOf(plan: BundlePlan): Map<string, string> {
  const files = artifacts.flatMap((artifact) => artifact.files(plan)).filter(({ path }) => path.endsWith('.ps1'))
  return new Map(files.map(({ path, content }) => [path, String(content)]))
}

const names = [...scriptsOf(plain).keys()]

describe('the PowerShell scripts', () => {
  it('are the six of the bundle', () => {
    expect(names).toEqual([
      'claude-code/windows/Set-ClaudeCodeSettings.ps1',
      'claude-code/intune/Detect-ClaudeCodeSettings.ps1',
      'claude-code/intune/Remediate-ClaudeCodeSettings.ps1',
      'claude-desktop/windows/Set-ClaudeDesktopSettings.ps1',
      'claude-code/headers/otel-headers.ps1',
      'claude-code/headers/Install-OtelHeaders.ps1',
    ])
  })

  describe.each(names)('%s', (name) => {
    const script = scriptsOf(hostile).get(name) ?? ''
    const { problems, code } = powerShellStructure(script)

    it('is pure ASCII with line feeds, and no place of a template is left', () => {
      expect(script).toMatch(/^[\n\x20-\x7e]+\n$/)
      expect(script).not.toContain('@@')
    })

    it('has an end for every quote and bracket', () => {
      expect(problems).toEqual([])
    })

    it('says the same for every policy, outside of base64, digests and numbers', () => {
      const outside = (text: string) =>
        text
          .replace(/ = @'\n[A-Za-z0-9+/=\n]+\n'@\n/g, '')
          .replace(/'[0-9a-f]{64}'/g, '')
          .replace(/^(\$Attributes(?:Start|Length) = )\d+$/gm, '$1')
      expect(outside(script)).toBe(outside(scriptsOf(plain).get(name) ?? ''))
      expect(outside(script).length).toBeLessThan(20_000)
    })

    it('calls only its own functions and what PowerShell comes with', () => {
      const own = new Set([...code.matchAll(/^function ([A-Za-z]+-[A-Za-z]+)/gm)].map(([, found]) => found))
      const called = new Set([...code.matchAll(/(?<![\w$.-])[A-Z][A-Za-z]+-[A-Z][A-Za-z]+/g)].map(([found]) => found))
      expect(own.size).toBeGreaterThan(0)
      const known =
        /^(?:Set-StrictMode|Write-(?:Output|Error)|New-Object|Get-(?:CimInstance|Item|Acl|Content)|ConvertFrom-Json|(?:ForEach|Where)-Object)$/
      expect([...called].filter((found) => !own.has(found) && !known.test(found))).toEqual([])
    })

    it('gets no text of data into a command', () => {
      expect(code).not.toMatch(/Invoke-Expression|\biex\b|ScriptBlock|Add-Type|Start-Process|(?:^|[;|{(]\s*)&\s/i)
    })
  })

  it('hold data that fits its digest', () => {
    let blocks = 0
    for (const script of scriptsOf(hostile).values())
      for (const [, name = '', data = ''] of script.matchAll(/^\$(\w+) = @'\n([\s\S]*?)\n'@$/gm)) {
        const digest = createHash('sha256').update(Buffer.from(data, 'base64')).digest('hex')
        expect(script).toContain(`$${name}Digest = '${digest}'`)
        expect(data.split('\n').every((line) => line.length <= 76)).toBe(true)
        blocks++
      }
    expect(blocks).toBe(6)
  })

  it('are read back as what was to be written', () => {
    for (const plan of [plain, hostile]) {
      const expected = claudeCodeSettings(plan, { kind: 'script', platform: 'windows' })
      for (const file of [...claudeCodePowerShellScript.files(plan), ...claudeCodeIntune.files(plan)]) {
        expect(file.data).toEqual(expected)
        expect(file.readBack?.(Buffer.from(String(file.content)))).toEqual(expected)
      }
      const [desktop] = claudeDesktopScript.files(plan)
      expect(desktop?.data).toEqual(desktopRegistryValues(claudeDesktopSettings(plan, 'windows')))
      expect(desktop?.readBack?.(Buffer.from(String(desktop.content)))).toEqual(desktop?.data)
      expect(desktop?.readBack?.(Buffer.from(String(desktop.content).replace("$Values = @'\n", '$&*')))).toBeUndefined()
    }
  })

  it('fill in serial number and host name where their places are, and nowhere else', () => {
    for (const plan of [plain, hostile]) {
      const script = scriptsOf(plan).get('claude-code/windows/Set-ClaudeCodeSettings.ps1') ?? ''
      const [, start, length, data = ''] =
        /\$AttributesStart = (\d+)\n\$AttributesLength = (\d+)\n\$Settings = @'\n([\s\S]*?)\n'@/.exec(script) ?? []
      const text = Buffer.from(data, 'base64').toString()
      expect(text).not.toContain('\n')
      expect(text.slice(Number(start), Number(start) + Number(length))).toBe(
        JSON.parse(text).env.OTEL_RESOURCE_ATTRIBUTES,
      )
    }
    const none = scriptsOf(planOf({ claudeCode: { settings: { note: '={{FleetSerial}}' } } }))
    expect(none.get('claude-code/windows/Set-ClaudeCodeSettings.ps1')).toContain(
      '$AttributesStart = 0\n$AttributesLength = 0\n',
    )
  })

  it('agree with the inventory on what is no serial number', () => {
    const script = scriptsOf(plain).get('claude-code/intune/Detect-ClaudeCodeSettings.ps1') ?? ''
    const [, list = ''] = /\$Fillers = @\(([\s\S]*?)\n\)/.exec(script) ?? []
    const fillers = [...list.matchAll(/'([^']+)'/g)].map(([, filler = '']) => filler)
    expect(fillers.length).toBeGreaterThan(30)
    for (const filler of fillers.filter((text) => !/^LOCALHOST|^DEFAULT$/.test(text)))
      expect([filler, serialProblem(foldSerial(filler))]).toEqual([filler, 'placeholder'])
  })
})

describe('the Intune pair', () => {
  it('shares all that decides: the body and the settings', () => {
    const [detect, remediate] = claudeCodeIntune.files(plain).map(({ content }) => String(content))
    const body = (text = '') =>
      text.slice(text.indexOf('# ---- Shared'), text.indexOf('\nStop-InConstrainedLanguage 1\n'))
    expect(body(detect).length).toBeGreaterThan(5000)
    expect(body(detect)).toBe(body(remediate))
  })

  it('prints one short line of fixed text', () => {
    const [detect] = claudeCodeIntune.files(plain).map(({ content }) => String(content))
    const main = detect?.slice(detect.indexOf('\nStop-InConstrainedLanguage 1\n')) ?? ''
    const outputs = main.split('\n').filter((line) => line.includes('Write-Output'))
    expect(outputs).toHaveLength(3)
    expect(outputs.join('\n')).not.toMatch(/\$(?:serial|value|entry|env)/)
  })

  it('is for Intune alone', () => {
    expect(claudeCodeIntune.files(planOf({ delivery: { mdm: ['jamf-pro'] } }))).toEqual([])
  })

  it('warns when it may be too large', () => {
    const warnings: BundleWarning[] = []
    const warn = (warning: BundleWarning) => warnings.push(warning)
    claudeCodeIntune.files({ ...plain, warn })
    expect(warnings).toEqual([])
    const settings = { companyAnnouncements: ['x'.repeat(200_000)] }
    claudeCodeIntune.files(planOf({ claudeCode: { settings } }, { warn }))
    expect(warnings.map(({ code }) => code)).toContain('intune-script-too-large')
  })
})

describe('the Claude Desktop script', () => {
  it('carries line breaks, and refuses what no registry text can hold', () => {
    const files = (text: string) =>
      claudeDesktopScript.files(planOf({ claudeDesktop: { settings: { unknownKey: text } } }))
    const [file] = files('one\r\ntwo')
    expect(file?.readBack?.(Buffer.from(String(file.content)))).toEqual([
      { name: 'unknownKey', type: 'string', value: 'one\r\ntwo' },
    ])
    for (const text of ['a\0b', 'a\ud800b'])
      expect(() => files(text)).toThrow(expect.objectContaining({ name: 'Failure', code: 'not-in-registry' }))
  })

  it('is not made without a policy for Desktop', () => {
    expect(claudeDesktopScript.files(planOf({}))).toEqual([])
  })
})

describe('rights in the bundle', () => {
  it('are for the owner alone when secrets are in the script', () => {
    const secrets = new Map([['Authorization', new Secret('Bearer canary')]])
    for (const artifact of [claudeCodePowerShellScript, claudeCodeIntune, claudeDesktopScript]) {
      expect(artifact.files({ ...plain, secrets }).every(({ mode, secret }) => mode === 0o600 && secret)).toBe(true)
      expect(artifact.files(plain).every(({ mode, secret }) => mode === 0o644 && !secret)).toBe(true)
    }
  })
})
