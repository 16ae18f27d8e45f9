import type { DiagnosisCode } from '../../src/health/diagnoses.js'
import type { MachinePlatform } from '../../src/platform/machine.js'
import type { Policy } from '../../src/policy/policy.js'
import {
  below,
  type Changes,
  commands,
  infoPropertyList,
  machine,
  packageFolder,
  personFiles,
  places,
  policy,
  recordLine,
  settings,
  times,
} from './fixture-base.js'
import { hostileMachines } from './fixture-hostile.js'
import type { MachineSpec } from './machine.js'

/** A machine of which it is known what is wrong with it. */
export interface FixtureMachine {
  readonly name: string
  readonly platform: MachinePlatform
  readonly policy: Policy
  readonly spec: MachineSpec
  readonly diagnoses: readonly DiagnosisCode[]
  /** Owners matter: only where the tests run as root. */
  readonly needsRoot?: true
}

type Case = readonly [name: string, diagnoses: readonly DiagnosisCode[], changes: Changes, more?: { needsRoot: true }]

function cases(platform: MachinePlatform, list: readonly Case[]): FixtureMachine[] {
  return list.map(([name, diagnoses, changes, more]) => ({
    name: `${platform}-${name}`,
    platform,
    policy,
    spec: machine(platform, changes),
    diagnoses,
    ...more,
  }))
}

const { linux, macos, windows } = places
const inHome = (path: string, platform: MachinePlatform = 'linux') => below(platform, places[platform].home, path)
const otherStamp = '0123456789abcdef'
const remote = inHome('.claude/remote-settings.json')
const session = inHome('.config/Claude/local-agent-mode-sessions/account/org/rpm')
const settingsPlist = '/Library/Managed Preferences/com.anthropic.claudecode.plist'
const policyKey = 'SOFTWARE\\Policies\\ClaudeCode'

/** The record of the person, with one invocation after everything else. */
function record(more: Parameters<typeof recordLine>[1], platform: MachinePlatform = 'linux'): Changes {
  const { invoked } = times[platform]
  const path = inHome(places[platform].record, platform)
  return { files: { [path]: { content: (time) => recordLine(time(invoked), more), at: invoked } } }
}

