import { contentOfLogs, contentOfSpans } from '../policy/content-attributes.js'
import type { PrivacyTier } from '../policy/telemetry.js'

/** An attribute that may hold content, and the first tier that allows it. Its place in the list is its bit in a mask. */
export interface ContentField {
  readonly name: string
  readonly tier: Exclude<PrivacyTier, 'metadata'> | 'identity'
  /** The attributes; any of them counts. */
  readonly attributes: readonly string[]
}

/** The text of a log record: the name of the event, unless somebody put content there. */
export const bodyText = '(log body)'
/** `error` of tools and MCP servers (`eventsWithErrorText`). */
export const errorText = 'error'

const tiers = ['tool-details', 'content', 'raw'] as const

/**
 * What names a person, as `bundle/collector/identity.ts` hashes it. "Present" means in clear, "redacted" means hashed: the
 * value begins with `hashMark`. On logs and spans, on the record or on its resource.
 */
export const identityFields: readonly ContentField[] = [
  { name: 'user.email', tier: 'identity', attributes: ['user.email'] },
  { name: 'user.account', tier: 'identity', attributes: ['user.account_uuid', 'user.account_id'] },
  { name: 'user.id', tier: 'identity', attributes: ['user.id'] },
  { name: 'login', tier: 'identity', attributes: ['process.owner', 'enduser.id'] },
]
export const hashMark = 'sha256:'

/** Every attribute with content, of logs and of spans: at most 32. */
export const contentFields: readonly ContentField[] = [
  ...tiers.flatMap((tier) =>
    [...new Set([...contentOfLogs[tier], ...contentOfSpans[tier]])].map((name) => ({ name, tier, attributes: [name] })),
  ),
  { name: errorText, tier: 'tool-details', attributes: [errorText] },
  { name: bodyText, tier: 'content', attributes: [] },
  ...identityFields,
]

/** What the body of a log record may be without being content: the name of an event. */
export const eventNameForm = /^[a-z][a-z0-9_.]{0,99}$/
