import { Args, Flags } from '@oclif/core'
import { rules } from '../../src/bundle/lint/rules.js'
import { settingsKinds } from '../../src/bundle/settings-kind.js'
import { exitCode, Failure } from '../../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { privacyTiers } from '../../src/policy/telemetry.js'
import { rulesJson, rulesTable } from '../../src/report/findings-text.js'
import { failOnLevels, lintFormats, runLint } from '../../src/report/lint-run.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class SettingsLint extends FleetCommand {
  static override summary = 'Say what the clients would ignore, drop or leak in settings files'
  static override description =
    `Reads settings of Claude Code and Claude Desktop, ours or not: managed-settings.json and its drop-ins, managed-mcp.json, settings.json, server settings, property lists and configuration profiles, registry files, the Linux file of Claude Desktop, and folders of them such as a bundle. What a file is, is told by its name, place and content.

What a setting does depends on the version of the client. Without --client or --scan every finding is shown, with the versions it holds for.

${exitCodesHelp} A file that is refused (4) does not stop the others.`
  static override examples = [
    {
      description: 'Check a policy before it is rolled out',
      command: '<%= config.bin %> <%= command.id %> managed-settings.json',
    },
    {
      description: 'Only what matters for the versions out there',
      command: '<%= config.bin %> <%= command.id %> bundle --scan scan.json',
    },
    {
      description: 'Annotate a pull request',
      command: '<%= config.bin %> <%= command.id %> policies --fail-on warning --format sarif --output findings.sarif',
    },
    { description: 'List the rules, with source and date', command: '<%= config.bin %> <%= command.id %> --rules' },
  ]
  static override args = { path: Args.string({ description: 'Settings files and folders.', required: false }) }
  static override strict = false
  static override flags = {
    client: Flags.string({ description: 'Versions of Claude Code out there.', helpValue: 'VERSION,…' }),
    scan: Flags.string({ description: 'Take the versions out there from a scan.', helpValue: 'scan.json' }),
    privacy: Flags.string({
      description: 'The most content that may be collected; default telemetry.privacy of the policy.',
      options: [...privacyTiers],
    }),
    policy: Flags.string({
      description: 'Policy file that states the privacy tier; default fleet.yaml.',
      helpValue: 'FILE',
    }),
    'fail-on': Flags.string({
      description: 'Exit 3 from this severity on.',
      options: [...failOnLevels],
      default: 'error',
    }),
    format: Flags.string({ description: 'Form of the result; default text.', options: [...lintFormats] }),
    output: Flags.string({
      char: 'o',
      description: 'Also write the result to a file, in the form of --format, else of its ending, else JSON.',
      helpValue: 'FILE',
    }),
    as: Flags.string({
      description: 'What the named JSON files and property lists are, where name and content leave doubt.',
      options: [...settingsKinds],
      helpValue: 'KIND',
    }),
    'as-of': Flags.string({
      description: 'Judge as of this day (midnight UTC) or time; default now.',
      helpValue: 'DATE',
    }),
    rules: Flags.boolean({
      description: 'List the rules and do nothing else.',
      exclusive: ['client', 'scan', 'privacy', 'policy', 'format', 'output', 'as', 'as-of'],
    }),
  }

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(SettingsLint)
    if (flags.rules) {
      if (argv.length > 0)
        throw new Failure(exitCode.usage, 'wrong-use', '--rules lists the rules, and looks at no files.', {
          tryThis: ['Leave the path out, or leave --rules out.'],
        })
      await this.print(flags.json ? rulesJson(rules) : rulesTable(rules, terminalLook()))
      return
    }
    if (argv.length === 0)
      throw new Failure(exitCode.usage, 'no-input', 'No settings file or folder was given.', {
        tryThis: ['Such as: fleet settings lint managed-settings.json', 'fleet settings lint --rules lists the rules.'],
      })
    const result = await runLint(argv as string[], flags, { notes: (text) => this.note(text) })
    await this.print(result.output)
    this.endWith(result.exit)
  }
}