/** Only what is installed differs. */
const installed: FixtureMachine[] = [
  ...cases('linux', [
    ['healthy', [], {}],
    ['settings-missing', ['settings-missing'], { files: { [linux.settings]: undefined } }],
    ['settings-empty', ['settings-missing'], { files: { [linux.settings]: '{}\n' } }],
    ['settings-broken', ['settings-broken'], { files: { [linux.settings]: '{"env": {}, // no JSON\n}' } }],
    ['settings-a-list', ['settings-broken'], { files: { [linux.settings]: '[]' } }],
    ['settings-outdated', ['settings-outdated'], { files: { [linux.settings]: { json: settings({}, otherStamp) } } }],
    ['settings-foreign', ['settings-foreign'], { files: { [linux.settings]: { json: settings({ env: {} }) } } }],
    ['hook-missing', ['hook-missing'], { files: { [linux.hook]: undefined } }],
    ['hook-not-executable', ['hook-not-executable'], { files: { [linux.hook]: { content: '', mode: 0o644 } } }],
    ['hook-a-folder', ['hook-not-executable'], { files: { [linux.hook]: { folder: true } } }],
    ['hook-writable', ['hook-writable-by-users'], { files: { [linux.hook]: { content: '', mode: 0o757 } } }],
    [
      'hook-folder-writable',
      ['hook-writable-by-users'],
      { files: { '/usr/local/libexec': { folder: true, mode: 0o777 } } },
    ],
    [
      'hook-of-a-user',
      ['hook-writable-by-users'],
      { files: { [linux.hook]: { content: '', mode: 0o755, owner: 'first' } } },
      { needsRoot: true },
    ],
    [
      'hook-behind-a-link',
      [],
      {
        files: {
          '/opt/fleet/hook': { content: '#!/bin/sh\n', mode: 0o755 },
          [linux.hook]: { link: '/opt/fleet/hook' },
        },
      },
    ],
    ['credential-no-helper', ['credential-missing'], { files: { [linux.helper]: undefined } }],
    ['credential-no-file', ['credential-missing'], { files: { [linux.headers]: undefined } }],
    [
      'plugin-missing',
      ['plugin-missing'],
      { files: { [inHome('.claude/plugins/installed_plugins.json')]: { json: { version: 2, plugins: {} } } } },
    ],
    [
      'plugin-cache-stale',
      ['stale-plugin-cache'],
      {
        files: {
          [inHome('.claude/plugins/installed_plugins.json')]: {
            json: { version: 2, plugins: { 'guardrails@acme-tools': [{ scope: 'user', version: '1.3.9' }] } },
          },
        },
      },
    ],
    [
      'plugin-clone-stale',
      ['stale-plugin-cache'],
      {
        files: {
          [inHome('.claude/plugins/marketplaces/acme-tools/.claude-plugin/marketplace.json')]: {
            json: { name: 'acme-tools', plugins: [{ name: 'guardrails', version: '1.3.9' }] },
          },
        },
      },
    ],
  ]),
  ...cases('macos', [
    ['healthy', [], {}],
    ['healthy-profile', [], profile(settings(), { [macos.settings]: undefined })],
    ['settings-broken', ['settings-broken'], profileText('<plist><dict>', { [macos.settings]: undefined })],
    ['hook-writable-by-staff', ['hook-writable-by-users'], groupWritable(20), { needsRoot: true }],
    ['hook-writable-by-admins', [], groupWritable(80), { needsRoot: true }],
  ]),
  ...cases('windows', [
    ['healthy', [], {}],
    [
      'healthy-registry',
      [],
      { files: { [windows.settings]: undefined }, registry: [registryValue('HKLM', settings())] },
    ],
    [
      'settings-dead-path',
      ['settings-dead-path'],
      {
        files: {
          [windows.settings]: undefined,
          'C:\\ProgramData\\ClaudeCode\\managed-settings.json': { json: settings() },
        },
      },
    ],
    ['hook-missing', ['hook-missing'], { files: { [windows.hook]: undefined } }],
    [
      'package-not-registered',
      ['package-not-registered'],
      { packages: [{ version: '1.46388.1.0', folder: packageFolder('1.46388.1'), registered: false }] },
    ],
  ]),
]

