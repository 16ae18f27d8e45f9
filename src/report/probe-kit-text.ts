import { mdmNames } from '../bundle/places.js'
import type { BuiltKit } from '../health/kit/build-kit.js'
import { kitPaths } from '../health/kit/kit-places.js'
import { safeJson, safeText } from '../platform/safe-text.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { TerminalLook } from './terminal-look.js'
import { textLines, textTable } from './text-table.js'

/** `fleet.probe-kit/v1`: the manifest, and where it is. */
export function probeKitJson({ folder, written, scriptsReadBy, manifest }: BuiltKit): string {
  const { schema, ...rest } = manifest
  return `${safeJson({ schema, folder, written, scriptsReadBy, ...rest }, 2)}\n`
}

/** What was built, what to know before it is deployed, and where to begin. */
export function probeKitText(built: BuiltKit, { policy, file }: LoadedPolicy, { width, paint }: TerminalLook): string {
  const { folder, written, manifest, scriptsReadBy } = built
  const what = written ? `Built ${folder}` : `Would build ${folder}`
  const blocks = [
    [
      textLines(`${what}${policy.organization ? ` for ${policy.organization}` : ''}`, width, 0, paint.strong),
      textLines(
        `policy ${file ?? ''}, ${manifest.policy.digest.slice(0, 19)}; stamp ${manifest.policy.stamp}`,
        width,
        0,
      ),
    ].join('\n'),
  ]
  const rows = folders
    .map(({ folder: name, holds }): [string, string, string] => [
      `${name}/`,
      String(manifest.files.filter(({ path }) => path.startsWith(`${name}/`)).length),
      holds,
    ])
    .filter(([, count]) => count !== '0')
  const columns = [
    { head: 'folder' },
    { head: 'files', align: 'right' as const },
    { head: 'what it holds', flexible: true },
  ]
  blocks.push(`${paint.strong(`Files (${manifest.files.length})`)}\n${textTable(columns, rows, width, paint)}`)
  if (manifest.warnings.length > 0)
    blocks.push(
      [
        paint.strong('Know before you deploy'),
        ...manifest.warnings.map(({ message }) => textLines(message, width, 2, paint.doubtful)),
      ].join('\n'),
    )
  const checked =
    scriptsReadBy.length === 0
      ? 'not checked, since this machine has neither sh nor shellcheck'
      : `checked with ${scriptsReadBy.join(' and ')}`
  const books = manifest.mdm.map((mdm) => `${folder}/${kitPaths.runBook(mdm)} (${mdmNames[mdm]})`)
  blocks.push(
    written
      ? [
          textLines(`Files with data were read back and compared; shell scripts were ${checked}.`, width, 0),
          paint.strong('Next'),
          ...books.map((book) => textLines(safeText(book), width, 2)),
        ].join('\n')
      : textLines('Nothing was written.', width, 0),
  )
  return `${blocks.join('\n\n')}\n`
}

const folders: readonly { readonly folder: string; readonly holds: string }[] = [
  { folder: 'run-books', holds: 'How to deliver it and get the lines back, step by step, for each MDM.' },
  { folder: 'jamf-pro', holds: 'Extension attribute.' },
  { folder: 'intune', holds: 'Remediation for Windows, custom attribute for Macs.' },
  { folder: 'iru', holds: 'Audit script of a custom script.' },
  { folder: 'fleetdm', holds: 'Reports and policies for GitOps.' },
  { folder: 'osquery', holds: 'Pack for osquery without Fleet.' },
  { folder: 'scheduled', holds: 'Daily job that keeps the line on the machine, with an installer.' },
  { folder: 'hook', holds: 'The hook that fleet ships, with the configuration that the policy says.' },
]
