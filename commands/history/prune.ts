import { Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { historyFlags } from '../../src/report/history-flags.js'
import { pruneJson, runPrune } from '../../src/report/history-prune-run.js'
import { pruneText } from '../../src/report/history-prune-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class HistoryPrune extends FleetCommand {
  static override summary = 'Remove old runs from the history'
  static override description =
    `Keeps the last runs, or those recorded in the last days; without a flag, the days of history.keepDays in the policy. The last run always stays. A scan that ends meanwhile loses nothing.

A history with a damaged line, or one of a newer fleet, is left as it is. What a prune that was killed has left undone, the next one finishes.

${exitCodesHelp} Here 6 is another prune at work.`
  static override examples = [
    { description: 'See what would go', command: '<%= config.bin %> <%= command.id %> --keep-days 400 --dry-run' },
    { description: 'Keep the last hundred runs', command: '<%= config.bin %> <%= command.id %> --keep 100' },
  ]
  static override flags = {
    ...historyFlags,
    keep: Flags.integer({ description: 'Keep so many of the last runs.', helpValue: 'N', min: 1 }),
    'keep-days': Flags.integer({
      description: 'Keep runs recorded in so many days up to now.',
      helpValue: 'N',
      min: 1,
      max: 36_500,
      exclusive: ['keep'],
    }),
    'dry-run': Flags.boolean({ description: 'Only say what would be removed.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HistoryPrune)
    const pruned = await runPrune(flags, (text) => this.note(text))
    await this.print(flags.json ? pruneJson(pruned) : pruneText(pruned, terminalLook()))
  }
}
