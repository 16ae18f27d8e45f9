import type { DiagnosisCode } from '../../src/health/diagnoses.js'
import type { MachinePlatform } from '../../src/platform/machine.js'
import { below, type Changes, canary, places, recordLine, settings, times, toolUse } from './fixture-base.js'
import type { FileSpec } from './machine.js'

/** A machine with a user who wants the probe to hang, crash or tell what only root may read. */
interface HostileMachine {
  readonly name: string
  readonly platform: MachinePlatform
  readonly diagnoses: readonly DiagnosisCode[]
  readonly changes: Changes
  readonly needsRoot?: true
}

const at = (path: string) => below('linux', places.linux.home, path)
const session = '.config/Claude/local-agent-mode-sessions'
const installedPlugins = at('.claude/plugins/installed_plugins.json')

/** Every file of a user that a probe opens. */
const openedFiles = [
  '.claude/remote-settings.json',
  '.claude/settings.json',
  '.claude/plugins/installed_plugins.json',
  '.claude/plugins/marketplaces/acme-tools/.claude-plugin/marketplace.json',
  `${session}/account/org/rpm/manifest.json`,
  `${session}/account/org/rpm/plugin_01/.claude-plugin/plugin.json`,
  places.linux.record,
  '.claude/projects/-work-site/5a1e.jsonl',
  '.claude.json',
]

function everyFile(file: FileSpec): NonNullable<Changes['files']> {
  return Object.fromEntries(openedFiles.map((path) => [at(path), file]))
}

/** Whoever followed a link to it would take it for settings, plugins, a record and a transcript. */
const secrets: NonNullable<Changes['files']> = {
  '/root/secret': {
    content: `${JSON.stringify({
      env: { OTEL_RESOURCE_ATTRIBUTES: 'fleet.policy=cccccccccccccccc' },
      version: canary,
      plugins: { 'guardrails@acme-tools': [{ version: canary }] },
      projects: { [`/${canary}`]: { hasTrustDialogAccepted: true } },
    })}\n${recordLine('2026-11-18T07:59:00Z', { tool: canary })}${toolUse('2026-11-18T07:59:00Z')}`,
    mode: 0o600,
    owner: 'root',
  },
}
const twoUsers = [{ name: 'first' }, { name: 'root', id: 0, home: '/root' }]

const strangeTexts = [
  '\u001b[31mred\u0007',
  'a\nFH1|ok|end\n',
  '$(touch x)`touch x`',
  '\u202e\u2028',
  '../../../root/secret',
]

