import { parse } from 'yaml'
import { policyStamp } from '../../../src/bundle/stamp.js'
import { Policy } from '../../../src/policy/policy.js'
import { appsOf } from '../apps.js'
import { asOf, day, type Machine } from '../company.js'
import { Random } from '../random.js'
import { type Story, type Teller, tellers } from './acme-story.js'
import { telemetryPolicyText } from './acme-texts.js'
import type { Client, Deed, Run, Service } from './script.js'
import { goodHook, type Habits, managedStart, type ToolHabit, typicalRun } from './typical-run.js'

const stamp = policyStamp(Policy.parse(parse(telemetryPolicyText)))
const oldStamp = '5d41402abc4b2a76'
const digest = '0c8f1c3d6a2e9b7740d5e1f8a3b2c4d6e8f0a1b3c5d7e9f1a2b4c6d8e0f2a4b6'
const organization = '3c1f6f1a-6f0e-4d52-9d0b-0a5d7c1e2b3f'
const minute = 60_000

/** What the old collector of Legal took in, and what went to the collector of the policy. */
export interface AcmeRuns {
  readonly runs: readonly Run[]
  readonly unredacted: readonly Run[]
}

/** All that the machines of Acme sent in the seven weeks before the exports were taken. */
export function acmeRuns(): AcmeRuns {
  const all = tellers()
  return {
    runs: [...all.flatMap(runsOf), ...ghosts()],
    unredacted: all.filter(({ story }) => story === 'leak').flatMap(leaks),
  }
}

function runsOf({ machine, story }: Teller): Run[] {
  if (story === 'never') return []
  const random = new Random(`telemetry ${machine.key}`)
  const desktop = machine.claude!
  // Where the upgrade silenced the telemetry, all of it is from the version before.
  const version = story === 'dark' ? '1.46388.4' : story === 'old-build' ? '1.1.5368' : desktop
  const codeTab = clientOf(random, machine, 'claude-code-desktop', version, story)
  const cowork = clientOf(random, machine, 'cowork', version, story)
  const isQuiet = story === 'fell-silent' || story === 'dark' || story === 'unfilled-key'
  const daysAgo = isQuiet ? [17, 40] : [6, 52]
  const runs: Run[] = []
  if (isQuiet || random.integer(0, 9) < 4)
    runs.push(run(random, machine, codeTab, story, workingTime(random, daysAgo[0]!, daysAgo[1]!)))
  if (random.integer(0, 3) === 0)
    runs.push(run(random, machine, cowork, story, workingTime(random, isQuiet ? 17 : 2, 50)))
  if (isQuiet) return runs
  // What is odd shows in records that are newer than the inventory.
  runs.push(run(random, machine, codeTab, story, workingTime(random, 1, story === 'fine' ? 12 : 1)))
  const code = appsOf(machine).find(({ name }) => name === 'Claude Code')?.version
  if (code !== undefined) {
    const terminal = clientOf(random, machine, 'claude-code', code, story)
    runs.push(run(random, machine, terminal, story, workingTime(random, 1, 12)))
  }
  return runs
}

/** In working hours of a weekday, so many days ago. */
function workingTime(random: Random, least: number, most: number): number {
  const midnight = asOf - random.integer(least, most) * day
  const weekday = new Date(midnight).getUTCDay()
  const shift = weekday === 0 ? 2 : weekday === 6 ? 1 : 0
  return midnight - shift * day + random.integer(7 * 60, 16 * 60) * minute + random.integer(0, 59_999)
}

const system = { Windows: 'windows', macOS: 'darwin', Linux: 'linux' } as const

function clientOf(random: Random, machine: Machine, service: Service, version: string, story: Story): Client {
  const { osName, osVersion, serial, department, email, account } = machine
  const isUnfilled = story === 'unfilled' || story === 'unfilled-key'
  const hasAccount = story !== 'unfilled-key'
  return {
    service,
    version,
    osType: system[osName as keyof typeof system],
    osVersion: osVersion.replace(/^Ubuntu /, ''),
    attributes:
      service === 'cowork'
        ? {}
        : {
            organization: 'acme',
            environment: 'prod',
            'fleet.policy': story === 'old-settings' ? oldStamp : stamp,
            'endpoint.serial': isUnfilled ? '$SERIALNUMBER' : serial,
            department,
          },
    installation: random.text('0123456789abcdef', 64),
    terminal: service === 'claude-code' ? 'xterm-256color' : 'non-interactive',
    ...(hasAccount && { organization, email, account: random.guid() }),
    ...(service === 'cowork' && { owner: account }),
  }
}

