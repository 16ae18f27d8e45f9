import { type PrivacyTier, privacyTiers } from '../../policy/telemetry.js'
import { allDesktop, desktopOf } from './desktop-settings-read.js'
import type { Rule } from './rule.js'

const telemetryPage = {
  source: 'https://claude.com/docs/third-party/claude-desktop/telemetry',
  checked: '2026-07-01',
} as const

/** The tier that first allows a category of content. */
const tierOf: Readonly<Record<string, PrivacyTier>> = {
  toolDetails: 'tool-details',
  userPrompts: 'content',
  assistantResponses: 'content',
  toolContent: 'content',
  rawApiBodies: 'raw',
}

/** Rules about what Claude Desktop and Cowork send to a collector. */
export const rules: readonly Rule[] = [
  {
    id: 'desktop-grpc',
    title: 'Telemetry over gRPC',
    surface: 'claude-desktop',
    severity: 'warning',
    why: 'Cowork falls back to http/protobuf on the same endpoint: a receiver for gRPC on port 4317 gets nothing of it.',
    fix: 'Set otlpProtocol to http/protobuf and point otlpEndpoint to port 4318.',
    ...telemetryPage,
    *check(file) {
      if (desktopOf(file).settings.otlpProtocol === 'grpc')
        yield { path: ['otlpProtocol'], message: 'The protocol is gRPC, which Cowork does not use.' }
    },
  },
  {
    id: 'desktop-telemetry-cleartext',
    title: 'Telemetry without encryption',
    surface: 'claude-desktop',
    severity: 'error',
    why: 'Telemetry names people and machines, and its headers hold a token: over http:// everybody on the way can read them.',
    fix: 'Use an https:// endpoint.',
    ...telemetryPage,
    *check(file) {
      const { otlpEndpoint } = desktopOf(file).settings
      if (typeof otlpEndpoint !== 'string' || !URL.canParse(otlpEndpoint)) return
      const { protocol, hostname } = new URL(otlpEndpoint)
      const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
      if (protocol === 'http:' && !loopback)
        yield { path: ['otlpEndpoint'], message: 'The endpoint is http:// and not on this machine.' }
    },
  },
  {
    id: 'desktop-content-above-tier',
    title: 'More content than the stated tier allows',
    surface: 'claude-desktop',
    severity: 'error',
    why: 'Prompts, answers and tool content go to the collector. With sign-in they are exported when otlpContentCapture is not set.',
    fix: 'Set otlpContentCapture to what the tier allows; [] keeps all content out.',
    source: 'https://support.claude.com/en/articles/14477985-monitor-claude-cowork-activity-with-opentelemetry',
    checked: '2026-08-11',
    *check(file, context) {
      const { otlpContentCapture: own } = desktopOf(file).settings
      const { privacy } = context
      if (own === undefined || own === '') {
        const all = allDesktop(context)
        const elsewhere = all.some(
          ({ otlpContentCapture }) => otlpContentCapture !== undefined && otlpContentCapture !== '',
        )
        const thirdParty = all.some(({ inferenceProvider }) => inferenceProvider !== undefined)
        if (elsewhere || thirdParty || privacy === 'content' || privacy === 'raw') return
        yield {
          path: own === '' ? ['otlpContentCapture'] : [],
          severity: privacy === undefined ? 'note' : 'warning',
          message: 'otlpContentCapture is not set: with sign-in, Cowork then exports prompts and tool inputs.',
        }
        return
      }
      if (privacy === undefined || !Array.isArray(own)) return
      for (const [index, category] of own.entries()) {
        const needed = typeof category === 'string' && Object.hasOwn(tierOf, category) ? tierOf[category] : undefined
        if (needed !== undefined && privacyTiers.indexOf(needed) > privacyTiers.indexOf(privacy))
          yield {
            path: ['otlpContentCapture', index],
            message: `${String(category)} needs the tier ${needed}; the stated tier is ${privacy}.`,
          }
      }
    },
  },
]
