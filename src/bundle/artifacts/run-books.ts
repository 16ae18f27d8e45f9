import { byText } from '../../platform/by-text.js'
import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import type { Mdm } from '../../policy/delivery.js'
import type { BundleFile } from '../artifact.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'
import { fleetdm } from '../run-books/fleetdm.js'
import { groupPolicy } from '../run-books/group-policy.js'
import { intune } from '../run-books/intune.js'
import { iru } from '../run-books/iru.js'
import { jamfPro } from '../run-books/jamf-pro.js'
import { linux } from '../run-books/linux.js'
import { type RunBook, type RunBookContext, renderRunBook } from '../run-books/run-book.js'
import { workspaceOne } from '../run-books/workspace-one.js'

const books: Readonly<Record<Mdm, RunBook>> = {
  'jamf-pro': jamfPro,
  intune,
  iru,
  fleetdm,
  'workspace-one': workspaceOne,
  'group-policy': groupPolicy,
  linux,
}

/**
 * One run-book for each product that the policy delivers with. They come after all other files, since a step is left
 * out when a file that it names is not among them.
 */
export function runBooks(plan: BundlePlan, files: readonly BundleFile[]): BundleFile[] {
  const paths = new Set(files.map(({ path }) => path))
  const groups = [...paths].flatMap((path) => /^groups\/[^/]+/.exec(path) ?? [])
  const context: RunBookContext = {
    plan,
    has: (path) => paths.has(path),
    groups: [...new Set(groups)].sort(byText),
  }
  return plan.mdms.map((mdm) => ({
    path: bundlePaths.runBook(mdm),
    content: renderRunBook(books[mdm], context, opening(context)),
    mode: 0o644,
    secret: false,
    about: `How to deliver this bundle: ${books[mdm].title}`,
  }))
}

function opening({ plan: { loaded, stamp, secrets }, groups }: RunBookContext): string[] {
  const [example] = groups
  const organization = loaded.policy.organization
  return [
    `Run-book for the bundle ${codeSpan(stamp)}${organization === undefined ? '' : ` of ${markdownText(organization)}`}. All files are named as they stand in the bundle. Menus of products change: where one is not where this page says, the sources at the end are the ones that were read.`,
    ...((secrets?.size ?? 0) > 0
      ? [
          'This bundle was built with secrets in it. Whoever can read a delivered file, profile or registry value reads them, and the product keeps a copy: treat its console as a place of secrets.',
        ]
      : []),
    ...(example === undefined
      ? []
      : [
          `This bundle has settings for ${groups.length} groups as well. Under \`groups/\` each folder, such as \`${example}/\`, has files of the same names as outside, and \`endpoints.csv\` with the machines that belong to it, to make the group in the product. Wherever a step names a file of \`claude-code/\` or \`claude-desktop/\`, on every platform: assign each group its own from its folder, and the one that is named only to machines without a group. One machine must not get both.`,
        ]),
  ]
}
