import { codeSpan } from '../../platform/markdown-text.js'
import type { Collector } from '../../policy/delivery.js'
import type { Telemetry } from '../../policy/telemetry.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'
import { type ClientAuthentication, clientAuthentication, uncheckedHeaders } from './client-authentication.js'
import { collectorOf, collectorRelease } from './config.js'
import { emailAttributes, hashedAttributes, identityKeyVariable } from './identity.js'
import { deletedAttributes } from './redaction.js'
import { missingAttributesKey, notForCowork, requiredAttributes } from './required-attributes.js'
import { archiveFiles, archiveRotation } from './routing.js'
import { signalsOf } from './signals.js'

const contrib = 'https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main'

/** The page beside the configuration: how to run it, what it needs, what it takes out, how to check it. */
export function collectorPage(plan: BundlePlan, telemetry: Telemetry): string {
  const collector = collectorOf(plan)
  return [
    '# OpenTelemetry Collector',
    [
      `\`${bundlePaths.collector}\` is for the contrib distribution (\`otelcol-contrib\`) ${collectorRelease.oldest} or newer.`,
      `Its keys were checked on 2026-11-21 against the sources of the core at ${collectorRelease.checked} and against documents of the contrib components from different releases since ${collectorRelease.oldest}; no collector has run it yet.`,
      'Let your own collector validate it first, as shown below. The routing connector and the file exporter are alpha there, the transform processor is beta.',
    ].join(' '),
    ...run(collector, telemetry),
    ...received(collector, telemetry),
    ...takenOut(plan, collector, telemetry),
    ...required(plan),
    ...kept(collector, telemetry),
    ...check(plan, collector, telemetry),
    '## Sources',
    [
      `- ${contrib}/processor/transformprocessor and ${contrib}/pkg/ottl/ottlfuncs (2026-11-21)`,
      `- ${contrib}/connector/routingconnector, ${contrib}/exporter/fileexporter, ${contrib}/exporter/clickhouseexporter, ${contrib}/extension/bearertokenauthextension, ${contrib}/extension/healthcheckextension (2026-11-21)`,
      '- https://github.com/open-telemetry/opentelemetry-collector/tree/main/receiver/otlpreceiver, /config/configtls, /processor/memorylimiterprocessor, /processor/batchprocessor, /confmap (v0.159.0, 2026-08-21)',
      '- https://code.claude.com/docs/en/monitoring-usage (2026-08-22), https://claude.com/docs/cowork/monitoring (July 2026)',
    ].join('\n'),
    '',
  ].join('\n\n')
}

function run(collector: Collector, telemetry: Telemetry): string[] {
  const needs = [...variables(collector, telemetry), ...secretFiles(collector, telemetry)]
  return [
    '## Run it',
    [
      '```sh',
      `install -d -m 0750 -o otelcol -g otelcol ${collector.archive}`,
      `otelcol-contrib validate --config ${bundlePaths.collector}`,
      `otelcol-contrib --config ${bundlePaths.collector}`,
      '```',
    ].join('\n'),
    'Run it as a user of its own with umask 0027: the archive names people. Set `GOMEMLIMIT` to about 60 % of the memory it may use.',
    ...(needs.length === 0
      ? []
      : [
          'It needs these, and no file of this bundle holds them:',
          needs.join('\n'),
          'An unset variable is empty, and the collector only logs a warning. The collector also reads dollar signs in a value its own way: use letters and digits.',
        ]),
  ]
}

function variables(collector: Collector, telemetry: Telemetry): string[] {
  const from = clientAuthentication(telemetry)?.from
  const store = collector.clickhouse
  const rows = [
    collector.hashIdentity
      ? `- \`${identityKeyVariable}\`: the key that identities are hashed with, 32 letters and digits or more (\`openssl rand -hex 32\`). Without it they are deleted. Keep it: with another key the same person has another hash.`
      : undefined,
    from?.kind === 'variable'
      ? `- \`${from.name}\`: the whole value of the header Authorization that clients send, such as \`Bearer …\`.`
      : undefined,
    ...[store?.username, store?.password]
      .filter((reference) => reference?.startsWith('env:'))
      .map((reference) => `- \`${reference?.slice('env:'.length)}\`: for ClickHouse.`),
  ]
  return rows.filter((row) => row !== undefined)
}

