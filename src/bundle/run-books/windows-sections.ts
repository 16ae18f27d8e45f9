import { bundlePaths } from '../places.js'
import { plain, type Step, step } from './run-book.js'
import type { PowerShellSwitch } from './script-switches.js'

/** How to see on a Windows machine that the settings arrived. */
export function lookAtWindows(withSwitch: PowerShellSwitch): Step[] {
  return [
    {
      text: 'On a pilot Windows machine: `reg query HKLM\\SOFTWARE\\Policies\\ClaudeCode /v Settings` shows one text of JSON.',
      files: [bundlePaths.settings('windows')],
    },
    step`Or run ${bundlePaths.codePowerShell} with \`-Check\`: it changes nothing, and ends with 0 where all is in place. ${plain(withSwitch('Check'))}`,
    {
      text: '`reg query HKLM\\SOFTWARE\\Policies\\Claude` shows the policy of Claude Desktop. One value directly under this key, even an empty one, makes Claude Desktop ignore the same key under HKCU.',
      files: [bundlePaths.desktopRegistry],
    },
    {
      text: '`C:\\ProgramData\\ClaudeCode` is not there: it is a dead path since Claude Code 2.1.75, and what stands in it does nothing.',
      files: [bundlePaths.settings('windows')],
    },
  ]
}

/** Takes the registry values away: the scripts remove only what they wrote. */
export function rollBackWindows(withSwitch: PowerShellSwitch): Step[] {
  return [
    step`Run ${bundlePaths.codePowerShell} of the bundle that was delivered with \`-Remove\`. ${plain(withSwitch('Remove'))} By hand it is \`reg delete HKLM\\SOFTWARE\\Policies\\ClaudeCode /v Settings /f\`.`,
    step`Run ${bundlePaths.desktopPowerShell} of the bundle that was delivered with \`-Remove\`: values of others stay. ${plain(withSwitch('Remove'))}`,
  ]
}
