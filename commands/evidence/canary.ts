import { Flags } from '@oclif/core'
import { exitCodesHelp, FleetCommand } from '../../src/platform/fleet-command.js'
import { randomHex } from '../../src/platform/random-hex.js'
import { runCanary } from '../../src/report/evidence/canary-run.js'
import { writtenCanaryJson, writtenCanaryText } from '../../src/report/evidence/canary-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'

export default class EvidenceCanary extends FleetCommand {
  static override summary = 'Write telemetry with unique tokens, to prove that the collector redacts'
  static override description =
    `Writes one OTLP/HTTP request in JSON, with a random token of its own in every attribute that may hold content or name a person, in the body of log records, and on resources; as Claude Code and as Cowork. You send it to the collector with curl; fleet itself opens no connection. Then fleet evidence --canary says which tokens survived, in which field, and whether the policy allows them there.

The file holds log records, and spans where telemetry.traces is set: it is sent to both paths, and each receiver passes over the part that is not for it. Each record has a session id that begins with fleet-canary-, which has to arrive: without it nothing is proven. fleet evidence never counts these sessions as telemetry; dashboards of your own may have to leave them out.

${exitCodesHelp}`
  static override examples = [
    {
      description: 'Write it, send it, and look for what survived',
      command:
        '<%= config.bin %> <%= command.id %>\ncurl -fsS -H \'Content-Type: application/json\' -H "Authorization: $FLEET_OTLP_AUTHORIZATION" --data-binary @canary.json https://otel.acme.example:4318/v1/logs\n<%= config.bin %> evidence /var/lib/otelcol/fleet --canary canary.json',
    },
  ]
  static override flags = {
    policy: Flags.string({
      description:
        'Policy file: its own attributes that name people, and whether there are traces; default fleet.yaml.',
      helpValue: 'FILE',
    }),
    output: Flags.string({ char: 'o', description: 'The file to write.', default: 'canary.json', helpValue: 'FILE' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EvidenceCanary)
    const written = await runCanary(flags, randomHex)
    await this.print(flags.json ? writtenCanaryJson(written) : writtenCanaryText(written, terminalLook()))
  }
}