function secretFiles(collector: Collector, telemetry: Telemetry): string[] {
  const from = clientAuthentication(telemetry)?.from
  const files = [
    ...(from?.kind === 'file' ? [[from.name, 'the whole value of the header Authorization that clients send']] : []),
    ...[collector.clickhouse?.username, collector.clickhouse?.password]
      .filter((reference) => reference?.startsWith('file:'))
      .map((reference) => [reference?.slice('file:'.length) ?? '', 'for ClickHouse']),
  ]
  return files.map(
    ([path = '', what = '']) =>
      `- The file ${codeSpan(path)} on the collector's host: ${what}. Without a line end (\`printf %s\`), since that would be part of it; readable for the collector's user alone.`,
  )
}

function received(collector: Collector, telemetry: Telemetry): string[] {
  const { tls } = collector
  return [
    '## What it receives',
    tls === undefined
      ? 'OTLP over gRPC on `localhost:4317` and over HTTP on `localhost:4318`, without TLS. The policy names no certificate, and in clear text the telemetry and its token could be read on the way: so only a proxy on the same host that ends TLS can reach it. Set `collector.tls` to let it end TLS itself, on all addresses.'
      : `OTLP over gRPC on port 4317 and over HTTP on port 4318, on all addresses, with TLS 1.2 or newer. The certificate is read again every hour.${tls.clientAuthority === undefined ? '' : ' Clients must show a certificate of the authority that the policy names. Cowork has no setting for one: it needs another way in.'}`,
    `Clients are told to report to ${codeSpan(telemetry.endpoint)} (${codeSpan(telemetry.protocol)}). Where its port is not the one above, something in between has to pass it on.`,
    authenticationText(clientAuthentication(telemetry), telemetry),
    `Claude Code in a terminal or editor sends \`service.name\` \`claude-code\`, the Code tab of Claude Desktop \`claude-code-desktop\`, Cowork \`cowork\`. All three go through the same steps${telemetry.traces ? '' : '; traces are refused, since the policy asks for none'}.`,
  ]
}

function authenticationText(authentication: ClientAuthentication | undefined, telemetry: Telemetry): string {
  const unchecked = uncheckedHeaders(telemetry).map(codeSpan).join(', ')
  const others = unchecked === '' ? '' : ` It does not look at ${unchecked}: let the proxy check that.`
  if (authentication === undefined)
    return `It does not know its clients: the policy sends no header Authorization, so whoever reaches it can write into the archive. Limit it by network or by client certificates (\`collector.tls.clientAuthority\`).${others}`
  const plain =
    authentication.from.kind === 'config'
      ? ' The policy calls the value plain, so it stands in the configuration and everybody may know it.'
      : ''
  return `A client has to send the right header Authorization (extension \`bearertokenauth\`, which compares the whole header); a proxy in front must pass it on.${plain}${others}`
}

