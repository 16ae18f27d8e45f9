import { byText } from '../../platform/by-text.js'
import type { BundlePlan } from '../plan.js'
import type { ConfigValue } from './config-text.js'
import { attribute, ottlText, type Signal } from './signals.js'

/** On a record that lacks required attributes: which ones. */
export const missingAttributesKey = 'fleet.missing_attributes'

/** A payload variable that nobody filled in arrives as it was written, such as `$SERIALNUMBER` or `{{serialnumber}}`. */
const filledIn = '^[^{$]'

/** What every record must have: the policy's list, or else what the settings of this bundle deliver. */
export function requiredAttributes(plan: BundlePlan): readonly string[] {
  const { collector } = plan.loaded.policy
  const listed = collector?.requiredAttributes ?? []
  return [...new Set(listed.length > 0 ? listed : deliveredPerEndpoint(plan))].sort(byText)
}

/**
 * The attributes that first-party Cowork cannot have: its admin console has no field for resource attributes
 * (https://claude.com/docs/cowork/monitoring, July 2026), so their absence there says nothing.
 */
export function notForCowork(plan: BundlePlan): readonly string[] {
  const { telemetry, claudeDesktop } = plan.loaded.policy
  if (claudeDesktop?.deployment === 'third-party') return []
  const delivered = new Set([...deliveredPerEndpoint(plan), ...Object.keys(telemetry?.resourceAttributes ?? {})])
  return requiredAttributes(plan).filter((key) => delivered.has(key))
}

function deliveredPerEndpoint({ loaded }: BundlePlan): string[] {
  return ['fleet.policy', ...Object.keys(loaded.policy.telemetry?.endpointAttributes ?? {})]
}

/** The processor that writes `fleet.missing_attributes`. A failing check loses no telemetry. */
export function requiredAttributesProcessor(plan: BundlePlan, signals: readonly Signal[]): ConfigValue {
  const exempt = new Set(notForCowork(plan))
  const statementsFor = ({ record }: Signal) => [
    `delete_key(${record}.attributes, ${ottlText(missingAttributesKey)})`,
    ...requiredAttributes(plan).map(
      (key) =>
        `append(${attribute(record, missingAttributesKey)}, ${ottlText(key)}) where ${lacks(record, key)}${exempt.has(key) ? ` and ${attribute('resource', 'service.name')} != "cowork"` : ''}`,
    ),
  ]
  return {
    error_mode: 'ignore',
    ...Object.fromEntries(signals.map((signal) => [signal.statements, [{ statements: statementsFor(signal) }]])),
  }
}

/** Attributes of the policy stand on the resource, and clients repeat them on the record unless told not to. */
function lacks(record: string, key: string): string {
  return [record, 'resource']
    .map((context) => `not IsMatch(${attribute(context, key)}, ${ottlText(filledIn)})`)
    .join(' and ')
}
