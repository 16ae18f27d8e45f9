import {
  below,
  type Changes,
  commands,
  infoPropertyList,
  machine,
  personFiles,
  places,
  policy,
  times,
} from './fixture-base.js'
import { cases, type FixtureMachine, inHome } from './fixture-cases.js'
import { hostileMachines } from './fixture-hostile.js'
import { installedMachines } from './fixture-installed.js'
import { invokedMachines } from './fixture-invoked.js'
import { loadedMachines } from './fixture-loaded.js'

export type { FixtureMachine } from './fixture-cases.js'

const { linux } = places

/** Where the older installer of Windows puts the app. */
const olderFolder = 'C:\\Users\\first\\AppData\\Local\\AnthropicClaude\\app-1.30000.0'

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
    [
      // Who never used a tool had no reason to install a plugin.
      'colleague-without-sessions',
      [],
      {
        users: [{ name: 'first' }, { name: 'second' }],
        files: { '/home/second/.claude/settings.json': { json: { model: 'opus' } } },
      },
    ],
    ['plugin-list-broken', [], { files: { [inHome('.claude/plugins/installed_plugins.json')]: '{"plugins":{' } }],
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
    [
      'two-apps-of-two-versions',
      [],
      {
        files: { '/Users/first/Applications/Claude.app/Contents/Info.plist': infoPropertyList('1.9.0') },
        processes: [commands.macos.desktop, `/Users/first${commands.macos.desktop}`].map((command) => ({
          started: times.macos.started,
          command,
        })),
      },
    ],
  ]),
  ...cases('windows', [
    [
      'two-apps-of-two-versions',
      [],
      {
        files: { [`${olderFolder}\\Claude.exe`]: 'binary' },
        processes: [commands.windows.desktop, `"${olderFolder}\\Claude.exe"`].map((command) => ({
          started: times.windows.started,
          command,
        })),
      },
    ],
  ]),
]

/** Every fixture machine. */
export const fixtureMachines: readonly FixtureMachine[] = [
  ...installedMachines,
  ...loadedMachines,
  ...invokedMachines,
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
