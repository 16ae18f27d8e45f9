import { writeYaml } from '../../../bundle/formats/yaml-text.js'
import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, platformsOf, probeColumn, probeName } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { beforeYouBegin, hookSection, jobSection, readSection, rollBackSection } from './shared-sections.js'

const asScript =
  'with Controls > Scripts: upload, then Hosts > the host > Actions > Run script, or a policy that runs it. Scripts run as root, on Windows as system; outside macOS the agent has to be packaged with `--enable-scripts`.'

const gitOps = writeYaml({
  reports: [{ path: `../lib/probe/${kitPaths.fleetdmReports}` }],
  policies: [{ path: `../lib/probe/${kitPaths.fleetdmPolicies}` }],
  controls: {
    scripts: platformsOf.fleetdm.map((platform) => ({ path: `../lib/probe/${kitPaths.install(platform)}` })),
  },
})

export const fleetdm: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(platformsOf.fleetdm, 'Bring them in a package (Software > Add software) or in a script of your own.'),
    jobSection(platformsOf.fleetdm, { macos: asScript, linux: asScript, windows: asScript }),
    {
      title: 'Reports and policies',
      note: 'osquery runs no scripts: the report reads the line that the job left, from a property list on Macs, from the registry on Windows, and with the table `file_lines` on Linux, which the agent of Fleet has and plain osquery has not.',
      steps: [
        {
          text: 'GitOps: copy the kit to `lib/probe` of your repository, and add to the YAML of the fleet (team). Releases that still say `queries:` take the same file under that key.',
          files: [kitPaths.fleetdmReports, kitPaths.fleetdmPolicies],
          block: { language: 'yaml', text: gitOps },
        },
        step`Or in the console: make one report for each entry of ${kitPaths.fleetdmReports}, with its query, platform and interval, and one policy for each entry of ${kitPaths.fleetdmPolicies}.`,
        {
          text: `A policy passes only where the line is there, is no older than ${plan.staleAfterDays} days, does not say \`repair\`, and comes from a probe for this very policy. No answer is no pass; \`unknown\` passes here, and \`fleet scan\` tells what is proven.`,
          files: [kitPaths.fleetdmPolicies],
        },
      ],
    },
    readSection(
      [
        step`Reports > ${{ plain: probeName }} (macOS and the others) > Export results (CSV), or \`GET /api/v1/fleet/queries/ID/report\`. The line stands in the column \`${{ plain: probeColumn }}\`, beside \`hardware_serial\` and \`uuid\`.`,
        step`\`"report_clipped": true\` in the answer means that rows are missing: then export per team.`,
      ],
      'The job writes once a day and at start, the report reads every hour. A host that is offline keeps its last row, and the time in the line tells its age.',
    ),
    rollBackSection([
      step`Take reports and policies out of the YAML, or delete them in the console.`,
      step`Run the installers with \`--uninstall\` (Windows: \`-Remove\`). Scripts get no arguments in Fleet: in a copy of the script add the line \`set -- --uninstall\` directly below \`#!/bin/sh\`, on Windows write \`[switch] $Remove = $true\` in place of \`[switch] $Remove\`, and run the copy.`,
    ]),
  ],
  sources: [
    'https://github.com/fleetdm/fleet/blob/main/docs/Configuration/yaml-files.md and https://fleetdm.com/guides/scripts (looked at 2026-11-21)',
    'https://github.com/fleetdm/fleet/blob/main/schema/tables/file_lines.yml (looked at 2026-11-21)',
    'https://github.com/osquery/osquery/blob/master/specs/darwin/plist.table (looked at 2026-11-21)',
  ],
}