function takenOut(plan: BundlePlan, collector: Collector, telemetry: Telemetry): string[] {
  const list = (signal: 'logs' | 'traces') =>
    deletedAttributes(telemetry.privacy, signal)
      .map((name) => `\`${name}\``)
      .join(', ')
  const content =
    telemetry.privacy === 'raw'
      ? ['The tier is raw: nothing is taken out.']
      : [
          `The tier is ${telemetry.privacy}. What it does not allow is deleted, also when a client sends it: an old build, a machine without this policy, or Cowork, which exports content by default.`,
          `- From events: ${list('logs')}${telemetry.privacy === 'metadata' ? '; the error text of tools and MCP servers; names of MCP tools of your own become `mcp_tool`' : ''}`,
          ...(telemetry.traces ? [`- From spans and their events: ${list('traces')}`] : []),
          'This is a list of names: an attribute that a later release adds passes until it is listed. Names of skills, plugins and commands cannot be told from built-in ones here, so a client with details switched on gets them through.',
        ]
  const identity = collector.hashIdentity
    ? [
        `Identity is hashed before anything is stored: ${hashedAttributes(plan).map(codeSpan).join(', ')}.`,
        `A value becomes \`sha256:\` and the SHA-256, in hexadecimal digits, of the key, a colon and the value; ${emailAttributes(plan).map(codeSpan).join(' and ')} in lower case first. To look for one person: \`printf %s "$${identityKeyVariable}:person@example.com" | sha256sum\`.`,
        'It is SHA-256 with a secret key in front, since the collector has no HMAC. Whoever has the key can try every address of the company: it pseudonymises, it does not anonymise. Content and paths may still name people.',
      ]
    : ['Identity is stored as it comes: `collector.hashIdentity` is false.']
  return ['## What it takes out', ...content, ...identity]
}

function required(plan: BundlePlan): string[] {
  const exempt = notForCowork(plan)
  return [
    '## Required attributes',
    `Every record must have ${requiredAttributes(plan).map(codeSpan).join(', ')}, on itself or on its resource. A payload variable that nobody filled in counts as missing. What is missing stands in \`${missingAttributesKey}\`, and the record goes to a file of its own as well: such a machine has no policy, an older one, or one from elsewhere.`,
    ...(exempt.length === 0
      ? []
      : [
          `Cowork cannot have ${exempt.map(codeSpan).join(', ')}: its admin console has no field for resource attributes. There it is not asked for.`,
        ]),
  ]
}

function kept(collector: Collector, telemetry: Telemetry): string[] {
  const days = collector.clickhouse?.retentionDays ?? 90
  const { max_megabytes, max_backups } = archiveRotation
  const rows = archiveFiles(signalsOf(telemetry)).map(
    ({ name, about }) => `- \`${collector.archive}/${name}\`: ${about}`,
  )
  return [
    '## Where it keeps it',
    rows.join('\n'),
    `One OTLP JSON document on each line. A file is renamed at ${max_megabytes} MB; ${max_backups} old ones stay for ${days} days at most, which is up to ${((max_megabytes * (max_backups + 1)) / 1000).toFixed(1)} GB for each kind. \`fleet evidence\` reads the folder.`,
    ...(collector.clickhouse === undefined
      ? []
      : [
          `The same goes to ClickHouse, database ${codeSpan(collector.clickhouse.database)}, for ${days} days. The collector makes the tables at its first start (\`create_schema\`); the days count for tables it makes. Its queue is in memory: what waits in it is lost when the collector stops.`,
        ]),
  ]
}

function check(plan: BundlePlan, collector: Collector, telemetry: Telemetry): string[] {
  const scheme = collector.tls === undefined ? 'http' : 'https'
  return [
    '## Check it',
    [
      '1. `curl -fsS http://localhost:13133/` answers while the collector is up.',
      `2. ${clientAuthentication(telemetry) === undefined ? 'A' : 'Without the header Authorization, a'} request \`curl -sS -o /dev/null -w '%{http_code}\\n' -H 'Content-Type: application/json' -d '{}' ${scheme}://…:4318/v1/logs\` gives ${clientAuthentication(telemetry) === undefined ? '200' : '401'}.`,
      `3. Start Claude Code on a pilot machine, send one prompt and leave. After a minute \`${collector.archive}/security.jsonl\` has a line with \`hook_registered\` or \`tool_decision\`, and \`metrics.jsonl\` one with \`claude_code.session.count\`.`,
      `4. \`fleet.policy\` in it is the stamp of this bundle, ${codeSpan(plan.stamp)}; \`missing-attributes.jsonl\` stays empty${collector.hashIdentity ? ', and a search for `@` in the archive finds no address' : ''}.`,
    ].join('\n'),
  ]
}
