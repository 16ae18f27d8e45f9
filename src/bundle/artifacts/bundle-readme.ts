import { byText } from '../../platform/by-text.js'
import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import type { BundleFile } from '../artifact.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan, BundleWarning, LowestVersion } from '../plan.js'
import { tierDescriptions, tiersAbove } from '../privacy-tier.js'

/** The README of a bundle: what it is, what it collects, what is in it, and how to check it. */
export function bundleReadme(
  plan: BundlePlan,
  files: readonly BundleFile[],
  warnings: readonly BundleWarning[],
): BundleFile {
  const { policy, digest } = plan.loaded
  const organization = policy.organization
  return {
    path: bundlePaths.readme,
    content: [
      `# Settings for Claude${organization === undefined ? '' : `: ${markdownText(organization)}`}`,
      'Settings for Claude Code, Claude Desktop and Cowork, built by `fleet settings build` from one policy. Do not change files by hand: change the policy and build again.',
      [
        `- Policy digest: ${codeSpan(digest)}`,
        `- Stamp: ${codeSpan(plan.stamp)}. Telemetry carries it as \`fleet.policy\`, so a record tells which bundle its machine has.`,
        `- Lowest Claude Code: ${lowest(plan.lowest.code)}`,
        `- Lowest Claude Desktop: ${lowest(plan.lowest.desktop)}`,
        ...(plan.group === undefined
          ? []
          : [`- For the group ${markdownText(plan.group.value)} (${plan.group.field}) alone`]),
      ].join('\n'),
      ...start(plan, files),
      ...privacy(plan),
      ...warningList(warnings),
      ...secretStatement(files),
      '## Check it',
      [
        '- `fleet settings verify .` in this folder: every file is there, unchanged, and none was added.',
        '- Without fleet: `sha256sum -c SHA256SUMS` (on a Mac `shasum -a 256 -c SHA256SUMS`). It does not notice added files.',
      ].join('\n'),
      '## Files',
      fileTable(files),
      `\`${bundlePaths.manifest}\` lists them with size, SHA-256 and rights.`,
      '',
    ].join('\n\n'),
    mode: 0o644,
    secret: false,
    about: 'What this bundle is',
  }
}

function lowest(version: LowestVersion | undefined): string {
  if (version === undefined) return 'not known. Give a scan to the build, or set minimumVersion in the policy.'
  const who = version.from === 'scan' ? 'the oldest that the scan found' : 'the minimum that the policy promises'
  return `\`${version.normal}\`, ${who}`
}

function start({ mdms }: BundlePlan, files: readonly BundleFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  const books = mdms.map(bundlePaths.runBook).filter((path) => paths.has(path))
  if (books.length === 0) return []
  return ['## Start here', books.map((path) => `- \`${path}\``).join('\n')]
}

function privacy({ loaded }: BundlePlan): string[] {
  const { telemetry } = loaded.policy
  if (telemetry === undefined)
    return ['## Privacy', 'The policy has no section telemetry: these settings collect nothing and switch nothing off.']
  const tier = telemetry.privacy
  const above = tiersAbove(tier)
  return [
    '## Privacy',
    `Clients report to ${codeSpan(telemetry.endpoint)} (${codeSpan(telemetry.protocol)}). The tier is **${tier}**. Every content switch is set, also to off, so that nobody can widen it in settings of their own. Collected is:`,
    list(tierDescriptions[tier].collected),
    telemetry.traces ? 'Traces are on.' : 'Traces are off.',
    ...(above.length === 0
      ? ['There is no higher tier: everything is collected.']
      : [
          'Not collected, but added by a higher tier:',
          ...above.map((higher) => `${higher}:\n\n${list(tierDescriptions[higher].added)}`),
        ]),
    'Cowork is set in the admin console, not by a device: see its page for what it exports by itself.',
  ]
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdownText(line)}`).join('\n')
}

function warningList(warnings: readonly BundleWarning[]): string[] {
  if (warnings.length === 0) return []
  const lines = [...warnings]
    .sort((a, b) => byText(a.code, b.code) || byText(a.message, b.message))
    .map(({ code, message }) => `- ${markdownText(code)}: ${markdownText(message)}`)
  return ['## Warnings', lines.join('\n')]
}

function secretStatement(files: readonly BundleFile[]): string[] {
  const secret = files.filter((file) => file.secret)
  if (secret.length === 0) return ['## Secrets', 'No file of this bundle holds a secret.']
  return [
    '## Secrets',
    `${secret.length === 1 ? 'One file holds' : `${secret.length} files hold`} secrets in plain text; they are marked below and readable for their owner alone. Do not commit them, do not send them by mail, and change the secrets when a copy is lost. On endpoints every local user can read what they are delivered as.`,
  ]
}

function fileTable(files: readonly BundleFile[]): string {
  const rows = [...files]
    .sort((a, b) => byText(a.path, b.path))
    .map(({ path, about, secret }) => `| \`${path}\` | ${markdownText(about)}${secret ? ' **Holds a secret.**' : ''} |`)
  return ['| File | What it is |', '| --- | --- |', ...rows].join('\n')
}
