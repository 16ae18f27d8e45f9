import type { PlanningEndpoint } from '../../../src/waves/planning-scan.js'
import { Random } from '../../../templates/samples/random.js'
import { hashedAddress } from '../../../templates/samples/telemetry/archive.js'
import type { Client, Deed, Run, Service } from '../../../templates/samples/telemetry/script.js'
import { goodHook, type Habits, managedStart, typicalRun } from '../../../templates/samples/telemetry/typical-run.js'
import { planningEndpoint } from '../planning.js'
import { type Fate, fateNames } from './fates.js'
import { fleetStamp, otherStamp } from './fleet-policy.js'

export const day = 86_400_000
/** Everything is measured from here; the window is the 28 days before. */
export const fleetAsOf = Date.UTC(2026, 10, 20)
export const fleetSince = fleetAsOf - 28 * day

/** An endpoint of the inventory, and what happened on it. */
export interface MadeUpEndpoint {
  readonly entry: PlanningEndpoint
  readonly fate: Fate
}

/** Something that sent telemetry, with what it must be joined to: an endpoint of the inventory, or a problem. */
export interface MadeUpRun {
  readonly run: Run
  readonly belongsTo: string
}

export interface MadeUpFleet {
  readonly endpoints: readonly MadeUpEndpoint[]
  readonly runs: readonly MadeUpRun[]
}

const versions = { desktop: '1.30096.1', code: '2.1.329', olderDesktop: '1.24012.9', olderCode: '2.1.290' }

/** A fleet of a few dozen endpoints; every fate comes up in each. The same seed gives the same fleet. */
export function madeUpFleet(seed: string): MadeUpFleet {
  const random = new Random(`made-up fleet ${seed}`)
  // One stands for itself alone, so that another may bear its name.
  const more = Array.from({ length: 14 }, () => random.pick(fateNames))
  const plan = ['by-serial', ...random.shuffled([...fateNames, ...more])] as const
  const endpoints = plan.map((fate, index) => ({ entry: entryOf(random, fate, index), fate }))
  const runs = endpoints.flatMap(({ entry, fate }) => runsOf(random, entry, fate, endpoints[0]!.entry))
  return { endpoints, runs: [...runs, ...outsideWindow(random, runs), ...ghosts(random)] }
}

function entryOf(random: Random, fate: Fate, index: number): PlanningEndpoint {
  const number = String(index).padStart(3, '0')
  const department = random.pick(['Research', 'Sales', 'Support'])
  const entry = planningEndpoint({
    id: `SERIAL${number}`,
    serial: `SERIAL${number}`,
    hostname: `host-${number}`,
    // Two endpoints of one account: its address names neither.
    email:
      fate === 'shared-account' || fate === 'other-of-the-account'
        ? 'shared@example.com'
        : `account-${number}@example.com`,
    platform: platformOf(random, fate),
    department,
    groups: department === 'Sales' ? ['Field'] : [],
    state: fate === 'needs-upgrade' ? 'upgrade' : fate === 'left-out' ? 'excluded' : 'ready',
    reasons: [],
  })
  // A record of an older version contradicts only an inventory that was taken before it.
  const asOf = fate === 'older-version' ? '2026-11-12T08:00:00Z' : '2026-11-19T08:00:00Z'
  // As a scan has it, with the status that planning does not ask for.
  const installed = (version: string) => ({ status: 'installed', version, normal: version, asOf })
  const code =
    fate === 'not-in-inventory'
      ? { status: 'absent' as const, asOf }
      : fate === 'no-version'
        ? { status: 'installed' as const, asOf }
        : installed(versions.code)
  return { ...entry, desktop: installed(versions.desktop), code }
}

function platformOf(random: Random, fate: Fate): string {
  if (fate === 'never-heard' || fate === 'fell-silent') return 'macos'
  if (fate === 'never-heard-windows') return 'windows'
  const isNameless = fate === 'hashed' || fate === 'nameless' || fate === 'unfilled'
  return isNameless ? 'windows' : random.pick(['macos', 'windows'])
}

const onlyClaudeCode: ReadonlySet<Fate> = new Set([
  ...(['user-hook', 'project-hook', 'hook-fails', 'hook-blind', 'not-in-inventory', 'no-version'] as const),
])

