import { Args, Flags } from '@oclif/core'
import { runWordsHelp } from '../../src/history/choose-run.js'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { states } from '../../src/readiness/verdict.js'
import { historyFlags } from '../../src/report/history-flags.js'
import { differenceOutput } from '../../src/report/history-output.js'
import { historyFormats, runDifference } from '../../src/report/history-run.js'

export default class HistoryDiff extends FleetCommand {
  static override summary = 'Say which endpoints moved between two scans, from which state to which, and why'
  static override description =
    `Compares two runs of the history, or two files of scans, by the id of each endpoint: what moved and why (reasons that came and went, versions before and after), what appeared and disappeared, what stayed with other versions or reasons. Where the scans differ in their policy, gates, exports or evidence, or warned that they were incomplete, it says how many of the changes may come from that.

A run is named by ${runWordsHelp}.

${exitCodesHelp} 4 also when there are not two runs to compare.`
  static override examples = [
    { description: 'The last run and the one before it', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Two days', command: '<%= config.bin %> <%= command.id %> 2026-11-13 2026-11-20' },
    {
      description: 'What was ready and no longer is, for a spreadsheet',
      command: '<%= config.bin %> <%= command.id %> first last --from ready --format csv > lost.csv',
    },
    {
      description: 'Two scans that were kept as files',
      command: '<%= config.bin %> <%= command.id %> older-scan.json newer-scan.json',
    },
  ]
  static override args = {
    before: Args.string({ description: 'The earlier run, or the file of a scan.', default: 'previous' }),
    after: Args.string({ description: 'The later run, or the file of a scan.', default: 'last' }),
  }
  static override flags = {
    ...historyFlags,
    from: Flags.string({ description: 'Show only endpoints that were in this state.', options: [...states] }),
    to: Flags.string({ description: 'Show only endpoints that are in this state now.', options: [...states] }),
    format: Flags.string({
      description: 'Form of the result; csv has one row for each endpoint that changed. Default table.',
      options: [...historyFormats],
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(HistoryDiff)
    const document = await runDifference(args, flags, (text) => this.note(text))
    await this.print(differenceOutput(document, flags))
  }
}
