import { Args, Flags } from '@oclif/core'
import { bothHistories } from '../src/history/history-folder.js'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { reportFormats } from '../src/report/formats/index.js'
import { runReport } from '../src/report/report-run.js'

export default class Report extends FleetCommand {
  static override summary = 'Put what is known into one report: for a ticket, a person, a spreadsheet or a pipeline'
  static override description =
    `Reads a scan and, in any order, a plan (or its folder), verdicts of fleet plan check --json, and evidence; each is recognised by its schema, and - is stdin. What does not belong together, or is incomplete, is said in the report and on stderr. The trend of markdown, html and --json comes from the history that fleet scan keeps; where that cannot be read there is no trend and a doubt that says why, unless --history was typed. The same documents give the same bytes; no network is used.

Forms: ${reportFormats.map(({ id, title }) => `${id} (${title})`).join('; ')}. With --json a fleet.report/v1 document goes to stdout, with what the report adds to its documents.

${exitCodesHelp} Whatever the numbers say, a report that was made is 0: fleet scan --fail-under and fleet plan check are for judging.`
  static override examples = [
    { description: 'For the ticket', command: '<%= config.bin %> <%= command.id %> scan.json plan verdict.json' },
    {
      description: 'A page to mail or print',
      command: '<%= config.bin %> <%= command.id %> scan.json plan evidence.json --output report.html',
    },
    {
      description: 'A gauge for a monitoring system',
      command: '<%= config.bin %> <%= command.id %> scan.json --format prometheus --output fleet.prom',
    },
  ]
  static override args = {
    scan: Args.string({
      description: 'A fleet.scan/v1 document and others, or - for stdin; default scan.json.',
      required: false,
    }),
  }
  static override strict = false
  static override flags = {
    format: Flags.string({
      description: 'Form of the report; default by the ending of --output, else markdown.',
      options: reportFormats.map(({ id }) => id),
    }),
    output: Flags.string({ char: 'o', description: 'Write it to a file, never over an input.', helpValue: 'FILE' }),
    policy: Flags.string({
      description:
        'Policy that names the organization and the date of the target; default fleet.yaml here or beside the scan, else the one that the scan was made with.',
      helpValue: 'FILE',
    }),
    history: Flags.string({
      description:
        'Folder of the history for the trend (markdown, html, --json); default that of the policy, else .fleet/history.',
      helpValue: 'FOLDER',
      env: 'FLEET_HISTORY',
    }),
    'no-history': Flags.boolean({ description: 'Show no trend.' }),
  }

  async run(): Promise<void> {
    const { flags, argv, raw } = await this.parse(Report)
    // FLEET_HISTORY may stand beside --no-history, --history may not.
    const typedHistory = raw.some((token) => token.type === 'flag' && token.flag === 'history')
    if (flags['no-history'] && typedHistory) throw bothHistories()
    const paths = argv.length > 0 ? (argv as string[]) : ['scan.json']
    const output = await runReport(paths, flags, {
      fleet: this.config.version,
      notes: (text) => this.note(text),
      terminal: process.stdout.isTTY === true,
      typedHistory,
    })
    await this.print(output)
  }
}
