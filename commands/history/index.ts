import { Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { historyFlags } from '../../src/report/history-flags.js'
import { historyOutput } from '../../src/report/history-output.js'
import { historyFormats, runHistory } from '../../src/report/history-run.js'

export default class History extends FleetCommand {
  static override summary = 'Show how coverage came to be what it is: every scan that is remembered'
  static override description =
    `Every fleet scan adds a run to the history: coverage, states, gates, sources, and the state and versions of each endpoint. This shows coverage day by day (the last run of each day) and the runs in the order in which they were recorded, with what makes one hard to compare with the run before it: another policy, other exports, files that were not read, warnings that its numbers may be incomplete.

A damaged, cut off or newer line of the file is told on stderr and in --json, and left as it is; the other lines count.

${exitCodesHelp} No history yet is no failure.`
  static override examples = [
    { description: 'The history of the scans made here', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'One that a scheduled job keeps elsewhere, since a day',
      command: '<%= config.bin %> <%= command.id %> --history /var/lib/fleet/history --since 2026-11-01',
    },
    {
      description: 'For a spreadsheet',
      command: '<%= config.bin %> <%= command.id %> --format csv > history.csv',
    },
    {
      description: 'What moved between the last two runs',
      command: '<%= config.bin %> <%= command.id %> diff',
    },
  ]
  static override flags = {
    ...historyFlags,
    since: Flags.string({ description: 'Only runs judged for this day or later.', helpValue: 'DATE' }),
    last: Flags.integer({ description: 'Only so many of the last runs.', helpValue: 'N', min: 1 }),
    format: Flags.string({
      description: 'Form of the result; csv has one row for each run. Default table.',
      options: [...historyFormats],
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(History)
    const document = await runHistory(flags, (text) => this.note(text))
    await this.print(historyOutput(document, flags))
  }
}
