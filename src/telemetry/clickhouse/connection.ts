import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { exitCode, Failure } from '../../platform/failure.js'
import type { Secret } from '../../policy/secret-reference.js'
import { type ClickHouseAddress, clickHouseAddress } from './address.js'
import { clickHouseFailure, errorCode, settingsRefused } from './failures.js'

/** Where a ClickHouse is, and the database that the Collector's exporter writes to. */
export interface ClickHouseConnection {
  /** Its HTTP interface: https, or http on this machine; without credentials. */
  readonly url: string
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly database: string
  /** Allows http to another machine. */
  readonly insecure?: boolean | undefined
}

/** How long one question may take, and how much memory of the server. */
const timeoutSeconds = 300
const memoryBytes = 8 * 2 ** 30

/** What may be bound to a `{name:Type}` of a question. */
export type ClickHouseParameters = Readonly<Record<string, string | number | boolean | readonly string[]>>
export type ClickHouseRow = Readonly<Record<string, unknown>>

export interface ClickHouse {
  readonly address: ClickHouseAddress
  readonly database: string
  /**
   * Asks, and gives the rows as they come. Values only ever travel as parameters. Throws Failure, see `failures.ts`.
   */
  rows(sql: string, parameters?: ClickHouseParameters): AsyncIterable<ClickHouseRow>
  close(): Promise<void>
}

/** Names that need no more than quotes: the exporter quotes them with "…" and no escapes. */
const identifier = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/

/** A name of a database, table or column as it may stand in a question. Throws Failure when it is no plain name. */
export function quotedIdentifier(name: string): string {
  if (!identifier.test(name))
    throw new Failure(exitCode.usage, 'clickhouse-name', 'A name of a database or table is not a plain name.', {
      tryThis: ['Use letters, digits and _ . - only.'],
    })
  return `\`${name}\``
}

/**
 * Prepares the connection; nothing travels before the first question.
 * @throws Failure when the address or a name cannot be used.
 */
export function openClickHouse(connection: ClickHouseConnection): ClickHouse {
  const address = clickHouseAddress(connection.url, connection.insecure)
  const { database } = connection
  quotedIdentifier(database)

  let client: Promise<ClickHouseClient> | undefined
  let bare = false
  const connected = () => {
    client ??= connect(connection, address, bare)
    return client
  }
  const disconnect = async () => {
    const open = client
    client = undefined
    await (await open)?.close()
  }

  async function* rows(sql: string, parameters: ClickHouseParameters = {}): AsyncGenerator<ClickHouseRow> {
    try {
      const result = await ask(sql, parameters)
      for await (const some of result.stream<ClickHouseRow>()) for (const row of some) yield row.json()
    } catch (error) {
      throw clickHouseFailure(error, address)
    }
  }

  async function ask(sql: string, parameters: ClickHouseParameters) {
    const question = { query: sql, query_params: { ...parameters }, format: 'JSONEachRow' } as const
    try {
      return await (await connected()).query(question)
    } catch (error) {
      // A user with readonly = 1 may change no setting at all. It cannot write either, so it may ask as it is.
      if (bare || !settingsRefused.test(errorCode(error))) throw error
      bare = true
      await disconnect()
      return await (await connected()).query(question)
    }
  }

  return { address, database, rows, close: disconnect }
}

/** The library takes 20 ms to load, so that only who asks a database waits for it. */
async function connect(
  { user, password, database }: ClickHouseConnection,
  { origin, pathname }: ClickHouseAddress,
  bare: boolean,
): Promise<ClickHouseClient> {
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client')
  return createClient({
    url: origin,
    ...(pathname !== '' && { pathname }),
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password: password.reveal() }),
    database,
    application: 'fleet',
    // Longer than the server's own limit, so that it is the one to say that time is up.
    request_timeout: (timeoutSeconds + 30) * 1000,
    compression: { response: !bare },
    use_multipart_params_auto: true,
    // It would write to the terminal.
    log: { level: ClickHouseLogLevel.OFF },
    ...(!bare && { clickhouse_settings: settings() }),
  })
}

/** https://clickhouse.com/docs/operations/settings/settings (2026-11-21). */
function settings(): ClickHouseSettings {
  return {
    // Reads only, but settings may be changed.
    readonly: '2',
    max_execution_time: timeoutSeconds,
    max_memory_usage: String(memoryBytes),
    // Rather slow on the server's disk than refused.
    max_bytes_before_external_group_by: String(Math.floor(memoryBytes / 2)),
    max_bytes_before_external_sort: String(Math.floor(memoryBytes / 2)),
    // Above 2^53 a JSON number would lose digits.
    output_format_json_quote_64bit_integers: 1,
    // A failure halfway comes as a failure, not as an answer that breaks off.
    wait_end_of_query: 1,
  }
}
