import { Args, Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { clickhouseFlags } from '../../src/report/evidence/clickhouse-flags.js'
import { evidenceFormats, runEvidence } from '../../src/report/evidence-run.js'
import { sectionNames } from '../../src/telemetry/evidence-findings.js'

export default class Evidence extends FleetCommand {
  static override summary = 'Join the telemetry that actually arrived to the inventory'
  static override description =
    `Reads what the OpenTelemetry Collector wrote of Claude Code and Cowork (OTLP JSON lines of its file exporter, gzip, zstd, folders, - for stdin; or the tables of its ClickHouse exporter) and says of every endpoint of a scan: proven, silent, contradicted or unknown; and which machines and accounts report that no inventory knows. Then: identity, policy in force, hooks, tools against the approved set, failures against their baseline, permission modes, and whether content above the policy's tier got through.

The policy is --policy, else fleet.yaml here or beside the scan, else the one the scan was made with. Nothing is opened on the network without --clickhouse.

${exitCodesHelp} Here 3 is --fail-under, 4 also input that could not be read to its end, 7 content that the policy does not allow, or a canary that survived, and 8 a canary that proves nothing.`
  static override examples = [
    {
      description: 'From exports and the files of the collector to one table',
      command:
        '<%= config.bin %> <%= command.id %> /var/lib/otelcol/fleet --scan scan.json --output evidence.json && <%= config.bin %> scan exports --evidence evidence.json',
    },
    {
      description: 'See what hooks and tools did',
      command:
        '<%= config.bin %> <%= command.id %> /var/lib/otelcol/fleet --scan scan.json --section hooks --section tools',
    },
    {
      description: 'The last month from a database',
      command:
        '<%= config.bin %> <%= command.id %> --clickhouse https://clickhouse.example:8443 --clickhouse-user reader --clickhouse-password env:CLICKHOUSE_PASSWORD --since 2026-10-20 --scan scan.json',
    },
    {
      description: 'Prove the redaction: what went in, and what came out',
      command: '<%= config.bin %> <%= command.id %> downstream/ --before upstream/ --canary canary.json',
    },
  ]
  static override args = {
    path: Args.string({ description: 'Files and folders of telemetry, or - for stdin.', required: false }),
  }
  static override strict = false
  static override flags = {
    scan: Flags.string({
      description: 'The inventory: a fleet.scan/v1 document, or - for stdin.',
      helpValue: 'FILE',
    }),
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    'as-of': Flags.string({
      description: 'Judge as of this day (midnight UTC) or time; default now.',
      helpValue: 'DATE',
    }),
    since: Flags.string({
      description: 'Leave out records before this; default all of the files, 30 days of a database.',
      helpValue: 'DATE',
    }),
    until: Flags.string({
      description: 'Leave out records from this on; default --as-of.',
      helpValue: 'DATE',
    }),
    ...clickhouseFlags,
    'identity-key': Flags.string({
      description:
        'Where the key of the collector stands that hashes identities (env:NAME or file:PATH), to join hashed addresses.',
      helpValue: 'REFERENCE',
    }),
    before: Flags.string({
      description: 'The same telemetry before the collector redacted it: content is counted before and after.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATH',
    }),
    canary: Flags.string({
      description: 'What fleet evidence canary wrote: find any of its tokens that survived.',
      helpValue: 'FILE',
    }),
    'fail-under': Flags.string({
      description: 'Exit 3 when fewer endpoints in scope are proven.',
      helpValue: 'PERCENT',
    }),
    section: Flags.string({
      description: 'Show this section of the evidence as well.',
      options: [...sectionNames, 'all'],
      multiple: true,
      multipleNonGreedy: true,
    }),
    format: Flags.string({
      description: 'Form of the result; csv has one row for each endpoint. Default table.',
      options: [...evidenceFormats],
    }),
    output: Flags.string({
      char: 'o',
      description: 'Also write the result to a file, in the form of --format, else of its ending, else JSON.',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Evidence)
    const { output, exit } = await runEvidence(argv as string[], flags, { notes: (text) => this.note(text) })
    await this.print(output)
    this.endWith(exit)
  }
}
