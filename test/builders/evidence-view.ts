import { policyStamp } from '../../src/bundle/stamp.js'
import { Policy } from '../../src/policy/policy.js'
import { identityKeys } from '../../src/telemetry/identity-keys.js'
import { matchSenders } from '../../src/telemetry/match-senders.js'
import type { DayCount, Example, HookRow, Sender, SettingsRow, TelemetryTables } from '../../src/telemetry/tables.js'
import type { EvidenceView, KnownEndpoint } from '../../src/telemetry/view.js'
import { tablesOf } from './section-view.js'

export const day = 86_400_000
export const asOf = Date.UTC(2026, 10, 20)
/** So many days before `asOf`. */
export const daysAgo = (days: number) => asOf - days * day

/** Every endpoint names itself by serial number; hooks are managed only. */
export const evidencePolicy = Policy.parse({
  telemetry: { endpoint: 'https://otel.example:4318', endpointAttributes: { 'endpoint.serial': 'serial' } },
  hooks: {},
})
export const currentStamp = policyStamp(evidencePolicy)
export const keys = identityKeys(evidencePolicy)

/** A ready endpoint with both products, of which the inventory knows the version since 5 days. */
export function knownEndpoint(id: string, changes: Partial<KnownEndpoint> = {}): KnownEndpoint {
  return {
    id,
    serial: id,
    hostname: `host-${id.toLowerCase()}`,
    email: `${id.toLowerCase()}@example.com`,
    groups: [],
    platform: 'macos',
    state: 'ready',
    reasons: [],
    lastSeen: daysAgo(1),
    desktop: { status: 'installed', version: '1.30096.1', asOf: daysAgo(5) },
    code: { status: 'installed', version: '2.1.329', asOf: daysAgo(5) },
    ...changes,
  }
}

type SenderChanges = Partial<Omit<Sender, 'identity'>> & {
  readonly serial?: string
  readonly hostname?: string
}

/** Claude Code under this policy, from 20 days to one day ago; names nobody unless told. */
export function sender({ serial = '', hostname = '', ...changes }: SenderChanges = {}): Sender {
  return {
    service: 'claude-code',
    version: '2.1.329',
    appVersion: '',
    osType: 'darwin',
    osVersion: '25.1.0',
    stamp: currentStamp,
    organization: 'organization',
    account: '',
    installation: '',
    email: '',
    owner: '',
    groups: '',
    identity: keys.map(({ key }) => ({ 'endpoint.serial': serial, 'host.name': hostname })[key] ?? ''),
    events: 10,
    sessions: 1,
    first: daysAgo(20),
    last: daysAgo(1),
    lastAfter: 0,
    firstPoint: 0,
    lastPoint: 0,
    firstSpan: 0,
    lastSpan: 0,
    toolEvents: 0,
    prompts: 0,
    missing: 0,
    ...changes,
  }
}

export const exampleAt = (at: number): Example => ({ session: 'session', sequence: 1, prompt: '', at })

export function hookRow(of: number, hookSource: string, last: number): HookRow {
  return {
    sender: of,
    hookEvent: 'PreToolUse',
    hookType: 'command',
    hookSource,
    events: 1,
    last,
    example: exampleAt(last),
  }
}

export function settingsRow(of: number, last: number, changes: Partial<SettingsRow> = {}): SettingsRow {
  return {
    sender: of,
    trigger: 'startup',
    error: '',
    sources: 'plist',
    behavior: 'first-wins',
    helper: 'none',
    digest: '',
    events: 1,
    last,
    example: exampleAt(last),
    ...changes,
  }
}

const noTables = tablesOf()

/** Someone whose records cover every day of the window, so that silence can be told. */
export const witness = sender({ serial: 'WITNESS', first: daysAgo(28), last: daysAgo(0) - 1 })

/** One log record a day of each sender, from its first to its last. */
export function daysOf(senders: readonly Sender[]): readonly DayCount[] {
  const rows = new Map<string, DayCount>()
  for (const { service, first, last } of senders.filter(({ events }) => events > 0))
    for (let time = Math.floor(first / day) * day; time <= last; time += day) {
      const date = new Date(time).toISOString().slice(0, 10)
      const events = (rows.get(`${service} ${date}`)?.events ?? 0) + 1
      rows.set(`${service} ${date}`, { service, day: date, events })
    }
  return [...rows.values()]
}

export interface ViewParts extends Partial<Omit<EvidenceView, 'tables' | 'policy'>> {
  readonly senders: readonly Sender[]
  readonly tables?: Partial<TelemetryTables> | undefined
  readonly policy?: Policy | undefined
  readonly hashKey?: string | undefined
}

/** A view of the 28 days before `asOf`, joined as `fleet evidence` joins it. */
export function viewOf({ senders, tables, policy = evidencePolicy, hashKey, ...changes }: ViewParts): EvidenceView {
  const found = identityKeys(policy)
  const endpoints = 'endpoints' in changes ? changes.endpoints : [knownEndpoint('WITNESS')]
  return {
    tables: { ...noTables, ...tables, days: tables?.days ?? daysOf(senders), senders },
    counts: {
      read: 0,
      canary: 0,
      duplicates: 0,
      beforeWindow: 0,
      afterWindow: 0,
      withoutSequence: 0,
      foreign: {},
    },
    identityKeys: found,
    policy: { policy, digest: 'sha256:example', file: 'fleet.yaml', folder: '/' },
    stamp: policy.telemetry && policyStamp(policy),
    matches: matchSenders(senders, found, endpoints, { hashKey }),
    asOf,
    since: daysAgo(28),
    until: asOf,
    ...changes,
    endpoints,
  }
}
