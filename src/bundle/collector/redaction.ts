import { contentOfLogs, contentOfSpans, eventsWithErrorText } from '../../policy/content-attributes.js'
import type { PrivacyTier } from '../../policy/telemetry.js'
import { includesTier } from '../privacy-tier.js'
import type { ConfigValue } from './config-text.js'
import { attribute, ottlText, type Signal } from './signals.js'

/** The attributes that the collector deletes at a tier. */
export function deletedAttributes(tier: PrivacyTier, signal: 'logs' | 'traces'): readonly string[] {
  const content = signal === 'logs' ? contentOfLogs : contentOfSpans
  return (['tool-details', 'content', 'raw'] as const)
    .filter((needed) => !includesTier(tier, needed))
    .flatMap((needed) => content[needed])
}

/** The processor that takes content out; undefined at the tier that allows all. A statement that fails drops the data. */
export function redactionProcessor(tier: PrivacyTier, signals: readonly Signal[]): ConfigValue | undefined {
  if (tier === 'raw') return undefined
  const groups = signals.flatMap(({ name, statements }): [string, ConfigValue][] => {
    if (name === 'logs') return [[statements, [{ statements: logStatements(tier) }]]]
    if (name === 'traces') return [[statements, spanGroups(tier)]]
    return []
  })
  return { error_mode: 'propagate', ...Object.fromEntries(groups) }
}

function spanGroups(tier: PrivacyTier): ConfigValue[] {
  return [
    { statements: [...deletions('span', tier), ...hiddenToolName('span', tier)] },
    { statements: deletions('spanevent', tier) },
  ]
}

function deletions(context: 'log' | 'span' | 'spanevent', tier: PrivacyTier): string[] {
  const names = deletedAttributes(tier, context === 'log' ? 'logs' : 'traces')
  const pattern = names.map((name) => name.replaceAll('.', '[.]')).join('|')
  return [`delete_matching_keys(${context}.attributes, ${ottlText(`^(${pattern})$`)})`]
}

/** The client says `mcp_tool` for tools of your own unless details are on. */
function hiddenToolName(context: 'log' | 'span', tier: PrivacyTier): string[] {
  const tool = attribute(context, 'tool_name')
  return includesTier(tier, 'tool-details') ? [] : [`set(${tool}, "mcp_tool") where IsMatch(${tool}, "^mcp__")`]
}

function logStatements(tier: PrivacyTier): string[] {
  const event = attribute('log', 'event.name')
  return [
    ...deletions('log', tier),
    ...(includesTier(tier, 'tool-details')
      ? []
      : [
          `delete_key(log.attributes, "error") where IsMatch(${event}, ${ottlText(`^(claude_code[.])?(${eventsWithErrorText.join('|')})$`)})`,
        ]),
    ...hiddenToolName('log', tier),
    ...(includesTier(tier, 'content')
      ? []
      : // The body is the name of the event; anything else could be content.
        [
          `set(log.body, "redacted") where log.body != nil and not IsMatch(log.body, ${ottlText('^[a-z][a-z0-9_.]{0,99}$')})`,
        ]),
  ]
}