function runsOf(random: Random, entry: PlanningEndpoint, fate: Fate, stranger: PlanningEndpoint): MadeUpRun[] {
  if (isUnheard(fate)) return []
  const service: Service = random.pick(
    onlyClaudeCode.has(fate)
      ? ['claude-code']
      : fate === 'by-email'
        ? ['cowork', 'claude-code']
        : ['claude-code', 'claude-code-desktop'],
  )
  const client = clientOf(random, entry, service, fate, stranger)
  const count = fate === 'project-hook' ? 3 : random.integer(1, 3)
  const belongsTo = ownerOf(entry, fate)
  return Array.from({ length: count }, (_, index): MadeUpRun[] => {
    const last = fate === 'fell-silent' ? fleetAsOf - 10 * day : fleetAsOf - day
    const ahead = fate === 'fast-clock' ? 14 * day : 0
    const start = last - random.integer(0, 4 * 1440) * 60_000 - index * 3 * day + ahead
    const run = withLosses(random, typicalRun(random, client, habitsOf(random, fate, start, index === 0)))
    if (random.integer(0, 3) > 0) return [{ run, belongsTo }]
    // Resumed the same day: the numbers start again.
    const again = habitsOf(random, fate, start + random.integer(4, 9) * 3_600_000, false)
    return [
      { run, belongsTo },
      { run: typicalRun(random, client, { ...again, session: run.session }), belongsTo },
    ]
  }).flat()
}

const isUnheard = (fate: Fate) =>
  fate.startsWith('never-heard') || fate === 'left-out' || fate === 'other-of-the-account'

/** Long ago, and on a clock that runs a day ahead: neither counts. */
function outsideWindow(random: Random, runs: readonly MadeUpRun[]): MadeUpRun[] {
  const { run, belongsTo } = runs[0]!
  return [fleetSince - 9 * day, fleetAsOf + day].map((start) => ({
    run: typicalRun(random, run.client, habitsOf(random, 'by-serial', start, false)),
    belongsTo,
  }))
}

/** What a sender of this fate is joined to. */
function ownerOf(entry: PlanningEndpoint, fate: Fate): string {
  const problems: Partial<Record<Fate, string>> = {
    hashed: 'hashed',
    nameless: 'no-identity',
    unfilled: 'no-identity',
    'shared-account': 'several-endpoints',
    'two-names': 'disagreement',
    'name-of-another': 'disagreement',
  }
  return problems[fate] ?? entry.id
}

function clientOf(
  random: Random,
  entry: PlanningEndpoint,
  service: Service,
  fate: Fate,
  stranger: PlanningEndpoint,
): Client {
  const isDesktop = service !== 'claude-code'
  const older = fate === 'older-version'
  const version = isDesktop
    ? older
      ? versions.olderDesktop
      : versions.desktop
    : older
      ? versions.olderCode
      : versions.code
  const names: Partial<Record<Fate, Record<string, string>>> = {
    'by-hostname': { 'endpoint.name': entry.hostname! },
    'by-email': {},
    hashed: {},
    nameless: {},
    unfilled: { 'endpoint.serial': '$SERIALNUMBER' },
    'shared-account': {},
    'name-of-another': { 'endpoint.name': stranger.hostname! },
    'two-names': { 'endpoint.serial': entry.serial!, 'endpoint.name': stranger.hostname! },
  }
  const email: Partial<Record<Fate, string | undefined>> = {
    hashed: hashedAddress('0123456789abcdef0123456789abcdef', entry.email!),
    nameless: undefined,
    unfilled: undefined,
  }
  const stamp = { 'fleet.policy': fate === 'other-stamp' ? otherStamp : fleetStamp }
  return {
    service,
    version,
    osType: entry.platform === 'macos' ? 'darwin' : 'windows',
    osVersion: random.pick(['25.1.0', '24.6.0', '10.0.26100']),
    attributes: service === 'cowork' ? {} : { ...stamp, ...(names[fate] ?? { 'endpoint.serial': entry.serial! }) },
    installation: random.text('0123456789abcdef', 64),
    terminal: service === 'claude-code' ? 'xterm-256color' : 'non-interactive',
    organization: '6f1c2a5e-0000-4000-8000-000000000000',
    account: random.guid(),
    email: fate in email ? email[fate] : entry.email,
    owner: service === 'cowork' ? 'account' : undefined,
  }
}

