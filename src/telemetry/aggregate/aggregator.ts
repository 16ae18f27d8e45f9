import { signals, type TelemetryBatch, type TelemetryInput, type Words } from '../batch.js'
import { type NumberField, numberFields, type WordField, wordFields } from '../fields.js'
import type { TelemetryAnswer, TelemetryQuery } from '../tables.js'
import { answerCounts, answerTables } from './answer-tables.js'
import { CanarySessions } from './canary-sessions.js'
import { ContentTable } from './content-table.js'
import type { CurrentRecord } from './current-record.js'
import { EventKinds, kinds } from './event-kinds.js'
import { decisionSums, eventTables, hookRunSums, toolSums } from './event-tables.js'
import { KeyTable } from './key-table.js'
import { amountOf, greatestSkew, sequenceOf } from './record-numbers.js'
import { SenderTable, senderValues } from './sender-table.js'
import { Sessions } from './sessions.js'
import { ToolMatches } from './tool-matches.js'
import { dayOf, weekOf } from './week.js'

const [log, point] = [signals.indexOf('log'), signals.indexOf('point')]
const column = (field: WordField) => wordFields.indexOf(field)
const columns = {
  service: column('service'),
  version: column('version'),
  event: column('event'),
  session: column('session'),
  tool: column('tool'),
  success: column('success'),
  decision: column('decision'),
}
const numberColumn = (field: NumberField) => numberFields.indexOf(field)
const numberColumns = {
  sequence: numberColumn('sequence'),
  duration: numberColumn('duration'),
  numHooks: numberColumn('numHooks'),
  numSuccess: numberColumn('numSuccess'),
  numBlocking: numberColumn('numBlocking'),
  numNonBlockingError: numberColumn('numNonBlockingError'),
  numCancelled: numberColumn('numCancelled'),
}

/**
 * Sums records up into the tables of tables.ts on their way through the input. Records may come in any order; the
 * answer is the same. (Of copies of one record that differ, the one that comes first counts, in every table.) What it keeps grows with
 * senders, sessions and keys of tables, by 5 to 10 bytes for each log record (seen-records.ts) and, up to a limit, by 60
 * for a tool call (tool-matches.ts).
 *
 * What tables.ts leaves open: the window is applied before copies are looked for, so copies of a record outside count
 * as before or after as well. `withoutSequence` and `skewed` count records that count. A rejected decision has no result
 * to wait for and is never matched, nor is one without session or tool_use_id. `failed` looks at all records of a
 * session, each by the surface that sent it. Numbers: record-numbers.ts.
 */
