import * as z from 'zod'
import { dayName, weekName } from '../aggregate/week.js'
import type { WordField } from '../fields.js'
import type { TelemetryQuery, TelemetryTables } from '../tables.js'
import { answerRows, byKeys, Count, ExampleKey, MaybeExample, Text } from './answer-rows.js'
import { amountOf, dayOf, looseOf, weekOf, wordOf } from './columns.js'
import type { ClickHouse } from './connection.js'
import { exampleKey } from './example-key.js'
import { type Columns, distinctRows, groupedRows, rowColumns, rowParameters, wordColumns } from './record-rows.js'
import type { RecordTable } from './schema.js'

/** Finds the place of a sender; throws when it came while the questions were asked. */
export type PlaceOf = (hash: string) => number

interface Asked {
  readonly clickhouse: ClickHouse
  readonly logs: RecordTable
  readonly query: TelemetryQuery
  readonly placeOf: PlaceOf
  /** See `differingCopies`. */
  readonly copiesDiffer: boolean
}

/** One question for a table whose rows are one kind of log record by sender. */
interface EventQuestion<Member extends string, Extra extends z.ZodRawShape> {
  readonly events: readonly string[]
  /** Members of a row to the fields of its key, in the order of the key. */
  readonly keys: Readonly<Record<Member, WordField>>
  /** Further columns of each record, and what is asked of them. */
  readonly columns?: Columns
  readonly sums: Readonly<Record<keyof Extra & string, string>>
  readonly row: Extra
}

const counted = { events: 'count()', last: 'max(at)', example: `hex(min(${exampleKey}))` }
const countedRow = { events: Count, last: Count, example: ExampleKey }

async function ask<Member extends string, Extra extends z.ZodRawShape>(
  { clickhouse, logs, query, placeOf, copiesDiffer }: Asked,
  { events, keys, columns = {}, sums, row }: EventQuestion<Member, Extra>,
) {
  const members = Object.keys(keys) as Member[]
  const fields = [...new Set(Object.values<WordField>(keys))]
  const all = { ...rowColumns(logs, query), event: wordOf(logs, 'event'), prompt: looseOf(logs, 'prompt') }
  const inner = distinctRows(
    logs,
    { ...all, ...wordColumns(logs, fields), ...columns },
    { query, events, copiesDiffer },
  )
  const keyed = members.map((member) => `r.${keys[member]} AS key_${member}`)
  const summed = Object.entries<string>(sums).map(([name, sum]) => `${sum} AS sum_${name}`)
  const sql = `SELECT toString(r.sender) AS hash, ${[...keyed, ...summed].join(', ')} FROM (${inner}) AS r GROUP BY r.sender, ${members.map((member) => `r.${keys[member]}`).join(', ')}`
  const shape: Record<string, z.ZodType> = { hash: Text }
  for (const member of members) shape[`key_${member}`] = Text
  for (const [name, type] of Object.entries(row)) shape[`sum_${name}`] = type as z.ZodType
  const answer = await answerRows(clickhouse, sql, rowParameters(query), z.object(shape))
  return answer
    .map((given) => {
      const cells = given as Readonly<Record<string, unknown>>
      const named = (prefix: string, names: readonly string[]) =>
        Object.fromEntries(
          names.flatMap((name) => (cells[prefix + name] === undefined ? [] : [[name, cells[prefix + name]]])),
        )
      return {
        sender: placeOf(cells.hash as string),
        ...(named('key_', members) as Record<Member, string>),
        ...(named('sum_', Object.keys(row)) as z.output<z.ZodObject<Extra>>),
      }
    })
    .sort(byKeys('sender', ...members))
}

const total = (column: string) => `sum(${column})`

