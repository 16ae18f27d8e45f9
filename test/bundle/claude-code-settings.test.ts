import { describe, expect, it } from 'vitest'
import { claudeCodeSettings, type SettingsChannel } from '../../src/bundle/claude-code-settings.js'
import { type BundleWarning, joinedWarnings } from '../../src/bundle/plan.js'
import { decodeResourceAttributes } from '../../src/bundle/resource-attributes.js'
import { planOf } from '../builders/plan.js'

const endpoint = 'https://otel.example.com:4318'
const linux: SettingsChannel = { kind: 'file', platform: 'linux' }
const windows: SettingsChannel = { kind: 'file', platform: 'windows' }
const server: SettingsChannel = { kind: 'server' }

function attributesOf(policy: Record<string, unknown>, channel: SettingsChannel, more = {}) {
  const { env } = claudeCodeSettings(planOf(policy, more), channel) as { env: Record<string, string> }
  return decodeResourceAttributes(env.OTEL_RESOURCE_ATTRIBUTES!, 'strict').attributes
}

describe('telemetry', () => {
  it('sets everything that a user could fill in', () => {
    expect(claudeCodeSettings(planOf({ telemetry: { endpoint: `${endpoint}/` } }), linux)).toEqual({
      env: {
        CLAUDE_CODE_ENABLE_TELEMETRY: '1',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '60000',
        OTEL_LOGS_EXPORT_INTERVAL: '5000',
        OTEL_METRICS_INCLUDE_VERSION: 'true',
        OTEL_LOG_USER_PROMPTS: '0',
        OTEL_LOG_ASSISTANT_RESPONSES: '0',
        OTEL_LOG_TOOL_DETAILS: '0',
        OTEL_LOG_TOOL_CONTENT: '0',
        OTEL_LOG_RAW_API_BODIES: '0',
        ENABLE_BETA_TRACING_DETAILED: '0',
        OTEL_LOG_MANAGED_SETTINGS: '1',
        OTEL_RESOURCE_ATTRIBUTES: 'fleet.policy=0123456789abcdef',
      },
    })
  })

  it.each([
    ['metadata', []],
    ['tool-details', ['OTEL_LOG_TOOL_DETAILS']],
    [
      'content',
      ['OTEL_LOG_ASSISTANT_RESPONSES', 'OTEL_LOG_TOOL_CONTENT', 'OTEL_LOG_TOOL_DETAILS', 'OTEL_LOG_USER_PROMPTS'],
    ],
    [
      'raw',
      [
        'OTEL_LOG_ASSISTANT_RESPONSES',
        'OTEL_LOG_RAW_API_BODIES',
        'OTEL_LOG_TOOL_CONTENT',
        'OTEL_LOG_TOOL_DETAILS',
        'OTEL_LOG_USER_PROMPTS',
      ],
    ],
  ])('at the tier %s only these are on: %j', (privacy, on) => {
    const { env } = claudeCodeSettings(planOf({ telemetry: { endpoint, privacy } }), linux) as {
      env: Record<string, string>
    }
    const switches = Object.entries(env).filter(([name]) => /^OTEL_LOG_(?!MANAGED)|BETA_TRACING_DETAILED/.test(name))
    expect(switches).toHaveLength(6)
    expect(
      switches
        .filter(([, value]) => value === '1')
        .map(([name]) => name)
        .sort(),
    ).toEqual(on)
    expect(switches.every(([, value]) => value === '0' || value === '1')).toBe(true)
  })

  it('names the helper of the platform where headers are secret, and holds none', () => {
    const policy = { telemetry: { endpoint, headers: { Authorization: 'env:TOKEN', 'X-Team': 'plain:it' } } }
    const settings = claudeCodeSettings(planOf(policy), linux)
    expect(settings.otelHeadersHelper).toBe('/usr/local/libexec/fleet/otel-headers')
    expect(JSON.stringify(settings)).not.toContain('OTEL_EXPORTER_OTLP_HEADERS')
    expect(claudeCodeSettings(planOf(policy), windows).otelHeadersHelper).toContain(
      '"C:\\Program Files\\ClaudeCode\\otel-headers.ps1"',
    )
  })

  it('cannot name one helper for every platform in the admin console, and says so', () => {
    const warnings: BundleWarning[] = []
    const policy = { telemetry: { endpoint, headers: { Authorization: 'env:TOKEN' } } }
    const settings = claudeCodeSettings(planOf(policy, { warn: (warning) => warnings.push(warning) }), server)
    expect(settings).not.toHaveProperty('otelHeadersHelper')
    expect(warnings.map(({ code }) => code)).toEqual(['headers-not-in-console'])
  })

  it('writes plain headers as they are', () => {
    const policy = { telemetry: { endpoint, headers: { 'X-Team': 'plain:it ops', 'X-Site': 'plain:a=b' } } }
    expect(claudeCodeSettings(planOf(policy), linux)).toMatchObject({
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'X-Team=it ops,X-Site=a=b' },
    })
  })
})

