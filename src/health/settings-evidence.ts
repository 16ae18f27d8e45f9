import { catalogue as gates } from '../gates/catalogue.js'
import { evaluateGate } from '../gates/gate.js'
import { parseVersion } from '../gates/version.js'
import type { DiagnosisCode } from './diagnoses.js'
import type { Evidence } from './evidence.js'
import type { Facts } from './facts.js'
import type { ProbeTarget } from './probe-target.js'
import { isStamp, ourPlaces, shadowedBy, winnerOf } from './settings-in-force.js'

/** Whether what the policy wants is on the machine. */
export function installedEvidence(facts: Facts, target: ProbeTarget): Evidence {
  const { settings, hooks, hookProblems, credential, plugins, pluginProblems, desktopPackage } = facts
  const asBuilt = facts.builtFor === target.stamp
  const ours = settings && ourPlaces(settings, target.stamp)
  const unread = settings?.some(({ state }) => state === 'unread') ?? true
  const wantsFiles = target.hookFiles.length > 0
  const wantsPlugins = target.plugins.length > 0
  const hookIs = (problem: NonNullable<Facts['hookProblems']>[number]) =>
    asBuilt && wantsFiles && hookProblems?.includes(problem) === true
  const pluginIs = (problem: NonNullable<Facts['pluginProblems']>[number]) =>
    asBuilt && wantsPlugins && pluginProblems?.includes(problem) === true
  const wantsCredential = asBuilt && target.credential !== undefined
  return {
    wrong: [
      settings !== undefined && wrongSettings(settings, target),
      hookIs('missing') && 'hook-missing',
      hookIs('not-executable') && 'hook-not-executable',
      hookIs('writable') && 'hook-writable-by-users',
      wantsCredential && (credential === 'no-helper' || credential === 'no-file') && 'credential-missing',
      pluginIs('missing') && 'plugin-missing',
      (pluginIs('stale-clone') || pluginIs('stale-cache')) && 'stale-plugin-cache',
      desktopPackage === 'staged' && 'package-not-registered',
    ],
    open: [
      settings === undefined && 'the settings could not be looked at',
      ours?.length === 0 && unread && 'some settings cannot be read',
      settings !== undefined && isBrokenAtUser(settings) && 'a copy of settings that a user can write cannot be parsed',
      target.isStamped &&
        ours !== undefined &&
        ours.length > 0 &&
        ours.every(({ place }) => userPlaces.has(place)) &&
        'only a copy that a user can write is of this policy, and proves nothing for the machine',
      !target.isStamped && 'the policy has no telemetry, so its settings carry no stamp to know them by',
      !asBuilt && 'the probe was built for another policy: deploy the current one',
      asBuilt && wantsFiles && hooks === undefined && 'the files of hooks could not be looked at',
      hookIs('unread') && 'a file of a hook cannot be looked at',
      asBuilt && wantsFiles && isUntold(hooks, hookProblems) && 'a file of a hook is not in order, and why is not told',
      wantsCredential && credential === undefined && 'the credential for telemetry could not be looked at',
      asBuilt &&
        wantsPlugins &&
        plugins === undefined &&
        'nobody has used Claude Code here since the settings came, so plugins cannot be looked for yet',
      target.platform === 'windows' && desktopPackage === undefined && 'the packages could not be looked at',
      asBuilt && wantsPlugins && isUntold(plugins, pluginProblems) && 'a plugin is not in order, and why is not told',
    ],
  }
}

/** A probe of a later form may know problems that this program does not. */
function isUntold(share: Facts['hooks'], problems: readonly string[] | undefined): boolean {
  return share !== undefined && (problems === undefined || (share.good < share.of && problems.length === 0))
}

function wrongSettings(settings: NonNullable<Facts['settings']>, target: ProbeTarget): DiagnosisCode | false {
  const winner = winnerOf(settings)
  if (winner?.state === 'broken') return userPlaces.has(winner.place) ? false : 'settings-broken'
  if (winner === undefined) {
    return settings.some(({ place, state }) => place === 'dead' && state !== 'empty')
      ? 'settings-dead-path'
      : 'settings-missing'
  }
  const living = settings.filter(({ place }) => place !== 'dead')
  const isOpen = living.some(({ state }) => state === 'unread')
  if (!target.isStamped || isOpen || ourPlaces(settings, target.stamp).length > 0) return false
  return living.some(({ state }) => isStamp(state)) ? 'settings-outdated' : 'settings-foreign'
}

