import { bundlePaths } from '../places.js'
import { type Step, step } from './run-book.js'

/** How to see on a Windows machine that the settings arrived. */
export function lookAtWindows(): Step[] {
  return [
    step`On a pilot Windows machine: \`reg query HKLM\\SOFTWARE\\Policies\\ClaudeCode /v Settings\` shows one text of JSON.`,
    {
      text: '`reg query HKLM\\SOFTWARE\\Policies\\Claude` shows the policy of Claude Desktop. One value directly under this key, even an empty one, makes Claude Desktop ignore the same key under HKCU.',
      files: [bundlePaths.desktopRegistry],
    },
    step`\`C:\\ProgramData\\ClaudeCode\` is not there: it is a dead path since Claude Code 2.1.75, and what stands in it does nothing.`,
  ]
}

/** Takes the registry values away: the scripts remove only what they wrote. */
export function rollBackWindows(): Step[] {
  return [
    step`Run ${bundlePaths.codePowerShell} of the bundle that was delivered with \`-Remove\`. By hand it is \`reg delete HKLM\\SOFTWARE\\Policies\\ClaudeCode /v Settings /f\`.`,
    step`Run ${bundlePaths.desktopPowerShell} with \`-Remove\` in the same way: values of others stay.`,
  ]
}
