import { byText } from '../../platform/by-text.js'
import type { TelemetryInput, Words } from '../batch.js'
import {
  type Example,
  type Sender,
  type SenderColumn,
  senderColumns,
  type TelemetryCounts,
  type TelemetryTables,
} from '../tables.js'
import { contentRows } from './content-rows.js'
import type { ContentTable } from './content-table.js'
import type { EventKinds } from './event-kinds.js'
import { type EventTable, eventValues } from './event-table.js'
import { decisionSums, type EventTables, hookRunSums, toolSums } from './event-tables.js'
import type { KeyTable } from './key-table.js'
import { type SenderTable, senderValues } from './sender-table.js'
import { dayName, weekName } from './week.js'

/** What was summed up. */
export interface Sums {
  readonly senders: SenderTable
  readonly events: EventKinds
  readonly tables: EventTables
  readonly days: KeyTable
  readonly toolWeeks: KeyTable
  readonly runWeeks: KeyTable
  readonly content: ContentTable
}

type Order = (a: number, b: number) => number
const byNumber: Order = (a, b) => a - b

/** The tables with texts in place of words, each sorted by its key. */
export function answerTables(words: Words, sums: Sums): TelemetryTables {
  const { senders, events, days, toolWeeks, runWeeks, content } = sums
  const order = Array.from({ length: senders.keys.size }, (_, sender) => sender).sort(senders.order)
  const places = new Int32Array(order.length)
  order.forEach((sender, place) => {
    places[sender] = place
  })
  const byWord: Order = (a, b) => (a === b ? 0 : byText(words.text(a), words.text(b)))
  const byPlace: Order = (a, b) => places[a]! - places[b]!

  /** Rows by sender, then words. `text` counts from the first word. */
  const rows = <Row>(table: EventTable, make: (cells: EventCells) => Row): Row[] => {
    const { keys, examples } = table
    return sortedRows(keys, [byPlace, ...new Array<Order>(keys.columns - 1).fill(byWord)]).map((row) =>
      make({
        sender: places[keys.keyOf(row, 0)]!,
        text: (column) => words.text(keys.keyOf(row, column + 1)),
        events: keys.values[row * keys.width + eventValues.events]!,
        first: keys.values[row * keys.width + eventValues.first]!,
        last: keys.values[row * keys.width + eventValues.last]!,
        sum: (sum) => table.sum(row, sum),
        example: examples.example(row),
      }),
    )
  }
  const { settings, hooks, hookRuns, tools, decisions, plugins, skills, connections, modes } = sums.tables
  return {
    senders: order.map((sender) => senderRow(senders, words, sender)),
    days: sortedRows(days, [byWord, byNumber]).map((row) => ({
      service: words.text(days.keyOf(row, 0)),
      day: dayName(days.keyOf(row, 1)),
      events: days.values[row]!,
    })),
    events: sortedRows(events.keys, [byWord, byWord]).map((row) => ({
      service: words.text(events.keys.keyOf(row, 0)),
      event: words.text(events.keys.keyOf(row, 1)),
      events: events.keys.values[row]!,
    })),
    settings: rows(settings, (cells) => ({
      sender: cells.sender,
      trigger: cells.text(0),
      error: cells.text(1),
      sources: cells.text(2),
      behavior: cells.text(3),
      helper: cells.text(4),
      digest: cells.text(5),
      ...common(cells),
    })),
    hooks: rows(hooks, (cells) => ({
      sender: cells.sender,
      hookEvent: cells.text(0),
      hookType: cells.text(1),
      hookSource: cells.text(2),
      ...common(cells),
    })),
    hookRuns: rows(hookRuns, (cells) => ({
      sender: cells.sender,
      hookEvent: cells.text(0),
      hookSource: cells.text(1),
      managedOnly: cells.text(2),
      executions: cells.events,
      hooks: cells.sum(hookRunSums.hooks),
      success: cells.sum(hookRunSums.success),
      blocking: cells.sum(hookRunSums.blocking),
      nonBlockingError: cells.sum(hookRunSums.nonBlockingError),
      cancelled: cells.sum(hookRunSums.cancelled),
      durationMs: cells.sum(hookRunSums.duration),
      last: cells.last,
      ...(cells.example && { failure: cells.example }),
    })),
    tools: rows(tools, (cells) => ({
      sender: cells.sender,
      tool: cells.text(0),
      mcpServer: cells.text(1),
      mcpTool: cells.text(2),
      mcpScope: cells.text(3),
      skill: cells.text(4),
      calls: cells.events,
      failures: cells.sum(toolSums.failures),
      durationMs: cells.sum(toolSums.duration),
      last: cells.last,
      example: cells.example!,
    })),
    toolWeeks: sortedRows(toolWeeks, [byWord, byWord, byNumber]).map((row) => ({
      service: words.text(toolWeeks.keyOf(row, 0)),
      tool: words.text(toolWeeks.keyOf(row, 1)),
      week: weekName(toolWeeks.keyOf(row, 2)),
      calls: toolWeeks.values[row * 2]!,
      failures: toolWeeks.values[row * 2 + 1]!,
    })),
    decisions: rows(decisions, (cells) => ({
      sender: cells.sender,
      tool: cells.text(0),
      decision: cells.text(1),
      source: cells.text(2),
      events: cells.events,
      matched: cells.sum(decisionSums.matched),
      waitMs: cells.sum(decisionSums.waited),
      longestMs: cells.sum(decisionSums.longest),
      last: cells.last,
      example: cells.example!,
    })),
    runWeeks: sortedRows(runWeeks, [byWord, byNumber]).map((row) => ({
      service: words.text(runWeeks.keyOf(row, 0)),
      week: weekName(runWeeks.keyOf(row, 1)),
      runs: runWeeks.values[row * 2]!,
      failed: runWeeks.values[row * 2 + 1]!,
    })),
    plugins: rows(plugins, (cells) => ({
      sender: cells.sender,
      event: cells.text(0),
      plugin: cells.text(1),
      marketplace: cells.text(2),
      version: cells.text(3),
      scope: cells.text(4),
      enabledVia: cells.text(5),
      ...common(cells),
    })),
    skills: rows(skills, (cells) => ({
      sender: cells.sender,
      skill: cells.text(0),
      source: cells.text(1),
      plugin: cells.text(2),
      marketplace: cells.text(3),
      ...common(cells),
    })),
    connections: rows(connections, (cells) => ({
      sender: cells.sender,
      server: cells.text(0),
      scope: cells.text(1),
      plugin: cells.text(2),
      status: cells.text(3),
      ...common(cells),
    })),
    modes: rows(modes, (cells) => ({
      sender: cells.sender,
      from: cells.text(0),
      to: cells.text(1),
      trigger: cells.text(2),
      first: cells.first,
      ...common(cells),
    })),
    content: contentRows(content.groups()),
  }
}

