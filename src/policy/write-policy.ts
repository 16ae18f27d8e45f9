import type { Mdm } from './delivery.js'
import type { EndpointField, PrivacyTier, Telemetry } from './telemetry.js'

/** What `fleet init` knows when it writes a policy. */
export interface PolicyAnswers {
  readonly organization?: string | undefined
  readonly coverage: number
  readonly by?: string | undefined
  readonly telemetry?:
    | {
        readonly endpoint: string
        readonly protocol: Telemetry['protocol']
        readonly privacy: PrivacyTier
        /** Header name to reference. */
        readonly headers: Readonly<Record<string, string>>
        readonly endpointAttributes: Readonly<Record<string, EndpointField>>
      }
    | undefined
  readonly mdms?: readonly Mdm[] | undefined
}

/**
 * A commented `fleet.yaml`: what was answered stands as settings, the rest as examples to take the `#` from. The text
 * is only written, never checked here; `loadPolicy` reads it like any other.
 */
export function policyText(answers: PolicyAnswers): string {
  return `${[head(answers), scope(answers), telemetrySection(answers), enforcement, delivery(answers), probe, evidence, waves, history].join('\n\n')}\n`
}

/** JSON's quoted texts are YAML's too. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

function head({ organization }: PolicyAnswers): string {
  return `# What should be true of Claude on the machines of this organisation. Safe to keep in git: it holds no secret.
# fleet scan judges endpoints by it, fleet settings build makes the settings that go onto them,
# fleet plan plans the waves in which they become so.
${organization === undefined ? '# organization: Acme' : `organization: ${quoted(organization)}`}`
}

function scope({ coverage, by }: PolicyAnswers): string {
  return `scope:
  staleAfterDays: 30          # the default; no check-in for longer: stale
  # exclude:
  #   - { group: Kiosks, reason: shared kiosks have no user, until: 2027-06-30 }

target:
  coverage: ${coverage}               # percent of the endpoints in scope
  ${by === undefined ? '# by: 2026-12-18' : `by: ${by}`}

# Required version gates; fleet gates lists them all.
gates: [cowork-otel]`
}

function telemetrySection({ telemetry }: PolicyAnswers): string {
  if (telemetry === undefined)
    return `# Where Claude Code and Cowork report to, as OpenTelemetry.
# telemetry:
#   endpoint: https://otel.example.com:4318
#   protocol: http/protobuf   # the default; or http/json, or grpc (which takes no secret headers)
#   privacy: metadata         # the default; or tool-details, content, raw: how much content may be collected
#   headers: { Authorization: env:FLEET_OTLP_AUTHORIZATION }
#   endpointAttributes: { endpoint.serial: serial }`
  const { endpoint, protocol, privacy, headers, endpointAttributes } = telemetry
  return `# Where Claude Code and Cowork report to, as OpenTelemetry.
telemetry:
  endpoint: ${quoted(endpoint)}
  protocol: ${protocol}
  # How much content may be collected: metadata, tool-details, content, raw. Each step up collects more of people's work.
  privacy: ${privacy}
  # References to secrets, never secrets: env:NAME or file:PATH.
${flowMap('headers', headers, 'Authorization: env:FLEET_OTLP_AUTHORIZATION')}
  # Clients report neither host name nor serial number; without these, telemetry cannot be joined to the inventory.
${flowMap('endpointAttributes', endpointAttributes, 'endpoint.serial: serial')}
  # The same on every endpoint.
  # resourceAttributes: { environment: prod }`
}

function flowMap(key: string, entries: Readonly<Record<string, string>>, example: string): string {
  const pairs = Object.entries(entries).map(([name, value]) => `${quoted(name)}: ${quoted(value)}`)
  return pairs.length === 0 ? `  # ${key}: { ${example} }` : `  ${key}: { ${pairs.join(', ')} }`
}

const enforcement = `# What Claude Code must run, may run and must not run. Take the # from what you want. A section that is left out changes
# nothing; in one that stands here, the keys marked as the default hold with or without their line.
# hooks:
#   required:
#     - { event: PreToolUse, matcher: "*", command: /usr/local/libexec/fleet-hook }
#   managedOnly: true         # the default: nobody can add hooks of their own
#   records: true             # no default; your own hook writes the record that probes read
#   guard:                    # how the hook that fleet ships decides; fleet probe build makes it
#     deny: [ { tool: Bash, contains: "rm -rf /" }, { tool: "mcp__github__*" } ]
#     evaluate: { url: https://policy.example.com/decide, timeoutSeconds: 5 }
#     whenUnsure: allow       # the default; deny: nothing runs while the hook cannot decide
#     keep: 100               # the default: how many invocations it remembers
# plugins:
#   marketplaces: [ { name: acme, source: { github: acme/claude-plugins, ref: v2.1.0 } } ]
#   approved: [ { plugin: sales@acme, version: 2.1.0, owner: revops@example.com } ]
#   onlyThese: true           # the default: no other marketplace can be added
# permissions:
#   deny: [ "Read(//**/.env)" ]
#   forbidBypass: true        # the default: nobody can switch permission checks off
#   managedOnly: false        # the default: rules of users and projects count too
# mcp:
#   allowed: [ { url: "https://mcp.example.com/*" } ]
#   managedOnly: true         # the default: users cannot widen the list
# claudeCode:
#   minimumVersion: 2.1.240   # no default; older clients refuse to start
# claudeDesktop:
#   minimumVersion: 1.24012.9 # no default; keys that came later are left out of the bundle`

