import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import { partsOfReference } from '../../policy/secret-reference.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'
import { tierDescriptions, tiersAbove } from '../privacy-tier.js'
import type { CoworkHeader, CoworkSettings } from './settings.js'

/** The page to follow in the admin console. */
export function coworkPage(plan: BundlePlan, settings: CoworkSettings): string {
  const { where, endpoint, protocol, headers } = settings
  return [
    '# Cowork: telemetry in the admin console',
    `Cowork takes its telemetry settings from the admin console, not from the device. They are for the whole organization. The same values as data: \`${bundlePaths.coworkJson}\`.`,
    '## What to enter',
    [
      `1. Sign in as an owner and open ${markdownText(where)}. (Anthropic's two pages name this place differently; the docs say Admin settings.)`,
      `2. OTLP endpoint: ${codeSpan(endpoint)}`,
      `3. Protocol: ${codeSpan(protocol)}${plan.loaded.policy.telemetry?.protocol === 'grpc' ? ' (the policy says grpc, which Cowork does not export over: it would send http/protobuf to the gRPC port, and nothing would arrive)' : ''}`,
      headers.length === 0 ? '4. Headers: none.' : `4. Headers:\n${headers.map(headerLine).join('\n')}`,
      '5. Save. Sessions that run already keep the old settings: people have to start a new one.',
    ].join('\n'),
    '## What to know',
    [
      `- Lowest Claude Desktop: ${settings.minimumDesktop.local} for local sessions, ${settings.minimumDesktop.cloud} for cloud sessions. Team and Enterprise plans only.`,
      '- New sessions: one page says that settings load at the start of a session, another that they work at once. Count on a new session.',
      '- Egress: the exporter runs in the virtual machine of the session. Newer releases allow the collector by themselves; older ones need it under Capabilities > Network egress, and drop telemetry without a word until then. No page says which release changed it, and none speaks of cloud sessions.',
      ...(settings.reachable
        ? []
        : ['- The endpoint is on loopback: no Cowork session can reach it. Give the collector an address of its own.']),
      '- No resource attributes: the console has no field for them, and the attributes of Claude Code do not reach Cowork. Its records carry no serial number and no `fleet.policy`, so they are joined to the inventory by `user.email` alone.',
      '- `service.name` is `cowork`, `service.version` the version of Claude Desktop.',
      '- No hook, plugin or policy events are documented for Cowork. That hooks run there cannot be told from telemetry.',
    ].join('\n'),
    '## Content',
    ...content(plan, settings),
    '## Check it',
    [
      '1. Start a new Cowork session on a pilot machine and send one prompt.',
      '2. Within a minute the collector has a record with `service.name` `cowork` and `event.name` `user_prompt`.',
      '3. Look at that record before everybody gets the settings: does it hold text that the tier does not allow?',
    ].join('\n'),
    '## Sources',
    [
      '- https://support.claude.com/en/articles/14477985-monitor-claude-cowork-activity-with-opentelemetry (2026-08-11)',
      '- https://claude.com/docs/cowork/monitoring (July 2026)',
      '- https://claude.com/docs/third-party/claude-desktop/telemetry (July 2026)',
    ].join('\n'),
    '',
  ].join('\n\n')
}

function headerLine(header: CoworkHeader): string {
  const name = codeSpan(header.name)
  if ('value' in header) return `   - ${name}: ${codeSpan(header.value)}`
  const [kind, rest] = partsOfReference(header.reference)
  const from = kind === 'env' ? 'the environment variable' : 'the file'
  return `   - ${name}: the secret from ${from} ${codeSpan(rest)}. It is in no file of this bundle for the console; Anthropic stores it encrypted.`
}

function content(plan: BundlePlan, settings: CoworkSettings): string[] {
  const tier = plan.loaded.policy.telemetry?.privacy ?? 'metadata'
  const above = tiersAbove(tier).flatMap((each) => tierDescriptions[each].added)
  return [
    `The policy's tier is ${tier}. Anthropic's pages disagree on what Cowork exports on a first-party deployment when nothing is set: two say prompts, answers and tool inputs, one says metadata only. Assume that they are exported.`,
    settings.contentSwitch.inThisBundle
      ? 'The Claude Desktop policy of this bundle sets `otlpContentCapture` to this tier. The key is documented for both kinds of deployment, but its effect on this one is not confirmed, and a machine without the policy does not have it.'
      : 'This bundle does not set `otlpContentCapture`, the policy key of Claude Desktop that limits it: it needs Claude Desktop 1.15962.0, and the lowest version that is out there is older or not known.',
    above.length === 0
      ? 'At this tier all content is kept.'
      : `What holds in any case is the collector: \`${bundlePaths.collector}\` deletes what the tier does not allow before it is stored.`,
  ]
}
