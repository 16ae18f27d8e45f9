import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { BundleFile } from '../../../src/bundle/artifact.js'
import { runBooks } from '../../../src/bundle/artifacts/run-books.js'
import { bundlePaths, settingsPlatforms } from '../../../src/bundle/places.js'
import type { BundlePlan } from '../../../src/bundle/plan.js'
import { type Mdm, mdms } from '../../../src/policy/delivery.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { filesOf } from '../../builders/bundle-files.js'
import { planOf } from '../../builders/plan.js'

const full = {
  organization: 'Example Ltd',
  telemetry: {
    endpoint: 'https://otel.example.com:4318',
    headers: { Authorization: 'env:OTEL_AUTHORIZATION' },
    endpointAttributes: { serial: 'serial', department: 'department' },
  },
  hooks: { required: [{ event: 'PreToolUse', command: '/usr/local/bin/check' }] },
  claudeDesktop: { settings: { disableAutoUpdates: true } },
}
const lowest = {
  desktop: { normal: '1.20186.0', from: 'scan' as const },
  code: { normal: '2.1.240', from: 'scan' as const },
}

function books(plan: BundlePlan, files: readonly BundleFile[] = filesOf(plan)) {
  return new Map(runBooks(plan, files).map(({ path, content }) => [path, String(content)]))
}

