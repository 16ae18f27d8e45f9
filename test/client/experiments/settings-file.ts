import type { Experiment, Setup } from '../experiment.js'
import type { Seen } from '../seen.js'
import { hookEntry, hookFile, telemetry, withGoodHook, withTelemetry } from './setup.js'

const good = withGoodHook()
const goodText = JSON.stringify(good.managed, undefined, 2)
const withText = (managed: string): Setup => ({ managed, files: hookFile('deny') })
const enforced: Partial<Seen> = {
  starts: true,
  complains: false,
  toolRan: false,
  hooksBlocking: 1,
  signals: ['logs', 'metrics'],
}

const unparsable = [
  { versions: '<2.1.166', bad: { starts: true, complains: false, toolRan: true, signals: [] }, fixed: enforced },
  { versions: '<2.1.259', bad: { starts: true, complains: true, toolRan: true, signals: [] }, fixed: enforced },
  { versions: '*', bad: { starts: false, complains: true, toolRan: false, signals: [] }, fixed: enforced },
] as const

/** The client refuses the bypass mode to root outside a sandbox, so a session has to say that it is in one. */
const bypass = (permissions: Readonly<Record<string, unknown>>): Setup => ({
  ...withTelemetry({}, { permissions }),
  shell: { IS_SANDBOX: '1' },
  arguments: ['--dangerously-skip-permissions'],
})

const deny = ['Bash(echo:*)']
const denyEcho = withTelemetry({}, { permissions: { deny } })
const denied: Partial<Seen> = { toolRan: false, complains: false }
const hooks = { hooks: { PreToolUse: [hookEntry()] } }
const inDropIn = (name: string): Setup => ({
  managed: { env: telemetry() },
  dropIns: { [name]: hooks },
  files: hookFile('deny'),
})
const userHook = { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: 'cat >/dev/null; exit 2' }] }] }

/** What a value of a wrong type takes with it: the whole file at first, later less. */
const fileIgnored: Partial<Seen> = { starts: true, complains: false, signals: [] }
const fileKept: Partial<Seen> = { starts: true, complains: true, signals: ['logs', 'metrics'] }

