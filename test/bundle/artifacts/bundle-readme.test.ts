import { describe, expect, it } from 'vitest'
import { bundleReadme } from '../../../src/bundle/artifacts/bundle-readme.js'
import { runBooks } from '../../../src/bundle/artifacts/run-books.js'
import { contentSwitches } from '../../../src/bundle/catalogue/environment-variables.js'
import type { BundlePlan } from '../../../src/bundle/plan.js'
import { tierDescriptions, tiersAbove } from '../../../src/bundle/privacy-tier.js'
import { privacyTiers } from '../../../src/policy/telemetry.js'
import { filesOf } from '../../builders/bundle-files.js'
import { planOf } from '../../builders/plan.js'

const telemetry = { endpoint: 'https://otel.example.com:4318' }

function readme(plan: BundlePlan, warnings: { code: string; message: string }[] = []): string {
  const files = filesOf(plan)
  return String(bundleReadme(plan, [...files, ...runBooks(plan, files)], warnings).content)
}

describe('the README of a bundle', () => {
  it('names policy, versions and who says so', () => {
    const lowest = {
      code: { normal: '2.1.197', from: 'scan' as const },
      desktop: { normal: '1.22209.3', from: 'policy' as const },
    }
    const page = readme(planOf({ organization: 'Example Ltd', telemetry }, { lowest }))
    expect(page).toContain('# Settings for Claude: Example Ltd')
    expect(page).toContain(`Policy digest: \`sha256:${'0'.repeat(64)}\``)
    expect(page).toContain('Stamp: `0123456789abcdef`.')
    expect(page).toContain('Clients report to `https://otel.example.com:4318` (`http/protobuf`).')
    expect(page).toContain('`2.1.197`, the oldest that the scan found')
    expect(page).toContain('`1.22209.3`, the minimum that the policy promises')
    expect(readme(planOf({ telemetry }))).toContain('Lowest Claude Code: not known')
  })

  it('lists every file once, sorted', () => {
    const plan = planOf({ telemetry })
    const files = filesOf(plan)
    const page = readme(plan)
    const rows = [...page.matchAll(/^\| `([^`]+)` \| /gm)].map(([, path]) => path)
    expect(rows).toEqual([...files, ...runBooks(plan, files)].map(({ path }) => path).sort())
    expect(page).toContain('- `run-books/jamf-pro.md`')
  })

  it.each(privacyTiers)('says what the tier %s collects, and what it would take more', (privacy) => {
    const page = readme(planOf({ telemetry: { ...telemetry, privacy } }))
    const at = page.indexOf('Not collected, but added by a higher tier')
    const [collected, not] = at < 0 ? [page, ''] : [page.slice(0, at), page.slice(at)]
    const first = (lines: readonly string[]) => lines.map((line) => `- ${line.slice(0, 20)}`)
    expect(first(tierDescriptions[privacy].collected).filter((line) => !collected.includes(line))).toEqual([])
    for (const above of tiersAbove(privacy)) {
      expect(first(tierDescriptions[above].added).filter((line) => !not.includes(line))).toEqual([])
      expect(first(tierDescriptions[above].added).filter((line) => collected.includes(line))).toEqual([])
    }
    expect(at < 0).toBe(privacy === 'raw')
  })

  it('says that it collects nothing without telemetry', () => {
    expect(readme(planOf())).toContain('collect nothing')
  })

  it('repeats the warnings, each on one line', () => {
    const page = readme(planOf({ telemetry }), [
      { code: 'b-code', message: 'second' },
      { code: 'a-code', message: 'first | <b>\n# not a heading' },
    ])
    expect(page).toMatch(/^- a-code: first \\\| \\<b\\>[^\n]*not a heading\n- b-code: second$/m)
    expect(page).not.toMatch(/^# not a heading/m)
    expect(readme(planOf({ telemetry }))).not.toContain('## Warnings')
  })

  it('says which files hold secrets', () => {
    const plan = planOf({ telemetry })
    expect(readme(plan)).toContain('No file of this bundle holds a secret.')
    const file = { path: 'a.json', content: '', mode: 0o600, secret: true, about: 'settings' } as const
    const page = String(bundleReadme(plan, [file, { ...file, path: 'b.json' }], []).content)
    expect(page).toContain('2 files hold secrets')
    expect(page).toContain('| `a.json` | settings **Holds a secret.** |')
  })
})

describe('tierDescriptions', () => {
  it('grow with each tier, and each step up adds something', () => {
    for (const [index, tier] of privacyTiers.entries()) {
      const below = privacyTiers[index - 1]
      const { collected, added } = tierDescriptions[tier]
      expect(added.length).toBeGreaterThan(0)
      expect(collected).toEqual([...(below === undefined ? [] : tierDescriptions[below].collected), ...added])
    }
  })

  it('promise no more than the content switches of the client allow', () => {
    expect(Object.values(contentSwitches('metadata')).filter((value) => value === '1')).toEqual([])
    expect(contentSwitches('tool-details')).toMatchObject({ OTEL_LOG_TOOL_DETAILS: '1', OTEL_LOG_USER_PROMPTS: '0' })
    expect(contentSwitches('content')).toMatchObject({
      OTEL_LOG_USER_PROMPTS: '1',
      OTEL_LOG_TOOL_CONTENT: '1',
      OTEL_LOG_RAW_API_BODIES: '0',
    })
    expect(contentSwitches('raw')).toMatchObject({ OTEL_LOG_RAW_API_BODIES: '1' })
  })
})
