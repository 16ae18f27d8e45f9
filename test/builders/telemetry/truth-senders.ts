import type { Sender, TelemetryQuery } from '../../../src/telemetry/tables.js'
import type { Client, Run } from '../../../templates/samples/telemetry/script.js'
import { arrived, type Cell, exampleOf, type Fact, groups } from './truth-facts.js'

/** What tells a client from another, in the order of the columns, then the values of the identity keys. */
export function senderKey(client: Client, { identityKeys }: TelemetryQuery): Cell[] {
  const { service, version, osType, osVersion, attributes, organization, account, installation, email, owner } = client
  const stamp = attributes['fleet.policy']
  return [
    service,
    version,
    '',
    osType,
    osVersion,
    stamp ?? '',
    organization ?? '',
    account ?? '',
    installation,
    email ?? '',
    owner ?? '',
    '',
    ...identityKeys.map((key) => attributes[key] ?? ''),
  ]
}

interface Heard {
  readonly client: Client
  readonly fact?: Fact
  readonly point?: number
  readonly after?: number
}

/** Every client that sent a log record in the window or after it, or a data point in the window. */
export function sendersTruth(runs: readonly Run[], facts: readonly Fact[], query: TelemetryQuery): Sender[] {
  const points = runs.flatMap(({ client, points: times }) =>
    times.filter((time) => query.since <= time && time < query.until).map((point): Heard => ({ client, point })),
  )
  const late = arrived(runs)
    .filter(({ act }) => act.at >= query.until)
    .map(({ client, act }): Heard => ({ client, after: act.at }))
  const heard: Heard[] = [...facts.map((fact) => ({ client: fact.client, fact })), ...points, ...late]
  const missing = missingByClient(facts, query)
  return groups(heard, ({ client }) => senderKey(client, query)).map(([key, own]): Sender => {
    const records = own.flatMap(({ fact }) => (fact === undefined ? [] : [fact]))
    const times = records.map(({ act }) => act.at)
    const pointTimes = own.flatMap(({ point }) => (point === undefined ? [] : [point]))
    const texts = key.map(String)
    const count = (...events: string[]) => records.filter(({ act }) => events.includes(act.event)).length
    return {
      service: texts[0]!,
      version: texts[1]!,
      appVersion: texts[2]!,
      osType: texts[3]!,
      osVersion: texts[4]!,
      stamp: texts[5]!,
      organization: texts[6]!,
      account: texts[7]!,
      installation: texts[8]!,
      email: texts[9]!,
      owner: texts[10]!,
      groups: texts[11]!,
      identity: texts.slice(12),
      events: records.length,
      sessions: new Set(records.map(({ session }) => session)).size,
      first: least(times),
      last: greatest(times),
      lastAfter: greatest(own.flatMap(({ after }) => after ?? [])),
      firstPoint: least(pointTimes),
      lastPoint: greatest(pointTimes),
      firstSpan: 0,
      lastSpan: 0,
      toolEvents: count('tool_result', 'tool_decision'),
      prompts: count('user_prompt'),
      missing: missing.get(JSON.stringify(key)) ?? 0,
    }
  })
}

const least = (times: readonly number[]) => (times.length === 0 ? 0 : Math.min(...times))
const greatest = (times: readonly number[]) => (times.length === 0 ? 0 : Math.max(...times))

/** Numbers of a session that never arrived belong to the client of its first record. */
function missingByClient(facts: readonly Fact[], query: TelemetryQuery): Map<string, number> {
  const missing = new Map<string, number>()
  for (const [, own] of groups(facts, ({ session }) => [session])) {
    const numbers = new Set(own.map(({ sequence }) => sequence))
    const gaps = Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.size
    const first = exampleOf(own)
    const { client } = own.find(({ act, sequence }) => act.at === first.at && sequence === first.sequence)!
    const key = JSON.stringify(senderKey(client, query))
    missing.set(key, (missing.get(key) ?? 0) + gaps)
  }
  return missing
}
