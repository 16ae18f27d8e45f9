import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, probeName } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { beforeYouBegin, hookSection, readSection, rollBackSection } from './shared-sections.js'

export const iru: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(['macos'], 'Bring them in a Custom App with a package, on the Blueprint of the pilot.'),
    {
      title: 'Custom script',
      steps: [
        step`Library > Add New > Custom Script, name \`${{ plain: probeName }}\`. Install on: Mac. Execution frequency: Run daily. Audit script: paste ${kitPaths.iruAudit} whole. No remediation script, no restart. Blueprint: the one of the pilot.`,
        {
          text: 'The audit prints the line, and ends with 1 where something needs repair: Iru then shows an alert for that Mac. Nothing is repaired by it.',
          files: [kitPaths.iruAudit],
        },
      ],
    },
    readSection(
      [
        step`For each Mac \`GET /api/v1/devices/DEVICE-ID/library-items\`: the line stands in \`last_audit_log\` of the item \`${{ plain: probeName }}\`, or in \`log\`. Save each answer as a file; \`fleet scan\` reads them all. The script device-library-items of Iru's support repository gathers them for all Macs.`,
      ],
      'The audit runs once a day; `last_audit_run` says when. A log may hold more than the line, and is read all the same.',
    ),
    rollBackSection([step`Delete the library item, or take it off the Blueprint. Nothing of it stays on the Macs.`]),
  ],
  sources: [
    'https://support.kandji.io/support/solutions/articles/72000558749-custom-scripts-overview (looked at 2026-11-21; from when the product was called Kandji)',
    'https://github.com/kandji-inc/support (api-tools/device-library-items, looked at 2026-11-21)',
    'https://github.com/kandji-inc/iructl/wiki/API-Custom-Scripts (looked at 2026-11-21): frequencies',
  ],
}