describe('attributes of the endpoint', () => {
  const policy = {
    telemetry: {
      endpoint,
      resourceAttributes: { organization: 'Ácme, Inc. = 1' },
      endpointAttributes: { 'endpoint.serial': 'serial', department: 'department' },
    },
  }

  it('stand as payload variables in a profile, as placeholders in a script, and nowhere else', () => {
    const base = { 'fleet.policy': '0123456789abcdef', organization: 'Ácme, Inc. = 1' }
    expect(attributesOf(policy, linux)).toEqual(base)
    expect(attributesOf(policy, { kind: 'registry' })).toEqual(base)
    expect(attributesOf(policy, server)).toEqual(base)
    expect(attributesOf(policy, { kind: 'profile', mdm: 'jamf-pro' })).toEqual({
      ...base,
      'endpoint.serial': '$SERIALNUMBER',
    })
    expect(attributesOf(policy, { kind: 'profile', mdm: 'intune' })).toEqual({
      ...base,
      'endpoint.serial': '{{serialnumber}}',
    })
    expect(attributesOf(policy, { kind: 'script', platform: 'linux' })).toEqual({
      ...base,
      'endpoint.serial': '{{FleetSerial}}',
    })
  })

  it('have the value of the group in every channel of its bundle', () => {
    const group = { field: 'department', value: 'Field Ops, 50 %', folder: 'field-ops', endpoints: [] } as const
    for (const channel of [linux, windows, { kind: 'profile', mdm: 'iru' } as const])
      expect(attributesOf(policy, channel, { group })).toMatchObject({ department: 'Field Ops, 50 %' })
  })

  it('are left out with a warning that says where, why and what to do', () => {
    const warnings: BundleWarning[] = []
    claudeCodeSettings(planOf(policy, { warn: (warning) => warnings.push(warning) }), linux)
    claudeCodeSettings(planOf(policy, { warn: (warning) => warnings.push(warning) }), server)
    claudeCodeSettings(planOf(policy, { warn: (warning) => warnings.push(warning) }), {
      kind: 'profile',
      mdm: 'jamf-pro',
    })
    expect(joinedWarnings(warnings).map(({ message }) => message)).toEqual([
      'endpoint.serial is left out of the managed settings files and the settings for the admin console: nothing there can fill in the serial of an endpoint. The install scripts fill it in.',
      'department is left out of the managed settings files and the settings for the admin console: nothing there can fill in the department of an endpoint. Build one bundle for each department: --scan scan.json --per department.',
      'department is left out of the profile for Jamf Pro: a blank or comma in the value that the MDM fills in would lose every attribute. Build one bundle for each department: --scan scan.json --per department.',
    ])
  })
})

