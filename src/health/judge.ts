import { catalogue as gates } from '../gates/catalogue.js'
import { evaluateGate } from '../gates/gate.js'
import { parseVersion } from '../gates/version.js'
import { type Diagnosis, type DiagnosisCode, diagnosis, diagnosisCodes } from './diagnoses.js'
import { type Facts, type StageName, stageNames } from './facts.js'
import type { ProbeWord } from './probe-line.js'
import type { ProbeTarget } from './probe-target.js'
import { ourPlaces, shadowedBy, winnerOf } from './settings-in-force.js'
import * as words from './stage-words.js'

/** What the evidence of a stage says. */
export const stageStates = ['proven', 'contradicted', 'unknown', 'not-applicable'] as const
export type StageState = (typeof stageStates)[number]

/** One stage of the delivery chain. */
export interface Stage {
  readonly state: StageState
  /** What was seen, in words. */
  readonly seen: string
  /** When that happened or was looked at. */
  readonly at?: string | undefined
}

/** What the facts of a machine come to. */
export interface Health {
  readonly stages: Readonly<Record<StageName, Stage>>
  /** In the order of the stages. */
  readonly diagnoses: readonly (Diagnosis & { readonly code: DiagnosisCode })[]
  readonly word: ProbeWord
}

/** What was found for one stage: what is wrong, and what stays open. */
interface Evidence {
  readonly wrong: readonly (DiagnosisCode | false)[]
  /** Each open question, in words; false where it is answered. */
  readonly open: readonly (string | false)[]
}

/** Judges the facts of one machine by what the policy wants there. The same facts and target give the same answer. */
export function judgeHealth(facts: Facts, target: ProbeTarget): Health {
  const wrong = new Set<DiagnosisCode>()
  const settle = (applies: boolean, evidence: () => Evidence, seen: string, at: string | undefined): Stage => {
    if (!applies) return { state: 'not-applicable', seen: 'the policy asks for nothing here' }
    const { wrong: found, open } = evidence()
    const codes = found.filter((code) => code !== false)
    for (const code of codes) wrong.add(code)
    const when = at === undefined ? {} : { at }
    if (codes.length > 0) return { state: 'contradicted', seen, ...when }
    const questions = open.filter((question) => question !== false)
    if (questions.length > 0) return { state: 'unknown', seen: questions.join('; '), ...when }
    return { state: 'proven', seen, ...when }
  }
  const { at, settingsChanged, invoked } = facts
  const invokedAt = invoked === 'none' ? undefined : invoked
  const stages = {
    installed: settle(
      target.wantsSettings,
      () => installed(facts, target),
      words.installed(facts),
      settingsChanged ?? at,
    ),
    loaded: settle(target.wantsSettings, () => loaded(facts, target), words.loaded(facts), at),
    invoked: settle(target.wantsRecord, () => invocation(facts, target), words.invoked(facts), invokedAt ?? at),
    evaluated: settle(target.wantsRecord, () => evaluation(facts, target), words.evaluated(facts), invokedAt ?? at),
    recorded: settle(target.wantsTelemetry, () => recording(facts), words.recorded(facts), at),
  }
  const diagnoses = diagnosisCodes.filter((code) => wrong.has(code)).map(diagnosis)
  return { stages, diagnoses, word: wordOf(stages) }
}

function wordOf(stages: Health['stages']): ProbeWord {
  if (stageNames.some((name) => stages[name].state === 'contradicted')) return 'repair'
  const settled = (name: StageName) => stages[name].state === 'proven' || stages[name].state === 'not-applicable'
  return settled('installed') && settled('loaded') ? 'ok' : 'unknown'
}

function installed(facts: Facts, target: ProbeTarget): Evidence {
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
        'nobody has used Claude Code here, so no plugins are installed',
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
  return living.some(({ state }) => /^[0-9a-f]{16}$/.test(state)) ? 'settings-outdated' : 'settings-foreign'
}

/** Users can write their copy of the settings of the admin console, and their part of the registry. */
const userPlaces = new Set<string>(['server', 'hkcu'])

function isBrokenAtUser(settings: NonNullable<Facts['settings']>): boolean {
  const winner = winnerOf(settings)
  return winner?.state === 'broken' && userPlaces.has(winner.place)
}

