import { exitCode, Failure } from '../../platform/failure.js'
import { isLoopback } from '../../policy/telemetry.js'

/** A ClickHouse server's HTTP interface, split as its client wants it. */
export interface ClickHouseAddress {
  /** Scheme, host and port. Safe to show: it never holds a credential. */
  readonly origin: string
  /** The path in front of the interface, where a proxy has one; '' for none. */
  readonly pathname: string
}

/**
 * Splits the URL of a ClickHouse server. Names and passwords in a URL end up in process lists and shell histories, so
 * they are refused, as is http to another machine unless `insecure` allows it: evidence names people.
 * @throws Failure that never quotes the URL.
 */
export function clickHouseAddress(text: string, insecure = false): ClickHouseAddress {
  if (!URL.canParse(text) || !/^[\x21-\x7e]{1,500}$/.test(text))
    throw refuse('clickhouse-url', 'The address of ClickHouse is not a URL.', ['Write it as https://HOST:8443.'])
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(text)
  if (username !== '' || password !== '')
    throw refuse('clickhouse-url-credentials', 'The address of ClickHouse holds a user name or password.', [
      'Take them out of the URL and name them by reference: env:NAME or file:PATH.',
    ])
  if (search !== '' || hash !== '')
    throw refuse('clickhouse-url', 'The address of ClickHouse has a query or a fragment.', [
      'Give the address only; database and user have options of their own.',
    ])
  if (protocol !== 'https:' && protocol !== 'http:')
    throw refuse('clickhouse-url', 'The address of ClickHouse is not that of its HTTP interface.', [
      'Write https://HOST:8443; ports 9000 and 9440 are those of the native protocol.',
    ])
  if (protocol === 'http:' && !isLoopback(hostname) && !insecure)
    throw refuse('clickhouse-not-encrypted', 'The address of ClickHouse is http:// on another machine.', [
      'Use https://: what travels names people.',
      'Where the network itself is trusted, allow it on purpose.',
    ])
  return { origin, pathname: pathname.replace(/^\/+|\/+$/g, '') }
}

function refuse(code: string, message: string, tryThis: readonly string[]): Failure {
  return new Failure(exitCode.usage, code, message, { tryThis })
}