/** Users can write their copy of the settings of the admin console, and their part of the registry. */
const userPlaces = new Set<string>(['server', 'hkcu'])

function isBrokenAtUser(settings: NonNullable<Facts['settings']>): boolean {
  const winner = winnerOf(settings)
  return winner?.state === 'broken' && userPlaces.has(winner.place)
}

const pluginHooksGate = gates.find(({ id }) => id === 'plugin-hooks-windows')

/** Whether what is running has taken it up. */
export function loadedEvidence(facts: Facts, target: ProbeTarget): Evidence {
  const { settings, blocked, desktopRunning, codeRunning, pluginProblems } = facts
  const wantsPlugins = target.plugins.length > 0
  const asBuilt = facts.builtFor === target.stamp
  const pluginIs = (problem: NonNullable<Facts['pluginProblems']>[number]) =>
    asBuilt && wantsPlugins && pluginProblems?.includes(problem) === true
  const blocks = (what: NonNullable<Facts['blocked']>[number], wanted: boolean) =>
    wanted && blocked?.includes(what) === true
  const shadow = facts.combination === 'merge' ? undefined : shadowedBy(settings ?? [], target.stamp)
  const hidden = shadow?.winner.state === 'unread'
  const isOld = facts.desktopRunning === 'old-version'
  const isBefore = facts.desktopRunning === 'before-change'
  const isOverdue = (since: string | undefined) => hasPassed(facts.at, since, target.restartWithinHours)
  const appOverdue = isOverdue(facts.desktopChanged)
  const settingsOverdue = isOverdue(facts.settingsChanged)
  return {
    wrong: [
      blocks('all-off', target.wantsHooks) && 'hooks-disabled',
      blocks('sideload', wantsPlugins) && 'sideload-disabled',
      blocks('only-managed', target.wantsHooks) && 'only-managed-hooks',
      blocks('no-hooks', target.wantsHooks) && 'hooks-not-in-settings',
      shadow !== undefined &&
        !hidden &&
        (shadow.winner.place === 'server' && shadow.ours.place === 'dropin'
          ? 'drop-in-under-server-settings'
          : 'settings-shadowed'),
      isOld && appOverdue && 'running-old-version',
      isBefore && settingsOverdue && 'app-not-restarted',
      codeRunning === 'before-change' && settingsOverdue && 'session-before-change',
      pluginIs('stale-session') && 'plugin-snapshot-stale',
      pluginIs('clash') && 'plugin-name-clash',
      wantsPlugins && hooksAreDead(facts, target) && 'hooks-dead-on-build',
    ],
    open: [
      settings === undefined && 'the settings could not be looked at',
      settings !== undefined &&
        ourPlaces(settings, target.stamp).length === 0 &&
        'no settings that are known to be of this policy are there to be loaded',
      hidden && 'a source above the settings of the policy cannot be read',
      (isOld && !appOverdue) || (isBefore && !settingsOverdue) || (codeRunning === 'before-change' && !settingsOverdue)
        ? `a restart is pending: the change is less than ${target.restartWithinHours} hours old`
        : false,
      blocked === undefined && 'whether anything blocks hooks could not be seen',
      wantsPlugins && !asBuilt && 'the probe was built for other plugins: deploy the current one',
      asBuilt && wantsPlugins && pluginProblems === undefined && 'the copies of plugins could not be looked at',
      wantsPlugins &&
        target.platform === 'windows' &&
        facts.desktopVersion === undefined &&
        'the version of Claude Desktop could not be seen',
      (desktopRunning === undefined || codeRunning === undefined) && 'what is running could not be seen in full',
      desktopRunning === 'no' && codeRunning === 'no' && 'nothing is running, so nothing has loaded the settings yet',
    ],
  }
}

/** Whether this many hours have passed since a time; true where that is not known. Both are ISO 8601 in UTC. */
function hasPassed(at: string, since: string | undefined, hours: number): boolean {
  return since === undefined || Date.parse(at) - Date.parse(since) >= hours * 3_600_000
}

/** Whether hooks of plugins are known to do nothing on the installed build. */
function hooksAreDead({ desktopVersion }: Facts, { platform }: ProbeTarget): boolean {
  if (desktopVersion === undefined || desktopVersion === 'none' || pluginHooksGate === undefined) return false
  const install = { status: 'installed', version: parseVersion(desktopVersion) } as const
  return evaluateGate(pluginHooksGate, { platform, install }).result === 'fail'
}
