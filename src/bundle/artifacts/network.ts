import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import type { Artifact } from '../artifact.js'
import { type HostLine, hostsOnlyYouKnow, hostsToAllow } from '../endpoints-to-allow.js'
import { readJsonText, writeJsonText } from '../formats/json-text.js'
import { type MarketplaceHost, marketplaceHosts } from '../marketplace-hosts.js'
import { bundlePaths } from '../places.js'
import type { BundlePlan } from '../plan.js'

/** Hosts and ports that devices have to reach: as data for a firewall, and as a page. */
export const network: Artifact = {
  id: 'network',
  title: 'Network allow list',
  files: (plan) => {
    const { telemetry, claudeDesktop, plugins } = plan.loaded.policy
    const deployment = claudeDesktop?.deployment ?? 'first-party'
    const hosts = hostsToAllow(telemetry && new URL(telemetry.endpoint), { deployment })
    const marketplaces = marketplaceHosts(plugins?.marketplaces ?? [])
    const open = hostsOnlyYouKnow.filter((entry) => entry.deployment === 'both' || entry.deployment === deployment)
    const data = {
      schema: 'fleet.network/v1',
      deployment,
      hosts: hosts.map(({ sources, neededBy, why, ...host }) => ({
        ...host,
        neededBy: [...neededBy],
        why: [...why],
        sources: sources.map((source) => ({ ...source })),
      })),
      marketplaces: marketplaces.map((host) => ({ ...host, neededBy: [...host.neededBy] })),
      alsoNeeded: open.map(({ what }) => what),
    }
    return [
      {
        path: bundlePaths.networkJson,
        content: writeJsonText(data),
        mode: 0o644,
        secret: false,
        about: 'Hosts and ports that devices have to reach, as data',
        readBack: (bytes) => readJsonText(bytes).value,
        data,
      },
      {
        path: bundlePaths.networkPage,
        content: page(plan, deployment, hosts, marketplaces, open),
        mode: 0o644,
        secret: false,
        about: 'Hosts and ports that devices have to reach, and what for',
      },
    ]
  },
}

function page(
  plan: BundlePlan,
  deployment: string,
  hosts: readonly HostLine[],
  marketplaces: readonly MarketplaceHost[],
  open: readonly { readonly what: string }[],
): string {
  const sources = new Map(hosts.flatMap((host) => host.sources.map(({ source, checked }) => [source, checked])))
  const hasCollector = plan.loaded.policy.telemetry !== undefined
  return [
    '# Network: what devices have to reach',
    `For a ${deployment} deployment. Only hosts that a public page names are listed; a page newer than the copy that was read may name more. The same as data: \`${bundlePaths.networkJson}\`.`,
    '## Needed',
    table(hosts.filter(({ optional }) => !optional)),
    '## Optional',
    table(hosts.filter(({ optional }) => optional)),
    ...(marketplaces.length === 0
      ? []
      : [
          '## Plugin marketplaces of this policy',
          [
            '| Host | Port | Marketplaces |',
            '| --- | --- | --- |',
            ...marketplaces.map(
              ({ host, port, neededBy }) =>
                `| ${hostCell(host)} | ${port} | ${neededBy.map(markdownText).join(', ')} |`,
            ),
          ].join('\n'),
          'A host may send clients on to others, such as a code host to its download servers.',
        ]),
    '## What only you know',
    open.map(({ what }) => `- ${markdownText(what)}`).join('\n'),
    '## Notes',
    [
      ...(hasCollector
        ? [
            '- Cowork exports from its virtual machine, but its packets leave through the same network: the collector has to be reachable from there too.',
          ]
        : []),
      '- `*.name` stands for all names below it, at any depth.',
      '- In a third-party deployment the egress list in Claude Desktop is the authority.',
    ].join('\n'),
    '## Sources',
    [...sources].map(([source, checked]) => `- ${source} (${checked})`).join('\n'),
    '',
  ].join('\n\n')
}

function table(hosts: readonly HostLine[]): string {
  if (hosts.length === 0) return 'None.'
  return [
    '| Host | Port | Needed by | What for |',
    '| --- | --- | --- | --- |',
    ...hosts.map(
      ({ host, port, neededBy, why }) =>
        `| ${hostCell(host)} | ${port} | ${neededBy.join(', ')} | ${why.map(markdownText).join('; ')} |`,
    ),
  ].join('\n')
}

/** What stands in a firewall as it is. The address of a marketplace need not be one, and a `|` would end the cell. */
function hostCell(host: string): string {
  return /[|\\]/.test(host) ? markdownText(host) : codeSpan(host)
}
