import { Args, Flags } from '@oclif/core'
import { bothHistories } from '../src/history/history-folder.js'
import { exitCode } from '../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { endOnSignal } from '../src/platform/on-signal.js'
import { writeOut } from '../src/platform/output.js'
import { formats } from '../src/report/format.js'
import { belowThresholdText, prepareScan, runScan } from '../src/report/scan-run.js'
import { usualSettleSeconds, watchScan } from '../src/report/scan-watch.js'
import { sources } from '../src/sources/index.js'

export default class Scan extends FleetCommand {
  static override summary = 'Say which endpoints are ready, which are not, and which cannot be told'
  static override description =
    `Reads MDM exports (CSV, TSV, JSON, XML, zip, gzip, folders, - for stdin), joins endpoints with their apps across files and products, checks the version gates, and prints coverage against the target. Files are recognised by their shape, never by their name. Without a path it reads the folder named in the policy (sources.path), else exports/.

The policy is --policy, else fleet.yaml here, else fleet.yaml in the folder that is scanned.

With --watch it goes on: whenever exports (or the policy, or the evidence) have come, changed or gone, and then nothing has changed for some seconds, it scans again as of that time, prints the table with a line that says what changed, and writes --output again. stdout has tables only: --json is wrong use, and --format is that of the file. A scan that fails is shown, and so is coverage below --fail-under; neither ends the watch. Files and folders whose names say that they are not finished (.partial, .part, .crdownload, .tmp) are left alone. Ctrl-C ends it with 130, SIGTERM with 143.

Every scan that has a result is remembered: endpoints by id and host name, with their states, versions and reasons, never users or e-mail addresses (fleet history shows them). Where that fails the result is printed all the same; the exit code is 5 if the folder was named by --history, FLEET_HISTORY or the policy, else there is only a note.

${exitCodesHelp} A file that is refused (4) does not stop the others, unless --strict is given.`
  static override examples = [
    { description: 'Scan a folder of exports', command: '<%= config.bin %> <%= command.id %> exports/2026-11-20' },
    {
      description: 'Fail a pipeline below 95 % coverage',
      command: '<%= config.bin %> <%= command.id %> exports --fail-under 95 --strict',
    },
    {
      description: 'Keep the document that the other commands read',
      command: '<%= config.bin %> <%= command.id %> exports --output scan.json',
    },
    {
      description: 'Scan again when a new export lands',
      command: '<%= config.bin %> <%= command.id %> exports --watch --output scan.json',
    },
    {
      description: 'Let the telemetry that arrived speak against an endpoint',
      command: '<%= config.bin %> <%= command.id %> exports --evidence evidence.json',
    },
    {
      description: 'Read a list that fleet does not know',
      command:
        '<%= config.bin %> <%= command.id %> assets.csv --map serial="Asset Serial",desktop.version="Claude Ver",lastSeen="Last Contact"',
    },
  ]
  static override args = {
    path: Args.string({ description: 'Files and folders to read, or - for stdin.', required: false }),
  }
  static override strict = false
  static override flags = {
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    'as-of': Flags.string({
      description: 'Judge as of this day (midnight UTC) or time; default now.',
      helpValue: 'DATE',
    }),
    format: Flags.string({ description: 'Form of the result; default table.', options: [...formats] }),
    output: Flags.string({
      char: 'o',
      description: 'Also write the result to a file, in the form of --format, else of its ending, else JSON.',
      helpValue: 'FILE',
    }),
    'fail-under': Flags.string({
      description: 'Exit 3 when coverage of endpoints in scope is below this.',
      helpValue: 'PERCENT',
    }),
    evidence: Flags.string({
      description:
        'A fleet.evidence/v1 document (fleet evidence): what is configured and silent, or contradicted, needs repair, and what it does not prove is unknown.',
      helpValue: 'FILE',
    }),
    source: Flags.string({
      description: 'Read every file as this format; fleet sources lists them.',
      options: sources.map(({ id }) => id),
      helpValue: 'FORMAT',
    }),
    map: Flags.string({
      description: 'Columns of a list that fleet does not know: FIELD=COLUMN, separated by commas.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FIELD=COLUMN,…',
    }),
    encoding: Flags.string({
      description: 'Encoding of all files; default told from their bytes.',
      options: ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'],
    }),
    'date-order': Flags.string({
      description: 'Order in dates such as 03/04/2026; default proven by the file, else unknown.',
      options: ['day-first', 'month-first'],
    }),
    watch: Flags.boolean({ description: 'Go on, and scan again when exports come, change or go.' }),
    settle: Flags.integer({
      description: `With --watch: scan when nothing has changed for this long; default ${usualSettleSeconds}.`,
      helpValue: 'SECONDS',
      min: 1,
      max: 3600,
      dependsOn: ['watch'],
    }),
    history: Flags.string({
      description:
        'Folder of the history, to which every scan with a result is appended; default that of the policy, else .fleet/history here.',
      env: 'FLEET_HISTORY',
      helpValue: 'FOLDER',
    }),
    'no-history': Flags.boolean({ description: 'Do not remember this scan.' }),
    strict: Flags.boolean({
      description:
        'Exit 4 on anything that puts completeness in doubt, and stop at the first file that cannot be read.',
    }),
  }

  async run(): Promise<void> {
    const { flags, argv, raw } = await this.parse(Scan)
    // FLEET_HISTORY may stand beside --no-history, --history may not; to oclif's `exclusive` both are one.
    if (flags['no-history'] && raw.some((token) => token.type === 'flag' && token.flag === 'history'))
      throw bothHistories()
    if (flags.watch) {
      endOnSignal()
      return watchScan(argv as string[], flags, {
        print: (chunks) => writeOut(process.stdout, chunks),
        note: (text) => this.note(text),
        showFailure: (text) => process.stderr.write(text),
        fleet: this.config.version,
      })
    }
    const prepared = await prepareScan(argv as string[], flags)
    const result = await runScan(prepared, { notes: (text) => this.note(text), fleet: this.config.version })
    await this.print(result.output)
    // Another exit code may win; what was asked is answered all the same.
    if (result.belowThreshold && result.exit !== exitCode.thresholdFailed) this.note(belowThresholdText(flags))
    this.endWith(result.exit ?? exitCode.ok)
  }
}
