import { exitCode, Failure } from '../../platform/failure.js'
import type { ClickHouseAddress } from './address.js'

type Refusal = readonly [code: string, message: string, tryThis: string]

/** The settings of this client are refused by the profile of its user; it can be asked without them. */
export const settingsRefused = /^(?:164|452)$/

/**
 * Error codes of the server:
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp (2026-11-21).
 */
const byServerCode: readonly (readonly [codes: RegExp, refusal: Refusal])[] = [
  [
    /^(?:192|193|194|516)$/,
    ['clickhouse-credentials', 'ClickHouse did not accept the user or the password.', 'Check both references.'],
  ],
  [
    /^81$/,
    ['clickhouse-database', 'ClickHouse has no such database.', "Name the one of the Collector's exporter: database."],
  ],
  [/^60$/, tablesMissing()],
  [
    /^497$/,
    ['clickhouse-rights', 'The user may not read these tables.', 'GRANT SELECT on the tables of the Collector to it.'],
  ],
  [
    /^(?:47|16|386|43|53)$/,
    [
      'clickhouse-schema',
      "The tables do not have the form that the Collector's ClickHouse exporter gives them.",
      'Name the database that the exporter writes to; attributes must be Map(String, String).',
    ],
  ],
  [
    /^(?:46|62|115)$/,
    ['clickhouse-version', 'ClickHouse does not understand the question.', 'It needs version 23.8 or later.'],
  ],
  [
    /^(?:241|173)$/,
    ['clickhouse-memory', 'ClickHouse ran out of the memory that one question may take.', 'Ask for a shorter window.'],
  ],
  [
    /^(?:159|160)$/,
    ['clickhouse-timeout', 'ClickHouse did not answer in the time allowed.', 'Ask for a shorter window.'],
  ],
  [
    /^(?:158|201|307|396)$/,
    [
      'clickhouse-quota',
      'The question is larger than the user may ask.',
      'Ask for a shorter window, or raise the quota.',
    ],
  ],
  [/^(?:202|203)$/, ['clickhouse-busy', 'ClickHouse answers too many questions at once.', 'Run it again later.']],
  [
    settingsRefused,
    ['clickhouse-readonly', 'The profile of the user forbids what is asked.', 'Give it a profile with readonly = 2.'],
  ],
]

function tablesMissing(): Refusal {
  return [
    'clickhouse-tables',
    "The tables of the Collector's ClickHouse exporter were not found.",
    'Check the database. The tables must have the names that the exporter gives them: otel_logs and so on; it makes them when the first record arrives (create_schema).',
  ]
}

const unreachable: Refusal = [
  'clickhouse-unreachable',
  'ClickHouse could not be reached.',
  'Check host and port, the name service and the firewall.',
]
const notEncrypted: Refusal = [
  'clickhouse-tls',
  'The encrypted connection to ClickHouse failed.',
  "Check the port (8443) and the certificate; NODE_EXTRA_CA_CERTS names your authority's file.",
]
const cutOff: Refusal = ['clickhouse-cut-off', 'The connection to ClickHouse broke off.', 'Run it again.']
const timeout: Refusal = [
  'clickhouse-timeout',
  'ClickHouse did not answer in the time allowed.',
  'Ask for a shorter window.',
]
const other: Refusal = [
  'clickhouse-foreign',
  'What answered at this address is not ClickHouse.',
  'Give the address of its HTTP interface, such as https://HOST:8443.',
]

/**
 * What the client or the server reported, as a failure with a fixed text: their own messages quote the question, the
 * data and the user. What is none of theirs, such as a mistake of this program, is given back as it is.
 */
export function clickHouseFailure(error: unknown, { origin }: ClickHouseAddress): unknown {
  if (error instanceof Failure || isMistake(error)) return error
  return refuse(refusalOf(error), origin)
}

/**
 * Whether an error tells of a mistake in a program. Node's own errors about connections and what they carry have a code,
 * and an answer that is not JSON gives a SyntaxError.
 */
function isMistake(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  const mistakes = [TypeError, RangeError, ReferenceError, EvalError, URIError]
  return errorCode(error) === '' && mistakes.some((mistake) => error instanceof mistake)
}

/** The failure that the tables are missing, for who found out by asking the server's catalogue. */
export function withoutTables({ origin }: ClickHouseAddress): Failure {
  return refuse(tablesMissing(), origin)
}

/** The failure that something else answered, for who was told nothing. */
export function notClickHouse({ origin }: ClickHouseAddress): Failure {
  return refuse(other, origin)
}

/** The failure that the tables have another form than the exporter's, and what about them. */
export function otherSchema({ origin }: ClickHouseAddress, why: string): Failure {
  const [code, message] = byServerCode.find(([, [name]]) => name === 'clickhouse-schema')![1]
  return refuse([code, message, why], origin)
}

function refuse([code, message, tryThis]: Refusal, origin: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, { where: { file: origin }, tryThis: [tryThis] })
}

function refusalOf(error: unknown): Refusal {
  const code = errorCode(error)
  if (/^\d+$/.test(code))
    return (
      byServerCode.find(([codes]) => codes.test(code))?.[1] ?? [
        'clickhouse-refused',
        `ClickHouse refused the question (its error ${code}).`,
        'Look the number up in its documentation.',
      ]
    )
  if (/CERT|SIGNATURE|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO_/.test(code)) return notEncrypted
  if (
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL|ETIMEDOUT|EACCES)$/.test(
      code,
    )
  )
    return unreachable
  if (/^(?:ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ABORT_ERR)$/.test(code)) return cutOff
  if (error instanceof Error && error.message === 'Timeout error.') return timeout
  if (error instanceof Error && /socket hang up|aborted/i.test(error.message)) return cutOff
  // A web page, a proxy's refusal, another protocol.
  return other
}

/** The code of an error, or of the first of the errors it gathers (one for each address that was tried). */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')) return String(error.code)
  if (error instanceof AggregateError) return errorCode(error.errors[0])
  return 'cause' in error ? errorCode(error.cause) : ''
}
