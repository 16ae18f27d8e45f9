import { Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { findPolicy, loadPolicy } from '../src/policy/load-policy.js'
import { gatesJson, gatesTable } from '../src/report/gates-table.js'
import { chosenGates } from '../src/report/scan-run.js'
import { terminalLook } from '../src/report/terminal-look.js'

export default class Gates extends FleetCommand {
  static override summary = 'List the version gates, with the source and date of each'
  static override description =
    `A gate is a dated, sourced rule about the version of a product. Required gates decide whether an endpoint is ready; advised gates are reported. The policy chooses which are required, and may add its own.

${exitCodesHelp}`
  static override examples = [
    { description: 'The whole catalogue', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Only Claude Desktop on Windows',
      command: '<%= config.bin %> <%= command.id %> --product claude-desktop --platform windows',
    },
    { description: 'For a script', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override flags = {
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    product: Flags.string({ description: 'Only gates of this product.', options: ['claude-desktop', 'claude-code'] }),
    platform: Flags.string({ description: 'Only gates for this platform.', options: ['macos', 'windows', 'linux'] }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Gates)
    const policy = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
    const gates = chosenGates(policy).filter(
      (gate) =>
        (flags.product === undefined || gate.product === flags.product) &&
        (flags.platform === undefined || gate.platforms.some((platform) => platform === flags.platform)),
    )
    await this.print(flags.json ? gatesJson(gates) : gatesTable(gates, terminalLook()))
  }
}
