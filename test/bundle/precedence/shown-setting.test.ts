import { describe, expect, it } from 'vitest'
import { shownSetting } from '../../../src/bundle/precedence/shown-setting.js'

const canary = 'canary-5f2c'

describe('what is shown of a value', () => {
  it.each([
    [['env', 'OTEL_EXPORTER_OTLP_HEADERS'], `Authorization=Bearer ${canary}`],
    [['env', 'OTEL_EXPORTER_OTLP_LOGS_HEADERS'], `x-team=${canary}`],
    [['env', 'ANTHROPIC_API_KEY'], canary],
    [['env', 'ANTHROPIC_AUTH_TOKEN'], canary],
    [['env', 'GITHUB_TOKEN_2'], canary],
    [['env', 'DB_PASSWORD'], canary],
    [['env', 'HTTPS_PROXY'], `http://user:${canary}@proxy.example:3128`],
    [['env', 'SOME_URL'], `https://x.example/?token=${canary}`],
    [['managedMcpServers', 'x'], { type: 'http', url: 'https://x.example', headers: { 'X-Team': canary } }],
    [['managedMcpServers', 'x'], { env: { ANYTHING: canary } }],
    [['extraKnownMarketplaces', 'x'], { source: { source: 'url', url: 'https://x.example', headers: { A: canary } } }],
    [['hooks', 'Stop'], [{ hooks: [{ type: 'http', url: 'https://x.example', headers: { A: canary } }] }]],
    [['hooks', 'Stop'], [{ hooks: [{ type: 'command', command: `curl -H "Authorization: Bearer ${canary}" x` }] }]],
    [['hooks', 'Stop'], [{ hooks: [{ type: 'command', command: `send --api-key=${canary}` }] }]],
    [['allowedMcpServers'], [{ serverCommand: ['serve', '--token', canary] }]],
    [['otlpHeaders'], { Authorization: canary }],
    [['inferenceAnthropicApiKey'], canary],
    [['bootstrapOidc'], { clientSecret: canary }],
    [['managedMcpServers'], [{ transport: 'http', oauth: { clientSecret: canary } }]],
  ])('hides the secret at %j', (path, value) => {
    const shown = JSON.stringify(shownSetting(path, value))
    expect(shown).not.toContain(canary)
    expect(shown).toContain('[redacted]')
  })

  it.each([
    [['env', 'OTEL_EXPORTER_OTLP_ENDPOINT'], 'https://otel.example:4318'],
    [['env', 'CLAUDE_CODE_MAX_OUTPUT_TOKENS'], '32000'],
    [['env', 'OTEL_RESOURCE_ATTRIBUTES'], 'department=finance,team=a'],
    [['otelHeadersHelper'], '/usr/local/libexec/headers'],
    [['apiKeyHelper'], '/usr/local/libexec/key'],
    [['sandbox', 'credentials', 'files'], [{ path: '~/.aws', mode: 'deny' }]],
    [
      ['permissions', 'deny'],
      ['Read(./.env)', 'Bash(curl -H *)'],
    ],
    [['allowManagedHooksOnly'], true],
  ])('shows %j as it is', (path, value) => {
    expect(shownSetting(path, value)).toEqual(value)
  })
})
