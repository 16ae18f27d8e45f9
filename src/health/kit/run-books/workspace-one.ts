import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, platformsOf } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { osquerySteps } from './osquery-steps.js'
import { beforeYouBegin, hookSection, jobSection, readSection, rollBackSection } from './shared-sections.js'

const asScript =
  'with Resources > Scripts > Add, execution context System (on Windows also the 64-bit architecture), then assign it to the smart group of the pilot.'

export const workspaceOne: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(platformsOf['workspace-one'], 'Bring them in an app of yours, or in a script.'),
    jobSection(platformsOf['workspace-one'], { macos: asScript, windows: asScript, linux: asScript }),
    readSection(
      [
        step`A sensor (Resources > Sensors) can show the line in the console: response data type String, context System, and as script ${kitPaths.probe('macos')} or ${kitPaths.probe('windows')}. How many characters a sensor keeps is not documented: a line without its end says nothing, and \`fleet scan\` reads no export of sensors.`,
        ...osquerySteps,
      ],
      'The job writes once a day and at start.',
    ),
    rollBackSection([
      step`Run the installers with \`--uninstall\` (Windows: \`-Remove\`), then unassign the scripts and sensors.`,
    ]),
  ],
  sources: [
    'https://github.com/vmware-samples/euc-samples (UEM-Samples: Scripts, Sensors; looked at 2026-11-21)',
    'https://osquery.readthedocs.io/en/stable/deployment/configuration/ (looked at 2026-11-21)',
  ],
}
