import type { ProbeTarget } from '../../health/probe-target.js'
import type { DrillCheck } from './drill-document.js'
import type { DrillSettings } from './drill-settings.js'
import type { ExpectedCall } from './expected-call.js'
import { callOutcome, type DrillObservation, hookRuns, ownEvents } from './observation.js'

type Judged = Pick<DrillCheck, 'state' | 'seen'>

const proven = (seen: string): Judged => ({ state: 'proven', seen })
const contradicted = (seen: string): Judged => ({ state: 'contradicted', seen })
const unknown = (seen: string): Judged => ({ state: 'unknown', seen })
const notApplicable = (seen: string): Judged => ({ state: 'not-applicable', seen })

/** Stage 1: settings stand on the machine, can be read, and a client starts with them. */
export function checkSettings(settings: DrillSettings, target: ProbeTarget | undefined): Judged {
  const { files, broken, unread } = settings
  const refused = settings.start === 'refused' ? 'clients of this version refuse to start with' : undefined
  if (broken.length > 0)
    return contradicted(`broken, and no settings: ${broken.join(', ')}${refused ? `; ${refused} it` : ''}`)
  if (refused !== undefined) return contradicted(`${refused} ${files.join(', ')}`)
  if (unread.length > 0)
    return unknown(
      `what stands here is not known: ${unread.map(({ place, why }) => `${place} ${unreadTexts[why]}`).join('; ')}`,
    )
  if (files.length === 0)
    return target?.wantsSettings === true
      ? contradicted('no managed settings of Claude Code stand on this machine')
      : notApplicable('no managed settings of Claude Code stand on this machine, and no policy wants some')
  return proven(`managed settings stand in ${files.join(', ')}`)
}

const unreadTexts = {
  denied: 'cannot be read by this user (run the drill as administrator, or let all users read it)',
  'not-a-file': 'is a link or no file (put the file itself there)',
  'too-large': 'is larger than any settings (look at what stands there)',
}

/** Stage 2: settings of the server outrank all others, and never reach a client behind another model address. */
export function checkServerSettings({ fromServer }: DrillSettings): Judged {
  if (fromServer === 'none') return notApplicable('nobody here has settings from the server')
  if (fromServer === 'unread')
    return unknown(
      'whether somebody here gets settings from the server could not be read: run the drill as administrator, or look at remote-settings.json in the folder .claude of the home',
    )
  return unknown(
    'somebody here gets settings from the server, which outrank all others: a drill is not signed in and cannot run under them',
  )
}

/** Stage 2: a session began under the settings. */
export function checkStart(observation: DrillObservation, settings: DrillSettings): Judged {
  const { output, sessionId, ended, exitCode, complains, model } = observation
  if (output.sessionId === sessionId && model.requests > 0) {
    const mode = output.permissionMode === undefined ? '' : `, permission mode ${output.permissionMode}`
    const complaint = complains ? '; the client complains about its settings, run it by hand to read how' : ''
    const seen = `session ${sessionId} began${mode}${complaint}`
    return complains ? contradicted(seen) : proven(seen)
  }
  if (ended === 'timed-out') return unknown('the client had begun no session when its time was over')
  const seen = `the client ended (exit code ${exitCode ?? 'none'}) before a session began`
  return complains || settings.start === 'refused' ? contradicted(`${seen}, and speaks of its settings`) : unknown(seen)
}

/** Stage 2: the managed hooks were registered. The home has no settings, so a hook that runs can only be managed. */
export function checkRegistration(observation: DrillObservation, expected: ExpectedCall): Judged {
  const events = ownEvents(observation)
  const registered = events.filter(
    ({ name, attributes }) => name === 'hook_registered' && attributes.hook_source === 'policySettings',
  )
  if (registered.length > 0) return proven(`hook_registered from policySettings: ${registered.length}`)
  if (!expected.hook) return notApplicable('no hook is to be asked before this call')
  if (hookRuns(observation) !== undefined || observation.record.length > 0)
    return proven('a hook ran in a home without settings: it can only be a managed one')
  if (events.length > 0) return contradicted('events came, and none registers a managed hook')
  if (callOutcome(observation.model) === 'unanswered') return unknown('the session did not get as far as a call')
  return contradicted('the client answered the call without asking a hook')
}

/** Stage 2: what the client says itself about the settings that it resolved. */
export function checkResolved(observation: DrillObservation): Judged {
  const event = ownEvents(observation).find(({ name }) => name === 'managed_settings_resolved')
  if (event === undefined) return notApplicable('managed_settings_resolved did not come: older clients do not send it')
  const sources = [
    ...String(event.attributes['managed_settings.sources'] ?? '').matchAll(/"stringValue":"([a-z_-]{1,40})"/gi),
  ]
  const names = sources.map(([, name]) => name).join(', ')
  return names === ''
    ? contradicted('the client resolved managed settings from no source')
    : proven(`the client resolved managed settings from: ${names}`)
}