/** The tables of log records by sender, but for `decisions`. Each is one question. */
export async function askEventTables(
  asked: Asked,
): Promise<Omit<TelemetryTables, 'senders' | 'days' | 'events' | 'toolWeeks' | 'decisions' | 'runWeeks' | 'content'>> {
  const { logs } = asked
  const simple = <Member extends string>(events: readonly string[], keys: Readonly<Record<Member, WordField>>) =>
    ask(asked, { events, keys, sums: counted, row: countedRow })
  const amounts = {
    hooks: amountOf(logs, 'numHooks'),
    succeeded: amountOf(logs, 'numSuccess'),
    blocking: amountOf(logs, 'numBlocking'),
    nonBlockingError: amountOf(logs, 'numNonBlockingError'),
    cancelled: amountOf(logs, 'numCancelled'),
    duration: amountOf(logs, 'duration'),
  }
  return {
    settings: await simple(['managed_settings_resolved'], {
      trigger: 'trigger',
      error: 'settingsError',
      sources: 'settingsSources',
      behavior: 'settingsBehavior',
      helper: 'settingsHelper',
      digest: 'settingsDigest',
    }),
    hooks: await simple(['hook_registered'], {
      hookEvent: 'hookEvent',
      hookType: 'hookType',
      hookSource: 'hookSource',
    }),
    hookRuns: await ask(asked, {
      events: ['hook_execution_complete'],
      keys: { hookEvent: 'hookEvent', hookSource: 'hookSource', managedOnly: 'managedOnly' },
      columns: amounts,
      sums: {
        executions: 'count()',
        hooks: total('hooks'),
        success: total('succeeded'),
        blocking: total('blocking'),
        nonBlockingError: total('nonBlockingError'),
        cancelled: total('cancelled'),
        durationMs: total('duration'),
        last: 'max(at)',
        failure: `hex(minIf(${exampleKey}, nonBlockingError > 0 OR cancelled > 0))`,
      },
      row: {
        executions: Count,
        hooks: Count,
        success: Count,
        blocking: Count,
        nonBlockingError: Count,
        cancelled: Count,
        durationMs: Count,
        last: Count,
        failure: MaybeExample,
      },
    }),
    tools: await ask(asked, {
      events: ['tool_result'],
      keys: { tool: 'tool', mcpServer: 'mcpServer', mcpTool: 'mcpTool', mcpScope: 'mcpScope', skill: 'skill' },
      columns: { succeeded: wordOf(logs, 'success'), duration: amounts.duration },
      sums: {
        calls: 'count()',
        failures: `countIf(succeeded = 'false')`,
        durationMs: total('duration'),
        last: counted.last,
        example: counted.example,
      },
      row: { calls: Count, failures: Count, durationMs: Count, last: Count, example: ExampleKey },
    }),
    plugins: await simple(['plugin_loaded', 'plugin_installed'], {
      event: 'event',
      plugin: 'plugin',
      marketplace: 'marketplace',
      version: 'pluginVersion',
      scope: 'pluginScope',
      enabledVia: 'enabledVia',
    }),
    skills: await simple(['skill_activated'], {
      skill: 'skill',
      source: 'skillSource',
      plugin: 'plugin',
      marketplace: 'marketplace',
    }),
    connections: await simple(['mcp_server_connection'], {
      server: 'mcpServer',
      scope: 'mcpScope',
      plugin: 'plugin',
      status: 'status',
    }),
    modes: await ask(asked, {
      events: ['permission_mode_changed'],
      keys: { from: 'fromMode', to: 'toMode', trigger: 'trigger' },
      sums: { ...counted, first: 'min(at)' },
      row: { ...countedRow, first: Count },
    }),
  }
}

