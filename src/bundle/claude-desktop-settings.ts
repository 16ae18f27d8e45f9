import { exitCode, Failure } from '../platform/failure.js'
import type { PrivacyTier } from '../policy/telemetry.js'
import { desktopKey, type KeyUnderstanding, keysUnderstoodBy, nearestDesktopKey } from './catalogue/desktop-keys.js'
import { attributesFor } from './endpoint-attributes.js'
import type { JsonValue } from './formats/json-text.js'
import { headersHelperCommand } from './headers-helper.js'
import { httpEndpoint } from './http-endpoint.js'
import { endpointPlaces, type SettingsPlatform } from './places.js'
import type { BundlePlan } from './plan.js'
import { knownHeaders, needsHeadersHelper } from './telemetry-environment.js'

type Settings = Record<string, JsonValue>

/**
 * The policy keys of Claude Desktop for one platform: what the policy says, and telemetry where Desktop reads it from
 * policy. Keys that the lowest Desktop version does not understand are left out, and `plan.warn` is told.
 */
export function claudeDesktopSettings(plan: BundlePlan, platform: SettingsPlatform): Settings {
  const { claudeDesktop } = plan.loaded.policy
  const built = telemetryKeys(plan, platform)
  const more = (claudeDesktop?.settings ?? {}) as Settings
  const twice = Object.keys(built).find((key) => Object.hasOwn(more, key))
  if (twice !== undefined)
    throw new Failure(exitCode.inputRefused, 'policy-setting-twice', 'The policy sets one thing in two places.', {
      where: { file: plan.loaded.file ?? 'fleet.yaml', path: `claudeDesktop.settings.${twice}` },
      tryThis: ['The section telemetry writes this key already: remove it here.'],
    })
  const kept = Object.entries({ ...built, ...more }).filter(([key]) => isUnderstood(plan, key, platform))
  return Object.fromEntries(kept)
}

/** What each tier lets Cowork export: https://claude.com/docs/third-party/claude-desktop/telemetry (July 2026). */
const contentCategories: Readonly<Record<PrivacyTier, string[]>> = {
  metadata: [],
  'tool-details': ['toolDetails'],
  content: ['userPrompts', 'assistantResponses', 'toolDetails', 'toolContent'],
  raw: ['userPrompts', 'assistantResponses', 'toolDetails', 'toolContent', 'rawApiBodies'],
}

function telemetryKeys(plan: BundlePlan, platform: SettingsPlatform): Settings {
  const { telemetry, claudeDesktop } = plan.loaded.policy
  if (telemetry === undefined) return {}
  const content = { otlpContentCapture: contentCategories[telemetry.privacy] }
  // With Claude.ai sign-in the endpoint stands in the admin console, and the other otlp keys are not read.
  if (claudeDesktop?.deployment !== 'third-party') return content
  const headers = knownHeaders(plan)
  const needsHelper = needsHeadersHelper(plan)
  const endpoint = httpEndpoint(telemetry).href.replace(/\/+$/, '')
  if (telemetry.protocol === 'grpc')
    plan.warn({
      code: 'desktop-grpc',
      message: `Cowork speaks no gRPC: the policy of Claude Desktop names http/protobuf at ${endpoint}. The collector has to listen there too.`,
    })
  return {
    otlpEndpoint: endpoint,
    // Cowork falls back to protobuf over http, and a grpc port then gets nothing.
    otlpProtocol: telemetry.protocol === 'grpc' ? 'http/protobuf' : telemetry.protocol,
    ...(!needsHelper && headers.length > 0 && { otlpHeaders: Object.fromEntries(headers) }),
    ...(needsHelper && {
      otlpHeadersHelper: platform === 'windows' ? endpointPlaces.windows.headersHelper : headersHelperCommand(platform),
    }),
    otlpResourceAttributes: staticAttributes(plan),
    otlpTracesEnabled: telemetry.traces,
    ...content,
  }
}

/** Only what is the same everywhere: no payload variable of a profile is documented to be filled in inside a JSON text. */
function staticAttributes(plan: BundlePlan): Settings {
  const quiet = { ...plan, warn: () => {} }
  const values = Object.entries(attributesFor(quiet, { kind: 'registry' }))
  return Object.fromEntries(values.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function isUnderstood(plan: BundlePlan, key: string, platform: SettingsPlatform): boolean {
  // One key that the running release does not know makes it ignore the whole file (seen in 1.24012.9 and 1.26832.0).
  const mayWriteUnsure = platform !== 'linux'
  const unsure = mayWriteUnsure
    ? 'it is written as given.'
    : 'it is left out of the Linux file, which would be ignored whole.'
  const answer = understanding(plan, key)
  if (answer === 'understood') return true
  if (answer === 'unknown-key') {
    const nearest = nearestDesktopKey(key)
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest.name}?`
    plan.warn({ code: 'desktop-key-unknown', message: `${key} is no Desktop key that fleet knows; ${unsure}${hint}` })
    return mayWriteUnsure
  }
  const lowest = plan.lowest.desktop
  if (answer === 'not-stated') {
    const release = lowest === undefined ? 'the releases out there' : `Claude Desktop ${lowest.normal}`
    plan.warn({ code: 'desktop-key-not-stated', message: `No source says that ${release} reads ${key}; ${unsure}` })
    return mayWriteUnsure
  }
  const why =
    lowest === undefined
      ? 'no lowest Desktop version is known: give --scan, or set claudeDesktop.minimumVersion'
      : `the lowest Desktop version is ${lowest.normal} (${lowest.from})`
  const rule =
    'since' in answer ? `it needs Claude Desktop ${answer.since}` : `Claude Desktop ${answer.removedIn} dropped it`
  plan.warn({
    code: 'since' in answer ? 'desktop-key-too-new' : 'desktop-key-removed',
    message: `${key} is left out: ${rule}, and ${why}.${consequence(key)}`,
  })
  return false
}

/** Cowork with Claude.ai sign-in exports content unless this key says otherwise (official pages disagree; the safe reading). */
function consequence(key: string): string {
  return key === 'otlpContentCapture'
    ? ' Assume that Cowork then exports prompts and tool inputs, whatever the tier.'
    : ''
}

/** Without a lowest version only the keys from before the key changelog count as understood. */
function understanding({ lowest }: BundlePlan, name: string): KeyUnderstanding {
  if (lowest.desktop !== undefined) return keysUnderstoodBy(lowest.desktop.normal)(name)
  const key = desktopKey(name)
  if (key === undefined) return 'unknown-key'
  if (key.since !== undefined) return { since: key.since }
  return key.firstRelease === 'not-stated' ? 'not-stated' : 'understood'
}
