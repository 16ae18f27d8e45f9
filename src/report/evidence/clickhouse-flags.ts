import { Flags } from '@oclif/core'
import { exitCode, Failure } from '../../platform/failure.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import { secretOfFlag } from '../../policy/secret-flag.js'
import { type Environment, resolveSecret } from '../../policy/secret-reference.js'
import { type ClickHouse, openClickHouse } from '../../telemetry/clickhouse/connection.js'

const group = { helpGroup: 'CLICKHOUSE' }

/** The flags of every command that can ask a ClickHouse instead of reading files. */
export const clickhouseFlags = {
  clickhouse: Flags.string({
    ...group,
    description: 'Ask the ClickHouse that the Collector writes to, instead of reading files: its HTTPS address.',
    helpValue: 'URL',
  }),
  'clickhouse-user': Flags.string({
    ...group,
    description: 'The user name, or where it is: env:NAME or file:PATH.',
    helpValue: 'NAME',
    dependsOn: ['clickhouse'],
  }),
  'clickhouse-password': Flags.string({
    ...group,
    description: 'Where the password is: env:NAME or file:PATH, never the password itself.',
    helpValue: 'REFERENCE',
    dependsOn: ['clickhouse'],
  }),
  'clickhouse-database': Flags.string({
    ...group,
    description: 'The database; default collector.clickhouse.database of the policy, else otel.',
    helpValue: 'NAME',
    dependsOn: ['clickhouse'],
  }),
  'clickhouse-insecure': Flags.boolean({
    ...group,
    description: 'Allow http:// to another machine, where the network itself is trusted.',
    dependsOn: ['clickhouse'],
  }),
}

/** What these flags give. */
export interface ClickHouseFlags {
  readonly clickhouse?: string | undefined
  readonly 'clickhouse-user'?: string | undefined
  readonly 'clickhouse-password'?: string | undefined
  readonly 'clickhouse-database'?: string | undefined
  readonly 'clickhouse-insecure'?: boolean | undefined
}

/**
 * The ClickHouse of the flags, not yet connected; undefined without `--clickhouse`. The references of the policy are
 * those of the Collector, who writes: they are not used here. Throws a Failure for a reference, address or name that
 * cannot be used; it never repeats one that may be a secret itself.
 */
export async function openFromFlags(
  flags: ClickHouseFlags,
  { policy }: Pick<LoadedPolicy, 'policy'>,
  environment: Environment = process.env,
): Promise<ClickHouse | undefined> {
  if (flags.clickhouse === undefined) return undefined
  const user = await userOf(flags['clickhouse-user'], environment)
  const reference = flags['clickhouse-password']
  const password =
    reference === undefined ? undefined : await secretOfFlag('--clickhouse-password', reference, environment)
  return openClickHouse({
    url: flags.clickhouse,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    database: flags['clickhouse-database'] ?? policy.collector?.clickhouse?.database ?? 'otel',
    insecure: flags['clickhouse-insecure'] ?? false,
  })
}

/** Files or a database, never both and never neither. Throws a Failure that says what to give. */
export function refuseBothOrNone(paths: readonly string[], { clickhouse }: ClickHouseFlags): void {
  if (paths.length > 0 && clickhouse !== undefined)
    throw new Failure(exitCode.usage, 'files-and-clickhouse', 'Files and --clickhouse were given.', {
      tryThis: ['Give one of them: what is in both would be counted twice.'],
    })
  if (paths.length === 0 && clickhouse === undefined)
    throw new Failure(exitCode.usage, 'no-input', 'Nothing says where the telemetry is.', {
      tryThis: [
        'Files of the Collector, their folder, or - for stdin: fleet evidence /var/lib/otelcol/fleet --scan scan.json',
        'A database: --clickhouse https://clickhouse.example:8443 --clickhouse-password env:CLICKHOUSE_PASSWORD',
      ],
    })
}

/** A user name alone is no secret, so it may also stand on the command line. */
async function userOf(given: string | undefined, environment: Environment): Promise<string | undefined> {
  if (given === undefined || !/^(?:env|file):/.test(given)) return given
  return (await resolveSecret(given, environment)).reveal()
}
