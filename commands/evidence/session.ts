import { Args, Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { clickhouseFlags } from '../../src/report/evidence/clickhouse-flags.js'
import { contentCharacters, runStory, storyFormats } from '../../src/report/evidence/story-run.js'

export default class EvidenceSession extends FleetCommand {
  static override summary = 'Tell the story of one session, in order'
  static override description =
    `Every record of one session in order: settings, hooks and plugins at its start, prompts, requests to the model, verdicts of hooks, decisions, results of tools, errors and changes of the permission mode.

Reads OTLP JSON lines as the Collector's file exporter writes them (also gzip and zstd), folders, stdin, or its tables in ClickHouse. Gaps in the numbers, records that came twice, a clock that jumps, and more than one person, machine or version are called out. Whether a record that is missing was filtered or lost cannot be told.

Content, such as prompts, answers and tool parameters, is shown only with --content, and at most ${contentCharacters} characters of each value; attributes that nobody has documented count as content, and so does a text where a name or a code should stand. Who, where and which tools is always shown: treat the story like the telemetry itself.

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
  static override flags = {
    content: Flags.boolean({ description: 'Show prompts, answers and parameters where they have arrived.' }),
    format: Flags.string({ description: 'Form of the result; default text.', options: [...storyFormats] }),
    output: Flags.string({
      char: 'o',
      description: 'Also write the story to a file, in the form of --format, else of its ending, else Markdown.',
      helpValue: 'FILE',
    }),
    policy: Flags.string({
      description: 'Policy file that says which attributes name an endpoint; default fleet.yaml.',
      helpValue: 'FILE',
    }),
    ...clickhouseFlags,
  }

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
