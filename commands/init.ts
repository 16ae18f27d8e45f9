import { Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { safeJson, safeText } from '../src/platform/safe-text.js'
import { mdms } from '../src/policy/delivery.js'
import { otlpProtocols, privacyTiers } from '../src/policy/telemetry.js'
import { answersOf, checkOutput, writePolicy } from '../src/report/init-run.js'

export default class Init extends FleetCommand {
  static override summary = 'Write a commented policy, fleet.yaml'
  static override description =
    `Asks a handful of questions on a terminal; what a flag answers is not asked. Without a terminal, or with --yes, flags and defaults decide. Every key that is not set stands in the file as an example.

${exitCodesHelp}`
  static override examples = [
    { description: 'Answer the questions', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'From a script',
      command:
        '<%= config.bin %> <%= command.id %> --yes --organization Acme --collector https://otel.acme.example:4318 --header Authorization=env:FLEET_OTLP_AUTHORIZATION --mdm jamf-pro --mdm intune',
    },
  ]
  static override flags = {
    organization: Flags.string({ description: 'Name of the organisation.', helpValue: 'NAME' }),
    collector: Flags.string({ description: 'OTLP base address that clients report to.', helpValue: 'URL' }),
    protocol: Flags.string({ description: 'OTLP protocol; default http/protobuf.', options: [...otlpProtocols] }),
    privacy: Flags.string({
      description: 'The most content that may be collected; default metadata.',
      options: [...privacyTiers],
    }),
    header: Flags.string({
      description: 'Header for the collector and where its secret is: NAME=env:VARIABLE or NAME=file:PATH.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME=REFERENCE',
    }),
    attribute: Flags.string({
      description: 'Resource attribute from a field of the endpoint; default endpoint.serial=serial.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=FIELD',
    }),
    mdm: Flags.string({
      description: 'Tool that carries the bundle.',
      options: [...mdms],
      multiple: true,
      multipleNonGreedy: true,
    }),
    coverage: Flags.integer({
      description: 'Target coverage in percent; default 95.',
      min: 0,
      max: 100,
      helpValue: 'PERCENT',
    }),
    by: Flags.string({ description: 'The day by which the target must be met.', helpValue: 'DATE' }),
    output: Flags.string({ char: 'o', description: 'The file to write.', default: 'fleet.yaml', helpValue: 'FILE' }),
    force: Flags.boolean({ description: 'Replace a file that is there.' }),
    yes: Flags.boolean({ char: 'y', description: 'Ask nothing.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Init)
    const given = answersOf(flags)
    await checkOutput(flags)
    const asks = process.stdin.isTTY && process.stderr.isTTY && !flags.yes && !flags.json
    const answers = asks ? await (await import('../src/report/ask-policy.js')).askPolicy(given) : given
    await writePolicy(answers, flags)
    if (flags.json) return await this.print(`${safeJson({ schema: 'fleet.init/v1', file: flags.output }, 2)}\n`)
    await this.print(
      `Wrote ${safeText(flags.output)}.\nNext: fleet scan exports --policy ${safeText(flags.output)}\n${answers.telemetry ? `Then: fleet settings build --policy ${safeText(flags.output)}\n` : ''}`,
    )
  }
}
