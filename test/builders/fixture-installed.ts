import type { Changes } from './fixture-base.js'
import { packageFolder, places, settings } from './fixture-base.js'
import { cases, type FixtureMachine, inHome, profile, profileText, registryValue } from './fixture-cases.js'

const { linux, macos, windows } = places
const otherStamp = '0123456789abcdef'

/** Only what is installed differs. */
export const installedMachines: FixtureMachine[] = [
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

function groupWritable(group: number): Changes {
  return { files: { [macos.hook]: { content: '#!/bin/sh\n', mode: 0o775, group } } }
}
