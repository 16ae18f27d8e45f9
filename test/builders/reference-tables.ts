import type { TelemetryInput } from '../../src/telemetry/batch.js'
import { contentFields } from '../../src/telemetry/content-fields.js'
import { surfaces } from '../../src/telemetry/surfaces/index.js'
import { senderColumns, type TelemetryAnswer, type TelemetryQuery } from '../../src/telemetry/tables.js'
import { referenceEventTables } from './reference-event-tables.js'
import {
  compare,
  dayOf,
  exampleOf,
  failuresOf,
  firstOfEach,
  type Group,
  groups,
  least,
  sequenceOf,
  sum,
  weekOf,
} from './reference-records.js'
import type { RowSaid } from './telemetry-rows.js'

/**
 * What both engines must answer, worked out the slow and plain way: everything in lists, groups by the text of their
 * key. Of copies of one record the first counts.
 */
export function referenceAnswer(
  allRows: readonly RowSaid[],
  query: TelemetryQuery,
  inputs: readonly Pick<TelemetryInput, 'foreign'>[] = [],
): TelemetryAnswer {
  const isCanary = ({ session }: RowSaid) => session?.startsWith('fleet-canary-') ?? false
  const rows = allRows.filter((row) => !isCanary(row))
  const isLog = ({ signal }: RowSaid) => signal === undefined || signal === 'log'
  const inWindow = rows.filter(({ at }) => query.since <= at && at < query.until)
  const { first: logs, copies } = firstOfEach(inWindow.filter(isLog))
  const late = rows.filter((row) => isLog(row) && row.at >= query.until)
  const spans = inWindow.filter(({ signal }) => signal === 'span')
  const points = inWindow.filter(({ signal }) => signal === 'point')

  const senderKey = (row: RowSaid): string[] => [
    ...senderColumns.map((column) => row[column] ?? ''),
    ...query.identityKeys.map((key) => row.identity?.[key] ?? ''),
  ]
  const senderGroups = groups([...logs, ...late, ...points, ...spans], senderKey)
  const senderNumbers = new Map(senderGroups.map(({ key }, index) => [JSON.stringify(key), index]))
  const senderOf = (row: RowSaid): number => senderNumbers.get(JSON.stringify(senderKey(row)))!
  const firstRecord = (of: Group): RowSaid => least(of, (row) => [row.at, sequenceOf(row), senderOf(row)])

  const sessions = groups(
    logs.filter((row) => (row.session ?? '') !== ''),
    (row) => [row.session!],
  ).map(({ rows }) => {
    const sequences = [...new Set(rows.map(sequenceOf).filter((sequence) => sequence >= 0))].toSorted((a, b) => a - b)
    const missing = sequences.length === 0 ? 0 : sequences.at(-1)! - sequences[0]! + 1 - sequences.length
    const failed = rows.some(({ service, event }) =>
      surfaces.some((surface) => surface.service === service && surface.failures.includes(event ?? '')),
    )
    return { rows, first: firstRecord(rows), missing: Math.min(missing, 1_000_000), failed }
  })

  const senders = senderGroups.map(({ key, rows }, number) => {
    const ofSender = (list: readonly RowSaid[]) => list.filter((row) => senderOf(row) === number)
    const [own, ownPoints, ownSpans] = [ofSender(logs), ofSender(points), ofSender(spans)]
    const ends = (list: readonly RowSaid[]) =>
      list.length === 0 ? [0, 0] : [Math.min(...list.map(({ at }) => at)), Math.max(...list.map(({ at }) => at))]
    const said = Object.fromEntries(senderColumns.map((column) => [column, rows[0][column] ?? '']))
    return {
      ...(said as Record<(typeof senderColumns)[number], string>),
      identity: key.slice(senderColumns.length) as string[],
      events: own.length,
      sessions: new Set(own.map(({ session }) => session ?? '').filter((session) => session !== '')).size,
      first: ends(own)[0]!,
      last: ends(own)[1]!,
      lastAfter: ends(ofSender(late))[1]!,
      firstPoint: ends(ownPoints)[0]!,
      lastPoint: ends(ownPoints)[1]!,
      firstSpan: ends(ownSpans)[0]!,
      lastSpan: ends(ownSpans)[1]!,
      toolEvents: own.filter(({ event }) => event === 'tool_result' || event === 'tool_decision').length,
      prompts: own.filter(({ event }) => event === 'user_prompt').length,
      missing: sum(sessions.filter(({ first }) => senderOf(first) === number).map(({ missing }) => missing)),
    }
  })

  const withContent = [
    ...[...logs, ...spans].flatMap((row) => [
      ...(row.content ?? []).map((field) => ({ row, field, as: 'present' })),
      ...(row.redacted ?? []).map((field) => ({ row, field, as: 'redacted' })),
    ]),
    ...copies.flatMap((row) => (row.content ?? []).map((field) => ({ row, field, as: 'presentInCopies' }))),
  ]
  const content = groups(withContent, ({ row, field }) => [
    row.service ?? '',
    row.version ?? '',
    row.signal ?? 'log',
    row.event ?? '',
    field,
  ])

  const allLogs = rows.filter(isLog)
  const before = allLogs.filter(({ at }) => at < query.since).length
  const after = allLogs.filter(({ at }) => at >= query.until).length
  const foreign = new Map<string, number>()
  for (const input of inputs)
    for (const [name, count] of Object.entries(input.foreign)) foreign.set(name, (foreign.get(name) ?? 0) + count)

  return {
    tables: {
      senders,
      events: groups(logs, ({ service, event }) => [service ?? '', event ?? '']).map(({ key, rows }) => ({
        service: key[0] as string,
        event: key[1] as string,
        events: rows.length,
      })),
      days: groups(logs, ({ service, at }) => [service ?? '', dayOf(at)]).map(({ key, rows }) => ({
        service: key[0] as string,
        day: key[1] as string,
        events: rows.length,
      })),
      ...referenceEventTables(logs, senderOf),
      toolWeeks: groups(
        logs.filter(({ event }) => event === 'tool_result'),
        ({ service, tool, at }) => [service ?? '', tool ?? '', weekOf(at)],
      ).map(({ key: [service, tool, week], rows }) => ({
        service: service as string,
        tool: tool as string,
        week: week as string,
        calls: rows.length,
        failures: failuresOf(rows),
      })),
      runWeeks: groups(sessions, ({ first }) => [first.service ?? '', weekOf(first.at)]).map(({ key, rows }) => ({
        service: key[0] as string,
        week: key[1] as string,
        runs: rows.length,
        failed: rows.filter(({ failed }) => failed).length,
      })),
      content: content.map(({ key: [service, version, signal, event, field], rows }) => {
        const found = (wanted: string) => rows.filter(({ as }) => as === wanted).map(({ row }) => row)
        const [present, inCopies] = [found('present'), found('presentInCopies')]
        const shown = present.length > 0 ? present : inCopies
        return {
          service: service as string,
          version: version as string,
          signal: signal as 'log' | 'span',
          event: event as string,
          field: contentFields.find(({ name }) => name === field)!.name,
          present: present.length,
          redacted: found('redacted').length,
          presentInCopies: inCopies.length,
          ...(shown.length > 0 && { example: exampleOf(shown) }),
        }
      }),
    },
    counts: {
      read: allRows.filter(isLog).length,
      canary: allRows.filter(isCanary).filter(isLog).length,
      duplicates: copies.length,
      beforeWindow: before,
      afterWindow: after,
      withoutSequence: logs.filter((row) => !row.session || sequenceOf(row) < 0).length,
      skewed: logs.filter(({ at, observed = at }) => Math.abs(at - observed) > 5 * 60_000).length,
      foreign: Object.fromEntries([...foreign].toSorted(([a], [b]) => compare(a, b))),
    },
  }
}
