import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { claudeCodeKeys } from '../../../src/bundle/catalogue/claude-code-keys.js'
import { environmentVariables } from '../../../src/bundle/catalogue/environment-variables.js'
import { hookEvents } from '../../../src/bundle/catalogue/hook-events.js'
import { claudeCodeSettings, type SettingsChannel } from '../../../src/bundle/claude-code-settings.js'
import type { LintContext, Rule } from '../../../src/bundle/lint/rule.js'
import { rules as access } from '../../../src/bundle/lint/rules-access.js'
import { rules as attributes } from '../../../src/bundle/lint/rules-attributes.js'
import { rules as content } from '../../../src/bundle/lint/rules-content.js'
import { rules as hooks } from '../../../src/bundle/lint/rules-hooks.js'
import { rules as json } from '../../../src/bundle/lint/rules-json.js'
import { rules as keys } from '../../../src/bundle/lint/rules-keys.js'
import { rules as plugins } from '../../../src/bundle/lint/rules-plugins.js'
import { rules as telemetry } from '../../../src/bundle/lint/rules-telemetry.js'
import type { Channel, SettingsFile } from '../../../src/bundle/settings-file.js'
import { safeText } from '../../../src/platform/safe-text.js'
import { planOf } from '../../builders/plan.js'
import { errorsOf, hitsOf, settingsFile } from '../../builders/settings-file.js'

const rules: readonly Rule[] = [
  ...json,
  ...keys,
  ...telemetry,
  ...attributes,
  ...content,
  ...hooks,
  ...access,
  ...plugins,
]
const ofCode = rules.filter(({ surface }) => surface !== 'managed-mcp')

function findings(file: SettingsFile, more: Partial<LintContext> = {}) {
  return rules.flatMap((rule) => hitsOf(rules, rule.id, file, more).map((hit) => ({ rule: rule.id, ...hit })))
}

describe('every rule', () => {
  it('has an id of its own', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  })

  it.each(rules)('$id says why, what to do and where it is from', ({ id, title, why, fix, source, checked }) => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)+$/)
    for (const text of [why, fix]) expect(text).toMatch(/^[A-Z].*[^\s]$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(source).toMatch(/^https:\/\/|^observed on Claude Code clients, see templates\/client-matrix\.json$/)
    expect(checked).toMatch(/^2026-\d\d-\d\d$/)
  })
})

/** Any JSON, most of it where a rule looks. */
const scalar = fc.oneof(fc.constantFrom(true, false, null, 0, 1.5, 'true', 'disable', '*', '', '2.1.1'), fc.string())
const value = fc.oneof(
  { withCrossShrink: true },
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.dictionary(fc.constantFrom('source', 'matcher', 'hooks', 'serverName', 'repo', 'name'), scalar), {
    maxLength: 2,
  }),
  fc.jsonValue({ maxDepth: 4 }),
)
const handler = fc.dictionary(
  fc.constantFrom('type', 'command', 'url', 'timeout', 'args', 'if', 'async', 'once'),
  fc.oneof(value, fc.constantFrom('command', 'http', '/x y')),
)
const group = fc.oneof(
  value,
  fc.record({ matcher: value, hooks: fc.oneof(value, fc.array(handler, { maxLength: 2 })) }),
)
const settings = fc
  .record(
    {
      env: fc.oneof(
        value,
        fc.dictionary(fc.constantFrom(...environmentVariables.map(({ name }) => name)), fc.oneof(value, fc.webUrl()), {
          maxKeys: 8,
        }),
      ),
      hooks: fc.oneof(
        value,
        fc.dictionary(
          fc.constantFrom('Unknown', ...hookEvents.map(({ name }) => name)),
          fc.oneof(value, fc.array(group, { maxLength: 2 })),
          { maxKeys: 3 },
        ),
      ),
      extraKnownMarketplaces: fc.oneof(
        value,
        fc.dictionary(fc.string(), fc.oneof(value, fc.record({ source: value }))),
      ),
      enabledPlugins: fc.oneof(value, fc.dictionary(fc.string(), value)),
      permissions: fc.oneof(value, fc.dictionary(fc.constantFrom('allow', 'ask', 'deny', 'defaultMode', 'x'), value)),
      sandbox: fc.oneof(value, fc.dictionary(fc.constantFrom('enabled', 'network', 'x'), value)),
      more: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...claudeCodeKeys.map(({ path }) => path))), value, {
        maxKeys: 6,
      }),
    },
    { requiredKeys: [] },
  )
  .map(({ more, ...rest }) => ({ ...more, ...rest }))
const channels: Channel[] = ['server', 'plist', 'hklm', 'file', 'drop-in', 'hkcu', 'user', 'project']

describe('any settings', () => {
  it('are judged without a fault of ours, in words that are safe to show', () => {
    fc.assert(
      fc.property(settings, settings, fc.constantFrom(...channels), fc.boolean(), (one, other, channel, known) => {
        const file = settingsFile(JSON.stringify(one), { channel })
        const files = [file, settingsFile(JSON.stringify(other), { channel: 'drop-in' })]
        const context = known
          ? { codeVersions: ['2.1.150', '2.1.260', '2.1.329'], privacy: 'metadata' as const, hasFile: () => false }
          : {}
        for (const { message, path } of findings(file, { files, ...context })) {
          expect(message).toBe(safeText(message))
          expect(message.length).toBeLessThan(1500)
          expect(path.every((part) => typeof part === 'number' || typeof part === 'string')).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('need not be JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array()), (content) => {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content
        for (const { message } of findings(settingsFile(bytes))) expect(message).toBe(safeText(message))
      }),
    )
  })
})

const full = load(readFileSync(new URL('../../fixtures/policies/full.yaml', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>
const built: readonly SettingsChannel[] = [
  { kind: 'file', platform: 'macos' },
  { kind: 'file', platform: 'linux' },
  { kind: 'file', platform: 'windows' },
  { kind: 'profile', mdm: 'jamf-pro' },
  { kind: 'registry' },
  { kind: 'server' },
]
const channelOf = { file: 'file', script: 'file', profile: 'plist', registry: 'hklm', server: 'server' } as const

describe.each([
  ['the smallest policy with telemetry', { telemetry: { endpoint: 'https://otel.example.com:4318' } }],
  ['a full policy', full],
])('what is built from %s', (_, policy) => {
  it.each(built)('has no error for $kind $platform$mdm', (channel) => {
    const value = claudeCodeSettings(planOf(policy), channel)
    const file = settingsFile(value, {
      channel: channelOf[channel.kind],
      format: channel.kind === 'profile' ? 'plist' : 'json',
    })
    expect(errorsOf(ofCode, file, { privacy: 'tool-details', codeVersions: ['2.1.240', '2.1.329'] })).toEqual([])
  })
})
