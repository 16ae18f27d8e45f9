import { policyStamp } from '../../src/bundle/stamp.js'
import type { MachinePlatform } from '../../src/platform/machine.js'
import { type Policy, Policy as PolicySchema } from '../../src/policy/policy.js'
import type { FileSpec, MachineSpec, When } from './machine.js'

const plugin = { name: 'guardrails', marketplace: 'acme-tools', version: '1.4.0' }

/** Text of files that only root may read: it must never come out. */
export const canary = 'CANARY-0b5e1f'

/** Asks for everything that a probe can see. */
export const policy: Policy = PolicySchema.parse({
  organization: 'Acme',
  telemetry: {
    endpoint: 'https://collector.example.com:4318',
    headers: { Authorization: 'env:FLEET_OTLP_AUTHORIZATION' },
  },
  hooks: {
    required: [
      {
        event: 'PreToolUse',
        matcher: '*',
        command: {
          macos: '/usr/local/libexec/fleet-hook',
          linux: '/usr/local/libexec/fleet-hook',
          windows: 'powershell.exe -NoProfile -File "C:\\Program Files\\Fleet\\fleet-hook.ps1"',
        },
      },
    ],
    guard: { evaluate: { url: 'https://policy.example.com/decide' } },
  },
  plugins: {
    marketplaces: [{ name: plugin.marketplace, source: { github: 'acme/tools' } }],
    approved: [{ plugin: `${plugin.name}@${plugin.marketplace}`, version: plugin.version }],
  },
})

export const stamp = policyStamp(policy)

/** The policy with another section. */
export function policyWith(sections: Readonly<Record<string, unknown>>): Policy {
  return PolicySchema.parse({ ...policy, ...sections })
}

/** Settings as fleet builds them, as far as a probe looks; `undefined` takes a key out. */
export function settings(changes: Readonly<Record<string, unknown>> = {}, stampOf = stamp): Record<string, unknown> {
  return {
    env: { CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_RESOURCE_ATTRIBUTES: `fleet.policy=${stampOf},team.id=it` },
    otelHeadersHelper: '/usr/local/libexec/fleet/otel-headers',
    hooks: { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: '/usr/local/libexec/fleet-hook' }] }] },
    allowManagedHooksOnly: true,
    enabledPlugins: { [`${plugin.name}@${plugin.marketplace}`]: true },
    ...changes,
  }
}

interface Times {
  readonly before: When
  readonly installed: When
  readonly started: When
  readonly later: When
  readonly used: When
  readonly invoked: When
  readonly now: When
}

/** The life of a machine in order. On a Mac the app is placed at the moment of the building, between installed and started. */
export const times: Readonly<Record<MachinePlatform, Times>> = {
  linux: fixedTimes(),
  windows: fixedTimes(),
  macos: { before: -86_400, installed: -7200, started: 600, later: 900, used: 1200, invoked: 1260, now: 1800 },
}

function fixedTimes(): Times {
  return {
    before: '2026-11-09T08:00:00Z',
    installed: '2026-11-10T08:00:00Z',
    started: '2026-11-17T07:30:00Z',
    later: '2026-11-17T12:00:00Z',
    used: '2026-11-18T07:40:00Z',
    invoked: '2026-11-18T07:41:00Z',
    now: '2026-11-18T08:00:00Z',
  }
}

