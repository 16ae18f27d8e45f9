import { looksUnfilled } from '../../bundle/payload-variables.js'
import { includesTier } from '../../bundle/privacy-tier.js'
import { decodeResourceAttributes } from '../../bundle/resource-attributes.js'
import { policyStamp } from '../../bundle/stamp.js'
import { byText } from '../../platform/by-text.js'
import type { Policy } from '../../policy/policy.js'
import type { PrivacyTier } from '../../policy/telemetry.js'
import type { AttributeValue, ReceivedEvent } from './collector.js'
import type { DrillCheck } from './drill-document.js'
import type { DrillSettings } from './drill-settings.js'
import { drillCommand, drillPrompt, finalText } from './model.js'
import { type DrillObservation, ownEvents } from './observation.js'

type Judged = Pick<DrillCheck, 'state' | 'seen'>

const proven = (seen: string): Judged => ({ state: 'proven', seen })
const contradicted = (seen: string): Judged => ({ state: 'contradicted', seen })
const unknown = (seen: string): Judged => ({ state: 'unknown', seen })
const notApplicable = (seen: string): Judged => ({ state: 'not-applicable', seen })

/** Why nothing can be said of what was sent; undefined where events came to the drill. */
function notReceived(observation: DrillObservation): Judged | undefined {
  const { where, received } = observation
  if (where === 'off') return notApplicable('telemetry is off')
  if (where === 'collector') return unknown('it went to the collector that managed settings name')
  if (ownEvents(observation).length > 0) return undefined
  return unknown(received.requests.length > 0 ? 'what came cannot be read: the drill reads http/json' : 'no event came')
}

/** Stage 5: telemetry left the client. With a receiver of the drill that proves the client, and not the delivery. */
export function checkEmission(observation: DrillObservation, policy: Policy | undefined): Judged {
  const { where, received, sessionId } = observation
  const wanted = policy?.telemetry !== undefined
  if (where === 'off')
    return wanted ? contradicted('managed settings switch telemetry off') : notApplicable('telemetry is off')
  if (where === 'collector')
    return unknown(`sent to the collector, which must tell: look there for session ${sessionId}`)
  const events = ownEvents(observation).length
  const counted = `${events} events and ${received.metrics.size} metrics in ${received.requests.length} requests`
  if (where === 'own-receiver' && wanted)
    return contradicted(`managed settings name no collector; ${counted} reached the drill's own receiver`)
  if (received.requests.length === 0)
    return observation.ended === 'done'
      ? contradicted('nothing was sent')
      : unknown('nothing was sent, but the session did not end')
  if (events === 0 && received.metrics.size === 0)
    return unknown(`${received.requests.length} requests came that cannot be read: the drill reads http/json`)
  if (events === 0) return contradicted(`metrics came, and no events (${counted})`)
  return where === 'own-receiver'
    ? proven(`${counted} reached the drill's own receiver: that proves the client, not the delivery`)
    : proven(`${counted} reached the address that managed settings name`)
}

/** Stage 2: the telemetry carries the stamp of the policy, so these are its settings. */
export function checkStamp(observation: DrillObservation, policy: Policy | undefined): Judged {
  if (policy?.telemetry === undefined) return notApplicable('no policy says which stamp telemetry must carry')
  const nothing = notReceived(observation)
  if (nothing !== undefined) return nothing
  const stamp = policyStamp(policy)
  const found = [...new Set(resourcesOf(observation).map((resource) => resource['fleet.policy']))]
  if (found.length === 1 && found[0] === stamp) return proven(`fleet.policy=${stamp}, the stamp of this policy`)
  return contradicted(
    found.every((value) => value === undefined)
      ? `telemetry carries no stamp; this policy has ${stamp}`
      : `telemetry carries another stamp than ${stamp}: the settings of this machine are not those of this policy`,
  )
}

/** Stage 5: the attributes that tell whose telemetry it is arrived as they were written. */
export function checkAttributes(
  observation: DrillObservation,
  policy: Policy | undefined,
  settings: DrillSettings,
): Judged {
  const wanted = policy?.telemetry?.resourceAttributes ?? attributesOf(settings)
  const filled = Object.keys(policy?.telemetry?.endpointAttributes ?? {})
  if (Object.keys(wanted).length + filled.length === 0) return notApplicable('no attributes are set beside the stamp')
  const nothing = notReceived(observation)
  if (nothing !== undefined) return nothing
  const resources = resourcesOf(observation)
  const wrong = Object.entries(wanted)
    .filter(([key, value]) => resources.some((resource) => String(resource[key]) !== value))
    .map(([key]) => key)
  const empty = filled.filter((key) => resources.some((resource) => !isFilled(resource[key])))
  if (wrong.length > 0) return contradicted(`not as written: ${wrong.sort(byText).join(', ')}`)
  if (empty.length > 0) return contradicted(`missing or not filled in: ${empty.sort(byText).join(', ')}`)
  return proven(`as written: ${[...Object.keys(wanted), ...filled].sort(byText).join(', ')}`)
}

/** Stage 5: no content above the privacy tier of the policy. */
export function checkContent(observation: DrillObservation, policy: Policy | undefined): Judged {
  const nothing = notReceived(observation)
  if (nothing !== undefined) return nothing
  const found = contentIn(ownEvents(observation))
  const named = found.length === 0 ? 'no content' : found.map(({ what }) => what).join(', ')
  if (policy?.telemetry === undefined) return notApplicable(`${named} was sent; no policy says what may be`)
  const { privacy } = policy.telemetry
  const above = found.filter(({ tier }) => !includesTier(privacy, tier))
  return above.length === 0
    ? proven(`${named} was sent; the tier is ${privacy}`)
    : contradicted(`${above.map(({ what }) => what).join(', ')} was sent, which the tier ${privacy} rules out`)
}

interface Content {
  readonly what: string
  readonly tier: PrivacyTier
}

/** The drill knows every text of its session, and so finds them wherever they stand. */
function contentIn(events: readonly ReceivedEvent[]): Content[] {
  const texts = events.flatMap(({ name, attributes }) =>
    /^api_(?:request|response)_body$/.test(name) ? [] : Object.values(attributes).map(String),
  )
  const holds = (text: string) => texts.some((value) => value.includes(text))
  const found: Content[] = []
  if (holds(drillPrompt)) found.push({ what: 'the prompt', tier: 'content' })
  if (holds(finalText)) found.push({ what: 'the answer', tier: 'content' })
  if (holds(drillCommand)) found.push({ what: 'the input of the tool', tier: 'tool-details' })
  if (events.some(({ name }) => /^api_(?:request|response)_body$/.test(name)))
    found.push({ what: 'whole requests to the model', tier: 'raw' })
  return found
}

function resourcesOf(observation: DrillObservation): ReceivedEvent['resource'][] {
  return ownEvents(observation).map(({ resource }) => resource)
}

function attributesOf({ attributes }: DrillSettings): Readonly<Record<string, string>> {
  return attributes === undefined ? {} : decodeResourceAttributes(attributes, 'per-entry').attributes
}

/** A placeholder that nobody filled in is no value. */
function isFilled(value: AttributeValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && looksUnfilled(String(value)) === undefined
}