function delivery({ mdms }: PolicyAnswers): string {
  if (mdms === undefined || mdms.length === 0)
    return `# Which tools carry the bundle; each gets a run-book. All of them are the default.
# delivery:
#   mdm: [ jamf-pro, intune, iru, fleetdm, workspace-one, group-policy, linux ]`
  return `# Which tools carry the bundle; each gets a run-book.
delivery:
  mdm: [ ${mdms.join(', ')} ]`
}

const probe = `# What fleet scan asks of the probe on each endpoint. With this section, an endpoint whose probe does not prove it is not ready.
# probe:
#   columns: [ Claude health ]  # no default; where the probe line stands, besides the names that fleet gives
#   staleAfterDays: 7           # the default; a probe this much older than the last check-in says nothing
#   requires: [ installed ]     # the default; also loaded, invoked, evaluated
#   restartWithinHours: 24      # the default; an app not restarted for longer after a change needs repair`

const evidence = `# What telemetry must show: fleet evidence joins what arrived to the inventory, and fleet scan --evidence counts it.
# evidence:
#   silentAfterDays: 14         # the default; an endpoint that should report and does not for so long needs repair
#   requires: [ cowork ]        # no default: one of claude-code, claude-code-desktop, cowork is enough
#   approved:                   # what people may use; a kind that no rule names is not judged
#     - { tools: [ Bash, Edit, Read, Write, "mcp__*" ], mcpServers: [ github ] }
#     - { department: Finance, skills: [ "budget-*" ] }
#   falseAlarms: 0.1            # the default: anomalies that a report may hold by chance alone, on average`

const waves = `# In which waves endpoints are upgraded. These are the defaults, but for the examples of who, when and how many.
# waves:
#   preset: autopatch           # 5, 15, 80 % (1, 9, 90 above 200); fleet, two-phase, [5%, 20%, 75%] or [10, 50, 200]
#   pinned: [ { group: Claude pilot } ]
#   last: [ { group: VIP } ]
#   soakDays: 3                 # working days after each wave
#   noStartOn: [friday]
#   holidays: [ 2026-12-24, 2026-12-25 ]
#   blackouts: [ { from: 2026-12-20, to: 2027-01-04, reason: year end } ]
#   timeZone: Europe/Berlin
#   capacity: { perDay: 40, perDepartment: 10 }`

const history = `# Where scans are remembered, for trends and differences; history: false remembers none.
# history:
#   folder: .fleet/history      # no default here: in the folder where fleet runs; a folder named here is relative to this file
#   keepDays: 400               # no default; what fleet history prune keeps`
