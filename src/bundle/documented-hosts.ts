import type { AllowedProduct, HostToAllow } from './endpoints-to-allow.js'

/** Pages and the day of the copy that was read; a copy dated only by its month counts from the first. */
const networkConfig = {
  neededBy: ['claude-code'],
  deployment: 'first-party',
  source: 'https://code.claude.com/docs/en/network-config#network-access-requirements',
  checked: '2026-08-22',
} as const
const desktopPage = {
  neededBy: ['claude-desktop', 'cowork'],
  deployment: 'first-party',
  source: 'https://code.claude.com/docs/en/desktop#network-access-requirements',
  checked: '2026-08-22',
} as const
const coworkPage = {
  neededBy: ['cowork'],
  deployment: 'first-party',
  source: 'https://claude.com/docs/cowork/hipaa-setup#allow-network-access-for-claude-desktop',
  checked: '2026-10-05',
} as const
const egressPage = {
  neededBy: ['claude-desktop', 'cowork'],
  deployment: 'third-party',
  source: 'https://claude.com/docs/third-party/claude-desktop/telemetry#required-egress-paths',
  checked: '2026-07-01',
} as const

interface Page {
  readonly neededBy: readonly AllowedProduct[]
  readonly deployment: HostToAllow['deployment']
  readonly source: string
  readonly checked: string
}

/** All of these pages say HTTPS on port 443. */
const on =
  (page: Page, optional: boolean) =>
  (host: string, why: string, more: Partial<HostToAllow> = {}) =>
    ({ host, port: 443, protocol: 'https', why, optional, ...page, ...more }) satisfies HostToAllow

const code = on(networkConfig, false)
const codeOptional = on(networkConfig, true)
const desktop = on(desktopPage, false)
const desktopOptional = on(desktopPage, true)
const cowork = on(coworkPage, false)
const egress = on(egressPage, false)
const egressOptional = on(egressPage, true)

/** Only in a newer copy of the page that has no date; this is the day it was read. */
const newest = { checked: '2026-11-21' } as const
const anyDeployment = { deployment: 'both' } as const
const application = 'Application code and content of Claude Desktop; without it the window stays blank'
const artifactLibraries = 'JavaScript libraries that an artifact may load; parts of it do not work without them'
const crashReports = 'Crash reports, unless disableEssentialTelemetry is true'
const performance = 'Performance timings, unless disableEssentialTelemetry is true'
const analytics = 'Usage analytics, unless disableNonessentialTelemetry is true'
const previews = 'Previews of artifacts, unless disableNonessentialServices is true'
const updateFeed = 'Update feed, unless disableAutoUpdates or updateViaUpdatesHost is true'
const pythonExtensions = 'Desktop extensions written in Python'

