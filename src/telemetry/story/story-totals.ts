import { byText } from '../../platform/by-text.js'
import type { Totals } from './story-document.js'
import { longestFact, plain } from './story-entries.js'
import { storyEvent } from './story-events.js'
import { eventOf } from './story-field.js'
import type { StoryRecord } from './story-record.js'
import { cutTo, numberOf } from './story-value.js'
import { costMicros } from './story-words.js'

const mostTools = 50

/** What the records add up to. A number that is missing or unreadable counts as 0, but for the cost. */
export function totalsOf(records: readonly StoryRecord[], showsContent: boolean): Totals {
  const byEvent = new Map<string, StoryRecord[]>()
  for (const record of records) {
    const event = eventOf(record)
    const list = byEvent.get(event)
    if (list === undefined) byEvent.set(event, [record])
    else list.push(record)
  }
  const of = (event: string) => byEvent.get(event) ?? []
  const requests = of('api_request')
  const costs = requests.map((record) => costMicros((name) => value(record, name)))
  const known = costs.filter((cost) => cost >= 0)
  const results = of('tool_result')
  const refused = of('tool_decision').filter((record) => value(record, 'decision') === 'reject')
  const nameOf = (text: string) => cutTo(plain(text, { showsContent }), longestFact)
  const tools = toolsOf(results, refused, nameOf)
  return {
    prompts: of('user_prompt').length,
    requests: requests.length,
    tokens: {
      input: sum(requests, 'input_tokens'),
      output: sum(requests, 'output_tokens'),
      cacheRead: sum(requests, 'cache_read_tokens'),
      cacheCreation: sum(requests, 'cache_creation_tokens'),
    },
    costUsd: known.length === 0 ? null : known.reduce((total, cost) => total + cost, 0) / 1e6,
    requestsWithoutCost: requests.length - known.length,
    toolCalls: results.length,
    toolFailures: results.filter(hasFailed).length,
    tools: tools.slice(0, mostTools),
    moreTools: Math.max(0, tools.length - mostTools),
    refused: refused.length,
    refusedBy: sortedCounts(
      refused.map((record) => nameOf(value(record, 'source') || value(record, 'decision_source'))),
    ),
    blockedByHooks: of('hook_execution_complete').filter((record) => numberOf(value(record, 'num_blocking')) > 0)
      .length,
    modeChanges: of('permission_mode_changed').length,
    errors: [...byEvent].reduce(
      (total, [event, list]) => total + (storyEvent(event).kind === 'error' ? list.length : 0),
      0,
    ),
  }
}

function value({ attributes }: StoryRecord, name: string): string {
  return attributes.get(name)?.text ?? ''
}

function sum(records: readonly StoryRecord[], name: string): number {
  return records.reduce((total, record) => {
    const number = numberOf(value(record, name))
    const more = total + Math.round(number)
    return number > 0 && Number.isSafeInteger(more) ? more : total
  }, 0)
}

function hasFailed(record: StoryRecord): boolean {
  return value(record, 'success') === 'false'
}

function toolsOf(
  results: readonly StoryRecord[],
  refused: readonly StoryRecord[],
  nameOf: (text: string) => string,
): Totals['tools'] {
  const tools = new Map<string, { calls: number; failures: number; refused: number }>()
  const toolOf = (record: StoryRecord) => {
    const name = nameOf(value(record, 'tool_name'))
    const tool = tools.get(name) ?? { calls: 0, failures: 0, refused: 0 }
    tools.set(name, tool)
    return tool
  }
  for (const record of results) {
    const tool = toolOf(record)
    tool.calls++
    if (hasFailed(record)) tool.failures++
  }
  for (const record of refused) toolOf(record).refused++
  return [...tools]
    .map(([tool, counts]) => ({ tool, ...counts }))
    .sort((a, b) => b.calls - a.calls || b.refused - a.refused || byText(a.tool, b.tool))
}

function sortedCounts(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => byText(a, b)))
}
