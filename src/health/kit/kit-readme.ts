import { mdmNames } from '../../bundle/places.js'
import { byText } from '../../platform/by-text.js'
import { markdownList, markdownTable } from '../../platform/markdown-table.js'
import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import { linePlace } from './kit-manifest.js'
import { kitPaths, probeName } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import type { KitWarning } from './kit-warnings.js'

/** The README of a kit: what it is, what a probe does, what is in it, and how to check it. */
export function kitReadme(plan: KitPlan, files: readonly KitFile[], warnings: readonly KitWarning[]): KitFile {
  const { policy, digest } = plan.loaded
  const owner = policy.organization === undefined ? '' : `: ${markdownText(policy.organization)}`
  const text = [
    `# Probes of Claude${owner}`,
    'Scripts that tell for each machine whether Claude and its hooks are healthy there, built by `fleet probe build` from one policy. Do not change files by hand: change the policy and build again.',
    markdownList([
      `Policy digest: ${codeSpan(digest)}`,
      `Stamp: ${codeSpan(plan.stamp)}. The line carries it as \`pol\`; a line with another stamp comes from an older kit.`,
      `A line says nothing any more after ${plan.staleAfterDays} days.`,
    ]),
    '## Start here',
    markdownList(plan.mdms.map((mdm) => `${mdmNames[mdm]}: \`${kitPaths.runBook(mdm)}\``)),
    '## What a probe does',
    markdownList([
      'It prints one line, such as `FH1|ok|os=macos|…|end`: facts of the machine, for all its users, in less than 1,500 characters.',
      'It only reads: it writes nothing, starts nothing of a user, and connects to nothing. It ends within five seconds.',
      'The line holds no names of people, machines or folders, and no text of anybody: only versions, counts, times, the name of the last event and tool, and stamps. It is personal data all the same where the product keeps it beside the name of a machine and its user: the time of the last use of a tool is in it.',
      'The word after `FH1` is `ok`, `repair`, or `unknown`. Unknown is no pass: it wants to be looked at. `fleet scan` reads the line from the exports of the product and says what is wrong and what to do; `fleet selftest` says it on the machine itself.',
    ]),
    ...(plan.jobPlatforms.length === 0
      ? []
      : [
          '## The job in `scheduled/`',
          `Where a product keeps no output of scripts, a job of the system runs the probe at start and every day and keeps its line, for administrators alone to write: ${plan.jobPlatforms.map((platform) => `\`${linePlace(platform)}\``).join(', ')}. The probe reads; only the job writes, and only that line.`,
        ]),
    ...(warnings.length === 0
      ? []
      : [
          '## Warnings',
          markdownList(warnings.map(({ code, message }) => `${markdownText(code)}: ${markdownText(message)}`)),
        ]),
    '## Check it',
    'In this folder: `sha256sum -c SHA256SUMS` (on a Mac `shasum -a 256 -c SHA256SUMS`). It does not notice added files.',
    '## Files',
    markdownTable(
      ['File', 'What it is'],
      [...files].sort((a, b) => byText(a.path, b.path)).map(({ path, about }) => [`\`${path}\``, markdownText(about)]),
    ),
    `\`${kitPaths.manifest}\` lists them with size, SHA-256 and rights. The attribute, item or column is called "${probeName}" everywhere: so fleet scan finds it.`,
    '',
  ].join('\n\n')
  return { path: kitPaths.readme, content: text, mode: 0o644, about: 'What this kit is' }
}