const loaded: FixtureMachine[] = [
  ...cases('linux', [
    ['hooks-disabled', ['hooks-disabled'], settingsOf({ disableAllHooks: true })],
    ['sideload-disabled', ['sideload-disabled'], settingsOf({ disableSideloadFlags: true })],
    ['only-managed-hooks', ['only-managed-hooks'], settingsOf({ hooks: undefined })],
    [
      'hooks-in-drop-in',
      [],
      {
        files: {
          [linux.settings]: { json: settings({ hooks: undefined }) },
          [linux.dropIn]: { json: { hooks: settings().hooks } },
        },
      },
    ],
    [
      'settings-shadowed',
      ['settings-shadowed'],
      { files: { [remote]: { json: { model: 'opus' } }, [linux.dropIn]: undefined } },
    ],
    [
      'settings-merged',
      [],
      { files: { [remote]: { json: { managedSourcesBehavior: 'merge', otelHeadersHelper: linux.helper } } } },
    ],
    [
      'drop-in-under-server-settings',
      ['drop-in-under-server-settings'],
      {
        files: {
          [remote]: { json: { model: 'opus' } },
          [linux.settings]: undefined,
          [linux.dropIn]: { json: settings() },
        },
      },
    ],
    [
      'running-old-version',
      ['running-old-version'],
      {
        // Updated while it ran, and used again since.
        files: { '/var/lib/dpkg/info/claude-desktop.list': { content: '', at: times.linux.later } },
      },
    ],
    [
      'app-not-restarted',
      ['app-not-restarted'],
      {
        ...running('linux', { desktop: times.linux.before }),
        files: { '/var/lib/dpkg/info/claude-desktop.list': { content: '', at: '2026-11-01T08:00:00Z' } },
      },
    ],
    ['session-before-change', ['session-before-change'], running('linux', { code: times.linux.before })],
    [
      'plugin-snapshot-stale',
      ['plugin-snapshot-stale'],
      { files: { [`${session}/plugin_01/.claude-plugin/plugin.json`]: { json: { version: '1.2.0' } } } },
    ],
    [
      'plugin-name-clash',
      ['plugin-name-clash'],
      { files: { [inHome('.claude/settings.json')]: { json: { enabledPlugins: { 'guardrails@elsewhere': true } } } } },
    ],
  ]),
  ...cases('macos', [
    ['running-old-version', ['running-old-version'], running('macos', { desktop: -600 })],
    ['settings-shadowed', ['settings-shadowed'], profile({ model: 'opus' })],
    [
      'session-before-change',
      ['session-before-change'],
      {
        files: { [macos.settings]: { json: settings(), at: times.macos.later } },
        ...running('macos', { desktop: 1000 }),
      },
    ],
  ]),
  ...cases('windows', [
    ['settings-shadowed', ['settings-shadowed'], { registry: [registryValue('HKLM', { model: 'opus' })] }],
    ['settings-of-user-below', [], { registry: [registryValue('first', { model: 'opus' })] }],
    [
      'running-old-version',
      ['running-old-version'],
      running('windows', {}, { desktop: `"${packageFolder('1.40000.0')}\\app\\Claude.exe"` }),
    ],
    [
      'hooks-dead-on-build',
      ['hooks-dead-on-build'],
      {
        packages: [{ version: '1.24011.0.0', folder: packageFolder('1.24011.0'), registered: true }],
        files: { [`${packageFolder('1.24011.0')}\\app\\Claude.exe`]: 'binary' },
        ...running('windows', {}, { desktop: `"${packageFolder('1.24011.0')}\\app\\Claude.exe"` }),
      },
    ],
  ]),
]

const invokedAndEvaluated: FixtureMachine[] = cases('linux', [
  [
    'no-invocation-despite-activity',
    ['no-invocation-despite-activity'],
    { files: { [inHome(linux.record)]: undefined } },
  ],
  [
    'invocation-before-change',
    ['no-invocation-despite-activity'],
    { files: { [inHome(linux.record)]: recordLine('2026-11-09T08:00:00Z') } },
  ],
  [
    'workspace-moved',
    ['workspace-moved'],
    { files: { [inHome(linux.record)]: undefined, [inHome('work/site')]: undefined } },
  ],
  ['hook-failing', ['hook-failing'], record({ verdict: 'error' })],
  ['hook-timing-out', ['hook-failing'], record({ verdict: 'timeout' })],
  ['policy-endpoint-401', ['policy-endpoint-refuses-credential'], record({ verdict: 'error', status: 401 })],
  ['policy-endpoint-403', ['policy-endpoint-refuses-credential'], record({ verdict: 'error', status: 403 })],
  ['policy-endpoint-407', ['policy-endpoint-proxy'], record({ verdict: 'error', status: 407 })],
  ['policy-endpoint-silent', ['policy-endpoint-fails'], record({ verdict: 'error', status: 0 })],
  ['policy-endpoint-503', ['policy-endpoint-fails'], record({ verdict: 'error', status: 503 })],
])

