import { Policy } from '../../src/policy/policy.js'
import { identityKeys } from '../../src/telemetry/identity-keys.js'
import type {
  ConnectionRow,
  DayCount,
  DecisionRow,
  Example,
  HookRow,
  HookRunRow,
  ModeRow,
  PluginRow,
  Sender,
  SkillRow,
  TelemetryCounts,
  TelemetryTables,
  ToolRow,
} from '../../src/telemetry/tables.js'
import type { EvidenceView, KnownEndpoint, SenderMatch } from '../../src/telemetry/view.js'

/** Friday, 2026-11-20, midnight UTC: the window of a view ends here, and silence is measured against it. */
export const viewAsOf = Date.parse('2026-11-20T00:00:00Z')
/** Monday, 2026-09-14: ten weeks earlier, and where the window starts. */
export const viewSince = Date.parse('2026-09-14T00:00:00Z')

/** Milliseconds of a time such as 2026-11-18T09:30:00Z. */
export const at = (time: string): number => Date.parse(time)

const lastWednesday = at('2026-11-18T09:00:00Z')

/** A record to look at, but for the changes. */
export function exampleOf(changes: Partial<Example> = {}): Example {
  return { session: 'session-1', sequence: 7, prompt: 'prompt-1', at: lastWednesday, ...changes }
}

/** A sender of Claude Code in a terminal; without identity it matches no endpoint. */
export function senderOf(changes: Partial<Sender> = {}): Sender {
  return {
    service: 'claude-code',
    version: '2.1.329',
    appVersion: '',
    osType: 'darwin',
    osVersion: '26.1',
    stamp: '',
    organization: '',
    account: '',
    installation: 'installation-1',
    email: '',
    owner: '',
    groups: '',
    identity: [],
    events: 100,
    sessions: 4,
    first: at('2026-11-02T08:00:00Z'),
    last: lastWednesday,
    lastAfter: 0,
    firstPoint: 0,
    lastPoint: 0,
    firstSpan: 0,
    lastSpan: 0,
    toolEvents: 20,
    prompts: 10,
    missing: 0,
    ...changes,
  }
}

/** A Mac that is ready. */
export function knownEndpointOf(changes: Partial<KnownEndpoint> & { readonly id: string }): KnownEndpoint {
  return {
    serial: changes.id,
    hostname: `host-${changes.id}`,
    department: 'Finance',
    groups: [],
    platform: 'macos',
    state: 'ready',
    reasons: [],
    lastSeen: lastWednesday,
    desktop: { status: 'installed', version: '1.30096.1', asOf: lastWednesday },
    code: { status: 'installed', version: '2.1.329', asOf: lastWednesday },
    ...changes,
  }
}

const seen = { sender: 0, last: lastWednesday, example: exampleOf() }

export const hookRowOf = (changes: Partial<HookRow> = {}): HookRow => ({
  ...seen,
  hookEvent: 'PreToolUse',
  hookType: 'command',
  hookSource: 'policySettings',
  events: 1,
  ...changes,
})

export const hookRunRowOf = (changes: Partial<HookRunRow> = {}): HookRunRow => ({
  sender: 0,
  hookEvent: 'PreToolUse',
  hookSource: 'policySettings',
  managedOnly: 'true',
  executions: 10,
  hooks: 10,
  success: 10,
  blocking: 0,
  nonBlockingError: 0,
  cancelled: 0,
  durationMs: 200,
  last: lastWednesday,
  ...changes,
})

export const toolRowOf = (changes: Partial<ToolRow> = {}): ToolRow => ({
  ...seen,
  tool: 'Bash',
  mcpServer: '',
  mcpTool: '',
  mcpScope: '',
  skill: '',
  calls: 10,
  failures: 0,
  durationMs: 1000,
  ...changes,
})

export const decisionRowOf = (changes: Partial<DecisionRow> = {}): DecisionRow => ({
  ...seen,
  tool: 'Bash',
  decision: 'accept',
  source: 'config',
  events: 10,
  matched: 10,
  waitMs: 1000,
  longestMs: 300,
  ...changes,
})