const pluginHooksGate = gates.find(({ id }) => id === 'plugin-hooks-windows')

function loaded(facts: Facts, target: ProbeTarget): Evidence {
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

const datedPlaces = new Set<string>(['plist', 'file', 'dropin'])
/** Neither the registry nor the cache of the admin console tells when settings changed. */
const undatedPlaces = new Set<string>(['server', 'hklm', 'hkcu'])

/**
 * The last change of settings, hooks, plugins or app, `''` where nothing ever changed; undefined where one of them is
 * there and its time is not known. All times have one form.
 */
function lastChange(facts: Facts, target: ProbeTarget): string | undefined {
  const { settings, settingsChanged, desktopVersion, desktopChanged, hooksChanged, pluginsChanged } = facts
  if (settings === undefined) return undefined
  if (settings.some(({ place, state }) => undatedPlaces.has(place) && state !== 'empty')) return undefined
  const hasSettings = settings.some(({ place }) => datedPlaces.has(place))
  const changes = [
    { time: settingsChanged, expected: hasSettings },
    { time: hooksChanged, expected: target.hookFiles.length > 0 },
    { time: desktopVersion === 'none' ? undefined : desktopChanged, expected: desktopVersion !== 'none' },
    { time: pluginsChanged, expected: target.plugins.length > 0 },
  ]
  if (changes.some(({ time, expected }) => expected && time === undefined)) return undefined
  return changes.reduce((latest, { time }) => (time !== undefined && time > latest ? time : latest), '')
}

/** Whether the last invocation speaks of the present state of the machine. */
function isFresh(facts: Facts, target: ProbeTarget): boolean {
  const { invoked } = facts
  const change = lastChange(facts, target)
  return change !== undefined && invoked !== undefined && invoked !== 'none' && invoked >= change
}

/** Why no invocation speaks of the present state. */
function staleInvocation(facts: Facts, target: ProbeTarget): string {
  return lastChange(facts, target) === undefined
    ? 'when settings, hooks, plugins or app last changed is not known'
    : words.noFreshInvocation(facts)
}

function invocation(facts: Facts, target: ProbeTarget): Evidence {
  const isSilent = target.everyTool && facts.silent !== undefined && facts.silent > 0
  return {
    wrong: [isSilent && (facts.workspaces === 'gone' ? 'workspace-moved' : 'no-invocation-despite-activity')],
    open: [
      !isFresh(facts, target) && staleInvocation(facts, target),
      target.everyTool && facts.silent === undefined && 'whether tools are used without hooks could not be seen',
    ],
  }
}

function evaluation(facts: Facts, target: ProbeTarget): Evidence {
  const { verdict, status } = facts
  const fresh = isFresh(facts, target)
  // What the list of the hook refuses is not asked about.
  const asked = fresh && target.evaluates && !(verdict === 'deny' && status === undefined)
  const refused = asked && status !== undefined && (status < 200 || status > 299)
  const failed = fresh && (verdict === 'error' || verdict === 'timeout')
  return {
    wrong: [refused ? refusal(status) : failed && 'hook-failing'],
    open: [
      !fresh && staleInvocation(facts, target),
      fresh && verdict === undefined && 'the record tells no decision',
      asked && status === undefined && 'the record does not tell what the policy endpoint answered',
    ],
  }
}

function refusal(status: number): DiagnosisCode {
  if (status === 401 || status === 403) return 'policy-endpoint-refuses-credential'
  return status === 407 ? 'policy-endpoint-proxy' : 'policy-endpoint-fails'
}

const codeOfAnswer = {
  ok: false,
  unauthorised: 'collector-refuses-credential',
  rejected: 'collector-rejects',
  'tls-intercepted': 'tls-interception',
  tls: 'collector-certificate',
  proxy: 'collector-proxy',
  refused: 'collector-refused',
  timeout: 'collector-unreachable',
  name: 'collector-name-not-found',
  'no-header': 'collector-header-missing',
} as const satisfies Record<NonNullable<Facts['collector']>, DiagnosisCode | false>

function recording({ collector }: Facts): Evidence {
  return {
    wrong: [collector !== undefined && codeOfAnswer[collector]],
    open: [
      collector === undefined &&
        'only telemetry that arrived proves it, or the collector itself: fleet selftest --connect',
    ],
  }
}
