import { bundlePaths } from '../places.js'
import { desktopLeftOut } from './desktop-left-out.js'
import { hookFiles } from './hook-files.js'
import { plain, type RunBook, step } from './run-book.js'
import type { PowerShellSwitch } from './script-switches.js'
import { beforeYouBegin, checkOneMachine, coworkSection, headers, rollBack } from './shared-sections.js'
import { lookAtWindows, rollBackWindows } from './windows-sections.js'

const startup =
  'with a startup script: Group Policy Management, a GPO linked to the pilot OU, Computer Configuration > Policies > Windows Settings > Scripts (Startup/Shutdown) > Startup > PowerShell Scripts. Startup scripts run as system, in 64-bit PowerShell.'

const deliveries = [{ platform: 'windows', how: startup }] as const
/** The dialog for a startup script has a field for them. */
const asParameter: PowerShellSwitch = (name) =>
  `The switch \`-${name}\` goes into Script Parameters of the startup script.`

export const groupPolicy: RunBook = {
  mdm: 'group-policy',
  title: 'Group Policy: Windows',
  sections: (context) => [
    beforeYouBegin(context),
    headers(context, deliveries),
    hookFiles(context, deliveries),
    {
      title: 'Claude Code',
      note: 'The script is the better way: it fills in serial number and host name on the machine and can be run again. A registry preference delivers the same text to every machine. Choose one of the two.',
      steps: [
        step`Script: add ${bundlePaths.codePowerShell} ${plain(startup)} The share with the script must be writable for administrators alone: what stands there runs as system on every machine.`,
        step`Or registry preference: import ${bundlePaths.codeRegistry} on a reference machine, then in the GPO Computer Configuration > Preferences > Windows Settings > Registry > New > Registry Wizard, and choose \`HKLM\\SOFTWARE\\Policies\\ClaudeCode\`, value \`Settings\`, action Replace. A GPO cannot import a .reg file itself; \`Set-GPPrefRegistryValue\` does the same from PowerShell.`,
        step`After the import compare the value on a pilot machine with ${bundlePaths.codeRegistry}: preferences take \`%NAME%\` for a variable.`,
      ],
    },
    {
      title: 'Claude Desktop',
      steps: [
        step`Script: add ${bundlePaths.desktopPowerShell} to the same GPO.`,
        step`Or registry preference: the values of ${bundlePaths.desktopRegistry}, each directly under \`HKLM\\SOFTWARE\\Policies\\Claude\` with the type that stands there. \`REG_EXPAND_SZ\`, \`REG_MULTI_SZ\` and values in keys below are not read.`,
        ...desktopLeftOut(context, 'windows'),
      ],
    },
    coworkSection(),
    checkOneMachine(
      context,
      ['windows'],
      [
        step`\`gpupdate /force\`, restart, \`gpresult /r /scope computer\` lists the GPO.`,
        ...lookAtWindows(asParameter),
      ],
    ),
    rollBack(
      context,
      [
        step`Unlink the GPO. What it wrote stays on the machines: preferences and scripts are not undone.`,
        ...rollBackWindows(asParameter),
      ],
      ['windows'],
    ),
  ],
  sources: [
    'https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-R2-and-2012/dn789188(v=ws.11) (looked at 2026-11-21)',
    'https://learn.microsoft.com/en-us/powershell/module/grouppolicy/set-gpprefregistryvalue (looked at 2026-11-21)',
  ],
}
