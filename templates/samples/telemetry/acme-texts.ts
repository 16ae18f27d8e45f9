import { policyText } from '../texts.js'

/** The policy of Acme as it stands in November: tool details are collected, and what may be used is written down. */
export const telemetryPolicyText = `${policyText.replace('privacy: metadata', 'privacy: tool-details').replace(
  '# What fleet plan plans with.',
  `plugins:
  marketplaces: [{ name: acme, source: { github: acme-instruments/claude-plugins } }]
  approved: [{ plugin: review@acme }]

# What fleet evidence wants to see.
evidence:
  silentAfterDays: 14
  approved:
    - { tools: [Bash, Read, Edit, Write, Grep, Skill, mcp__github__*], mcpServers: [github], skills: [release-notes] }
    - { department: Engineering, tools: [WebFetch, mcp__sentry__*], mcpServers: [sentry] }

# What fleet plan plans with.`,
)}`

export const telemetryReadmeText = `# The telemetry of Acme Instruments

The same company: what its Collector kept of the seven weeks before 2026-11-20, with the policy of those weeks. It is
the policy of templates/samples/acme, but for the privacy tier (tool details are collected) and the sections plugins and
evidence. No person, serial number, address or identifier in it is real.

    fleet scan templates/samples/acme --policy templates/samples/acme-telemetry/fleet.yaml --as-of 2026-11-20 --output scan.json
    fleet evidence templates/samples/acme-telemetry/archive --scan scan.json --policy templates/samples/acme-telemetry/fleet.yaml --as-of 2026-11-20

| File in archive | Holds |
|---|---|
| \`security….jsonl\` | events about settings, hooks, plugins, servers, decisions and permission modes |
| \`events….jsonl\` | prompts, answers, requests and results of tools; Cowork too |
| \`metrics….jsonl\` | sessions and active time |
| \`missing-attributes….jsonl\` | a second copy of what lacks the serial number, department or stamp |
| \`old-collector.jsonl\` | Cowork of Legal, from a collector of before that redacts nothing |

Files with a date in their name were rotated and packed. No client sent anything after 2026-11-19.

## What a good reader finds

- More than four in five endpoints that should report do.
- All 15 Macs on 2.9939.2 fell silent with the upgrade to it; they had reported from 1.46388.4.
- A few endpoints never reported, or stopped weeks ago.
- 12 endpoints have the stamp of an older policy, and a few run an older build than the inventory says: somebody rolled back.
- On 2 Macs of Engineering a hook of the user runs, although only managed hooks may. One Mac of People refuses its
  settings; on one PC of People the settings of the admin console shadow those of the registry.
- On one PC of Support the managed hook fails, on one of Finance it runs out of time: the tools ran all the same. On
  3 PCs of Sales, which are older than hooks of plugins on Windows, tools were used and no hook ran.
- 2 Macs of Sales use the MCP server notes, which nobody approved; a PC of Engineering has a plugin of its own.
- One Mac of Engineering switched permission checks off.
- Since 2026-11-09 most calls of the GitHub server fail.
- The machine ACM0BUILD77 and the account contractor-014 report, and no inventory knows them.
- One Mac reported in October without a serial number and without an account: nothing tells which it is.
- The 12 Macs on the page of Jamf Pro that nobody fetched do report: they are there, and they have Claude.
- The text of 4 prompts is in old-collector.jsonl. The policy does not allow that: fleet evidence ends with 7.

All of it is written by \`npm run samples\`; change \`templates/samples/telemetry/acme-story.ts\`, not the files here.
`