export const settingsFileExperiments: readonly Experiment[] = [
  {
    rule: 'settings-not-json',
    id: 'comment',
    about: 'A comment in the file.',
    bad: withText(goodText.replace('{', '{ // policy')),
    fixed: good,
    expects: unparsable,
  },
  {
    rule: 'settings-not-json',
    id: 'trailing-comma',
    about: 'A comma after the last entry.',
    bad: withText(goodText.replace(/\}$/, ',}')),
    fixed: good,
    expects: unparsable,
  },
  {
    rule: 'settings-not-object',
    id: 'list',
    about: 'A list around the settings.',
    bad: withText(`[${goodText}]`),
    fixed: good,
    expects: unparsable,
  },
  {
    rule: 'duplicate-key',
    id: 'env-twice',
    about: 'Of two keys of the same name the last one counts.',
    bad: withText(goodText.replace(/\}$/, ',"env":{}}')),
    fixed: good,
    expects: [{ versions: '*', bad: { starts: true, complains: false, toolRan: false, signals: [] }, fixed: enforced }],
  },
  ...['50-hooks.json.bak', '.50-hooks.json'].map(
    (name): Experiment => ({
      rule: 'drop-in-ignored',
      id: name.startsWith('.') ? 'hidden' : 'other-ending',
      about: `A drop-in of the name ${name} is not read.`,
      bad: inDropIn(name),
      fixed: inDropIn('50-hooks.json'),
      expects: [{ versions: '*', bad: { complains: false, toolRan: true, hooksRegistered: [] }, fixed: enforced }],
    }),
  ),
  {
    rule: 'unknown-key',
    id: 'misspelt',
    about: 'A misspelt key is ignored without a word.',
    bad: withTelemetry({}, { permission: { deny } }),
    fixed: denyEcho,
    expects: [{ versions: '*', bad: { toolRan: true, complains: false }, fixed: denied }],
  },
  {
    rule: 'permission-rule-unparsable',
    id: 'no-closing-bracket',
    about: 'A deny rule without its closing bracket is skipped, and the tool runs.',
    bad: withTelemetry({}, { permissions: { deny: ['Bash(echo'] } }),
    fixed: denyEcho,
    expects: [
      { versions: '<2.1.166', bad: { toolRan: true, complains: false }, fixed: denied },
      { versions: '*', bad: { toolRan: true, complains: true }, fixed: denied },
    ],
  },
  {
    rule: 'permission-rule-tool-unknown',
    id: 'wrong-case',
    about: 'A deny rule for a tool whose name is in the wrong case denies nothing.',
    bad: withTelemetry({}, { permissions: { deny: ['bash(echo:*)'] } }),
    fixed: denyEcho,
    expects: [{ versions: '*', bad: { toolRan: true }, fixed: denied }],
  },
  {
    rule: 'default-mode-managed',
    id: 'plan',
    about: 'A managed default mode is the one a session starts in, whatever the user has chosen.',
    fixed: {
      ...withTelemetry({}, { permissions: { defaultMode: 'plan' } }),
      user: { permissions: { defaultMode: 'acceptEdits' } },
    },
    expects: [{ versions: '*', fixed: { complains: false, permissionMode: 'plan' } }],
  },
  {
    rule: 'permission-bypass-open',
    id: 'not-set',
    about: 'Nothing stops a session from asking for no permission.',
    bad: bypass({}),
    fixed: bypass({ disableBypassPermissionsMode: 'disable' }),
    expects: [{ versions: '*', bad: { starts: true, bypass: true }, fixed: { starts: true, bypass: false } }],
  },
  {
    rule: 'permission-bypass-type',
    id: 'true',
    about: 'The value that forbids the bypass mode is the text "disable".',
    bad: bypass({ disableBypassPermissionsMode: true }),
    fixed: bypass({ disableBypassPermissionsMode: 'disable' }),
    expects: [
      { versions: '<2.1.166', bad: { ...fileIgnored, bypass: true }, fixed: { bypass: false } },
      { versions: '<2.1.282', bad: { ...fileKept, bypass: true }, fixed: { bypass: false } },
      { versions: '*', bad: { ...fileKept, bypass: false }, fixed: { bypass: false } },
    ],
  },
  {
    rule: 'permission-bypass-type',
    id: 'false',
    about: 'False forbids nothing, in no version.',
    bad: bypass({ disableBypassPermissionsMode: false }),
    fixed: bypass({ disableBypassPermissionsMode: 'disable' }),
    expects: [
      { versions: '<2.1.166', bad: { ...fileIgnored, bypass: true }, fixed: { bypass: false } },
      { versions: '*', bad: { ...fileKept, bypass: true }, fixed: { bypass: false } },
    ],
  },
  {
    rule: 'permission-bypass-type',
    id: 'takes-deny-rules-along',
    about: 'A wrong type of one key takes the deny rules beside it out of effect.',
    bad: withTelemetry({}, { permissions: { deny, disableBypassPermissionsMode: true } }),
    fixed: withTelemetry({}, { permissions: { deny, disableBypassPermissionsMode: 'disable' } }),
    expects: [
      { versions: '<2.1.166', bad: { ...fileIgnored, toolRan: true }, fixed: denied },
      { versions: '<2.1.282', bad: { ...fileKept, toolRan: true }, fixed: denied },
      { versions: '*', bad: { ...fileKept, toolRan: false }, fixed: denied },
    ],
  },
  {
    rule: 'wrong-type',
    id: 'list-as-text',
    about: 'A deny rule as a text where a list is wanted.',
    bad: withTelemetry({}, { permissions: { deny: 'Bash(echo:*)' } }),
    fixed: denyEcho,
    expects: [
      { versions: '<2.1.166', bad: { ...fileIgnored, toolRan: true }, fixed: denied },
      { versions: '*', bad: { ...fileKept, toolRan: true }, fixed: denied },
    ],
  },
  {
    rule: 'wrong-type',
    id: 'boolean-as-text',
    about: 'A switch written as a text: hooks of the user run in some versions and not in others.',
    bad: { ...withTelemetry({}, { allowManagedHooksOnly: 'true' }), user: { hooks: userHook } },
    fixed: { ...withTelemetry({}, { allowManagedHooksOnly: true }), user: { hooks: userHook } },
    expects: [
      { versions: '<2.1.166', bad: { ...fileIgnored, toolRan: false }, fixed: { toolRan: true } },
      { versions: '<2.1.229', bad: { ...fileKept, toolRan: false }, fixed: { toolRan: true } },
      { versions: '*', bad: { ...fileKept, toolRan: true }, fixed: { toolRan: true } },
    ],
  },
  {
    rule: 'version-floor-above',
    id: 'far-above',
    about: 'A floor above every client stops them all, but for those that do not know the key.',
    bad: withTelemetry({}, { requiredMinimumVersion: '99.0.0' }),
    fixed: withTelemetry({}, { requiredMinimumVersion: '2.1.100' }),
    expects: [
      { versions: '<2.1.163', bad: { starts: true, complains: false }, fixed: { starts: true, complains: false } },
      { versions: '*', bad: { starts: false, complains: true }, fixed: { starts: true, complains: false } },
    ],
  },
  {
    rule: 'version-floor-invalid',
    id: 'commas',
    about: 'A floor that is no version is no floor.',
    bad: withTelemetry({}, { requiredMinimumVersion: '99,0,0' }),
    fixed: withTelemetry({}, { requiredMinimumVersion: '99.0.0' }),
    expects: [
      { versions: '<2.1.163', bad: { starts: true, complains: false }, fixed: { starts: true, complains: false } },
      { versions: '*', bad: { starts: true, complains: false }, fixed: { starts: false, complains: true } },
    ],
  },
]
