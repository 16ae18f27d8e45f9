import { mdmNames } from '../../bundle/places.js'
import { renderSections, type Section } from '../../bundle/run-books/run-book.js'
import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import type { Mdm } from '../../policy/delivery.js'
import { kitPaths } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import { fleetdm } from './run-books/fleetdm.js'
import { groupPolicy } from './run-books/group-policy.js'
import { intune } from './run-books/intune.js'
import { iru } from './run-books/iru.js'
import { jamfPro } from './run-books/jamf-pro.js'
import { linux } from './run-books/linux.js'
import { workspaceOne } from './run-books/workspace-one.js'

/** How one product takes the probe, and how the lines come back. */
export interface KitRunBook {
  readonly sections: (plan: KitPlan) => readonly Section[]
  /** Pages that were looked at, each with the date of the copy. */
  readonly sources: readonly string[]
}

const books: Readonly<Record<Mdm, KitRunBook>> = {
  'jamf-pro': jamfPro,
  intune,
  iru,
  fleetdm,
  'workspace-one': workspaceOne,
  'group-policy': groupPolicy,
  linux,
}

/** One run-book for each product; they come last, since a step is left out when a file that it names is not there. */
export function kitRunBooks(plan: KitPlan, files: readonly KitFile[]): KitFile[] {
  const paths = new Set(files.map(({ path }) => path))
  const { organization } = plan.loaded.policy
  const owner = organization === undefined ? '' : ` of ${markdownText(organization)}`
  return plan.mdms.map((mdm) => ({
    path: kitPaths.runBook(mdm),
    content: [
      `# Probe with ${mdmNames[mdm]}`,
      `Run-book for the probe kit ${codeSpan(plan.stamp)}${owner}. All files are named as they stand in the kit. Menus of products change: where one is not where this page says, the sources at the end are the ones that were read.`,
      ...renderSections(books[mdm].sections(plan), (path) => paths.has(path)),
      '## Sources',
      books[mdm].sources.map((source) => `- ${source}`).join('\n'),
      '',
    ].join('\n\n'),
    mode: 0o644,
    about: `How to deliver the probe and get its lines back: ${mdmNames[mdm]}`,
  }))
}
