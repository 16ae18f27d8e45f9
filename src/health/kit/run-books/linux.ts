import { plain, step } from '../../../bundle/run-books/run-book.js'
import { jobPlaces, kitPaths } from '../kit-places.js'
import type { KitRunBook } from '../kit-run-books.js'
import { osquerySteps } from './osquery-steps.js'
import { beforeYouBegin, hookSection, jobSection, readSection, rollBackSection } from './shared-sections.js'

const places = jobPlaces.linux
const code = (text: string) => plain(`\`${text}\``)

export const linux: KitRunBook = {
  sections: (plan) => [
    beforeYouBegin(plan),
    hookSection(['linux'], 'Bring them in a package, or with your configuration management.'),
    jobSection(['linux'], {
      macos: '',
      windows: '',
      linux: 'as root, with your configuration management. On machines without systemd with `--cron`.',
    }),
    {
      title: 'Without the installer',
      note: 'For packages, and for configuration management that brings files: owner root, and nothing writable for others.',
      steps: [
        step`${kitPaths.probe('linux')} to ${code(places.probe)} and ${kitPaths.writer('linux')} to ${code(places.writer)}, both with mode 0755.`,
        step`systemd: ${kitPaths.service} and ${kitPaths.timer} to \`/etc/systemd/system\`, mode 0644, then \`systemctl daemon-reload\` and \`systemctl enable --now fleet-probe.timer\`.`,
        step`Or cron: ${kitPaths.cron} to ${code(places.cron)}, mode 0644. Not both.`,
      ],
    },
    readSection(osquerySteps, 'The job writes once a day and at start.'),
    rollBackSection([
      step`Run ${kitPaths.install('linux')} with \`--uninstall\`. What you brought without it: disable the timer, then remove the files and ${code(places.line)}.`,
    ]),
  ],
  sources: [
    'https://manpages.debian.org/bullseye/systemd/systemd.timer.5.en.html (looked at 2026-11-21)',
    'https://osquery.readthedocs.io/en/stable/deployment/configuration/ (looked at 2026-11-21)',
    'https://github.com/fleetdm/fleet/blob/main/schema/tables/file_lines.yml (looked at 2026-11-21)',
  ],
}