/** Decisions, and how they were matched: a decision's result is the earliest with its session and tool_use_id. */
export async function askDecisions(asked: Asked): Promise<TelemetryTables['decisions']> {
  const { clickhouse, logs, query, placeOf, copiesDiffer } = asked
  const keys = { tool: 'tool', decision: 'decision', source: 'decisionSource' } as const
  const decisions = await ask(asked, { events: ['tool_decision'], keys, sums: counted, row: countedRow })
  const columns = {
    ...rowColumns(logs, query),
    event: wordOf(logs, 'event'),
    ...wordColumns(logs, Object.values(keys)),
    toolUse: looseOf(logs, 'toolUse'),
  }
  const where = [`session != ''`, `toolUse != ''`]
  const both = distinctRows(logs, columns, {
    query,
    events: ['tool_decision', 'tool_result'],
    where,
    copiesDiffer,
  })
  const calls = `SELECT minIf(r.at, r.event = 'tool_result') AS result, groupArrayIf((r.sender, r.tool, r.decision, r.decisionSource, r.at), r.event = 'tool_decision' AND r.decision != 'reject') AS decided FROM (${both}) AS r GROUP BY reinterpretAsUInt128(sipHash128(r.session, r.toolUse)) HAVING countIf(r.event = 'tool_result') > 0`
  const sql = `SELECT toString(d.1) AS hash, d.2 AS tool, d.3 AS decision, d.4 AS source, count() AS matched, sum(greatest(0, result - d.5)) AS waitMs, max(greatest(0, result - d.5)) AS longestMs FROM (${calls}) ARRAY JOIN decided AS d GROUP BY d.1, d.2, d.3, d.4`
  const Match = z.object({
    hash: Text,
    tool: Text,
    decision: Text,
    source: Text,
    matched: Count,
    waitMs: Count,
    longestMs: Count,
  })
  const nameOf = (row: { sender: number; tool: string; decision: string; source: string }) =>
    JSON.stringify([row.sender, row.tool, row.decision, row.source])
  const matches = new Map<string, Pick<z.output<typeof Match>, 'matched' | 'waitMs' | 'longestMs'>>()
  for (const { hash, matched, waitMs, longestMs, ...key } of await answerRows(
    clickhouse,
    sql,
    rowParameters(query),
    Match,
  ))
    matches.set(nameOf({ sender: placeOf(hash), ...key }), { matched, waitMs, longestMs })
  return decisions.map(({ events, ...row }) => ({
    ...row,
    events,
    ...(matches.get(nameOf(row)) ?? { matched: 0, waitMs: 0, longestMs: 0 }),
  }))
}

/** Calls of tools by the week. */
export async function askToolWeeks({
  clickhouse,
  logs,
  query,
  copiesDiffer,
}: Asked): Promise<TelemetryTables['toolWeeks']> {
  const columns = {
    ...rowColumns(logs, query),
    event: wordOf(logs, 'event'),
    tool: wordOf(logs, 'tool'),
    succeeded: wordOf(logs, 'success'),
    week: weekOf,
  }
  const inner = distinctRows(logs, columns, { query, events: ['tool_result'], copiesDiffer })
  const sql = `SELECT r.service AS service, r.tool AS tool, r.week AS week, count() AS calls, countIf(r.succeeded = 'false') AS failures FROM (${inner}) AS r GROUP BY r.service, r.tool, r.week`
  const Row = z.object({ service: Text, tool: Text, week: Count.transform(weekName), calls: Count, failures: Count })
  return (await answerRows(clickhouse, sql, rowParameters(query), Row)).sort(byKeys('service', 'tool', 'week'))
}

/** Log records by service and event, and by service and day: one question for both. */
export async function askEvents({
  clickhouse,
  logs,
  query,
  copiesDiffer,
}: Asked): Promise<Pick<TelemetryTables, 'days' | 'events'>> {
  const columns = { ...rowColumns(logs, query), event: wordOf(logs, 'event'), day: dayOf }
  const inner = groupedRows(logs, columns, ['service', 'event', 'day'], { query, copiesDiffer })
  const sql = `SELECT e.service AS service, e.event AS event, e.day AS day, count() AS events FROM (${inner}) AS e GROUP BY e.service, e.event, e.day`
  const Row = z.object({ service: Text, event: Text, day: Count.transform(dayName), events: Count })
  const answer = await answerRows(clickhouse, sql, rowParameters(query), Row)
  return {
    days: added(
      answer.map(({ service, day, events }) => ({ service, day, events })),
      'service',
      'day',
    ),
    events: added(
      answer.map(({ service, event, events }) => ({ service, event, events })),
      'service',
      'event',
    ),
  }
}

/** Rows with the same key as one, sorted. */
function added<Row extends { readonly events: number }>(rows: readonly Row[], ...keys: readonly (keyof Row)[]): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const name = JSON.stringify(keys.map((key) => row[key]))
    sums.set(name, { ...row, events: row.events + (sums.get(name)?.events ?? 0) })
  }
  return [...sums.values()].sort(byKeys(...keys))
}

export type { Asked }
