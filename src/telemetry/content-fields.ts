import { contentOfLogs, contentOfSpans } from '../policy/content-attributes.js'
import type { PrivacyTier } from '../policy/telemetry.js'

/** An attribute that may hold content, and the first tier that allows it. Its place in the list is its bit in a mask. */
export interface ContentField {
  readonly name: string
  readonly tier: Exclude<PrivacyTier, 'metadata'>
}

/** The text of a log record: the name of the event, unless somebody put content there. */
export const bodyText = '(log body)'
/** `error` of tools and MCP servers (`eventsWithErrorText`). */
export const errorText = 'error'

const tiers = ['tool-details', 'content', 'raw'] as const

/** Every attribute with content, of logs and of spans: at most 32. */
export const contentFields: readonly ContentField[] = [
  ...tiers.flatMap((tier) =>
    [...new Set([...contentOfLogs[tier], ...contentOfSpans[tier]])].map((name) => ({ name, tier })),
  ),
  { name: errorText, tier: 'tool-details' },
  { name: bodyText, tier: 'content' },
]

/** What the body of a log record may be without being content: the name of an event. */
export const eventNameForm = /^[a-z][a-z0-9_.]{0,99}$/
