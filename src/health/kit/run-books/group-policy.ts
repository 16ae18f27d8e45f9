import { step } from '../../../bundle/run-books/run-book.js'
import { kitPaths, platformsOf } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { osquerySteps } from './osquery-steps.js'
import { beforeYouBegin, hookSection, jobSection, readSection, rollBackSection } from './shared-sections.js'

const startup =
  'as a startup script: Group Policy Management, a GPO linked to the pilot OU, Computer Configuration > Policies > Windows Settings > Scripts (Startup/Shutdown) > Startup > PowerShell Scripts. The share with the script must be writable for administrators alone.'

export const groupPolicy: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(
      platformsOf['group-policy'],
      'Computer Configuration > Preferences > Windows Settings > Files can bring them from a share that administrators alone can write to.',
    ),
    jobSection(platformsOf['group-policy'], { macos: '', linux: '', windows: startup }),
    {
      title: 'Without the installer',
      steps: [
        step`Bring ${kitPaths.probe('windows')} and ${kitPaths.writer('windows')} to \`C:\\Program Files\\Fleet\`, and register the task: \`schtasks /Create /TN \\Fleet\\Probe /XML FleetProbe.xml\`, with ${kitPaths.task}. Copy that file as it is: it is UTF-16.`,
      ],
    },
    readSection(
      [
        step`The line stands in the registry of each machine: any inventory that reads a registry value can collect it, such as Configuration Manager with an extended hardware inventory.`,
        ...osquerySteps,
      ],
      'The task writes once a day and at start. Group Policy brings nothing back.',
    ),
    rollBackSection([
      step`Run the startup script once more with \`-Remove\` in Script Parameters, then unlink the GPO.`,
    ]),
  ],
  sources: [
    'https://learn.microsoft.com/en-us/windows/win32/taskschd/daily-trigger-example--xml- (looked at 2026-11-21)',
    'https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-R2-and-2012/dn789188(v=ws.11) (looked at 2026-11-21)',
  ],
}