export class Aggregator {
  readonly #query: TelemetryQuery
  readonly #words: Words
  readonly #falseWord: number
  readonly #rejectWord: number
  readonly #senders: SenderTable
  readonly #canaries: CanarySessions
  readonly #sessions: Sessions
  readonly #events: EventKinds
  readonly #tables: ReturnType<typeof eventTables>
  /** Columns: service, day. Value: events. */
  readonly #days = new KeyTable(2, [0])
  /** Columns: service, tool, week. Values: calls, failures. */
  readonly #toolWeeks = new KeyTable(3, [0, 0])
  readonly #matches: ToolMatches
  readonly #content: ContentTable
  readonly #counts = {
    read: 0,
    canary: 0,
    duplicates: 0,
    beforeWindow: 0,
    afterWindow: 0,
    withoutSequence: 0,
    skewed: 0,
  }

  constructor(query: TelemetryQuery, words: Words) {
    this.#query = query
    this.#words = words
    this.#falseWord = words.word('false')
    this.#rejectWord = words.word('reject')
    this.#senders = new SenderTable(words, query.identityKeys.length)
    this.#canaries = new CanarySessions(words)
    this.#sessions = new Sessions(this.#senders.order)
    this.#events = new EventKinds(words)
    this.#tables = eventTables(words)
    this.#content = new ContentTable(words)
    this.#matches = new ToolMatches((row, waited) => this.#match(row, waited))
  }

  /** Counts every row of a batch; keeps nothing of it. Its words are those of this aggregator. */
  add(batch: TelemetryBatch): void {
    const { since, until } = this.#query
    const counts = this.#counts
    const record: CurrentRecord = { batch, row: 0, start: 0, time: 0, session: 0, sequence: -1, sender: 0 }
    for (let row = 0; row < batch.rows; row++) {
      const signal = batch.signal[row]!
      const time = batch.time[row]!
      const start = row * batch.wordColumns
      const session = batch.words[start + columns.session]!
      if (signal === log) counts.read++
      if (this.#canaries.has(session)) {
        if (signal === log) counts.canary++
        continue
      }
      if (time < since) {
        if (signal === log) counts.beforeWindow++
        continue
      }
      record.row = row
      record.start = start
      record.time = time
      if (time >= until) {
        if (signal === log) this.#addLate(record)
        continue
      }
      record.session = session
      record.sequence = sequenceOf(batch.numbers[row * numberFields.length + numberColumns.sequence]!)
      if (signal === log) this.#addLog(record)
      else this.#addOther(record, signal)
    }
  }

  /** The answer; the aggregator is of no use after it. Every input's foreign records are added up. */
  end(inputs: readonly TelemetryInput[]): TelemetryAnswer {
    this.#matches.end()
    /** Columns: service, week. Values: runs, failed. */
    const runWeeks = new KeyTable(2, [0, 0])
    for (let session = 0; session < this.#sessions.size; session++) {
      const { sender, first, missing, failed } = this.#sessions.end(session)
      this.#senders.add(sender, senderValues.missing, missing)
      // `service` is the first column of a sender.
      runWeeks.put(0, this.#senders.keys.keyOf(sender, 0))
      runWeeks.put(1, weekOf(first))
      const row = runWeeks.row()
      runWeeks.values[row * 2]!++
      if (failed) runWeeks.values[row * 2 + 1]!++
    }
    return {
      tables: answerTables(this.#words, {
        senders: this.#senders,
        events: this.#events,
        tables: this.#tables,
        days: this.#days,
        toolWeeks: this.#toolWeeks,
        runWeeks,
        content: this.#content,
      }),
      counts: answerCounts(this.#counts, inputs),
    }
  }

  #addLate(record: CurrentRecord): void {
    this.#counts.afterWindow++
    this.#senders.seenLast(this.#senders.sender(record), senderValues.lastAfter, record.time)
  }

  #addOther(record: CurrentRecord, signal: number): void {
    const sender = this.#senders.sender(record)
    this.#senders.seen(sender, signal === point ? senderValues.firstPoint : senderValues.firstSpan, record.time)
    if (signal !== point) this.#addContent(record, signal, false)
  }

  #addLog(record: CurrentRecord): void {
    const { session: word, sequence, time, batch, row } = record
    const counts = this.#counts
    const session = word === 0 ? -1 : this.#sessions.session(word)
    if (session < 0 || sequence < 0) counts.withoutSequence++
    else if (!this.#sessions.isNew(session, sequence, time)) {
      counts.duplicates++
      // What leaks in a copy has leaked.
      if (batch.content[row] !== 0) this.#addContent(record, log, true)
      return
    }
    // NaN where there is no observed time: not more than anything.
    if (Math.abs(time - batch.observed[row]!) > greatestSkew) counts.skewed++
    const sender = this.#senders.sender(record)
    record.sender = sender
    this.#senders.add(sender, senderValues.events, 1)
    this.#senders.seen(sender, senderValues.first, time)
    const service = batch.words[record.start + columns.service]!
    const event = this.#events.count(service, batch.words[record.start + columns.event]!)
    this.#days.put(0, service)
    this.#days.put(1, dayOf(time))
    const day = this.#days.row()
    this.#days.values[day]!++
    if (session >= 0) {
      if (this.#sessions.note(session, sender, time, sequence)) this.#senders.add(sender, senderValues.sessions, 1)
      if (this.#events.isFailure[event]!) this.#sessions.fail(session)
    }
    if (this.#events.kind[event] !== kinds.other) this.#addKind(record, session, this.#events.kind[event]!)
    this.#addContent(record, log, false)
  }

  #addContent(record: CurrentRecord, signal: number, isCopy: boolean): void {
    const { batch, row, start } = record
    if ((batch.content[row]! | batch.redacted[row]!) === 0) return
    const { words } = batch
    const { service, version, event } = columns
    this.#content.count(record, signal, words[start + service]!, words[start + version]!, words[start + event]!, isCopy)
  }

  #addKind(record: CurrentRecord, session: number, kind: number): void {
    const tables = this.#tables
    if (kind === kinds.prompt) this.#senders.add(record.sender, senderValues.prompts, 1)
    else if (kind === kinds.tool) this.#addTool(record, session)
    else if (kind === kinds.decision) this.#addDecision(record, session)
    else if (kind === kinds.hookRun) this.#addHookRun(record)
    else if (kind === kinds.hook) tables.hooks.countWithExample(record)
    else if (kind === kinds.settings) tables.settings.countWithExample(record)
    else if (kind === kinds.plugin) tables.plugins.countWithExample(record)
    else if (kind === kinds.skill) tables.skills.countWithExample(record)
    else if (kind === kinds.connection) tables.connections.countWithExample(record)
    else if (kind === kinds.mode) tables.modes.countWithExample(record)
  }

  #addTool(record: CurrentRecord, session: number): void {
    const { batch, start, time } = record
    this.#senders.add(record.sender, senderValues.toolEvents, 1)
    const { tools } = this.#tables
    const row = tools.countWithExample(record)
    const failures = batch.words[start + columns.success] === this.#falseWord ? 1 : 0
    tools.add(row, toolSums.failures, failures)
    tools.add(row, toolSums.duration, amount(record, numberColumns.duration))
    const weeks = this.#toolWeeks
    weeks.put(0, batch.words[start + columns.service]!)
    weeks.put(1, batch.words[start + columns.tool]!)
    weeks.put(2, weekOf(time))
    const week = weeks.row() * 2
    weeks.values[week]!++
    weeks.values[week + 1]! += failures
    const hash = batch.looseHash(record.row, 'toolUse')
    if (session >= 0 && hash !== 0) this.#matches.result(session, hash, time)
  }

  #addDecision(record: CurrentRecord, session: number): void {
    this.#senders.add(record.sender, senderValues.toolEvents, 1)
    const row = this.#tables.decisions.countWithExample(record)
    if (session < 0 || record.batch.words[record.start + columns.decision] === this.#rejectWord) return
    const hash = record.batch.looseHash(record.row, 'toolUse')
    if (hash !== 0) this.#matches.decision(session, hash, record.time, row)
  }

  #addHookRun(record: CurrentRecord): void {
    const { hookRuns } = this.#tables
    const row = hookRuns.count(record)
    const errors = amount(record, numberColumns.numNonBlockingError)
    const cancelled = amount(record, numberColumns.numCancelled)
    hookRuns.add(row, hookRunSums.hooks, amount(record, numberColumns.numHooks))
    hookRuns.add(row, hookRunSums.success, amount(record, numberColumns.numSuccess))
    hookRuns.add(row, hookRunSums.blocking, amount(record, numberColumns.numBlocking))
    hookRuns.add(row, hookRunSums.nonBlockingError, errors)
    hookRuns.add(row, hookRunSums.cancelled, cancelled)
    hookRuns.add(row, hookRunSums.duration, amount(record, numberColumns.duration))
    if (errors > 0 || cancelled > 0) hookRuns.examples.offer(row, record)
  }

  #match(row: number, waited: number): void {
    const { decisions } = this.#tables
    decisions.add(row, decisionSums.matched, 1)
    decisions.add(row, decisionSums.waited, waited)
    decisions.raise(row, decisionSums.longest, waited)
  }
}

function amount(record: CurrentRecord, numberColumn: number): number {
  return amountOf(record.batch.numbers[record.row * numberFields.length + numberColumn]!)
}
