import { collectorAddress, type Experiment, type Setup } from '../experiment.js'
import type { Seen } from '../seen.js'
import { denyScript, hookEntry, hookFile, withGoodHook, withHooks, withTelemetry } from './setup.js'

const denied: Partial<Seen> = { toolRan: false, hooksRegistered: ['policySettings'], hooksBlocking: 1 }
const always = (bad: Partial<Seen>, fixed: Partial<Seen> = denied) => [{ versions: '*', bad, fixed }]

const neverRuns: Partial<Seen> = { toolRan: true, hooksRegistered: [], hooksBlocking: 0 }

const userHook = {
  PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: 'cat >/dev/null; exit 2' }] }],
}

/** The user's hook blocks the call, so that it shows even where no telemetry does. */
const userHookRuns: Partial<Seen> = { hooksRegistered: ['userSettings'], toolRan: false }
const userHookRefused: Partial<Seen> = { hooksRegistered: [], toolRan: true }

const misshapen = [
  { versions: '<2.1.166', bad: { toolRan: true, signals: [], complains: false }, fixed: denied },
  {
    versions: '*',
    bad: { toolRan: true, signals: ['logs', 'metrics'], hooksRegistered: [], complains: true },
    fixed: denied,
  },
] as const

const httpHook = (url: string) => ({ PreToolUse: [{ matcher: '*', hooks: [{ type: 'http', url }] }] })

const slow = (timeout: number): Setup => ({
  ...withHooks({ PreToolUse: [hookEntry({}, { timeout })] }),
  files: hookFile('slow'),
})

const pathWithBlank = '/etc/claude-code/hook files/deny.sh'
const atPathWithBlank = (command: string): Setup => ({
  ...withHooks({ PreToolUse: [hookEntry({}, { command })] }),
  files: Object.fromEntries(Object.values(hookFile('deny')).map((file) => [pathWithBlank, file])),
})

