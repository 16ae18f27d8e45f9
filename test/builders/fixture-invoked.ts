import { policyStamp } from '../../src/bundle/stamp.js'
import type { Policy } from '../../src/policy/policy.js'
import { type Changes, places, policy, policyWith, recordLine, settings, times, toolUse } from './fixture-base.js'
import { cases, type FixtureMachine, inHome } from './fixture-cases.js'

const { linux } = places

/** The hook is one of the organisation, without a record. */
const ownHook = policyWith({ hooks: { required: policy.hooks!.required } })
/** A hook that takes one tool only. */
const someTools = policyWith({
  hooks: { ...policy.hooks, required: policy.hooks!.required.map((hook) => ({ ...hook, matcher: 'Bash' })) },
})

/** What hooks did, or did not. */
export const invokedMachines: FixtureMachine[] = cases('linux', [
  ['own-hook-without-record', [], builtFrom(ownHook, { [inHome(linux.record)]: undefined }), { policy: ownHook }],
  ['hook-of-some-tools', [], builtFrom(someTools, { [inHome(linux.record)]: undefined }), { policy: someTools }],
  [
    // The session was opened again after the change, and answered without a tool.
    'session-resumed',
    [],
    {
      files: {
        [inHome('.claude/projects/-work-site/5a1e.jsonl')]: {
          content: toolUse(times.linux.before as string),
          at: times.linux.used,
        },
        [inHome(linux.record)]: recordLine(times.linux.before as string),
      },
    },
  ],
  [
    // Other events are no proof that somebody decides.
    'only-other-events',
    ['no-invocation-despite-activity'],
    { files: { [inHome(linux.record)]: recordLine('2026-11-18T07:50:00Z', { event: 'Stop' }) } },
  ],
  [
    'no-invocation-despite-activity',
    ['no-invocation-despite-activity'],
    { files: { [inHome(linux.record)]: undefined } },
  ],
  [
    'invocation-before-change',
    ['no-invocation-despite-activity'],
    { files: { [inHome(linux.record)]: recordLine('2026-11-09T08:00:00Z') } },
  ],
  [
    'workspace-moved',
    ['workspace-moved'],
    { files: { [inHome(linux.record)]: undefined, [inHome('work/site')]: undefined } },
  ],
  ['hook-failing', ['hook-failing'], record({ verdict: 'error' })],
  ['hook-timing-out', ['hook-failing'], record({ verdict: 'timeout' })],
  ['policy-endpoint-401', ['policy-endpoint-refuses-credential'], record({ verdict: 'error', status: 401 })],
  ['policy-endpoint-403', ['policy-endpoint-refuses-credential'], record({ verdict: 'error', status: 403 })],
  ['policy-endpoint-407', ['policy-endpoint-proxy'], record({ verdict: 'error', status: 407 })],
  ['policy-endpoint-silent', ['policy-endpoint-fails'], record({ verdict: 'error', status: 0 })],
  ['policy-endpoint-503', ['policy-endpoint-fails'], record({ verdict: 'error', status: 503 })],
])

/** The record of the person, with one invocation after everything else. */
function record(more: Parameters<typeof recordLine>[1]): Changes {
  const { invoked } = times.linux
  return { files: { [inHome(linux.record)]: { content: (time) => recordLine(time(invoked), more), at: invoked } } }
}

/** Settings of another policy, with what else differs. */
function builtFrom(other: Policy, files: Changes['files'] = {}): Changes {
  return { files: { [linux.settings]: { json: settings({}, policyStamp(other)) }, ...files } }
}
