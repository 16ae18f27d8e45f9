import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { rules } from '../../../src/bundle/lint/rules-secrets.js'
import { findingsIn, profileText, registryLine, registryText } from '../../builders/lint-settings.js'

const canary = 'c2VzYW1lIG9wZW4gbm93'
const managed = 'managed-settings.json'
const variable = (name: string) => `\${${name}}`

async function paths(file: string, settings: unknown): Promise<string[]> {
  const findings = await findingsIn({ [file]: settings }, rules)
  // A finding says what is where, and never a piece of it.
  expect(JSON.stringify(findings)).not.toContain(canary.slice(0, 6))
  return findings.map(({ severity, path }) => `${severity} ${path}`)
}

describe('secrets', () => {
  test.each<[string, unknown, string[]]>([
    [managed, { env: { ANTHROPIC_API_KEY: canary } }, ['error env.ANTHROPIC_API_KEY']],
    [managed, { env: { ANTHROPIC_AUTH_TOKEN: canary } }, ['error env.ANTHROPIC_AUTH_TOKEN']],
    [managed, { env: { AWS_SECRET_ACCESS_KEY: canary } }, ['error env.AWS_SECRET_ACCESS_KEY']],
    [managed, { env: { CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: canary } }, ['error env.CLAUDE_CODE_CLIENT_KEY_PASSPHRASE']],
    [managed, { env: { HTTPS_PROXY: `http://bot:${canary}@proxy.acme.example` } }, ['error env.HTTPS_PROXY']],
    [managed, { env: { ANYTHING: `sk-ant-api03-${canary}` } }, ['error env.ANYTHING']],
    [
      managed,
      { env: { OTEL_EXPORTER_OTLP_HEADERS: `x-team=fin,Authorization=Bearer ${canary}` } },
      ['error env.OTEL_EXPORTER_OTLP_HEADERS'],
    ],
    [
      managed,
      { env: { OTEL_EXPORTER_OTLP_LOGS_HEADERS: `api-key=${canary}` } },
      ['error env.OTEL_EXPORTER_OTLP_LOGS_HEADERS'],
    ],
    [
      managed,
      {
        extraKnownMarketplaces: {
          a: { source: { source: 'url', url: 'https://x', headers: { Authorization: canary } } },
        },
      },
      ['error extraKnownMarketplaces.a.source.headers.Authorization'],
    ],
    [
      managed,
      { hooks: { Stop: [{ hooks: [{ type: 'http', url: 'https://x', headers: { 'X-Api-Key': canary } }] }] } },
      ['error hooks.Stop[0].hooks[0].headers.X-Api-Key'],
    ],
    ['settings.json', { env: { ANTHROPIC_API_KEY: canary } }, ['warning env.ANTHROPIC_API_KEY']],
    ['x/.claude/settings.json', { env: { ANTHROPIC_API_KEY: canary } }, ['error env.ANTHROPIC_API_KEY']],
    ['server-managed-settings.json', { env: { ANTHROPIC_API_KEY: canary } }, ['error env.ANTHROPIC_API_KEY']],
    [
      'managed-mcp.json',
      { mcpServers: { a: { command: 'x', env: { A_TOKEN: canary }, args: [`ghp_${canary}${canary}`] } } },
      ['error mcpServers.a.args[0]', 'error mcpServers.a.env.A_TOKEN'],
    ],
    [
      'claude-desktop/managed-settings.json',
      {
        inferenceGatewayApiKey: canary,
        otlpHeaders: { Authorization: `Bearer ${canary}` },
        inferenceGatewayOidc: { clientId: 'abc', clientSecret: canary },
        managedMcpServers: [{ transport: 'http', url: 'https://x', headers: { Cookie: canary } }],
      },
      [
        'error inferenceGatewayApiKey',
        'error inferenceGatewayOidc.clientSecret',
        'error managedMcpServers[0].headers.Cookie',
        'error otlpHeaders.Authorization',
      ],
    ],
    ['claude-desktop/managed-settings.json', { otlpHeaders: `Authorization=Bearer ${canary}` }, ['error otlpHeaders']],
  ])('%s %j', async (file, settings, found) => {
    expect((await paths(file, settings)).sort()).toEqual(found)
  })

  it('finds them in profiles and registry files too', async () => {
    const keys = `<key>env</key><dict><key>ANTHROPIC_API_KEY</key><string>${canary}</string></dict>`
    expect(await paths('a.mobileconfig', profileText(['com.anthropic.claudecode', keys]))).toEqual([
      'error env.ANTHROPIC_API_KEY',
    ])
    const key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode'
    const line = registryLine('Settings', JSON.stringify({ env: { ANTHROPIC_API_KEY: canary } }))
    expect(await paths('a.reg', registryText({ [key]: [line] }))).toEqual(['error env.ANTHROPIC_API_KEY'])
  })

  it('finds them in a file that does not parse', async () => {
    expect(await paths(managed, `{ "env": { "ANTHROPIC_API_KEY": "${canary}", } }`)).toEqual([
      'error env.ANTHROPIC_API_KEY',
    ])
  })
})

describe('no secrets', () => {
  test.each<[string, unknown]>([
    [managed, { env: { ANTHROPIC_API_KEY: variable('ANTHROPIC_API_KEY') } }],
    [managed, { env: { ANTHROPIC_API_KEY: '$FLEET_SECRET_KEY' } }],
    [managed, { env: { ANTHROPIC_API_KEY: '' } }],
    [managed, { env: { ANTHROPIC_API_KEY: '<your key>' } }],
    [managed, { env: { CLAUDE_CODE_CLIENT_KEY: '/etc/fleet/client.key' } }],
    [managed, { env: { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/etc/fleet/client.key' } }],
    [managed, { env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '16000', MAX_TOKEN: '16000' } }],
    [managed, { env: { OTEL_EXPORTER_OTLP_HEADERS: `x-team=${canary}` } }],
    [managed, { env: { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${variable('OTLP_TOKEN')},x-team=fin` } }],
    [managed, { env: { HTTPS_PROXY: 'http://proxy.acme.example:8080' } }],
    [managed, { apiKeyHelper: '/usr/local/bin/key', otelHeadersHelper: '/usr/local/bin/headers' }],
    [managed, { permissions: { deny: ['Read(./.env)', 'Read(**/credentials)'] } }],
    [managed, { forceLoginOrgUUID: '2f1e3c2a-0000-4000-8000-000000000000' }],
    [
      'managed-mcp.json',
      { mcpServers: { a: { url: 'https://x', headers: { Authorization: `Bearer ${variable('TOKEN')}` } } } },
    ],
    [
      'claude-desktop/managed-settings.json',
      { inferenceGatewayOidc: { clientId: canary, bearerTokenType: 'id_token' } },
    ],
  ])('%s %j', async (file, settings) => {
    expect(await paths(file, settings)).toEqual([])
  })
})

test('no finding ever repeats a piece of a secret', async () => {
  const value = fc.stringMatching(/^Q7[A-Za-z0-9+=_-]{12,40}$/)
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      const settings = {
        env: { ANTHROPIC_API_KEY: text, OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${text}` },
      }
      const findings = await findingsIn({ [managed]: settings }, rules)
      expect(findings).toHaveLength(2)
      const shown = JSON.stringify(findings.map(({ message, path, fix }) => ({ message, path, fix })))
      for (let at = 0; at + 8 <= text.length; at++) expect(shown).not.toContain(text.slice(at, at + 8))
    }),
    { numRuns: 40 },
  )
})
