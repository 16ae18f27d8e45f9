import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { dataPoints, logRecords } from '../../templates/samples/telemetry/client-records.js'
import { logLine, metricLine } from '../../templates/samples/telemetry/otlp-json.js'
import type { Client, Deed, Run } from '../../templates/samples/telemetry/script.js'

/** What a real client sent (2.1.197, 2026-11-20, http/json). */
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/otlp/${name}`, import.meta.url)), 'utf8'))

const client: Client = {
  service: 'claude-code',
  version: '2.1.197',
  osType: 'linux',
  osVersion: '6.18.44',
  attributes: { department: 'finance ops', 'team.id': 'platform', cost_center: 'eng-123' },
  installation: '47d97d7d59331ed1d6188f394b8e0015453c752caf36ed148cc9297f158bb42e',
  terminal: 'non-interactive',
}

/** What the real client did while it was recorded, deed by deed. */
const deeds: readonly Deed[] = [
  {
    event: 'hook_registered',
    hookEvent: 'PreToolUse',
    hookType: 'command',
    hookSource: 'policySettings',
    matcher: '*',
  },
  { event: 'user_prompt', length: 5 },
  { event: 'hook_execution_start', hookEvent: 'PreToolUse', tool: 'Bash', hooks: 1 },
  { event: 'api_request', duration: 23, tokens: 1 },
  {
    event: 'hook_execution_complete',
    hookEvent: 'PreToolUse',
    hookSource: 'policySettings',
    managedOnly: true,
    tool: 'Bash',
    ...{ hooks: 1, success: 0, blocking: 1, failed: 0, cancelled: 0, duration: 20 },
  },
  {
    event: 'tool_decision',
    tool: 'Bash',
    toolUse: 'toolu_drill',
    decision: 'reject',
    source: 'hook',
    parameters: { bash_command: 'echo', full_command: 'echo drill', description: 'drill' },
  },
  { event: 'api_request', duration: 7, tokens: 1 },
  { event: 'assistant_response', length: 4 },
]
const at = Date.parse('2026-11-20T17:21:52.244Z')
const run: Run = {
  session: '0be74e02-ba0a-4311-b883-5c583c28ac66',
  client,
  acts: deeds.map((deed, index) => ({
    ...deed,
    at: at + index,
    prompt: deed.event === 'hook_registered' ? undefined : '431bfc17-c0e3-478b-8c03-aef8b339f4c4',
  })),
  points: [at + 200],
}

/** The same, with the kind of each value in its place: names of attributes, members and the types of values remain. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  if ('key' in value && 'value' in value) return { [String(value.key)]: Object.keys(value.value as object) }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]))
}

it('writes log records as a real client does, attribute by attribute, in their order', () => {
  const written: unknown = JSON.parse(logLine(logRecords(run), { writer: 'client' }))
  expect(shapeOf(written)).toEqual(shapeOf(recorded('claude-code-logs.jsonl')))
  expect(JSON.stringify(shapeOf(written))).toBe(JSON.stringify(shapeOf(recorded('claude-code-logs.jsonl'))))
})

it('writes data points as a real client does', () => {
  interface Metrics {
    resourceMetrics: { resource: unknown; scopeMetrics: { scope: unknown; metrics: { name: string }[] }[] }[]
  }
  const written = JSON.parse(metricLine(dataPoints(run), { writer: 'client' })) as Metrics
  const real = recorded('claude-code-metrics.jsonl') as Metrics
  const [ours, theirs] = [written, real].map(({ resourceMetrics }) => resourceMetrics[0]!)
  expect(shapeOf(ours!.resource)).toEqual(shapeOf(theirs!.resource))
  expect(ours!.scopeMetrics[0]!.scope).toEqual(theirs!.scopeMetrics[0]!.scope)
  const metric = (from: Metrics, name: string) =>
    from.resourceMetrics[0]!.scopeMetrics[0]!.metrics.find((each) => each.name === name)
  for (const { name } of ours!.scopeMetrics[0]!.metrics) {
    expect(JSON.stringify(shapeOf(metric(written, name)))).toBe(JSON.stringify(shapeOf(metric(real, name))))
    const { description, unit } = metric(real, name) as unknown as Record<string, unknown>
    expect(metric(written, name)).toMatchObject({ description, unit })
  }
})
