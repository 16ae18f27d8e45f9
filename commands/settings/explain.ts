import { Args, Flags } from '@oclif/core'
import { explainSettings } from '../../src/bundle/precedence/explain-settings.js'
import { onlyKey } from '../../src/bundle/precedence/explanation-document.js'
import { exitCode, Failure } from '../../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { precedenceJson, precedenceText } from '../../src/report/precedence-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class SettingsExplain extends FleetCommand {
  static override summary = 'Say which source of settings wins on a machine, key by key'
  static override description =
    `Reads the settings that meet on one machine: what the server delivers, the property list or registry, the managed file and its drop-ins, and the files of the user and a project. Prints which source wins, and for each key the value in force, where it comes from, and what lost and why. Where no page says how sources combine, the answer is "unknown" with the reason.

Files without an option are told apart by name, place and content. Values that look like secrets are shown as [redacted].

${exitCodesHelp}`
  static override examples = [
    {
      description: 'Does the policy file still count beside the console?',
      command: '<%= config.bin %> <%= command.id %> --server console.json --file managed-settings.json',
    },
    {
      description: 'A Windows PC with an older client',
      command: '<%= config.bin %> <%= command.id %> --hklm policy.reg --hkcu user.reg --client 2.1.197',
    },
    {
      description: 'One key, with what users may still set',
      command:
        '<%= config.bin %> <%= command.id %> managed-settings.json --user ~/.claude/settings.json --key permissions',
    },
    {
      description: "Claude Desktop's own policy",
      command: '<%= config.bin %> <%= command.id %> claude.mobileconfig --surface claude-desktop',
    },
  ]
  static override args = {
    path: Args.string({ description: 'Settings files and folders of one machine.', required: false }),
  }
  static override strict = false
  static override flags = {
    server: Flags.string({ description: 'What the admin console delivers (JSON).', helpValue: 'FILE' }),
    plist: Flags.string({
      description: 'A property list or configuration profile; twice for Claude Desktop: user and machine.',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    hklm: Flags.string({ description: 'A registry file: its part under HKEY_LOCAL_MACHINE.', helpValue: 'FILE' }),
    file: Flags.string({ description: 'managed-settings.json.', helpValue: 'FILE' }),
    dropins: Flags.string({ description: 'The folder managed-settings.d.', helpValue: 'FOLDER' }),
    hkcu: Flags.string({ description: 'A registry file: its part under HKEY_CURRENT_USER.', helpValue: 'FILE' }),
    user: Flags.string({ description: 'The settings.json of a user.', helpValue: 'FILE' }),
    project: Flags.string({ description: 'The .claude/settings.json of a project.', helpValue: 'FILE' }),
    local: Flags.string({ description: 'The .claude/settings.local.json of a project.', helpValue: 'FILE' }),
    client: Flags.string({
      description: 'The version to explain; default the newest known behaviour.',
      helpValue: 'VERSION',
    }),
    surface: Flags.string({
      description: 'Which program reads them; default Claude Code, unless all files are of Claude Desktop.',
      options: ['claude-code', 'claude-desktop'],
    }),
    key: Flags.string({ description: 'Only this key and what is inside it.', helpValue: 'PATH' }),
  }

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SettingsExplain)
    if (flags.key?.trim() === '')
      throw new Failure(exitCode.usage, 'wrong-use', '--key needs the path of a key.', {
        tryThis: ['Such as --key permissions, or --key env.OTEL_LOGS_EXPORTER.'],
      })
    const surface = flags.surface as 'claude-code' | 'claude-desktop' | undefined
    const explained = await explainSettings({ ...flags, paths: argv as string[] }, { surface, client: flags.client })
    const document = flags.key === undefined ? explained : onlyKey(explained, flags.key)
    await this.print(flags.json ? precedenceJson(document) : precedenceText(document, terminalLook(), flags.key))
  }
}
