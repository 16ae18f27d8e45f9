import type { EndpointField } from '../policy/telemetry.js'
import type { SettingsChannel } from './claude-code-settings.js'
import { payloadVariable } from './payload-variables.js'
import { mdmNames } from './places.js'
import type { BundlePlan } from './plan.js'
import type { AttributeValue } from './resource-attributes.js'

/** What scripts put in place of on the endpoint itself. */
export const scriptPlaceholders: Readonly<Partial<Record<EndpointField, string>>> = {
  serial: '{{FleetSerial}}',
  hostname: '{{FleetHostname}}',
}

/**
 * The resource attributes of one channel: those of the policy, the stamp, and for each endpoint attribute the value of
 * the group, the MDM's payload variable, or the placeholder of a script. What a channel cannot carry is left out, and
 * `plan.warn` is told.
 */
export function attributesFor(plan: BundlePlan, channel: SettingsChannel): Record<string, AttributeValue> {
  const { telemetry } = plan.loaded.policy
  const attributes: Record<string, AttributeValue> = { ...telemetry?.resourceAttributes, 'fleet.policy': plan.stamp }
  for (const [key, field] of Object.entries(telemetry?.endpointAttributes ?? {})) {
    const value = valueFor(plan, channel, key, field)
    if (value !== undefined) attributes[key] = value
  }
  return attributes
}

function valueFor(
  plan: BundlePlan,
  channel: SettingsChannel,
  key: string,
  field: EndpointField,
): AttributeValue | undefined {
  if (plan.group?.field === field) return plan.group.value
  if (channel.kind === 'script' && scriptPlaceholders[field] !== undefined)
    return { variable: scriptPlaceholders[field] }
  const found = channel.kind === 'profile' ? payloadVariable(channel.mdm, field) : undefined
  if (found?.safe) return { variable: found.variable }
  if (plan.groupedBy === field) {
    plan.warn({
      code: 'attribute-not-in-channel',
      message: `${key} is left out of {places} outside groups/: that part of the bundle is for endpoints without a ${field}. The others get theirs with the folder of their group.`,
      place: channelName(channel),
    })
    return undefined
  }
  const why = found
    ? 'a blank or comma in the value that the MDM fills in would lose every attribute'
    : `nothing there can fill in the ${field} of an endpoint`
  const instead =
    scriptPlaceholders[field] === undefined
      ? `Build one bundle for each ${field}: --scan scan.json --per ${field}.`
      : 'The install scripts fill it in.'
  plan.warn({
    code: 'attribute-not-in-channel',
    message: `${key} is left out of {places}: ${why}. ${instead}`,
    place: channelName(channel),
  })
  return undefined
}

function channelName(channel: SettingsChannel): string {
  switch (channel.kind) {
    case 'file':
      return 'the managed settings files'
    case 'script':
      return 'the install scripts'
    case 'registry':
      return 'the registry file'
    case 'server':
      return 'the settings for the admin console'
    case 'profile':
      return `the profile for ${mdmNames[channel.mdm]}`
  }
}
