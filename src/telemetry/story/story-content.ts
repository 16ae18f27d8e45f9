import { byText } from '../../platform/by-text.js'
import { redactedText } from '../../policy/content-attributes.js'
import { bodyText, contentFields, eventNameForm } from '../content-fields.js'
import type { ContentValue } from './story-document.js'
import { isName } from './story-plain.js'
import type { StoryRecord } from './story-record.js'
import { cutTo, type StoryValue } from './story-value.js'

/** Whether and how far content is shown. */
export interface ContentRule {
  readonly shown: boolean
  /** Characters of each value. */
  readonly limit: number
}

/** Who, where and when: told once for the whole story. `safe_mode` stands on many events and says little. */
const standard = new Set([
  'anthropic.provider',
  'app.entrypoint',
  'app.version',
  'ccr.session.id',
  'enduser.id',
  'event.name',
  'event.sequence',
  'event.timestamp',
  'fleet.missing_attributes',
  'fleet.policy',
  'identity.source',
  'organization.id',
  'process.owner',
  'prompt.id',
  'safe_mode',
  'service.name',
  'service.version',
  'session.id',
  'span_id',
  'terminal.type',
  'trace_id',
  'user.account_id',
  'user.account_uuid',
  'user.email',
  'user.groups',
  'user.id',
  'workflow.name',
  'workflow.run_id',
])
/** What OpenTelemetry and Claude Code say of the process and machine; on resources. */
const ofResources = new Set([
  'host.arch',
  'host.name',
  'os.type',
  'os.version',
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'wsl.version',
])
/** What names people is no content: the story says who. */
const namesOfContent: ReadonlySet<string> = new Set(
  contentFields.flatMap(({ name, tier }) => (tier === 'identity' ? [] : [name])),
)

/** Whether an attribute may hold content whatever the event. */
function mayHoldContent(name: string): boolean {
  return namesOfContent.has(name)
}

/** Attributes of a record that say where it comes from; their values are shown once, at the head. */
export function isStandard(name: string): boolean {
  return standard.has(name)
}

/**
 * Whether a value that says where a record comes from is shown without `--content`: that of an attribute which is
 * documented, or which the policy says names an endpoint (`own`), and only when it looks like a name. A resource attribute
 * that nobody has documented may hold anything, as an attribute of a record may.
 */
export function isShownFrom(name: string, text: string, own: ReadonlySet<string>): boolean {
  if (mayHoldContent(name)) return false
  return (standard.has(name) || ofResources.has(name) || own.has(name)) && isName(text)
}

/**
 * What of a record may be content: everything but the facts of its event, what stands on all records, and what only
 * repeats the resource. An attribute that nobody has documented is in it, since it may hold anything.
 */
export function contentOf(
  record: StoryRecord,
  facts: ReadonlySet<string>,
  own: ReadonlySet<string>,
): ReadonlyMap<string, StoryValue> {
  const found = new Map<string, StoryValue>()
  for (const [name, value] of record.attributes) {
    if (value.length === 0 || facts.has(name)) continue
    if (!namesOfContent.has(name)) {
      if (standard.has(name) || own.has(name)) continue
      if (record.resource.get(name)?.text === value.text) continue
    }
    found.set(name, value)
  }
  const { body } = record
  if (body !== undefined && body.length > 0 && !eventNameForm.test(body.text)) found.set(bodyText, body)
  return found
}

/** Content as the document has it, by name. */
export function contentValues(content: ReadonlyMap<string, StoryValue>, rule: ContentRule): ContentValue[] {
  return [...content]
    .sort(([a], [b]) => byText(a, b))
    .map(([name, value]) => ({
      name: cutTo(name, 200),
      characters: value.length,
      ...(value.text === redactedText && { redacted: true }),
      ...(rule.shown && value.text !== redactedText && { text: cutTo(value.text, rule.limit) }),
    }))
}
