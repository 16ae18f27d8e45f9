import type { Facts, SettingsPlace } from './facts.js'
import { isStamp } from './settings-in-force.js'

/** Places of settings as people call them. */
const placeWords: Readonly<Record<SettingsPlace, string>> = {
  server: 'admin console',
  plist: 'configuration profile',
  hklm: 'HKLM',
  file: 'managed-settings.json',
  dropin: 'drop-in',
  hkcu: 'HKCU',
  dead: 'C:\\ProgramData\\ClaudeCode (not read)',
}

/** What was seen of the stage `installed`. */
export function installed({ settings, hooks, plugins, credential, desktopPackage }: Facts): string {
  return joined([
    settings && settingsWords(settings),
    hooks && hooks.of > 0 && `${hooks.good} of ${hooks.of} hook files in order`,
    plugins && plugins.of > 0 && `${plugins.good} of ${plugins.of} plugins in order`,
    credential === 'ok' && 'credential for telemetry there',
    credential === 'no-helper' && 'helper for telemetry headers missing',
    credential === 'no-file' && 'file of telemetry headers missing',
    desktopPackage === 'staged' && 'package staged, not registered',
  ])
}

function settingsWords(settings: NonNullable<Facts['settings']>): string {
  if (settings.length === 0) return 'no managed settings'
  return settings
    .map(({ place, state }) => `${placeWords[place]} ${isStamp(state) ? `of policy ${state}` : stateWords[state]}`)
    .join(', ')
}

const stateWords: Readonly<Record<string, string>> = {
  plain: 'without a stamp',
  empty: 'empty',
  broken: 'not to be parsed',
  unread: 'not to be read',
}

const runningWords = {
  no: 'not running',
  current: 'started after the last change',
  'before-change': 'started before the last change',
  'old-version': 'started before the installed version was put there',
} as const

/** What was seen of the stage `loaded`. */
export function loaded({ desktopRunning, codeRunning, blocked, desktopVersion, pluginProblems }: Facts): string {
  return joined([
    desktopRunning &&
      `Claude Desktop ${desktopVersion === undefined || desktopVersion === 'none' ? '' : `${desktopVersion} `}${runningWords[desktopRunning]}`,
    codeRunning && `Claude Code ${codeRunning === 'no' ? 'not running' : `sessions ${runningWords[codeRunning]}`}`,
    blocked &&
      (blocked.length === 0
        ? 'nothing blocks hooks'
        : `settings with ${blocked.map((word) => blockerWords[word]).join(', ')}`),
    pluginProblems?.includes('stale-session') === true && 'an old plugin copy in sessions',
    pluginProblems?.includes('clash') === true && 'two plugins of one name',
  ])
}

const blockerWords = {
  'all-off': 'disableAllHooks',
  sideload: 'disableSideloadFlags',
  'only-managed': 'allowManagedHooksOnly and no hook',
  'no-hooks': 'no hook in them',
} as const

/** What was seen of the stage `invoked`. */
export function invoked({ invoked: last, event, tool, active, silent, activity }: Facts): string {
  return joined([
    last === 'none' && 'no invocation',
    last !== undefined &&
      last !== 'none' &&
      `last invocation ${event ?? ''}${tool === undefined || tool === 'none' ? '' : ` (${tool})`} at ${last}`,
    active !== undefined &&
      active > 0 &&
      `${active === 1 ? '1 user has' : `${active} users have`} used tools since the last change${silent === undefined || silent === 0 ? '' : `, ${silent} without any invocation`}`,
    activity !== undefined && activity !== 'none' && active === 0 && `last use of a tool at ${activity}`,
  ])
}

/** Why there is no invocation that speaks of the present state. */
export function noFreshInvocation({ invoked: last, active }: Facts): string {
  if (last === undefined) return 'the record of the hook could not be looked at'
  const seen = last === 'none' ? 'no invocation yet' : 'the last invocation is older than the last change'
  return active === 0 ? `${seen}, and nobody has used a tool since` : seen
}

/** What was seen of the stage `evaluated`. */
export function evaluated({ verdict, milliseconds, status }: Facts): string {
  return joined([
    verdict !== undefined && `verdict ${verdict}`,
    milliseconds !== undefined && `${milliseconds} ms`,
    status !== undefined && (status === 0 ? 'no answer of the policy endpoint' : `policy endpoint answered ${status}`),
  ])
}

/** What was seen of the stage `recorded`. */
export function recorded({ collector }: Facts): string {
  return collector === undefined ? 'not looked at' : collectorWords[collector]
}

const collectorWords = {
  ok: 'the collector accepted a test record',
  unauthorised: 'the collector refused the credential',
  rejected: 'the collector rejected a test record',
  'tls-intercepted': 'the certificate is not from a known authority',
  tls: 'no TLS connection',
  proxy: 'a proxy refused',
  refused: 'connection refused',
  timeout: 'no answer in time',
  name: 'name not found',
  'no-header': 'the headers could not be had',
} as const satisfies Record<NonNullable<Facts['collector']>, string>

function joined(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join('; ') || 'nothing could be seen'
}
