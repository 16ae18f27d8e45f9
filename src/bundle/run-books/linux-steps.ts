import { bundlePaths, endpointPlaces } from '../places.js'
import { type Step, step } from './run-book.js'

const { settingsFolder } = endpointPlaces.linux

/** How to see on a Linux machine that the files arrived. */
export function lookAtLinux(): Step[] {
  return [
    step`On a pilot Linux machine: ${bundlePaths.installScript('linux')} with \`--check\` ends with 0.`,
    {
      text: `\`python3 -m json.tool ${settingsFolder}/managed-settings.json\` reads the file without an error. With one comment or comma too many, old clients run without any policy (seen up to 2.1.197) and newer ones do not start (seen from 2.1.260 on).`,
      files: [],
    },
  ]
}
