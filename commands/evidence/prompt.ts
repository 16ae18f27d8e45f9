import { Args } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { storyFlags, storyHelp } from '../../src/report/evidence/story-flags.js'
import { runStory } from '../../src/report/evidence/story-run.js'

export default class EvidencePrompt extends FleetCommand {
  static override summary = 'Tell the story of one prompt, in order'
  static override description =
    `Every record of one prompt in order: the prompt, requests to the model, verdicts of hooks, decisions, results of tools and errors. The session around it is read too, since only it explains gaps in the numbers; from stdin they are not judged.

${storyHelp}

${exitCodesHelp} 4 also when the id was not found, or when part of the input could not be read.`
  static override examples = [
    {
      description: 'A prompt that an example of fleet evidence names',
      command: '<%= config.bin %> <%= command.id %> 431bfc17-c0e3-478b-8c03-aef8b339f4c4 /var/lib/otelcol/fleet',
    },
    {
      description: 'For the incident ticket',
      command: '<%= config.bin %> <%= command.id %> 431bfc17 logs --format markdown --output incident.md',
    },
    {
      description: 'From ClickHouse',
      command:
        '<%= config.bin %> <%= command.id %> 431bfc17-c0e3-478b-8c03-aef8b339f4c4 --clickhouse https://clickhouse.acme.example:8443 --clickhouse-user env:CLICKHOUSE_USER --clickhouse-password env:CLICKHOUSE_PASSWORD',
    },
  ]
  static override args = {
    id: Args.string({ description: 'prompt.id, or its first 8 characters or more.', required: true }),
    path: Args.string({ description: 'Files and folders of the Collector, or - for stdin.', required: false }),
  }
  static override strict = false
  static override flags = storyFlags

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(EvidencePrompt)
    const wanted = { kind: 'prompt', id: args.id } as const
    const { output, exit } = await runStory(wanted, (argv as string[]).slice(1), flags, {
      notes: (text) => this.note(text),
    })
    await this.print(output)
    this.endWith(exit)
  }
}
