import { Args } from '@oclif/core'
import { exitCode, Failure } from '../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { sourcesJson, sourcesTable, sourceText } from '../src/report/sources-table.js'
import { terminalLook } from '../src/report/terminal-look.js'
import { sources } from '../src/sources/index.js'

export default class Sources extends FleetCommand {
  static override summary = 'List the export formats, how to make each, and the columns that are used'
  static override description =
    `Files are recognised by their columns or keys, never by their name. Name a format to see how to make the export and what is lost in it.

${exitCodesHelp}`
  static override examples = [
    { description: 'All formats', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'How to make one export', command: '<%= config.bin %> <%= command.id %> jamf-computers-api' },
    { description: 'For a script', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override args = { format: Args.string({ description: 'A format of the list.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Sources)
    const chosen = args.format === undefined ? sources : sources.filter(({ id }) => id === args.format)
    if (chosen.length === 0)
      throw new Failure(exitCode.usage, 'unknown-format', 'There is no format of that name.', {
        tryThis: [`Formats: ${sources.map(({ id }) => id).join(', ')}`],
      })
    if (flags.json) await this.print(sourcesJson(chosen))
    else
      await this.print(
        args.format === undefined ? sourcesTable(chosen, terminalLook()) : sourceText(chosen[0]!, terminalLook()),
      )
  }
}