describe('attributes of a bundle with groups', () => {
  const policy = {
    telemetry: { endpoint, endpointAttributes: { department: 'department', site: 'site' } },
  }

  it('are missing outside groups/ for the endpoints without a value, and nobody is told to build what is being built', () => {
    const warnings: BundleWarning[] = []
    const more = { groupedBy: 'department' as const, warn: (warning: BundleWarning) => warnings.push(warning) }
    expect(attributesOf(policy, linux, more)).not.toHaveProperty('department')
    attributesOf(policy, { kind: 'registry' }, more)
    expect(joinedWarnings(warnings).map(({ message }) => message)).toEqual([
      'department is left out of the managed settings files and the registry file outside groups/: that part of the bundle is for endpoints without a department. The others get theirs with the folder of their group.',
      expect.stringContaining('--per site'),
    ])
  })

  it('have their value inside groups/, without a warning', () => {
    const warnings: BundleWarning[] = []
    const group = { field: 'department', value: 'Finance', folder: 'finance', endpoints: [] } as const
    const more = { group, groupedBy: group.field, warn: (warning: BundleWarning) => warnings.push(warning) }
    expect(attributesOf(policy, linux, more)).toMatchObject({ department: 'Finance' })
    expect(warnings.filter(({ message }) => message.startsWith('department'))).toEqual([])
  })
})

describe('hooks', () => {
  const hooks = {
    required: [
      { event: 'PreToolUse', matcher: '*', command: '/opt/hook --strict', timeoutSeconds: 5 },
      { event: 'PreToolUse', matcher: '*', command: { windows: 'C:\\hook.exe', linux: '/opt/other' } },
      { event: 'Stop', url: 'https://hooks.example.com/stop' },
    ],
  }

  it('stand in the nested form, by event and matcher', () => {
    expect(claudeCodeSettings(planOf({ hooks }), linux)).toEqual({
      hooks: {
        PreToolUse: [
          {
            matcher: '*',
            hooks: [
              { type: 'command', command: '/opt/hook --strict', timeout: 5 },
              { type: 'command', command: '/opt/other' },
            ],
          },
        ],
        Stop: [{ hooks: [{ type: 'http', url: 'https://hooks.example.com/stop' }] }],
      },
      allowManagedHooksOnly: true,
    })
  })

  it('are left out where their file could not be, since a missing file lets every tool run', () => {
    const warnings: BundleWarning[] = []
    const settings = claudeCodeSettings(planOf({ hooks }, { warn: (warning) => warnings.push(warning) }), windows)
    expect(settings).toMatchObject({ hooks: { PreToolUse: [{ matcher: '*', hooks: [{ command: 'C:\\hook.exe' }] }] } })
    expect(warnings.map(({ code }) => code)).toEqual(['hook-not-on-platform'])
    expect(joinedWarnings(warnings)[0]?.message).toBe(
      'The hooks for PreToolUse have no command for Windows, and do not run there.',
    )
    expect(settings).toHaveProperty('allowManagedHooksOnly', true)
  })

  describe('with managed hooks only', () => {
    const required = [{ event: 'PreToolUse', command: '/opt/hook' }]
    const everywhere: SettingsChannel[] = [linux, windows, { kind: 'registry' }, server]

    function build(policy: Record<string, unknown>) {
      const warnings: BundleWarning[] = []
      const plan = planOf(policy, { warn: (warning) => warnings.push(warning) })
      const only = everywhere.map((channel) => claudeCodeSettings(plan, channel).allowManagedHooksOnly)
      const told = joinedWarnings(warnings).filter(({ code }) => code === 'managed-only-without-hook')
      return { only, told }
    }

    it('leave the hooks of users on where no managed one could run in their place, and say so once', () => {
      const { only, told } = build({ hooks: { required } })
      expect(only).toEqual([true, undefined, undefined, undefined])
      expect(told.map(({ message }) => message)).toEqual([
        'allowManagedHooksOnly is left out of the settings for Windows and the settings for the admin console: no hook of the policy runs there, so it would only switch off the hooks of users.',
      ])
    })

    it.each([
      ['the policy asks for no hook', { hooks: { managedOnly: true } }],
      ['a hook needs no command', { hooks: { required: [...required, { event: 'Stop', url: 'https://h.example' }] } }],
      [
        'hooks stand in the further settings',
        { hooks: { required }, claudeCode: { settings: { hooks: { Stop: [{ hooks: [] }] } } } },
      ],
    ])('switch them off everywhere where %s', (_, policy) => {
      expect(build(policy)).toEqual({ only: [true, true, true, true], told: [] })
    })

    it('say nothing where they were not asked for', () => {
      expect(build({ hooks: { required, managedOnly: false } })).toEqual({
        only: [undefined, undefined, undefined, undefined],
        told: [],
      })
    })
  })
})

