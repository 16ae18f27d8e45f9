import { canonicalJson } from '../platform/canonical-json.js'
import { exitCode, Failure } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import { type PropertyListValue, readPropertyList, writePropertyList } from './formats/property-list.js'
import { type KeyPath, keyPathText } from './formats/read-format.js'
import { looksUnfilled } from './payload-variables.js'

type Dictionary = { readonly [key: string]: PropertyListValue }

/** What a profile is called, and how its payload stands in it. */
export interface ProfileParts {
  /** The same for every build, so that a new profile replaces the old one. */
  readonly identifier: string
  readonly displayName: string
  readonly organization?: string | undefined
  readonly domain: string
  /**
   * `preferences`: through `com.apple.ManagedClient.preferences`, so that the payload's own keys do not end up among the
   * settings. `domain`: a payload whose type is the domain itself.
   */
  readonly style: 'preferences' | 'domain'
  readonly settings: Dictionary
  /** Key paths, as `keyPathText` writes them, where a payload variable stands on purpose. */
  readonly variablesAt?: readonly string[]
  /** The policy that a refusal names. */
  readonly policyFile?: string | undefined
}

/**
 * An unsigned configuration profile for the whole machine. Its UUIDs are made from its content: the same settings give
 * the same bytes. Format: https://developer.apple.com/documentation/devicemanagement/toplevel (2026-11-21).
 */
export function configurationProfile(parts: ProfileParts): string {
  const { identifier, displayName, organization, settings } = parts
  refuseForgedVariables({ settings, organization: organization ?? '' }, parts)
  const body = payloadBody(parts)
  const named = (suffix: string, type: string) => ({
    PayloadDisplayName: displayName,
    PayloadIdentifier: `${identifier}${suffix}`,
    PayloadType: type,
    PayloadUUID: uuidFrom({ identifier: `${identifier}${suffix}`, type, settings }),
    PayloadVersion: 1,
    ...(organization !== undefined && { PayloadOrganization: organization }),
  })
  return writePropertyList({
    ...named('', 'Configuration'),
    PayloadScope: 'System',
    PayloadContent: [{ ...body, ...named('.settings', payloadType(parts)) }],
  })
}

function payloadType({ style, domain }: ProfileParts): string {
  return style === 'domain' ? domain : 'com.apple.ManagedClient.preferences'
}

function payloadBody({ style, domain, settings }: ProfileParts): Dictionary {
  if (style === 'domain') return settings
  return { PayloadContent: { [domain]: { Forced: [{ mcx_preference_settings: settings }] } } }
}

/** An MDM fills in whatever looks like one of its variables, so a text of the policy must not look like one. */
function refuseForgedVariables(
  value: PropertyListValue,
  { variablesAt: allowed = [], policyFile = 'fleet.yaml' }: Pick<ProfileParts, 'variablesAt' | 'policyFile'>,
  path: KeyPath = [],
): void {
  const place = keyPathText(path.slice(1))
  if (typeof value === 'string' && !allowed.includes(place)) {
    const service = looksUnfilled(value)
    if (service === undefined) return
    throw new Failure(
      exitCode.inputRefused,
      'forged-variable',
      `A text of the policy looks like a payload variable, which ${service} would fill in.`,
      {
        where: { file: policyFile, path: place === '' ? 'organization' : place },
        tryThis: ['Write it in another way; values of endpoints come from telemetry.endpointAttributes.'],
      },
    )
  }
  if (typeof value !== 'object') return
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (typeof key === 'string' && path.length > 0 && !allowed.includes(place))
      refuseForgedVariables(key, { policyFile }, path)
    refuseForgedVariables(inner as PropertyListValue, { variablesAt: allowed, policyFile }, [...path, key])
  }
}

/** A UUID of version 8 (RFC 9562) from a digest of the content, in the upper case that Apple's tools write. */
function uuidFrom(content: unknown): string {
  const digest = sha256(canonicalJson(content))
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ]
    .join('-')
    .toUpperCase()
}

/** The settings of a profile as `configurationProfile` writes it; undefined when they are not where they should be. */
export function readProfileSettings(bytes: Uint8Array, domain: string): unknown {
  const profile = readPropertyList(bytes)
  const content = property(profile.value, 'PayloadContent')
  const [payload] = Array.isArray(content) && profile.problems.length === 0 ? content : []
  if (property(payload, 'PayloadType') === domain) {
    const settings = Object.entries(payload as object).filter(([key]) => !key.startsWith('Payload'))
    return Object.fromEntries(settings)
  }
  const forced = property(property(property(payload, 'PayloadContent'), domain), 'Forced')
  return Array.isArray(forced) && forced.length === 1 ? property(forced[0], 'mcx_preference_settings') : undefined
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