/** The paths of one platform; those of a person are below the home. */
export const places = {
  macos: {
    home: '/Users/first',
    settings: '/Library/Application Support/ClaudeCode/managed-settings.json',
    dropIn: '/Library/Application Support/ClaudeCode/managed-settings.d/50-fleet.json',
    hook: '/usr/local/libexec/fleet-hook',
    helper: '/usr/local/libexec/fleet/otel-headers',
    headers: '/etc/fleet/otel-headers.json',
    desktopData: 'Library/Application Support/Claude',
    record: '.local/state/fleet/hook-record',
  },
  linux: {
    home: '/home/first',
    settings: '/etc/claude-code/managed-settings.json',
    dropIn: '/etc/claude-code/managed-settings.d/50-fleet.json',
    hook: '/usr/local/libexec/fleet-hook',
    helper: '/usr/local/libexec/fleet/otel-headers',
    headers: '/etc/fleet/otel-headers.json',
    desktopData: '.config/Claude',
    record: '.local/state/fleet/hook-record',
  },
  windows: {
    home: 'C:\\Users\\first',
    settings: 'C:\\Program Files\\ClaudeCode\\managed-settings.json',
    dropIn: 'C:\\Program Files\\ClaudeCode\\managed-settings.d\\50-fleet.json',
    hook: 'C:\\Program Files\\Fleet\\fleet-hook.ps1',
    helper: 'C:\\Program Files\\ClaudeCode\\otel-headers.ps1',
    headers: 'C:\\ProgramData\\Fleet\\otel-headers.json',
    desktopData: 'AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude',
    record: 'AppData\\Local\\Fleet\\hook-record',
  },
} as const satisfies Readonly<Record<MachinePlatform, Readonly<Record<string, string>>>>

/** A path below a home, as the platform writes it. */
export function below(platform: MachinePlatform, home: string, path: string): string {
  return platform === 'windows' ? `${home}\\${path.replaceAll('/', '\\')}` : `${home}/${path}`
}

/** One line of a hook record. */
export function recordLine(
  at: string,
  more: { verdict?: string; status?: number | 'none'; tool?: string; event?: string } = {},
): string {
  const { verdict = 'allow', status = 200, tool = 'Bash', event = 'PreToolUse' } = more
  return `FR1|t=${at}|ev=${event}|tool=${tool}|ver=${verdict}|ms=12|http=${status}|end\n`
}

