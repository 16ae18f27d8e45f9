import type { MachinePlatform } from '../../src/platform/machine.js'
import { type Changes, commands, packageFolder, places, settings, times } from './fixture-base.js'
import {
  cases,
  type FixtureMachine,
  impatient,
  inHome,
  profile,
  registryValue,
  settingsPlist,
} from './fixture-cases.js'
import type { When } from './machine.js'

const { linux, macos } = places
const remote = inHome('.claude/remote-settings.json')
const session = inHome('.config/Claude/local-agent-mode-sessions/account/org/rpm')

/** What is installed is right, and not in force. */
export const loadedMachines: FixtureMachine[] = [
  ...cases('linux', [
    ['hooks-disabled', ['hooks-disabled'], settingsOf({ disableAllHooks: true })],
    ['sideload-disabled', ['sideload-disabled'], settingsOf({ disableSideloadFlags: true })],
    ['only-managed-hooks', ['only-managed-hooks'], settingsOf({ hooks: undefined })],
    [
      'hooks-not-in-settings',
      ['hooks-not-in-settings'],
      settingsOf({ hooks: undefined, allowManagedHooksOnly: undefined }),
    ],
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
      ['hooks-not-in-settings', 'settings-shadowed'],
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
          [remote]: { json: { model: 'opus', hooks: settings().hooks } },
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
      { policy: impatient },
    ],
    [
      'updated-last-night',
      [],
      // It may run on for a day.
      { files: { '/var/lib/dpkg/info/claude-desktop.list': { content: '', at: '2026-11-18T05:00:00Z' } } },
    ],
    ['settings-changed-last-night', [], settingsChangedAt('2026-11-18T05:00:00Z')],
    ['plugin-installed-while-running', [], pluginsInstalledAt(times.linux.later)],
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
    ['running-old-version', ['running-old-version'], running('macos', { desktop: -600 }), { policy: impatient }],
    [
      'running-from-elsewhere',
      [],
      running('macos', {}, { desktop: '/Volumes/Claude/Claude.app/Contents/MacOS/Claude' }),
    ],
    // What stands above ours may be anything.
    ['property-list-unreadable', [], { files: { [settingsPlist]: { fifo: true } } }],
    ['settings-shadowed', ['settings-shadowed'], profile({ hooks: settings().hooks })],
    [
      'session-before-change',
      ['session-before-change'],
      {
        files: { [macos.settings]: { json: settings(), at: times.macos.later } },
        ...running('macos', { desktop: 1000 }),
      },
      { policy: impatient },
    ],
  ]),
  ...cases('windows', [
    [
      'settings-shadowed',
      ['hooks-not-in-settings', 'settings-shadowed'],
      { registry: [registryValue('HKLM', { model: 'opus' })] },
    ],
    ['settings-of-user-below', [], { registry: [registryValue('first', { model: 'opus' })] }],
    [
      'running-old-version',
      ['running-old-version'],
      running('windows', {}, { desktop: `"${packageFolder('1.40000.0')}\\app\\Claude.exe"` }),
      { policy: impatient },
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

function settingsOf(changes: Readonly<Record<string, unknown>>): Changes {
  return { files: { [linux.settings]: { json: settings(changes) } } }
}

function settingsChangedAt(at: When): Changes {
  return { files: { [linux.settings]: { json: settings(), at } } }
}

function pluginsInstalledAt(at: When): Changes {
  const path = inHome('.claude/plugins/installed_plugins.json')
  return { files: { [path]: { json: { plugins: { 'guardrails@acme-tools': [{ version: '1.4.0' }] } }, at } } }
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
