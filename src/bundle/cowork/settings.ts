import { byText } from '../../platform/by-text.js'
import { isLoopback, type Telemetry } from '../../policy/telemetry.js'
import { claudeDesktopSettings } from '../claude-desktop-settings.js'
import { httpEndpoint } from '../http-endpoint.js'
import type { BundlePlan } from '../plan.js'

/** A header as it is entered: from where its value comes, and the value only where it is no secret. */
export type CoworkHeader = { name: string; reference: string } | { name: string; value: string }

/** What is entered in the admin console for Cowork. */
export type CoworkSettings = {
  schema: 'fleet.cowork/v1'
  where: string
  endpoint: string
  protocol: 'http/protobuf' | 'http/json'
  headers: CoworkHeader[]
  /** Whether a machine elsewhere can reach the endpoint at all, as far as its address tells. */
  reachable: boolean
  contentSwitch: { key: 'otlpContentCapture'; inThisBundle: boolean }
  minimumDesktop: { local: string; cloud: string }
}

/** Owners find it there: https://support.claude.com/en/articles/14477985 (2026-08-11). The docs say Admin settings. */
const place = 'claude.ai > Organization settings > Cowork'

/** https://support.claude.com/en/articles/14477985-monitor-claude-cowork-activity-with-opentelemetry (2026-08-11) */
const minimumDesktop = { local: '1.1.4173', cloud: '1.22209.3' } as const

/** The settings of the console. Secrets stay references, also where the rest of the bundle has them resolved. */
export function coworkSettings(plan: BundlePlan, telemetry: Telemetry): CoworkSettings {
  const endpoint = httpEndpoint(telemetry)
  const quiet: BundlePlan = { ...plan, warn: () => {} }
  return {
    schema: 'fleet.cowork/v1',
    where: place,
    endpoint: endpoint.href.replace(/\/+$/, ''),
    protocol: telemetry.protocol === 'http/json' ? 'http/json' : 'http/protobuf',
    headers: Object.entries(telemetry.headers)
      .sort(([a], [b]) => byText(a, b))
      .map(([name, value]) =>
        value.startsWith('plain:') ? { name, value: value.slice('plain:'.length) } : { name, reference: value },
      ),
    reachable: !isLoopback(endpoint.hostname),
    contentSwitch: {
      key: 'otlpContentCapture',
      inThisBundle: Object.hasOwn(claudeDesktopSettings(quiet, 'macos'), 'otlpContentCapture'),
    },
    minimumDesktop: { ...minimumDesktop },
  }
}
