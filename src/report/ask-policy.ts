import { checkbox, confirm, input, select } from '@inquirer/prompts'
import { tierDescriptions } from '../bundle/privacy-tier.js'
import { mdms } from '../policy/delivery.js'
import { CollectorUrl, type EndpointField, otlpProtocols, privacyTiers } from '../policy/telemetry.js'
import type { PolicyAnswers } from '../policy/write-policy.js'

/** Questions go to stderr, so that stdout stays the result. */
const context = { output: process.stderr }

const fields: readonly { readonly name: string; readonly key: string; readonly field: EndpointField }[] = [
  { name: 'serial number (joins telemetry to the inventory)', key: 'endpoint.serial', field: 'serial' },
  { name: 'host name', key: 'endpoint.hostname', field: 'hostname' },
  { name: 'department', key: 'department', field: 'department' },
  { name: 'site', key: 'site', field: 'site' },
]

/** Asks what a policy needs, starting from what flags have said already. Needs a terminal. */
export async function askPolicy(given: PolicyAnswers): Promise<PolicyAnswers> {
  const organization =
    given.organization ?? ((await input({ message: 'Name of the organisation?' }, context)).trim() || undefined)
  const telemetry = given.telemetry ?? (await askTelemetry())
  const chosen =
    given.mdms ??
    (await checkbox(
      { message: 'Which tools carry settings to the endpoints?', choices: mdms.map((value) => ({ value })) },
      context,
    ))
  return { ...given, organization, telemetry, mdms: chosen }
}

async function askTelemetry(): Promise<PolicyAnswers['telemetry']> {
  const endpoint = await input(
    {
      message: 'OTLP address of your collector, such as https://otel.example.com:4318 (empty: no telemetry yet)?',
      validate: (text) => text.trim() === '' || CollectorUrl.safeParse(text.trim()).error?.issues[0]?.message || true,
    },
    context,
  )
  if (endpoint.trim() === '') return undefined
  const wished = await select({ message: 'Protocol?', choices: [...otlpProtocols] }, context)
  const privacy = await select(
    {
      message: 'How much content may be collected, at most?',
      choices: privacyTiers.map((tier) => ({
        value: tier,
        description: `adds ${tierDescriptions[tier].added.join('; ')}`,
      })),
    },
    context,
  )
  const needsHeader = await confirm({ message: 'Does the collector ask for an Authorization header?' }, context)
  const protocol = needsHeader && wished === 'grpc' ? await askProtocolForHelper() : wished
  const attributes = await checkbox(
    {
      message: 'Which of these may stand in telemetry? Clients report neither host name nor serial number.',
      choices: fields.map(({ name, key }) => ({ name, value: key, checked: key === 'endpoint.serial' })),
    },
    context,
  )
  const chosen = fields.filter(({ key }) => attributes.includes(key)).map(({ key, field }) => [key, field])
  return {
    endpoint: endpoint.trim(),
    protocol,
    privacy,
    headers: needsHeader ? { Authorization: 'env:FLEET_OTLP_AUTHORIZATION' } : {},
    endpointAttributes: Object.fromEntries(chosen) as Record<string, EndpointField>,
  }
}

/** The header is a secret and comes from a helper, which clients do not read under grpc: the build would refuse both. */
async function askProtocolForHelper(): Promise<Exclude<(typeof otlpProtocols)[number], 'grpc'>> {
  const message = 'Under grpc clients read no headers helper. Which protocol instead (with the port 4318)?'
  return await select({ message, choices: ['http/protobuf', 'http/json'] as const }, context)
}