const github: ToolHabit = {
  tool: 'mcp__github__search_issues',
  parameters: { mcp_server_name: 'github', mcp_tool_name: 'search_issues' },
  scope: 'project',
}
const notes: ToolHabit = {
  tool: 'mcp__notes__export',
  parameters: { mcp_server_name: 'notes', mcp_tool_name: 'export' },
  scope: 'user',
}
const everyday: readonly ToolHabit[] = [
  { tool: 'Read' },
  { tool: 'Grep' },
  { tool: 'Edit', source: 'user_temporary', patience: 25_000 },
  { tool: 'Bash', failures: 7, source: 'user_permanent', patience: 9000 },
  { tool: 'Skill', parameters: { skill_name: 'release-notes' } },
]
/** From this Monday on GitHub had another interface, and most of its calls failed. */
const githubBroke = Date.UTC(2026, 10, 9)

function run(random: Random, machine: Machine, client: Client, story: Story, start: number): Run {
  const tools = [...everyday, { ...github, failures: start > githubBroke ? 70 : 3 }]
  const hook: Habits['hook'] =
    story === 'hook-fails'
      ? { success: 0, blocking: 0, failed: 1, cancelled: 0 }
      : story === 'hook-hangs'
        ? { success: 0, blocking: 0, failed: 0, cancelled: 1 }
        : random.integer(0, 39) === 0
          ? { success: 0, blocking: 1, failed: 0, cancelled: 0 }
          : goodHook
  const fails = random.integer(0, 24) === 0
  const bypass = story === 'bypass' && start > githubBroke && client.service !== 'cowork'
  return typicalRun(random, client, {
    start,
    prompts: 1,
    calls: 2,
    tools: story === 'unapproved-server' ? [notes] : tools,
    atStart: atStart(machine, story),
    ...(story !== 'no-hook' && { hook }),
    ...(story === 'user-hook' && { managedOnly: false }),
    atEnd: [
      ...(bypass
        ? [
            {
              event: 'permission_mode_changed',
              from: 'default',
              to: 'bypassPermissions',
              trigger: 'shift_tab',
            } as const,
          ]
        : []),
      ...(fails ? [{ event: 'api_error', duration: random.integer(300, 60_000), status: 529 } as const] : []),
    ],
    ...(random.integer(0, 5) === 0 && client.service !== 'cowork' && { pointSeconds: 300 }),
  })
}

function atStart({ osName }: Machine, story: Story): Deed[] {
  const place = { Windows: 'hklm', macOS: 'plist', Linux: 'file' }[osName as keyof typeof system]
  const loaded = (plugin: string, marketplace: string, enabledVia: string): Deed => ({
    event: 'plugin_loaded',
    plugin,
    marketplace,
    version: '1.4.0',
    scope: enabledVia === 'org-policy' ? 'org' : 'user-local',
    enabledVia,
  })
  if (story === 'refused')
    return [{ event: 'managed_settings_resolved', trigger: 'refused', sources: [place], error: 'policy_invalid' }]
  const settings = managedStart(digest, story === 'shadowed' ? ['remote', place] : [place])
  return [
    ...(story === 'no-hook' ? settings.slice(0, 1) : settings),
    ...(story === 'user-hook'
      ? [{ event: 'hook_registered', hookEvent: 'Stop', hookType: 'command', hookSource: 'userSettings' } as const]
      : []),
    loaded('review', 'acme', 'org-policy'),
    ...(story === 'unapproved-plugin' ? [loaded('shortcuts', 'community', 'user-install')] : []),
    ...(story === 'unapproved-server'
      ? [{ event: 'mcp_server_connection', status: 'connected', scope: 'user', server: 'notes' } as const]
      : []),
  ]
}

/** Cowork of Legal, whose organization still names the collector from before. */
function leaks({ machine, story }: Teller): Run[] {
  const random = new Random(`leak ${machine.key}`)
  const client = clientOf(random, machine, 'cowork', machine.claude!, story)
  const text = 'Compare clause 7 of the supply agreement with the template.'
  return [
    typicalRun(random, client, {
      start: workingTime(random, 3, 9),
      prompts: 2,
      calls: 1,
      tools: [{ tool: 'Read' }],
      text,
    }),
  ]
}

/** A machine that nobody manages, and an account that nobody gave out. */
function ghosts(): Run[] {
  const random = new Random('ghosts')
  const common = {
    service: 'claude-code',
    version: '2.1.275',
    osType: 'linux',
    osVersion: '24.04.3 LTS',
    terminal: 'xterm-256color',
    organization,
  } as const
  const clients: Client[] = [
    {
      ...common,
      attributes: {
        organization: 'acme',
        environment: 'prod',
        'fleet.policy': stamp,
        'endpoint.serial': 'ACM0BUILD77',
      },
      installation: random.text('0123456789abcdef', 64),
      email: 'builds-001@acme.example',
    },
    {
      ...common,
      attributes: {},
      installation: random.text('0123456789abcdef', 64),
      email: 'contractor-014@acme.example',
    },
  ]
  return clients.flatMap((client) =>
    [3, 10].map((days) =>
      typicalRun(random, client, { start: workingTime(random, days - 1, days), prompts: 2, calls: 2, tools: everyday }),
    ),
  )
}