describe('plugins, permissions, MCP and versions', () => {
  it('become the keys that Claude Code reads', () => {
    const policy = {
      plugins: {
        marketplaces: [{ name: 'acme', source: { github: 'acme/plugins', ref: 'v1' }, autoUpdate: false }],
        approved: [{ plugin: 'a@acme' }, { plugin: 'b@acme', forced: false }],
      },
      permissions: { deny: ['Read(//**/.env)'], managedOnly: true },
      mcp: { allowed: [{ url: 'https://mcp.example.com/*' }], denied: [{ command: ['npx', 'x'] }] },
      claudeCode: { minimumVersion: '2.1.240', settings: { permissions: { defaultMode: 'plan' }, model: 'opus' } },
    }
    expect(claudeCodeSettings(planOf(policy), linux)).toEqual({
      requiredMinimumVersion: '2.1.240',
      permissions: { deny: ['Read(//**/.env)'], disableBypassPermissionsMode: 'disable', defaultMode: 'plan' },
      allowManagedPermissionRulesOnly: true,
      extraKnownMarketplaces: {
        acme: { source: { source: 'github', repo: 'acme/plugins', ref: 'v1' }, autoUpdate: false },
      },
      strictKnownMarketplaces: [{ source: 'github', repo: 'acme/plugins', ref: 'v1' }],
      enabledPlugins: { 'a@acme': true },
      allowedMcpServers: [{ serverUrl: 'https://mcp.example.com/*' }],
      deniedMcpServers: [{ serverCommand: ['npx', 'x'] }],
      allowManagedMcpServersOnly: true,
      model: 'opus',
    })
  })

  it('lock no MCP list that does not exist: the lock alone would load everything', () => {
    expect(claudeCodeSettings(planOf({ mcp: { denied: [{ name: 'x' }] } }), linux)).toEqual({
      deniedMcpServers: [{ serverName: 'x' }],
    })
  })

  it('refuse what is said twice', () => {
    const policy = { permissions: { deny: ['Bash'] }, claudeCode: { settings: { permissions: { deny: [] } } } }
    expect(() => claudeCodeSettings(planOf(policy), linux)).toThrow(
      expect.objectContaining({
        code: 'policy-setting-twice',
        details: expect.objectContaining({
          where: { file: 'fleet.yaml', path: 'claudeCode.settings.permissions.deny' },
        }),
      }),
    )
  })

  it('name the file of the policy, whatever it is called', () => {
    const plan = planOf({ permissions: { deny: ['Bash'] }, claudeCode: { settings: { permissions: { deny: [] } } } })
    const loaded = { ...plan.loaded, file: 'policies/emea.yaml' }
    expect(() => claudeCodeSettings({ ...plan, loaded }, linux)).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ where: expect.objectContaining({ file: 'policies/emea.yaml' }) }),
      }),
    )
  })

  it('leave out of the console what it cannot carry', () => {
    const settings = { wslInheritsWindowsSettings: true, forceLoginMethod: 'gateway', model: 'opus' }
    expect(claudeCodeSettings(planOf({ claudeCode: { settings } }), server)).toEqual({ model: 'opus' })
    expect(claudeCodeSettings(planOf({ claudeCode: { settings: { forceLoginMethod: 'claudeai' } } }), server)).toEqual({
      forceLoginMethod: 'claudeai',
    })
  })
})