/** A transcript in which a tool was used at a time, and its result read. */
export function toolUse(at: string): string {
  const timestamp = at.replace('Z', '.123Z')
  const lines = [
    { type: 'user', timestamp: '2026-11-01T00:00:00.000Z' },
    { type: 'assistant', message: { content: [{ type: 'tool_use', name: 'Bash' }] }, timestamp },
    { type: 'user', message: { content: [{ type: 'tool_result', content: 'done' }] }, timestamp },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

type Files = Readonly<Record<string, FileSpec>>

/** What a person has who uses Claude every day, with the required plugin in every copy. */
export function personFiles(platform: MachinePlatform, home: string = places[platform].home): Files {
  const { used, invoked } = times[platform]
  const at = (path: string) => below(platform, home, path)
  const session = `${places[platform].desktopData}/local-agent-mode-sessions/account/org/rpm`
  const work = at('work/site')
  return {
    [at('.claude/settings.json')]: { json: { model: 'opus' } },
    [at('.claude/plugins/installed_plugins.json')]: {
      json: {
        version: 2,
        plugins: { 'guardrails@acme-tools': [{ scope: 'user', version: '1.4.0' }] },
      },
    },
    [at('.claude/plugins/marketplaces/acme-tools/.claude-plugin/marketplace.json')]: {
      json: { name: 'acme-tools', plugins: [{ name: 'guardrails', version: '1.4.0', source: './guardrails' }] },
    },
    [at(`${session}/manifest.json`)]: {
      json: { plugins: [{ id: 'plugin_01', name: 'guardrails', marketplaceName: 'acme-tools' }] },
    },
    [at(`${session}/plugin_01/.claude-plugin/plugin.json`)]: { json: { name: 'guardrails', version: '1.4.0' } },
    [at(places[platform].record)]: { content: (time) => recordLine(time(invoked)), at: invoked },
    [at('.claude/projects/-work-site/5a1e.jsonl')]: { content: (time) => toolUse(time(used)), at: used },
    [at('.claude.json')]: { json: { projects: { [work]: { hasTrustDialogAccepted: true } } } },
    [work]: { folder: true },
  }
}

const desktopVersion = '1.46388.1'
const codeVersion = '2.1.280'

/** The property list of an app bundle. */
export function infoPropertyList(version: string, identifier = 'com.anthropic.claudefordesktop'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>CFBundleIdentifier</key>
	<string>${identifier}</string>
	<key>CFBundleShortVersionString</key>
	<string>${version}</string>
</dict>
</plist>
`
}

/** The list of packages of Debian with Claude Desktop in it. */
export function packageList(version: string): string {
  return `Package: adduser
Status: install ok installed
Version: 3.134

Package: claude-desktop
Status: install ok installed
Architecture: amd64
Version: ${version}-1

Package: zlib1g
Status: install ok installed
Version: 1:1.3
`
}

/** Where the package of a version lies on Windows. */
export function packageFolder(version: string): string {
  return `C:\\Program Files\\WindowsApps\\Claude_${version}.0_x64__pzs8sxrjxfjjc`
}

function systemFiles(platform: MachinePlatform): Files {
  const { settings: settingsFile, hook, helper, headers } = places[platform]
  return {
    [settingsFile]: { json: settings() },
    [hook]: { content: '#!/bin/sh\n', mode: 0o755 },
    [helper]: { content: '#!/bin/sh\n', mode: 0o755 },
    [headers]: { content: `{"Authorization":"${canary}"}`, mode: 0o600 },
  }
}

const appFiles: Readonly<Record<MachinePlatform, Files>> = {
  macos: {
    '/Applications/Claude.app/Contents/Info.plist': infoPropertyList(desktopVersion),
    [`/Users/first/.local/share/claude/versions/${codeVersion}`]: { content: 'binary', mode: 0o755 },
    '/Users/first/.local/bin/claude': { link: `/Users/first/.local/share/claude/versions/${codeVersion}` },
  },
  linux: {
    '/var/lib/dpkg/status': packageList(desktopVersion),
    '/var/lib/dpkg/info/claude-desktop.list': '/usr/lib/claude-desktop\n',
    '/usr/lib/claude-desktop/claude-desktop': { content: 'binary', mode: 0o755 },
    [`/home/first/.local/share/claude/versions/${codeVersion}`]: { content: 'binary', mode: 0o755 },
    '/home/first/.local/bin/claude': { link: `/home/first/.local/share/claude/versions/${codeVersion}` },
  },
  windows: {
    [`${packageFolder(desktopVersion)}\\app\\Claude.exe`]: 'binary',
    'C:\\Users\\first\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\package.json': {
      json: { name: '@anthropic-ai/claude-code', version: codeVersion },
    },
  },
}

/** Commands as the process lists of the platforms tell them: the desktop app, a helper of it, a session in a terminal. */
export const commands = {
  macos: {
    desktop: '/Applications/Claude.app/Contents/MacOS/Claude',
    helper:
      '/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper --type=gpu-process',
    code: 'claude --continue',
  },
  linux: {
    desktop: '/usr/lib/claude-desktop/claude-desktop',
    helper: '/usr/lib/claude-desktop/claude-desktop --type=renderer --lang=en',
    code: '/home/first/.local/bin/claude',
  },
  windows: {
    desktop: `"${packageFolder(desktopVersion)}\\app\\Claude.exe"`,
    helper: `"${packageFolder(desktopVersion)}\\app\\Claude.exe" --type=gpu-process`,
    code: '"C:\\Program Files\\nodejs\\node.exe" C:\\Users\\first\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\cli.js',
  },
} as const

/** What differs from a healthy machine; `undefined` takes a file out. */
export interface Changes extends Partial<Omit<MachineSpec, 'files' | 'platform'>> {
  readonly files?: Readonly<Record<string, FileSpec | undefined>>
}

/** A machine on which every stage can be proven, with what differs. */
export function machine(platform: MachinePlatform, changes: Changes = {}): MachineSpec {
  const { installed, started, now } = times[platform]
  const { desktop, helper, code } = commands[platform]
  const { files: changed = {}, ...more } = changes
  const files = { ...systemFiles(platform), ...appFiles[platform], ...personFiles(platform), ...changed }
  const present = Object.entries(files).flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const]))
  return {
    platform,
    now,
    installed,
    users: [{ name: 'first' }],
    processes: [
      { started: '2026-01-01T00:00:00Z', command: '/sbin/init' },
      { started, command: desktop },
      { started, command: helper },
      { started, command: code },
    ],
    ...(platform === 'windows' && {
      packages: [{ version: `${desktopVersion}.0`, folder: packageFolder(desktopVersion), registered: true }],
    }),
    ...more,
    files: Object.fromEntries(present),
  }
}
