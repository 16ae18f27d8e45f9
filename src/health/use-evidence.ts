import type { DiagnosisCode } from './diagnoses.js'
import type { Evidence } from './evidence.js'
import type { Facts } from './facts.js'
import type { ProbeTarget } from './probe-target.js'
import { isUndated } from './settings-in-force.js'
import { noFreshInvocation } from './stage-words.js'

const datedPlaces = new Set<string>(['plist', 'file', 'dropin'])

/**
 * The last change of settings, hooks, plugins or app, `''` where nothing ever changed; undefined where one of them is
 * there and its time is not known. All times have one form.
 */
function lastChange(facts: Facts, target: ProbeTarget): string | undefined {
  const { settings, settingsChanged, desktopVersion, desktopChanged, hooksChanged, pluginsChanged } = facts
  if (settings === undefined) return undefined
  if (isUndated(settings)) return undefined
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
    : noFreshInvocation(facts)
}

/** Whether the hook was invoked since the last change. */
export function invokedEvidence(facts: Facts, target: ProbeTarget): Evidence {
  const isSilent = target.everyTool && facts.silent !== undefined && facts.silent > 0
  return {
    wrong: [isSilent && (facts.workspaces === 'gone' ? 'workspace-moved' : 'no-invocation-despite-activity')],
    open: [
      !isFresh(facts, target) && staleInvocation(facts, target),
      target.everyTool && facts.silent === undefined && 'whether tools are used without hooks could not be seen',
    ],
  }
}

/** Whether the hook came to a decision then. */
export function evaluatedEvidence(facts: Facts, target: ProbeTarget): Evidence {
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

/** Whether the collector takes what is sent. */
export function recordedEvidence({ collector }: Facts): Evidence {
  return {
    wrong: [collector !== undefined && codeOfAnswer[collector]],
    open: [
      collector === undefined &&
        'only telemetry that arrived proves it, or the collector itself: fleet selftest --connect',
    ],
  }
}