export const hostileMachines: readonly HostileMachine[] = [
  {
    name: 'linux-hostile-links',
    platform: 'linux',
    // No transcript is one of this user: nobody used a tool.
    diagnoses: [],
    changes: { users: twoUsers, files: { ...secrets, ...everyFile({ link: '/root/secret' }) } },
  },
  {
    name: 'linux-hostile-folder-links',
    platform: 'linux',
    // The folder ~/.claude is none of this user's: as if there were none.
    diagnoses: [],
    changes: {
      users: twoUsers,
      files: {
        ...secrets,
        ...Object.fromEntries(
          openedFiles.filter((path) => path.startsWith('.claude/')).map((path) => [at(path), undefined]),
        ),
        [at('.claude')]: { link: '/root' },
        '/root/plugins/installed_plugins.json': { content: canary },
      },
    },
  },
  {
    name: 'linux-hostile-deep-folder-links',
    platform: 'linux',
    // Files of root, reached through a folder that is the user's link.
    diagnoses: ['plugin-missing'],
    needsRoot: true,
    changes: {
      users: twoUsers,
      files: {
        ...secrets,
        [installedPlugins]: undefined,
        [at('.claude/plugins/marketplaces/acme-tools/.claude-plugin/marketplace.json')]: undefined,
        [at('.claude/plugins')]: { link: '/root/plugins' },
        '/root/plugins/installed_plugins.json': {
          json: { plugins: { 'guardrails@acme-tools': [{ version: '1.4.0' }] } },
          mode: 0o600,
        },
      },
    },
  },
  {
    name: 'linux-hostile-fifos',
    platform: 'linux',
    // No transcript is one of this user: nobody used a tool.
    diagnoses: [],
    changes: { files: everyFile({ fifo: true }) },
  },
  {
    name: 'linux-hostile-fifos-of-the-system',
    platform: 'linux',
    // What stands there is unknown, and nothing else is wrong.
    diagnoses: [],
    changes: { files: { [places.linux.settings]: { fifo: true }, [places.linux.dropIn]: { fifo: true } } },
  },
  {
    name: 'linux-hostile-huge-files',
    platform: 'linux',
    // No transcript is one of this user: nobody used a tool.
    diagnoses: [],
    changes: { files: everyFile({ sparse: 5 * 1024 ** 3 }) },
  },
  {
    name: 'linux-hostile-deep-json',
    platform: 'linux',
    // No transcript is one of this user: nobody used a tool.
    diagnoses: [],
    changes: {
      files: {
        ...everyFile(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
        [at('.claude/remote-settings.json')]: undefined,
        [at('.claude.json')]: `${'{"projects":'.repeat(60_000)}{}${'}'.repeat(60_000)}`,
      },
    },
  },
  {
    name: 'linux-hostile-control-characters',
    platform: 'linux',
    diagnoses: [],
    changes: {
      files: {
        [at('.claude.json')]: {
          json: {
            projects: Object.fromEntries(
              [...strangeTexts, at('work/site')].map((text) => [text, { hasTrustDialogAccepted: true }]),
            ),
          },
        },
        [at('.claude/settings.json')]: {
          json: { enabledPlugins: Object.fromEntries(strangeTexts.map((text) => [text, true])) },
        },
        [at(places.linux.record)]: {
          content: (time) =>
            [
              ...strangeTexts.map((tool) => recordLine(time(times.linux.now), { tool })),
              recordLine(time(times.linux.invoked)),
              recordLine('2126-01-01T00:00:00Z', { tool: 'Future' }),
              recordLine('2026-11-99T00:00:00Z'),
            ].join(''),
          at: times.linux.invoked,
        },
        [at(`.claude/projects/a\nb/\u001b[31m.jsonl`)]: toolUse('2026-11-18T07:59:00Z'),
        [at(`${session}/account/new\nline/rpm/manifest.json`)]: '{"plugins":',
        [at(`${session}/account/org/rpm/manifest.json`)]: {
          json: {
            plugins: [
              { id: '../../../../../root', name: 'guardrails', marketplaceName: 'acme-tools' },
              { id: 'plugin_01', name: 'guardrails', marketplaceName: 'acme-tools' },
              ...strangeTexts.map((text) => ({ id: text, name: 'guardrails', marketplaceName: 'acme-tools' })),
            ],
          },
        },
      },
      processes: [
        { started: times.linux.started, command: '/usr/lib/claude-desktop/claude-desktop' },
        { started: times.linux.started, command: 'claude' },
        ...strangeTexts.map((command) => ({ started: times.linux.before, command })),
      ],
    },
  },
  {
    name: 'linux-hostile-many-names',
    platform: 'linux',
    diagnoses: [],
    changes: {
      files: Object.fromEntries(
        Array.from({ length: 2000 }, (_, index) => String(index).padStart(4, '0')).flatMap(
          (name): [string, FileSpec][] => [
            [at(`.claude/projects/-work-site/${name}.jsonl`), { content: '', at: times.linux.started }],
            [at(`.claude/projects/z${name}`), { folder: true }],
            [at(`${session}/account/z${name}`), { folder: true }],
          ],
        ),
      ),
    },
  },
  {
    name: 'linux-hostile-prototype-members',
    platform: 'linux',
    diagnoses: ['settings-foreign', 'hooks-not-in-settings'],
    changes: {
      files: {
        [places.linux.settings]: `{"__proto__":${JSON.stringify(settings())},"constructor":{"env":1},"model":"opus"}`,
        [at('.claude/settings.json')]: '{"__proto__":{"enabledPlugins":{"guardrails@elsewhere":true}}}',
        [at('.claude.json')]:
          '{"__proto__":{"projects":{"/gone":{"hasTrustDialogAccepted":true}}},"projects":{"__proto__":{"hasTrustDialogAccepted":true}}}',
      },
    },
  },
]