/** Stage 3: the hook was invoked for the call. */
export function checkInvocation(observation: DrillObservation, expected: ExpectedCall): Judged {
  const recorded = callRecord(observation)
  if (recorded !== undefined)
    return proven(`the hook recorded ${recorded.event} for ${recorded.tool} at ${recorded.at}`)
  if (!expected.hook) return notApplicable('no hook is to be asked before this call')
  const runs = hookRuns(observation)
  if (runs === undefined)
    return callOutcome(observation.model) === 'unanswered'
      ? unknown('the session did not get as far as a call')
      : contradicted('the call was answered, and no hook was started')
  const failed = runs.failed + runs.cancelled
  if (failed > 0)
    return contradicted(
      `the client started ${runs.started} and ${failed} failed (${runs.failed} with an error, ${runs.cancelled} cut off)${exitCodes(observation)}: the tool is not guarded`,
    )
  if (expected.record)
    return contradicted(
      'the client started a hook, but no record of the call was written: it is not the hook of this policy, or it cannot write',
    )
  return proven(`the client started ${runs.started} and none failed`)
}

function exitCodes({ output }: DrillObservation): string {
  const codes = output.hooks.flatMap(({ exitCode }) => (exitCode === undefined || exitCode === 0 ? [] : [exitCode]))
  return codes.length === 0 ? '' : `, exit code ${[...new Set(codes)].join(', ')}`
}

/** Stage 4: the hook came to a verdict, and to the right one. */
export function checkVerdict(observation: DrillObservation, expected: ExpectedCall): Judged {
  if (!expected.hook) return notApplicable('no hook is to be asked before this call')
  const recorded = callRecord(observation)
  if (recorded !== undefined) {
    const { verdict, milliseconds, status } = recorded
    const seen = `the hook recorded ${verdict} after ${milliseconds} ms${status === undefined ? '' : `, HTTP status ${status}`}`
    if (verdict === 'error' || verdict === 'timeout') return contradicted(seen)
    if (expected.evaluates && (status === undefined || status < 200 || status > 299))
      return contradicted(`${seen}: the policy endpoint did not decide`)
    if (expected.verdict !== 'any' && verdict !== expected.verdict)
      return contradicted(`${seen}; the policy says ${expected.verdict}`)
    return proven(seen)
  }
  const runs = hookRuns(observation)
  if (runs === undefined) return unknown('no hook ran, so none came to a verdict')
  if (runs.failed + runs.cancelled > 0) return contradicted('a hook failed before it came to a verdict')
  if (runs.blocking === undefined) return unknown('the hook ended well and keeps no record: its verdict is not known')
  const verdict = runs.blocking > 0 ? 'deny' : 'allow'
  const seen = `the client reports ${runs.blocking} of ${runs.started} hooks that refused`
  return expected.verdict === 'any' || expected.verdict === verdict
    ? proven(seen)
    : contradicted(`${seen}; the policy says ${expected.verdict}`)
}

const outcomeTexts = {
  ran: 'the call ran',
  stopped: 'the call was stopped',
  'not-offered': 'the client did not offer the tool',
  unanswered: 'the call was never answered',
}
const expectationTexts = {
  runs: 'lets it run',
  stopped: 'stops it',
  'not-offered': 'takes the tool away',
}

/** Stage 4: the call ended as the policy says. */
export function checkCall(observation: DrillObservation, expected: ExpectedCall): Judged {
  const outcome = callOutcome(observation.model)
  const seen = outcomeTexts[outcome]
  if (outcome === 'unanswered') return unknown(seen)
  if (expected.call === 'either') return notApplicable(`${seen}; the policy says nothing certain about it`)
  const holds = { ran: 'runs', stopped: 'stopped', 'not-offered': 'not-offered' }[outcome] === expected.call
  if (holds) return proven(`${seen}, as the policy says`)
  const wrong = `${seen}; the policy ${expectationTexts[expected.call]}`
  // What should run may also be stopped by a mode or another hook, and Windows without a shell offers no Bash.
  const certain = expected.call !== 'runs' || callRecord(observation)?.verdict === 'deny'
  return certain ? contradicted(wrong) : unknown(`${wrong}, and who stopped it was not seen`)
}

function callRecord({ record }: DrillObservation) {
  return record.findLast(({ event, tool }) => event === 'PreToolUse' && tool === 'Bash')
}
