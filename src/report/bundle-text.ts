import type { BuiltBundle } from '../bundle/build.js'
import type { Finding } from '../bundle/lint/lint.js'
import { tierDescriptions } from '../bundle/privacy-tier.js'
import type { VerifiedBundle } from '../bundle/verify.js'
import { safeJson, safeText } from '../platform/safe-text.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import { privacyTiers } from '../policy/telemetry.js'
import type { TerminalLook } from './terminal-look.js'
import { textLines, textTable } from './text-table.js'

/** `fleet.build/v1`: the manifest, where it is, and what lint has to say. */
export function buildJson({ folder, manifest, findings, scriptsReadBy }: BuiltBundle): string {
  return `${safeJson({ schema: 'fleet.build/v1', folder, manifest, scriptsReadBy, findings }, 2)}\n`
}

/** What was built, what it will collect, and what to know before it is deployed. */
export function buildText(built: BuiltBundle, { policy, file }: LoadedPolicy, look: TerminalLook): string {
  const { width, paint } = look
  const { folder, manifest, scriptsReadBy } = built
  const lowest = Object.entries({ 'Claude Desktop': manifest.lowest.desktop, 'Claude Code': manifest.lowest.code }).map(
    ([product, version]) => `${product} ${version ? `${version.version} (${version.from})` : 'not known'}`,
  )
  const facts = [
    `policy ${file ?? ''}, ${manifest.policy.digest.slice(0, 19)}; in telemetry fleet.policy=${manifest.policy.stamp}`,
    `lowest versions: ${lowest.join(', ')}`,
  ]
  const title = `Built ${folder}${policy.organization ? ` for ${policy.organization}` : ''}`
  const blocks = [
    [textLines(title, width, 0, paint.strong), ...facts.map((fact) => textLines(fact, width, 0))].join('\n'),
  ]
  if (policy.telemetry) blocks.push(collected(policy.telemetry.privacy, look))
  const rows = folders
    .map(({ folder: name, holds }): [string, string, string] => {
      const inside = manifest.files.filter(({ path }) => path.startsWith(`${name}/`))
      const secrets = inside.some(({ secret }) => secret) ? ' Some hold a secret.' : ''
      return [`${name}/`, String(inside.length), `${holds}${secrets}`]
    })
    .filter(([, count]) => count !== '0')
  blocks.push(
    `${paint.strong(`Files (${manifest.files.length})`)}\n${textTable([{ head: 'folder' }, { head: 'files', align: 'right' }, { head: 'what it holds', flexible: true }], rows, width, paint)}`,
  )
  if (manifest.groups)
    blocks.push(
      `${paint.strong('Groups')}\n${textTable(
        [{ head: manifest.groups[0]?.field ?? '', flexible: true }, { head: 'endpoints' }, { head: 'folder' }],
        manifest.groups.map(({ value, endpoints, folder: place }) => [value, String(endpoints), place]),
        width,
        paint,
      )}`,
    )
  if (manifest.warnings.length > 0)
    blocks.push(
      [
        paint.strong('Know before you deploy'),
        ...manifest.warnings.map(({ message }) => textLines(message, width, 2, paint.doubtful)),
      ].join('\n'),
    )
  blocks.push(lintBlock(built, look))
  blocks.push(
    textLines(
      `Every file was read back and compared; shell scripts were ${scriptsReadBy.length === 0 ? 'not checked, since this machine has neither sh nor shellcheck' : `checked with ${scriptsReadBy.join(' and ')}`}. Next: ${safeText(folder)}/README.md, then the run-book of your MDM.`,
      width,
      0,
    ),
  )
  return `${blocks.join('\n\n')}\n`
}

const folders: readonly { readonly folder: string; readonly holds: string }[] = [
  { folder: 'run-books', holds: 'How to deliver it, step by step, for each MDM.' },
  {
    folder: 'claude-code',
    holds: 'Managed settings as files, profiles, registry, scripts, Intune remediation, console.',
  },
  { folder: 'claude-desktop', holds: 'Policy of Claude Desktop: profile, registry, script, Linux file.' },
  { folder: 'groups', holds: 'The same settings for each group, with its endpoints.' },
  { folder: 'cowork', holds: 'What to enter in the admin console.' },
  { folder: 'collector', holds: 'Configuration of the OpenTelemetry Collector.' },
  { folder: 'network', holds: 'Hosts and ports to allow.' },
]

/** What lint says of the bundle for the versions it was made for, each thing once: most stand in every file. */
function lintBlock({ findings, manifest }: BuiltBundle, { width, paint }: TerminalLook): string {
  const files = new Map<string, { finding: Finding; count: number }>()
  for (const finding of findings) {
    const key = `${finding.rule}\n${finding.path}\n${finding.message}`
    files.set(key, { finding, count: (files.get(key)?.count ?? 0) + 1 })
  }
  const distinct = [...files.values()]
  const of = (severity: Finding['severity']) => distinct.filter(({ finding }) => finding.severity === severity)
  const counts = `no errors, ${countOf(of('warning').length, 'warning')}, ${countOf(of('note').length, 'note')}`
  const told = `each told once (${countOf(findings.length, 'finding')} in ${countOf(new Set(findings.map(({ file }) => file)).size, 'file')})`
  const secrets = manifest.secrets
    ? ' The secrets that were asked for are left out of this; lint of the bundle has them.'
    : ''
  const lines = of('warning').map(({ finding: { rule, path, message }, count }) =>
    textLines(
      `${rule}${path === '' ? '' : ` at ${path}`}: ${message}${count > 1 ? ` (${count} files)` : ''}`,
      width,
      2,
      paint.doubtful,
    ),
  )
  return [
    paint.strong('Lint, for the versions above'),
    textLines(`${counts}, ${told}; --json has them all.${secrets}`, width, 2),
    ...lines,
  ].join('\n')
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function collected(privacy: (typeof privacyTiers)[number], { width, paint }: TerminalLook): string {
  const upTo = privacyTiers.slice(0, privacyTiers.indexOf(privacy) + 1)
  const lines = upTo.flatMap((tier) => [
    `  ${tier}`,
    ...tierDescriptions[tier].added.map((text) =>
      textLines(text, width, 4, tier === 'metadata' ? paint.faint : paint.doubtful),
    ),
  ])
  return [`${paint.strong(`Telemetry at the tier ${privacy}`)} will collect`, ...lines].join('\n')
}

/** `fleet.verification/v1`: every difference between a bundle and its manifest. */
export function verificationJson(folder: string, { manifest, differences, compared }: VerifiedBundle): string {
  const document = {
    schema: 'fleet.verification/v1',
    folder,
    policy: manifest.policy,
    compared,
    intact: differences.length === 0,
    differences,
  }
  return `${safeJson(document, 2)}\n`
}

export function verificationText(
  folder: string,
  { manifest, differences, compared }: VerifiedBundle,
  { width, paint }: TerminalLook,
): string {
  const head = textLines(
    `${folder}: ${compared} files, policy ${manifest.policy.digest.slice(0, 19)}, stamp ${manifest.policy.stamp}`,
    width,
    0,
  )
  if (differences.length === 0)
    return `${head}\n${paint.good('Unchanged and complete.')}\n${textLines('The manifest itself is proved only by a signature of your own, such as minisign or cosign.', width, 0, paint.faint)}\n`
  const rows = differences.map(({ path, kind, message }) => [kind, safeText(path), safeText(message)])
  const table = textTable([{ head: 'what' }, { head: 'file' }, { head: 'which', flexible: true }], rows, width, paint)
  return `${head}\n${paint.bad(`Not what was built: ${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}.`)}\n${table}\n`
}