export const pluginRowOf = (changes: Partial<PluginRow> = {}): PluginRow => ({
  ...seen,
  event: 'plugin_loaded',
  plugin: 'guard',
  marketplace: 'acme',
  version: '2.1.0',
  scope: 'org',
  enabledVia: 'org-policy',
  events: 4,
  ...changes,
})

export const skillRowOf = (changes: Partial<SkillRow> = {}): SkillRow => ({
  ...seen,
  skill: 'release-notes',
  source: 'userSettings',
  plugin: '',
  marketplace: '',
  events: 3,
  ...changes,
})

export const connectionRowOf = (changes: Partial<ConnectionRow> = {}): ConnectionRow => ({
  ...seen,
  server: 'github',
  scope: 'user',
  plugin: '',
  status: 'connected',
  events: 2,
  ...changes,
})

export const modeRowOf = (changes: Partial<ModeRow> = {}): ModeRow => ({
  ...seen,
  from: 'default',
  to: 'acceptEdits',
  trigger: 'shift_tab',
  events: 1,
  first: lastWednesday,
  ...changes,
})

/** Records on every Monday to Friday from one day to before another. */
export function workingDaysOf(from: number, before: number, changes: Partial<DayCount> = {}): DayCount[] {
  const days: DayCount[] = []
  for (let start = from; start < before; start += 86_400_000) {
    const weekday = new Date(start).getUTCDay()
    const day = new Date(start).toISOString().slice(0, 10)
    if (weekday >= 1 && weekday <= 5) days.push({ service: 'claude-code', day, events: 100, ...changes })
  }
  return days
}

/** Tables with nothing in them, but for the changes. */
export function tablesOf(changes: Partial<TelemetryTables> = {}): TelemetryTables {
  return {
    senders: [],
    days: [],
    events: [{ service: 'claude-code', event: 'tool_decision', events: 20 }],
    settings: [],
    hooks: [],
    hookRuns: [],
    tools: [],
    toolWeeks: [],
    decisions: [],
    runWeeks: [],
    plugins: [],
    skills: [],
    connections: [],
    modes: [],
    content: [],
    ...changes,
  }
}

export interface ViewChanges {
  /** As it would stand in fleet.yaml; left-out keys get their defaults. */
  readonly policy?: Readonly<Record<string, unknown>>
  readonly tables?: Partial<TelemetryTables>
  readonly endpoints?: readonly KnownEndpoint[] | undefined
  readonly asOf?: number
  readonly since?: number
  readonly until?: number
}

const noCounts: TelemetryCounts = {
  read: 0,
  canary: 0,
  duplicates: 0,
  beforeWindow: 0,
  afterWindow: 0,
  withoutSequence: 0,
  foreign: {},
}

/** A view with nothing in it, but for the changes. A sender belongs to the endpoint whose serial number it names. */
export function evidenceViewOf(changes: ViewChanges = {}): EvidenceView {
  const policy = Policy.parse(changes.policy ?? {})
  const tables = tablesOf(changes.tables)
  return {
    tables,
    counts: noCounts,
    identityKeys: identityKeys(policy),
    policy: { policy, digest: `sha256:${'0'.repeat(64)}`, folder: '.' },
    stamp: undefined,
    endpoints: changes.endpoints,
    matches: tables.senders.map((sender) => matchBySerial(sender, changes.endpoints)),
    asOf: changes.asOf ?? viewAsOf,
    since: changes.since ?? viewSince,
    until: changes.until ?? changes.asOf ?? viewAsOf,
  }
}

/** Matching by serial number only: how senders are really matched is not what sections are about. */
function matchBySerial({ identity }: Sender, endpoints: readonly KnownEndpoint[] | undefined): SenderMatch {
  const endpoint = (endpoints ?? []).findIndex(({ serial }) => serial !== undefined && identity.includes(serial))
  return endpoint < 0 ? { kind: 'none', problem: 'no-identity' } : { kind: 'serial', endpoint, key: 'endpoint.serial' }
}
