import { bundlePaths, endpointPlaces } from '../places.js'
import { plain, type Step, step } from './run-book.js'
import type { ShellSwitch } from './script-switches.js'

const { settingsFolder } = endpointPlaces.linux

/** How to see on a Linux machine that the files arrived. */
export function lookAtLinux(withSwitch?: ShellSwitch): Step[] {
  return [
    step`On a pilot Linux machine: ${bundlePaths.installScript('linux')} with \`--check\` ends with 0; a drop-in is checked with \`--drop-in --check\`, since without \`--drop-in\` the script looks at the other file.${after(withSwitch?.('--check'))}`,
    {
      text: `\`python3 -m json.tool ${settingsFolder}/managed-settings.json\` reads the file without an error (a drop-in: \`${settingsFolder}/managed-settings.d/50-fleet.json\`). With one comment or comma too many, clients before 2.1.259 run without any policy, and newer ones do not start.`,
      files: [bundlePaths.settings('linux')],
    },
  ]
}

/** Takes the files away that the script wrote. */
export function rollBackLinux(withSwitch?: ShellSwitch): Step[] {
  const drop = `\`${settingsFolder}/managed-settings.d/50-fleet.json\``
  return [
    step`Linux: run ${bundlePaths.installScript('linux')} of the bundle that was delivered with \`--uninstall\`, and where it wrote a drop-in with \`--drop-in --uninstall\`.${after(withSwitch?.('--uninstall'))} By hand: remove ${plain(`\`${settingsFolder}/managed-settings.json\` or ${drop}`)}, whichever you delivered.`,
    { text: 'Linux: remove `/etc/claude-desktop/managed-settings.json`.', files: [bundlePaths.desktopLinux] },
  ]
}

function after(sentence: string | undefined) {
  return plain(sentence === undefined ? '' : ` ${sentence}`)
}
