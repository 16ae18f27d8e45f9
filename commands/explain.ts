import { Args } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { findEndpoint } from '../src/readiness/read-scan.js'
import { explainJson, explainText } from '../src/report/explain-text.js'
import { terminalLook } from '../src/report/terminal-look.js'

export default class Explain extends FleetCommand {
  static override summary = 'Print the chain of receipts of one endpoint'
  static override description =
    `Each fact with the file and record it came from, each gate with its source and date, the verdict, and what would change it. Reads the document that fleet scan --output scan.json writes.

${exitCodesHelp}`
  static override examples = [
    { description: 'By serial number', command: '<%= config.bin %> <%= command.id %> C02EXAMPLE01 scan.json' },
    { description: 'By host name', command: '<%= config.bin %> <%= command.id %> FIN-LT-0014 scan.json' },
    {
      description: 'Straight from a scan',
      command: '<%= config.bin %> scan exports --json | <%= config.bin %> <%= command.id %> FIN-LT-0014 -',
    },
  ]
  static override args = {
    endpoint: Args.string({
      description: 'Id, serial number, host name, device id or e-mail address.',
      required: true,
    }),
    scan: Args.string({ description: 'A fleet.scan/v1 document, or - for stdin.', default: 'scan.json' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    const found = await findEndpoint(args.scan, args.endpoint)
    await this.print(flags.json ? explainJson(found) : explainText(found, terminalLook()))
  }
}
