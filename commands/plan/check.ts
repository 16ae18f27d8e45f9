import { Args, Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { runCheck } from '../../src/report/plan-run.js'
import { terminalLook } from '../../src/report/terminal-look.js'
import { verdictJson, verdictText } from '../../src/report/verdict-text.js'

export default class PlanCheck extends FleetCommand {
  static override summary = 'Say whether the next wave may start: advance, hold or halt'
  static override description =
    `Compares a newer scan with the plan. An endpoint has succeeded when it is ready; what has not reported since it was attempted proves nothing, and missing data never advances. Endpoints that no wave has touched are the control group: what hits them too is not the fault of the wave. The thresholds are those of the plan.

${exitCodesHelp} Here 0 is advance, 3 halt, and 8 hold.`
  static override examples = [
    {
      description: 'After the soak of a wave',
      command:
        '<%= config.bin %> scan exports --output newer-scan.json\n<%= config.bin %> <%= command.id %> plan newer-scan.json',
    },
    { description: 'For a script', command: '<%= config.bin %> <%= command.id %> plan newer-scan.json --json' },
  ]
  static override args = {
    plan: Args.string({ description: 'The plan, or the folder that fleet plan wrote.', required: true }),
    scan: Args.string({ description: 'A newer fleet.scan/v1 document, or - for stdin.', required: true }),
  }
  static override flags = {
    wave: Flags.string({
      description: 'The wave to judge; default the first that is due and whose gate is not open.',
      helpValue: 'NAME',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PlanCheck)
    const { verdict, exit } = await runCheck(args.plan, args.scan, flags.wave)
    await this.print(
      flags.json ? verdictJson(verdict) : verdictText(verdict, terminalLook(), { plan: args.plan, scan: args.scan }),
    )
    this.endWith(exit)
  }
}
