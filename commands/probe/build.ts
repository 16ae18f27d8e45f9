import { Flags } from '@oclif/core'
import { buildKit } from '../../src/health/kit/build-kit.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { type Mdm, mdms } from '../../src/policy/delivery.js'
import { findPolicy, loadPolicy } from '../../src/policy/load-policy.js'
import { probeKitJson, probeKitText } from '../../src/report/probe-kit-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class ProbeBuild extends FleetCommand {
  static override summary = 'Turn the policy into health probes for each MDM'
  static override description =
    `Writes a folder with scripts that tell in one line whether Claude and its hooks are healthy on a machine: extension attribute for Jamf Pro, remediation and custom attribute for Intune, audit script for Iru, reports and policies for Fleet (fleetdm), an osquery pack, a daily job for macOS, Linux and Windows, the hook that fleet ships where the policy has hooks.guard, and a run-book for each MDM. fleet scan reads the lines from the exports.

Probes only read, and connect to nothing. The same policy gives the same bytes; no network is used.

${exitCodesHelp} 7 an artifact did not read back as meant.`
  static override examples = [
    { description: 'Build into probe/', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Only for Intune',
      command: '<%= config.bin %> <%= command.id %> --mdm intune --output intune-probe',
    },
    { description: 'Only look', command: '<%= config.bin %> <%= command.id %> --dry-run' },
  ]
  static override flags = {
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    mdm: Flags.string({
      description: 'Only for this product; may be given again. Default: those of delivery.mdm.',
      options: [...mdms],
      multiple: true,
    }),
    output: Flags.string({ char: 'o', description: 'The folder to write.', default: 'probe', helpValue: 'FOLDER' }),
    'dry-run': Flags.boolean({ description: 'Print what would be in it, and write nothing.' }),
    force: Flags.boolean({ description: 'Replace a kit that was changed by hand.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ProbeBuild)
    const loaded = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
    const built = await buildKit({
      loaded,
      target: flags.output,
      mdms: flags.mdm as Mdm[] | undefined,
      force: flags.force,
      dryRun: flags['dry-run'],
    })
    await this.print(flags.json ? probeKitJson(built) : probeKitText(built, loaded, terminalLook()))
  }
}