export const hookExperiments: readonly Experiment[] = [
  {
    rule: 'hooks-dropped',
    id: 'array-matcher',
    about: 'The matcher is a list of names.',
    bad: withHooks({ PreToolUse: [hookEntry({ matcher: ['Bash', 'Edit'] })] }),
    fixed: withHooks({ PreToolUse: [hookEntry({ matcher: 'Bash|Edit' })] }),
    expects: misshapen,
  },
  {
    rule: 'hooks-dropped',
    id: 'flat-form',
    about: 'The command stands beside the matcher, without the inner list.',
    bad: withHooks({ PreToolUse: [{ matcher: '*', type: 'command', command: denyScript }] }),
    fixed: withGoodHook(),
    expects: misshapen,
  },
  {
    rule: 'hook-matcher-never',
    id: 'wrong-case',
    about: 'Tool names are case-sensitive: the hook is registered and never runs.',
    bad: withHooks({ PreToolUse: [hookEntry({ matcher: 'bash' })] }),
    fixed: withHooks({ PreToolUse: [hookEntry({ matcher: 'Bash' })] }),
    expects: always({ toolRan: true, complains: false, hooksRegistered: ['policySettings'], hooksBlocking: 0 }),
  },
  {
    rule: 'hook-event-unknown',
    id: 'beside-a-good-one',
    about: 'An event that no client knows is left out with a message; a good one beside it runs.',
    bad: withHooks({ BeforeToolUse: [hookEntry()], PreToolUse: [hookEntry()] }),
    fixed: withGoodHook(),
    expects: [
      { versions: '<2.1.166', bad: { ...denied, complains: false }, fixed: denied },
      { versions: '*', bad: { ...denied, complains: true }, fixed: { ...denied, complains: false } },
    ],
  },
  {
    rule: 'hook-event-unknown',
    id: 'alone',
    about: 'A hook for an event that no client knows never runs.',
    bad: withHooks({ BeforeToolUse: [hookEntry()] }),
    fixed: withGoodHook(),
    expects: [
      { versions: '<2.1.166', bad: { ...neverRuns, complains: false }, fixed: denied },
      { versions: '*', bad: { ...neverRuns, complains: true }, fixed: denied },
    ],
  },
  {
    rule: 'hook-file-missing',
    id: 'absent',
    about: 'The command is not there: the call goes through.',
    bad: { ...withGoodHook(), files: {} },
    fixed: withGoodHook(),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0, hookErrors: 1 }),
  },
  {
    rule: 'hook-file-missing',
    id: 'not-executable',
    about: 'The command may not be run: the call goes through.',
    bad: { ...withGoodHook(), files: hookFile('deny', 0o644) },
    fixed: withGoodHook(),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0, hookErrors: 1 }),
  },
  {
    rule: 'hook-path-unquoted',
    id: 'blank',
    about: 'A path with a blank, without quotes: the call goes through.',
    bad: atPathWithBlank(pathWithBlank),
    fixed: atPathWithBlank(`"${pathWithBlank}"`),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0, hookErrors: 1 }),
  },
  {
    rule: 'hook-fails-open',
    id: 'exit-1',
    about: 'Exit code 1 is an error of the hook and does not block; exit code 2 does.',
    bad: { ...withGoodHook(), files: hookFile('exit-1') },
    fixed: { ...withGoodHook(), files: hookFile('exit-2') },
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0, hookErrors: 1 }),
  },
  {
    rule: 'hook-timeout',
    id: 'too-short',
    about: 'A hook that is cut off lets the call through, and counts as neither blocking nor failed.',
    bad: slow(1),
    fixed: slow(20),
    expects: always({ toolRan: true, hooksBlocking: 0, hookErrors: 0, hooksCancelled: 1 }),
  },
  {
    rule: 'hook-async',
    id: 'async',
    about: 'A hook in the background does not hold the call back.',
    bad: withHooks({ PreToolUse: [hookEntry({}, { async: true })] }),
    fixed: withGoodHook(),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0 }),
  },
  {
    rule: 'hook-handler-invalid',
    id: 'unknown-type',
    about: 'A handler of a type that no client knows.',
    bad: withHooks({ PreToolUse: [hookEntry({}, { type: 'script' })] }),
    fixed: withGoodHook(),
    expects: misshapen,
  },
  {
    rule: 'hook-http-fails-open',
    id: 'no-server',
    about: 'Nobody answers at the URL of the hook: the call goes through.',
    bad: withTelemetry({}, { hooks: httpHook('http://127.0.0.1:9/hook') }),
    fixed: withGoodHook(),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0 }),
  },
  {
    rule: 'hook-url-not-allowed',
    id: 'other-url',
    about: 'The list of allowed URLs counts for managed hooks too.',
    bad: withTelemetry(
      {},
      { hooks: httpHook(`${collectorAddress}/hook`), allowedHttpHookUrls: ['https://other.example/*'] },
    ),
    fixed: withTelemetry(
      {},
      { hooks: httpHook(`${collectorAddress}/hook`), allowedHttpHookUrls: ['http://127.0.0.1:*'] },
    ),
    expects: always(
      { toolRan: true, paths: ['/v1/logs', '/v1/metrics'] },
      { toolRan: true, paths: ['/hook', '/v1/logs', '/v1/metrics'] },
    ),
  },
  {
    rule: 'hook-matcher-pattern',
    id: 'not-a-pattern',
    about: 'A matcher that does not compile matches nothing.',
    bad: withHooks({ PreToolUse: [hookEntry({ matcher: 'Bash(' })] }),
    fixed: withHooks({ PreToolUse: [hookEntry({ matcher: 'Bash' })] }),
    expects: always({ toolRan: true, hooksRegistered: ['policySettings'], hooksBlocking: 0 }),
  },
  {
    rule: 'hooks-disabled',
    id: 'managed-file',
    about: 'The managed file turns off its own hooks.',
    bad: withGoodHook({ disableAllHooks: true }),
    fixed: withGoodHook(),
    expects: always({ toolRan: true, hooksRegistered: [], hooksBlocking: 0 }),
  },
  {
    rule: 'user-hooks-allowed',
    id: 'user-hook',
    about: 'Hooks of the user run unless only managed ones are allowed.',
    bad: { ...withTelemetry(), user: { hooks: userHook } },
    fixed: { ...withTelemetry({}, { allowManagedHooksOnly: true }), user: { hooks: userHook } },
    expects: always(userHookRuns, userHookRefused),
  },
  {
    rule: 'managed-key-elsewhere',
    id: 'managed-hooks-only',
    about: 'A managed-only key in the user’s file does nothing.',
    bad: { ...withTelemetry(), user: { allowManagedHooksOnly: true, hooks: userHook } },
    fixed: { ...withTelemetry({}, { allowManagedHooksOnly: true }), user: { hooks: userHook } },
    expects: always(userHookRuns, userHookRefused),
  },
]