/** Machines of other kinds: nothing there, many people, somebody who looks without rights. */
const others: FixtureMachine[] = [
  {
    name: 'linux-nothing',
    platform: 'linux',
    policy,
    spec: {
      platform: 'linux',
      now: times.linux.now,
      installed: times.linux.installed,
      users: [],
      files: {},
      processes: [],
    },
    diagnoses: ['settings-missing', 'hook-missing'],
  },
  {
    name: 'macos-nothing',
    platform: 'macos',
    policy,
    spec: {
      platform: 'macos',
      now: times.macos.now,
      installed: times.macos.installed,
      users: [],
      files: {},
      processes: [],
    },
    diagnoses: ['settings-missing', 'hook-missing'],
  },
  {
    name: 'windows-nothing',
    platform: 'windows',
    policy,
    spec: {
      platform: 'windows',
      now: times.windows.now,
      installed: times.windows.installed,
      users: [],
      files: {},
      processes: [],
      packages: [],
    },
    diagnoses: ['settings-missing', 'hook-missing'],
  },
  ...cases('linux', [
    ['many-users', ['no-invocation-despite-activity'], manyUsers(12)],
    ['as-user', [], { runAs: 'first' }],
    ['processes-unknown', [], { processes: undefined }],
  ]),
  ...cases('macos', [
    [
      'two-apps',
      [],
      {
        files: {
          '/Users/first/Applications/Claude.app/Contents/Info.plist': infoPropertyList('1.9.0'),
          '/Users/second/Applications/Claude.app/Contents/Info.plist': infoPropertyList('1.10.0', 'com.example.other'),
          '/Users/Shared/Applications/Claude.app/Contents/Info.plist': infoPropertyList('0.1.0'),
          '/Users/second/.zshrc': '',
        },
        users: [{ name: 'first' }, { name: 'second' }],
      },
    ],
  ]),
]

/** Every fixture machine. */
export const fixtureMachines: readonly FixtureMachine[] = [
  ...installed,
  ...loaded,
  ...invokedAndEvaluated,
  ...others,
  ...hostileMachines.map(({ name, platform, changes, diagnoses, needsRoot }) => ({
    name,
    platform,
    policy,
    spec: machine(platform, changes),
    diagnoses,
    ...(needsRoot === true && { needsRoot }),
  })),
]

function settingsOf(changes: Readonly<Record<string, unknown>>): Changes {
  return { files: { [linux.settings]: { json: settings(changes) } } }
}

function profileText(text: string, files: Changes['files'] = {}): Changes {
  return { files: { ...files, [settingsPlist]: text } }
}

/** Settings as a configuration profile leaves them on a Mac. */
function profile(value: Readonly<Record<string, unknown>>, files: Changes['files'] = {}): Changes {
  const defined: unknown = JSON.parse(JSON.stringify(value))
  return profileText(
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n${propertyListOf(defined)}\n</plist>\n`,
    files,
  )
}

function propertyListOf(value: unknown): string {
  if (typeof value === 'boolean') return `<${value}/>`
  if (typeof value === 'string') return `<string>${value}</string>`
  if (Array.isArray(value)) return `<array>${value.map(propertyListOf).join('')}</array>`
  const members = Object.entries(value as object).map(([key, item]) => `<key>${key}</key>${propertyListOf(item)}`)
  return `<dict>${members.join('')}</dict>`
}

function groupWritable(group: number): Changes {
  return { files: { [macos.hook]: { content: '#!/bin/sh\n', mode: 0o775, group } } }
}

function registryValue(hive: string, value: Readonly<Record<string, unknown>>) {
  return { hive, key: policyKey, name: 'Settings', text: JSON.stringify(value) }
}

/** The app and a session, started at other times or from another place. */
function running(
  platform: MachinePlatform,
  started: { readonly desktop?: string | number; readonly code?: string | number },
  command: { readonly desktop?: string } = {},
): Changes {
  const usual = times[platform].started
  return {
    processes: [
      { started: started.desktop ?? usual, command: command.desktop ?? commands[platform].desktop },
      { started: started.code ?? usual, command: commands[platform].code },
    ],
  }
}

/** The others work as the first one does, but one of them has no record. */
function manyUsers(count: number): Changes {
  const names = Array.from({ length: count }, (_, index) => `user${String(index).padStart(3, '0')}`)
  const files = Object.assign({}, ...names.map((name) => personFiles('linux', `/home/${name}`))) as NonNullable<
    Changes['files']
  >
  return {
    users: [{ name: 'first' }, ...names.map((name) => ({ name }))],
    files: { ...files, [below('linux', '/home/user007', linux.record)]: undefined },
  }
}