/** Hosts that a public page of Anthropic states, each with its page. */
export const documentedHosts: readonly HostToAllow[] = [
  code('api.anthropic.com', 'Claude API, feature flags, telemetry events'),
  code('claude.ai', 'Sign-in with a claude.ai account'),
  code('claude.com', 'Sign-in opens a page there, which redirects to claude.ai'),
  code('downloads.claude.ai', 'Installer, updates, plugin executables', anyDeployment),
  code('platform.claude.com', 'Sign-in with a Console account; token refresh for claude.ai accounts too'),
  codeOptional('api.anthropic.com', 'Domain check before WebFetch, unless skipWebFetchPreflight is true', {
    deployment: 'third-party',
  }),
  codeOptional('*.frame.claudeusercontent.com', 'Files of artifacts that Claude opens'),
  codeOptional('bridge.claudeusercontent.com', 'Claude in Chrome'),
  codeOptional('browser-intake-us5-datadoghq.com', 'Error reports, unless DISABLE_ERROR_REPORTING is set'),
  codeOptional('code.claude.com', 'Looking things up in the documentation', anyDeployment),
  codeOptional('formulae.brew.sh', 'Update checks of Homebrew installations', anyDeployment),
  codeOptional('http-intake.logs.us5.datadoghq.com', 'Operational telemetry, unless DISABLE_TELEMETRY is set'),
  codeOptional('mcp-proxy.anthropic.com', 'Connectors from claude.ai'),
  codeOptional('raw.githubusercontent.com', 'Release notes', anyDeployment),
  codeOptional('storage.googleapis.com', 'Plugin metadata; installer and updates before 2.1.116', anyDeployment),

  desktop('*.claudemcpcontent.com', application),
  desktop('*.claudeusercontent.com', application),
  desktop('*.livepreview.claude.ai', application),
  desktop('*.livepreview.claude.app', application),
  desktop('a-api.anthropic.com', application),
  desktop('a-cdn.anthropic.com', application),
  desktop('a-cdn.claude.ai', application),
  desktop('a.claude.ai', application),
  desktop('anthropic.com', application),
  desktop('api.anthropic.com', 'Claude API and update checks'),
  desktop('assets-proxy.anthropic.com', application),
  desktop('assets.claude.ai', application),
  desktop('claude.ai', 'Sign-in, the interface, settings of the organization'),
  desktop('claude.com', application),
  desktop('downloads.claude.ai', 'Updates, and the Claude Code engine'),
  desktop('platform.claude.com', application),
  desktop('s-cdn.anthropic.com', application),
  desktopOptional('cdn.jsdelivr.net', artifactLibraries, newest),
  desktopOptional('cdn.tailwindcss.com', artifactLibraries, newest),
  desktopOptional('cdnjs.cloudflare.com', artifactLibraries, newest),
  desktopOptional('code.jquery.com', artifactLibraries, newest),
  desktopOptional('fonts.googleapis.com', 'Typefaces of artifacts'),
  desktopOptional('fonts.gstatic.com', 'Typefaces of artifacts'),
  desktopOptional('unpkg.com', artifactLibraries, newest),

  cowork('downloads.claude.ai', 'The image of the virtual machine for shell commands'),

  egress(
    'downloads.claude.ai',
    'The virtual machine and the engine, unless the offline installer brought them; updates',
  ),
  egressOptional('*.claudemcpcontent.com', 'Widgets of connectors, unless disableNonessentialServices is true'),
  egressOptional('*.gstatic.com', 'Icons of connectors, unless disableNonessentialServices is true'),
  egressOptional('*.ingest.us.sentry.io', crashReports),
  egressOptional('*.sentry.io', crashReports),
  egressOptional('a-api.anthropic.com', analytics),
  egressOptional('a-cdn.anthropic.com', analytics),
  egressOptional('api.anthropic.com', updateFeed),
  egressOptional('api.anthropic.com', 'Usage telemetry of Claude Code, unless disableNonessentialTelemetry is true'),
  egressOptional('assets.claude.ai', 'Typefaces of widgets, unless disableNonessentialServices is true'),
  egressOptional('browser-intake-ap1-datadoghq.com', performance),
  egressOptional('browser-intake-ap2-datadoghq.com', performance),
  egressOptional('browser-intake-datadoghq.com', performance),
  egressOptional('browser-intake-datadoghq.eu', performance),
  egressOptional('browser-intake-ddog-gov.com', performance),
  egressOptional('browser-intake-us3-datadoghq.com', performance),
  egressOptional('browser-intake-us5-datadoghq.com', performance),
  egressOptional('cdn.jsdelivr.net', previews),
  egressOptional('cdnjs.cloudflare.com', previews),
  egressOptional('claude.ai', updateFeed),
  egressOptional('claude.ai', analytics),
  egressOptional('files.pythonhosted.org', pythonExtensions),
  egressOptional('fonts.googleapis.com', previews),
  egressOptional('github.com', pythonExtensions),
  egressOptional('objects.githubusercontent.com', pythonExtensions),
  egressOptional('pypi.org', pythonExtensions),
  egressOptional('releases.claude.com', 'Update feed where updateViaUpdatesHost is true'),
  egressOptional('sentry.io', crashReports),
  egressOptional('www.claudeusercontent.com', previews),
  egressOptional('www.google.com', 'Icons of connectors, unless disableNonessentialServices is true'),
]
