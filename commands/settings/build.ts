import { Flags } from '@oclif/core'
import { prepareBuild } from '../../src/bundle/build.js'
import { now, parseAsOf } from '../../src/platform/clock.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { withCleanUp } from '../../src/platform/on-signal.js'
import { findPolicy, loadPolicy } from '../../src/policy/load-policy.js'
import { type EndpointField, endpointFields } from '../../src/policy/telemetry.js'
import { buildJson, buildText } from '../../src/report/bundle-text.js'
import { leaveTerminal, runTasks, taskDisplay } from '../../src/report/tasks.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class SettingsBuild extends FleetCommand {
  static override summary = 'Turn the policy into a bundle to deploy'
  static override description =
    `Writes a folder with managed settings for Claude Code and Claude Desktop (files, configuration profiles, registry, scripts, admin console), the OpenTelemetry Collector configuration, the hosts to allow and a run-book for each MDM. Every file is read back and compared, and the whole is linted, before the folder takes its place; a failed build leaves no folder. The same policy and scan give the same bytes.

Secrets stay references. With --resolve-secrets they are written in: such files are for their owner only, and marked in the manifest.

${exitCodesHelp} 7 an artifact did not read back as meant.`
  static override examples = [
    { description: 'Build into bundle/', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Only keys that the versions out there understand',
      command: '<%= config.bin %> <%= command.id %> --scan scan.json --output bundle',
    },
    {
      description: 'One set of settings for each department',
      command: '<%= config.bin %> <%= command.id %> --scan scan.json --per department',
    },
  ]
  static override flags = {
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    scan: Flags.string({ description: 'Scan that tells the lowest versions and the groups.', helpValue: 'FILE' }),
    per: Flags.string({
      description: 'One set of settings for each value of this field of the endpoints.',
      options: [...endpointFields],
      dependsOn: ['scan'],
    }),
    output: Flags.string({ char: 'o', description: 'The folder to write.', default: 'bundle', helpValue: 'FOLDER' }),
    'resolve-secrets': Flags.boolean({ description: 'Write the values of secrets into the settings.' }),
    force: Flags.boolean({ description: 'Replace a bundle that was changed by hand.' }),
    'as-of': Flags.string({ description: 'Judge deprecations as of this day; default now.', helpValue: 'DATE' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(SettingsBuild)
    const loaded = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
    const build = prepareBuild({
      loaded,
      target: flags.output,
      scan: flags.scan,
      per: flags.per as EndpointField | undefined,
      resolveSecrets: flags['resolve-secrets'],
      force: flags.force,
      asOf: flags['as-of'] === undefined ? now() : parseAsOf(flags['as-of']),
      environment: process.env,
    })
    const cleanUp = () => {
      build.discard()
      leaveTerminal()
    }
    await withCleanUp(() => runTasks(build.steps, taskDisplay(flags.json ?? false)), cleanUp)
    const built = build.result()
    await this.print(flags.json ? buildJson(built) : buildText(built, loaded, terminalLook()))
  }
}
