import { byText } from '../../platform/by-text.js'
import type { BundlePlan } from '../plan.js'
import { CollectorReference, ConfigText, type ConfigValue } from './config-text.js'
import { attribute, ottlText, type Signal } from './signals.js'

/** The variable in the collector's environment that holds the key of the hash. */
export const identityKeyVariable = 'FLEET_IDENTITY_KEY'

/**
 * What names a person. The first four are Claude Code's and Cowork's; `enduser.id` and `process.owner` are Cowork's:
 * https://code.claude.com/docs/en/monitoring-usage (2026-08-22), https://claude.com/docs/cowork/monitoring (July 2026).
 */
const personAttributes = [
  'user.email',
  'user.account_uuid',
  'user.account_id',
  'user.id',
  'enduser.id',
  'process.owner',
] as const

/** The attributes that are hashed: what clients send of people, and what this policy adds of them. */
export function hashedAttributes({ loaded }: BundlePlan): readonly string[] {
  const { endpointAttributes = {} } = loaded.policy.telemetry ?? {}
  const added = Object.entries(endpointAttributes).filter(([, field]) => field === 'email' || field === 'user')
  return [...new Set([...personAttributes, ...added.map(([key]) => key)])].sort(byText)
}

/** The attributes that hold e-mail addresses: lower-cased first, so that one person has one hash. */
export function emailAttributes({ loaded }: BundlePlan): readonly string[] {
  const { endpointAttributes = {} } = loaded.policy.telemetry ?? {}
  const added = Object.entries(endpointAttributes).filter(([, field]) => field === 'email')
  return [...new Set(['user.email', ...added.map(([key]) => key)])].sort(byText)
}

/**
 * The processor that replaces identity by `sha256:` and SHA-256 of key, colon and value. OTTL has no HMAC
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/ottl/ottlfuncs, 2026-11-21). Without
 * a good key, and for a value that is no text, the attribute is deleted; a statement that fails drops the data.
 */
export function identityProcessor(plan: BundlePlan, signals: readonly Signal[]): ConfigValue {
  const keys = hashedAttributes(plan)
  const emails = new Set(emailAttributes(plan))
  const statements = (context: string) => [
    deletionWithoutKey(context, keys),
    ...keys.flatMap((key) => hash(context, key, emails.has(key))),
  ]
  // A resource stands once above many records: in their context it would be hashed again for each of them.
  const groups = ({ record }: Signal) => [{ statements: statements('resource') }, { statements: statements(record) }]
  return {
    error_mode: 'propagate',
    ...Object.fromEntries(signals.map((signal) => [signal.statements, groups(signal)])),
  }
}

const identityKey = new CollectorReference(`env:${identityKeyVariable}`)

function deletionWithoutKey(context: string, keys: readonly string[]): ConfigValue {
  const pattern = `^(${keys.map((key) => key.replaceAll('.', '[.]')).join('|')})$`
  return new ConfigText([
    `delete_matching_keys(${context}.attributes, ${ottlText(pattern)}) where not IsMatch("`,
    identityKey,
    '", "^[0-9A-Za-z]{32}")',
  ])
}

function hash(context: string, key: string, isEmail: boolean): ConfigValue[] {
  const value = attribute(context, key)
  const text = isEmail ? `ConvertCase(${value}, "lower")` : value
  return [
    `delete_key(${context}.attributes, ${ottlText(key)}) where not IsString(${value})`,
    new ConfigText([
      `set(${value}, Concat(["sha256:", SHA256(Concat(["`,
      identityKey,
      `", ${text}], ":"))], "")) where IsString(${value})`,
    ]),
  ]
}
