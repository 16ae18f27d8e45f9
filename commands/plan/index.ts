import { Args, Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { runPlan } from '../../src/report/plan-run.js'
import { settingTable } from '../../src/waves/setting-table.js'

/** Every setting of a plan is a flag too; what the policy and the default say stands in the help. */
const settingFlags = Object.fromEntries(
  settingTable.map(({ key, flag, multiple, helpValue, help, fallback }) => {
    const words = typeof fallback === 'string' || typeof fallback === 'number' ? ` Default ${fallback}.` : ''
    const options = { description: `${help}${words} Policy: ${key}`, helpValue, helpGroup: 'SETTINGS' }
    return [flag, multiple ? Flags.string({ ...options, multiple: true }) : Flags.string(options)]
  }),
)

export default class Plan extends FleetCommand {
  static override summary = 'Plan upgrade waves toward the coverage target'
  static override description =
    `Puts every endpoint that can be made ready into a wave, on days that the policy allows, and says when the target is met, or why it cannot be. Writes a folder with the plan (fleet.plan/v1), a change ticket, a table, a calendar, and group files for each MDM and wave. The same scan and policy give the same bytes; no network is used.

Pinned endpoints come first. The automatic waves are a fair sample of platforms, departments, sites and versions. VIPs, shared computers and endpoints without a serial number of their own come last. After each wave, fleet plan check compares a newer scan with the plan.

With --previous a plan that has begun goes on: finished waves stay as they are, a running wave can only shrink, and what was given with flags before still holds; none takes a list or limit back.

${exitCodesHelp}`
  static override examples = [
    { description: 'Plan from a scan into plan/', command: '<%= config.bin %> <%= command.id %> scan.json' },
    {
      description: 'Start after the holidays, with a pilot group and a helpdesk that takes 40 a day',
      command:
        '<%= config.bin %> <%= command.id %> scan.json --start 2027-01-11 --pinned group="Claude pilot" --per-day 40',
    },
    {
      description: 'Go on after a wave',
      command: '<%= config.bin %> <%= command.id %> newer-scan.json --previous plan',
    },
    {
      description: 'Only look',
      command: '<%= config.bin %> <%= command.id %> scan.json --dry-run --preset 10%,30%,60%',
    },
  ]
  static override args = {
    scan: Args.string({ description: 'A fleet.scan/v1 document, or - for stdin.', default: 'scan.json' }),
  }
  static override flags = {
    policy: Flags.string({
      description: 'Policy file; default fleet.yaml here or beside the scan, else the one that the scan was made with.',
      helpValue: 'FILE',
    }),
    previous: Flags.string({ description: 'A plan that has begun, or its folder.', helpValue: 'PLAN' }),
    accept: Flags.string({
      description: 'Take a wave as finished although its gate did not say advance.',
      helpValue: 'WAVE',
      multiple: true,
    }),
    started: Flags.string({
      description: 'A wave has begun although the gate before it is not open, and the scan does not show it.',
      helpValue: 'WAVE',
      multiple: true,
    }),
    'not-started': Flags.string({
      description: 'A wave has not begun although its day has come: plan it again.',
      helpValue: 'WAVE',
      multiple: true,
    }),
    output: Flags.string({ char: 'o', description: 'The folder to write.', default: 'plan', helpValue: 'FOLDER' }),
    'dry-run': Flags.boolean({ description: 'Print the plan, and write nothing.' }),
    force: Flags.boolean({
      description: 'Replace a plan folder that was changed by hand, or a plan that has begun with all it knows.',
    }),
    'require-target': Flags.boolean({ description: 'Exit 3 when the target cannot be met, or not in time.' }),
    ...settingFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan)
    const given: Readonly<Record<string, unknown>> = flags
    const settings = Object.fromEntries(
      settingTable.map(({ flag }) => [flag, given[flag] as string | readonly string[] | undefined]),
    )
    const { output, exit } = await runPlan(args.scan, flags, settings, { notes: (text) => this.note(text) })
    await this.print(output)
    this.endWith(exit)
  }
}