/** One row of an event table, still to be named. */
interface EventCells {
  readonly sender: number
  readonly text: (column: number) => string
  readonly events: number
  readonly first: number
  readonly last: number
  readonly sum: (sum: number) => number
  readonly example: Example | undefined
}

/** What most rows end with; where every record is offered as an example there is one. */
function common({ events, last, example }: EventCells): { events: number; last: number; example: Example } {
  return { events, last, example: example! }
}

function senderRow({ keys, columns }: SenderTable, words: Words, sender: number): Sender {
  const text = (column: number) => words.text(keys.keyOf(sender, column))
  const value = (name: keyof typeof senderValues) => keys.values[sender * keys.width + senderValues[name]]!
  /** A first or last time that was never set is infinite. */
  const time = (name: keyof typeof senderValues) => (Number.isFinite(value(name)) ? value(name) : 0)
  const said = Object.fromEntries(senderColumns.map((name, column) => [name, text(column)]))
  return {
    ...(said as Record<SenderColumn, string>),
    identity: Array.from({ length: columns - senderColumns.length }, (_, key) => text(senderColumns.length + key)),
    events: value('events'),
    sessions: value('sessions'),
    first: time('first'),
    last: time('last'),
    lastAfter: time('lastAfter'),
    firstPoint: time('firstPoint'),
    lastPoint: time('lastPoint'),
    firstSpan: time('firstSpan'),
    lastSpan: time('lastSpan'),
    toolEvents: value('toolEvents'),
    prompts: value('prompts'),
    missing: value('missing'),
  }
}

/** The rows of a table by their key columns, each column by its own order. */
function sortedRows(keys: KeyTable, orders: readonly Order[]): number[] {
  return Array.from({ length: keys.size }, (_, row) => row).sort((a, b) => {
    for (const [column, order] of orders.entries()) {
      const difference = order(keys.keyOf(a, column), keys.keyOf(b, column))
      if (difference !== 0) return difference
    }
    return 0
  })
}

/** The counts, with the foreign records of all inputs added up. */
export function answerCounts(
  counts: Omit<TelemetryCounts, 'foreign'>,
  inputs: readonly TelemetryInput[],
): TelemetryCounts {
  const foreign = new Map<string, number>()
  for (const input of inputs)
    for (const [service, records] of Object.entries(input.foreign))
      foreign.set(service, (foreign.get(service) ?? 0) + records)
  return { ...counts, foreign: Object.fromEntries([...foreign].sort(([a], [b]) => byText(a, b))) }
}