const tools = [
  { tool: 'Bash', failures: 8 },
  { tool: 'Read' },
  { tool: 'Edit', source: 'user_temporary', patience: 20_000 },
  { tool: 'Skill', parameters: { skill_name: 'release-notes' } },
  { tool: 'mcp_tool', parameters: { mcp_server_name: 'github', mcp_tool_name: 'search' }, scope: 'project' },
]
const unapproved = {
  tool: 'mcp_tool',
  parameters: { mcp_server_name: 'notes', mcp_tool_name: 'export' },
  scope: 'user',
}

function habitsOf(random: Random, fate: Fate, start: number, isFirst: boolean): Habits {
  const hook =
    fate === 'hook-fails'
      ? random.pick([
          { success: 0, blocking: 0, failed: 1, cancelled: 0 },
          { success: 0, blocking: 0, failed: 0, cancelled: 1 },
        ])
      : fate !== 'unapproved-server' && random.integer(0, 4) === 0
        ? { ...goodHook, success: 0, blocking: 1 }
        : goodHook
  const own: Deed = {
    event: 'hook_registered',
    hookEvent: 'PostToolUse',
    hookType: 'command',
    hookSource: 'userSettings',
  }
  const ofProject: Deed = { ...own, hookSource: 'projectSettings' }
  const plugin: Deed = {
    event: 'plugin_loaded',
    plugin: 'review',
    marketplace: 'example',
    version: '1.2.0',
    scope: 'org',
    enabledVia: 'org-policy',
  }
  const connection: Deed = { event: 'mcp_server_connection', status: 'connected', scope: 'project', server: 'github' }
  const bypass: Deed = {
    event: 'permission_mode_changed',
    from: 'default',
    to: 'bypassPermissions',
    trigger: 'shift_tab',
  }
  return {
    start,
    prompts: random.integer(1, 4),
    calls: 3,
    tools: fate === 'unapproved-server' && isFirst ? [unapproved] : tools,
    atStart: [
      ...managedStart('9f86d081884c7d65'),
      plugin,
      connection,
      ...(fate === 'user-hook' ? [own] : []),
      ...(fate === 'project-hook' && !isFirst ? [ofProject] : []),
      { event: 'skill_activated', skill: 'release-notes', source: 'projectSettings' },
    ],
    ...(fate !== 'hook-blind' && { hook }),
    ...((fate === 'user-hook' || fate === 'project-hook') && { managedOnly: false }),
    atEnd: [
      ...(fate === 'bypass' && isFirst ? [bypass] : []),
      ...(fate === 'fails' ? [{ event: 'api_error', duration: 900, status: 529 } as const] : []),
      { event: 'workspace_indexed', files: random.integer(1, 900) },
    ],
    ...(fate === 'leak' && isFirst && { text: 'the text of a prompt' }),
    ...(random.integer(0, 1) === 0 && { pointSeconds: 60 }),
  }
}

const mayBeLost = new Set(['api_request', 'hook_execution_start', 'tool_decision', 'tool_result'])

/** A few records in the middle never arrive; those that make a fate what it is do. */
function withLosses(random: Random, run: Run): Run {
  const acts = run.acts.map((act) =>
    mayBeLost.has(act.event) && random.integer(0, 19) === 0 ? { ...act, lost: true } : act,
  )
  return { ...run, acts }
}

/** A machine and an account that no inventory knows. */
function ghosts(random: Random): MadeUpRun[] {
  const stranger = (serial: string | undefined, email: string): Client => ({
    service: 'claude-code',
    version: versions.code,
    osType: 'linux',
    osVersion: '6.8.0',
    attributes: { 'fleet.policy': fleetStamp, ...(serial !== undefined && { 'endpoint.serial': serial }) },
    installation: random.text('0123456789abcdef', 64),
    terminal: 'xterm-256color',
    email,
  })
  return [
    { client: stranger('GHOST001', 'ghost-machine@example.com'), belongsTo: 'unknown-machine' },
    { client: stranger(undefined, 'ghost-account@example.net'), belongsTo: 'unknown-account' },
  ].map(({ client, belongsTo }) => ({
    run: typicalRun(random, client, habitsOf(random, 'by-serial', fleetAsOf - 2 * day, true)),
    belongsTo,
  }))
}
