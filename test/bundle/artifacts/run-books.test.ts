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
    expect(page).toContain('/status')
  })

  it.each(mdms)('for %s put headers before settings, number steps through, and cite what was read', (mdm) => {
    const page = books(planOf(full, { lowest })).get(bundlePaths.runBook(mdm)) ?? ''
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
    expect(headings.slice(0, 2)).toEqual(['Before you begin', 'Headers of the telemetry, first'])
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
  })

  it('tells of payload variables, and not to sign, only where the profile holds them', () => {
    const page = books(planOf(full, { lowest })).get('run-books/jamf-pro.md') ?? ''
    expect(page).toContain('serial = `$SERIALNUMBER`')
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
    const shape = (organization: string, stamp: string) =>
      [...books(planOf({ ...full, organization }, { lowest, stamp })).values()].map((page) => ({
        lines: page.split('\n').length,
        headings: page.match(/^#.*$/gm),
        markup: page.match(/(?<!\\)(?:<script|\]\()/g),
        fences: page.match(/^ *```/gm)?.length,
      }))
    expect(shape(hostile, 'a')).toEqual(shape('Example', 'a'))
  })
})
