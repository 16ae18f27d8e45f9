import { bundlePaths, endpointPlaces } from '../places.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { lookAtLinux, rollBackLinux } from './linux-steps.js'
import { plain, type RunBook, step } from './run-book.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'

const deliveries = [{ platform: 'linux', how: 'as root, with your configuration management.' }] as const

const folder = endpointPlaces.linux.settingsFolder

export const linux: RunBook = {
  mdm: 'linux',
  title: 'Linux and WSL: files',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Claude Code',
      note: 'Use the script, a package or your configuration management, one of them. With the script serial number and host name are filled in on the machine; the plain files cannot have them.',
      steps: [
        step`Script: run ${bundlePaths.installScript('linux')} as root. \`--drop-in\` writes beside settings of others. \`--check\` says whether all is in place, for a drop-in \`--drop-in --check\`.`,
        step`Or plain file: ${bundlePaths.settings('linux')} to ${plain(`\`${folder}/managed-settings.json\``)}, owner root, mode 0644. Claude Code reloads it when it changes.`,
        step`Or, where another tool owns that file: ${bundlePaths.dropIn('linux')} to ${plain(`\`${folder}/managed-settings.d/50-fleet.json\``)}. Claude Code reads the folder from 2.1.83 on, in alphabetical order after the base file: for one value the later file wins, lists are joined.`,
        step`Development containers and remote hosts need the file of their own: Claude Code runs there, and reads it there. WSL reads ${plain(`\`${folder}\``)} and not the settings of Windows, unless those set \`wslInheritsWindowsSettings\`.`,
      ],
    },
    {
      title: 'Claude Desktop',
      steps: [
        step`Put ${bundlePaths.desktopLinux} to \`/etc/claude-desktop/managed-settings.json\`: a real file and no link, file and folder owned by root and writable by nobody else. Otherwise nothing of it applies, and the reason stands in \`main.log\`.`,
        {
          text: 'One key that the running release does not know makes it ignore the whole file: do not add keys by hand. Claude Desktop reads it from 1.17377.1 on.',
          files: [bundlePaths.desktopLinux],
        },
        ...desktopLeftOut(context, 'linux'),
      ],
    },
    coworkSection(),
    checkOneMachine(context, ['linux'], lookAtLinux()),
    rollBack(context, rollBackLinux(), ['linux']),
  ],
  sources: [
    'https://claude.com/docs/third-party/claude-desktop/configuration (August 2026)',
    'What clients do with broken JSON was observed on 2.1.150, 2.1.197, 2.1.260, 2.1.290 and 2.1.329 (2026-11-21)',
  ],
}
