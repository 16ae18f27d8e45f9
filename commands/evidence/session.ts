import { Args } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { storyFlags, storyHelp } from '../../src/report/evidence/story-flags.js'
import { runStory } from '../../src/report/evidence/story-run.js'

export default class EvidenceSession extends FleetCommand {
  static override summary = 'Tell the story of one session, in order'
  static override description =
    `Every record of one session in order: settings, hooks and plugins at its start, prompts, requests to the model, verdicts of hooks, decisions, results of tools, errors and changes of the permission mode.

${storyHelp}

${exitCodesHelp} 4 also when the id was not found, or when part of the input could not be read.`
  static override examples = [
    {
      description: 'A session that an example of fleet evidence names',
      command: '<%= config.bin %> <%= command.id %> 0be74e02-ba0a-4311-b883-5c583c28ac66 /var/lib/otelcol/fleet',
    },
    {
      description: 'For the incident ticket',
      command: '<%= config.bin %> <%= command.id %> 0be74e02 logs --format markdown --output incident.md',
    },
    {
      description: 'From ClickHouse',
      command:
        '<%= config.bin %> <%= command.id %> 0be74e02-ba0a-4311-b883-5c583c28ac66 --clickhouse https://clickhouse.acme.example:8443 --clickhouse-user env:CLICKHOUSE_USER --clickhouse-password env:CLICKHOUSE_PASSWORD',
    },
  ]
  static override args = {
    id: Args.string({ description: 'session.id, or its first 8 characters or more.', required: true }),
    path: Args.string({ description: 'Files and folders of the Collector, or - for stdin.', required: false }),
  }
  static override strict = false
  static override flags = storyFlags

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(EvidenceSession)
    const wanted = { kind: 'session', id: args.id } as const
    const { output, exit } = await runStory(wanted, (argv as string[]).slice(1), flags, {
      notes: (text) => this.note(text),
    })
    await this.print(output)
    this.endWith(exit)
  }
}