/** Paths of the bundle that a page names. */
function named(page: string): string[] {
  const prose = page.replace(/^ *```[\s\S]*?^ *```$/gm, '')
  return [
    ...prose.matchAll(/`((?:claude-code|claude-desktop|cowork|collector|network|run-books|groups)\/[^`\s]+)`/g),
  ].map(([, path]) => path ?? '')
}

const everyPath = new Set(
  Object.values(bundlePaths).flatMap((path) => {
    if (typeof path === 'string') return [path]
    return [...settingsPlatforms, ...mdms].map((key) => (path as (key: string) => string)(key))
  }),
)

describe('run-books', () => {
  it('are made for the products of the policy alone', () => {
    const plan = planOf({ ...full, delivery: { mdm: ['intune', 'linux'] } }, { lowest })
    expect([...books(plan).keys()]).toEqual(['run-books/intune.md', 'run-books/linux.md'])
    expect([...books(planOf(full, { lowest })).keys()]).toEqual(mdms.map((mdm) => bundlePaths.runBook(mdm)))
  })

  it.each(mdms)('for %s name files of the bundle only, and the ones that matter', (mdm) => {
    const plan = planOf(full, { lowest })
    const files = filesOf(plan)
    const page = books(plan, files).get(bundlePaths.runBook(mdm)) ?? ''
    const paths = named(page)
    expect(paths.filter((path) => !files.some((file) => file.path === path))).toEqual([])
    expect(paths.filter((path) => !everyPath.has(path))).toEqual([])
    const wanted: Record<Mdm, string[]> = {
      'jamf-pro': [
        bundlePaths.codeProfile('jamf-pro'),
        bundlePaths.desktopProfile,
        bundlePaths.headersInstall('macos'),
      ],
      intune: [
        bundlePaths.intuneDetect,
        bundlePaths.intuneRemediate,
        bundlePaths.codePowerShell,
        bundlePaths.desktopPowerShell,
        bundlePaths.codeProfile('intune'),
        bundlePaths.desktopProfile,
        bundlePaths.headersInstall('windows'),
        bundlePaths.headersInstall('macos'),
      ],
      iru: [bundlePaths.codeProfile('iru'), bundlePaths.desktopProfile, bundlePaths.headersInstall('macos')],
      fleetdm: [
        bundlePaths.codeProfile('fleetdm'),
        bundlePaths.desktopProfile,
        bundlePaths.codePowerShell,
        bundlePaths.installScript('linux'),
        bundlePaths.headersInstall('macos'),
        bundlePaths.headersInstall('windows'),
      ],
      'workspace-one': [
        bundlePaths.codeProfile('workspace-one'),
        bundlePaths.desktopProfile,
        bundlePaths.codePowerShell,
      ],
      'group-policy': [
        bundlePaths.codeRegistry,
        bundlePaths.codePowerShell,
        bundlePaths.desktopRegistry,
        bundlePaths.headersInstall('windows'),
      ],
      linux: [
        bundlePaths.installScript('linux'),
        bundlePaths.settings('linux'),
        bundlePaths.dropIn('linux'),
        bundlePaths.desktopLinux,
      ],
    }
    const always = [bundlePaths.console, bundlePaths.networkPage, bundlePaths.collectorPage, bundlePaths.coworkPage]
    expect([...wanted[mdm], ...always].filter((path) => !paths.includes(path))).toEqual([])
  })

  it.each(mdms)('for %s leave out what the bundle does not have', (mdm) => {
    const plan = planOf({}, { lowest })
    const page = books(plan, []).get(bundlePaths.runBook(mdm)) ?? ''
    expect(named(page)).toEqual([])
    expect(page).not.toContain('Headers of the telemetry')
    expect(page).not.toContain('fleet.policy')
    expect(page).not.toContain('/status')
    expect(page).not.toContain('ClaudeCode')
    expect(page).not.toContain('required hooks')
  })

  it.each(mdms)('for %s put headers before settings, number steps through, and cite what was read', (mdm) => {
    const page = books(planOf(full, { lowest })).get(bundlePaths.runBook(mdm)) ?? ''
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
    expect(headings.slice(0, 3)).toEqual([
      'Before you begin',
      'Headers of the telemetry, first',
      'Files of the required hooks, before the settings',
    ])
    expect(headings.slice(-3)).toEqual(['Check one machine', 'Roll back', 'Sources'])
    const steps =
      page
        .slice(0, page.indexOf('## Sources'))
        .match(/^\d+(?=\. )/gm)
        ?.map(Number) ?? []
    expect(steps).toEqual(steps.map((_, index) => index + 1))
    expect(steps.length).toBeGreaterThan(12)
    expect(page.slice(page.indexOf('## Sources'))).toMatch(/https:\/\/[^ ]+ \((?:looked at )?2/)
    expect(page).toContain('0123456789abcdef')
    expect(page).not.toMatch(/undefined|\[object/)
    expect(page).not.toMatch(/[^ \n] {2,}[^ ]| $/m)
  })

  it('tells of payload variables, and not to sign, only where the profile holds them', () => {
    const page = books(planOf(full, { lowest })).get('run-books/jamf-pro.md') ?? ''
    expect(page).toContain('`serial` = `$SERIALNUMBER`')
    expect(page).toContain('Do not sign a profile that holds a variable')
    expect(page).not.toContain('$DEPARTMENTNAME')
    const without = books(planOf({ ...full, telemetry: { endpoint: 'https://o.example.com' } }, { lowest })).get(
      'run-books/jamf-pro.md',
    )
    expect(without).not.toContain('payload variables')
  })

  it('points at the settings of groups', () => {
    const plan = planOf(full, { lowest })
    const files = filesOf(plan)
    const grouped = [...files, ...files.map((file) => ({ ...file, path: `groups/finance/${file.path}` }))]
    const page = books(plan, grouped).get('run-books/iru.md') ?? ''
    expect(page).toContain('`groups/finance/claude-code/profiles/claude-code.iru.mobileconfig`')
  })

  it('have GitOps for Fleet that is YAML and names files of the bundle', () => {
    const plan = planOf(full, { lowest })
    const files = filesOf(plan)
    const page = books(plan, files).get('run-books/fleetdm.md') ?? ''
    const block = /^( *)```yaml\n([\s\S]*?)^ *```$/m.exec(page)
    const yaml = load((block?.[2] ?? '').replaceAll(new RegExp(`^${block?.[1]}`, 'gm'), '')) as {
      controls: { apple_settings: { configuration_profiles: { path: string }[] }; scripts: { path: string }[] }
    }
    const paths = [...yaml.controls.apple_settings.configuration_profiles, ...yaml.controls.scripts].map(
      ({ path }) => path,
    )
    expect(paths.length).toBeGreaterThan(3)
    expect(paths.filter((path) => !files.some((file) => `../lib/claude/${file.path}` === path))).toEqual([])
  })

  const platformsOf = (mdm: Mdm): string[] =>
    ({
      'jamf-pro': ['macOS'],
      iru: ['macOS'],
      intune: ['Windows', 'macOS'],
      fleetdm: ['macOS', 'Windows', 'Linux'],
      'workspace-one': ['macOS', 'Windows'],
      'group-policy': ['Windows'],
      linux: ['Linux'],
    })[mdm]

  /** The text of one section. */
  function section(page: string, title: string): string {
    return /^## .*\n([\s\S]*?)(?=\n## )/.exec(page.slice(page.indexOf(`## ${title}`)))?.[1] ?? ''
  }

  describe.each(mdms)('for %s', (mdm) => {
    const platforms = platformsOf(mdm)
    const pageOf = (policy: Record<string, unknown>, more: Partial<BundlePlan> = { lowest }) =>
      books(planOf(policy, more)).get(bundlePaths.runBook(mdm)) ?? ''

    it('name the file of every required hook, how it must be, and how to see that it is', () => {
      const required = [
        { event: 'PreToolUse', command: { macos: '/opt/a`b --x', linux: '/opt/l', windows: '"C:\\h k.exe" /s' } },
        { event: 'Stop', command: { macos: '/opt/a`b --x', windows: 'powershell.exe -Command Get-Date' } },
        { event: 'SessionEnd', url: 'https://hooks.example.com/end' },
      ]
      const text = section(pageOf({ ...full, hooks: { required } }), 'Files of the required hooks')
      const wanted: Record<string, string[]> = {
        macOS: ['``/opt/a`b --x`` for `PreToolUse`, `Stop`', 'Bring ``/opt/a`b``, and'],
        Linux: [
          '`/opt/l` for `PreToolUse`',
          'Bring `/opt/l`, and',
          'Linux: the hooks for `Stop` have no command there',
        ],
        Windows: ['Bring `C:\\h k.exe`, and', '`powershell.exe -Command Get-Date` for `Stop`', '`icacls`'],
      }
      for (const platform of Object.keys(wanted))
        for (const part of wanted[platform] ?? [])
          expect([part, text.includes(part)]).toEqual([part, platforms.includes(platform)])
      const hasPosix = platforms.some((platform) => platform !== 'Windows')
      for (const part of ['mode 0755', '`-rwxr-xr-x`']) expect(text.includes(part)).toBe(hasPosix)
      expect(text).toContain('fails open: the tool runs')
      expect(text).toContain('`https://hooks.example.com/end`')
      expect(text).not.toContain('in quotes')
      expect(pageOf({ ...full, hooks: { managedOnly: true } })).not.toContain('required hooks')
    })

    it('name the whole path of a Windows command with a blank', () => {
      const command = { windows: '"C:\\Program Files\\x.exe" --y' }
      const text = section(
        pageOf({ ...full, hooks: { required: [{ event: 'Stop', command }] } }),
        'Files of the required hooks',
      )
      const isThere = platforms.includes('Windows')
      expect(text.includes('Bring `C:\\Program Files\\x.exe`, and')).toBe(isThere)
    })

    it('take back everything that they bring', () => {
      const page = pageOf(full)
      const back = section(page, 'Roll back')
      const brought = (path: string) => page.slice(0, page.indexOf('## Check one machine')).includes(`\`${path}\``)
      const calls: [path: string, how: string][] = [
        [bundlePaths.codePowerShell, '-Remove'],
        [bundlePaths.desktopPowerShell, '-Remove'],
        [bundlePaths.installScript('macos'), '--uninstall'],
        [bundlePaths.installScript('linux'), '--uninstall'],
      ]
      for (const [path, how] of calls.filter(([each]) => brought(each)))
        expect(back.split('\n').find((line) => line.includes(`\`${path}\``))).toContain(`\`${how}\``)
      if (brought(bundlePaths.desktopLinux)) expect(back).toContain('`/etc/claude-desktop/managed-settings.json`')
      if (back.includes('--uninstall')) expect(back).toContain('`--drop-in --uninstall`')
    })

    it('say how a switch reaches a script that the product uploads', () => {
      const back = section(pageOf(full), 'Roll back')
      const ways: Record<Mdm, string[]> = {
        'jamf-pro': ['goes into Parameter 4'],
        iru: ['`set -- --uninstall`'],
        intune: ['`[switch] $Remove = $true`'],
        fleetdm: ['`[switch] $Remove = $true`', '`set -- --uninstall`'],
        'workspace-one': ['`[switch] $Remove = $true`'],
        'group-policy': ['Script Parameters'],
        linux: [],
      }
      for (const way of ways[mdm]) expect(back).toContain(way)
    })

    it('say why nothing goes to Claude Desktop', () => {
      const telemetry = { endpoint: 'https://otel.example.com:4318' }
      const silent = pageOf({ permissions: { deny: ['Read(./.env)'] } })
      const unknown = pageOf({ telemetry }, {})
      for (const platform of platforms) {
        expect(silent).toContain(`Nothing is delivered to Claude Desktop on ${platform}: the policy has no key for it.`)
        expect(unknown).toContain(
          `Nothing is delivered to Claude Desktop on ${platform}: otlpContentCapture is left out`,
        )
      }
      expect(unknown).toContain('no lowest Desktop version is known')
      expect(pageOf(full)).not.toContain('Nothing is delivered')
    })

    it('say nothing of Claude Code where the policy has nothing for it', () => {
      const page = pageOf({ claudeDesktop: { settings: { disableAutoUpdates: true } } })
      expect(page).not.toMatch(/\/status|ClaudeCode|claude-code\/|claudecode|in one way only/)
      expect(page).toContain('Claude Desktop reads its policy')
    })
  })

  it('name scripts whose copies take the switch as the run-books say', () => {
    const files = filesOf(planOf(full, { lowest }))
    const text = (path: string) => String(files.find((file) => file.path === path)?.content)
    for (const path of [bundlePaths.codePowerShell, bundlePaths.desktopPowerShell])
      for (const name of ['Remove', 'Check']) expect(text(path).split(`[switch] $${name}`)).toHaveLength(2)
    for (const platform of ['macos', 'linux'] as const)
      expect(text(bundlePaths.installScript(platform)).startsWith('#!/bin/sh\n')).toBe(true)
  })

  it('for Linux check and remove a drop-in with both switches', () => {
    const page = books(planOf(full, { lowest })).get('run-books/linux.md') ?? ''
    expect(section(page, 'Check one machine')).toContain('`--drop-in --check`')
    expect(section(page, 'Roll back')).toContain('`--drop-in --uninstall`')
  })

  it('for Jamf Pro say that a policy that runs once has to be flushed for a later bundle', () => {
    const page = books(planOf(full, { lowest })).get('run-books/jamf-pro.md') ?? ''
    expect(page.match(/Once per computer/g)?.length).toBe(page.match(/flush its log, or make a new policy/g)?.length)
  })

  it('warn when the bundle holds secrets, and hold none', () => {
    const secrets = new Map([['Authorization', new Secret('Bearer canary-3f9c')]])
    const plan = planOf(full, { lowest, secrets })
    const pages = [...books(plan).values()].join('')
    expect(pages).toContain('built with secrets in it')
    expect(pages).not.toContain('canary-3f9c')
    expect(pages).not.toContain('Headers of the telemetry, first')
  })

  it('keep their shape whatever the policy says', () => {
    const hostile = `# x\n\n1. [a](javascript:b) | <script> \`$(id)\` \${env:X} ]]> %n “q” \u202e`
    const command = `/opt/${hostile.replaceAll(/[\n\u202e]/g, '')}`
    const planFor = (organization: string, hook: string): BundlePlan => {
      const plan = planOf({ ...full, hooks: { required: [{ event: 'PreToolUse', command: hook }] } }, { lowest })
      // Past the checks of the policy: the pages must not rely on them.
      return { ...plan, loaded: { ...plan.loaded, policy: { ...plan.loaded.policy, organization } } }
    }
    const shape = (organization: string, hook: string) =>
      [...runBooks(planFor(organization, hook), filesOf(planOf(full, { lowest })))]
        .map(({ content }) => String(content))
        .map((page) => ({
          lines: page.split('\n').length,
          headings: page.match(/^#.*$/gm),
          markup: page.match(/(?<!\\)(?:<script|\]\()/g),
          fences: page.match(/^ *```/gm)?.length,
        }))
    expect(shape(hostile, '/opt/x')).toEqual(shape('Example', '/opt/x'))
    const plain = ({ lines, headings, fences }: ReturnType<typeof shape>[number]) => ({ lines, headings, fences })
    expect(shape('Example', command).map(plain)).toEqual(shape('Example', '/opt/x').map(plain))
  })
})

it('tell of groups on every platform, not only for profiles', () => {
  const telemetry = { endpoint: 'https://otel.example.com:4318', endpointAttributes: { department: 'department' } }
  const plan = planOf({ telemetry })
  const files = filesOf(plan)
  const grouped = files.map((file) => ({ ...file, path: `groups/finance-12345678/${file.path}` }))
  for (const { path, content } of runBooks(plan, [...files, ...grouped])) {
    expect(String(content), path).toContain('`groups/finance-12345678/`')
    expect(String(content), path).toContain('endpoints.csv')
  }
})
