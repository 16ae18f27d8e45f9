import { Flags } from '@oclif/core'
import { exitCode, Failure } from '../../platform/failure.js'
import type { LoadedPolicy } from '../../policy/load-policy.js'
import { type Environment, resolveSecret, type Secret, SecretReference } from '../../policy/secret-reference.js'
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
  const password = await passwordOf(flags['clickhouse-password'], environment)
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
    throw new Failure(exitCode.usage, 'no-input', 'There is nothing to read.', {
      tryThis: ["Give the Collector's files or their folder, - for stdin, or --clickhouse URL."],
    })
}

/** A user name alone is no secret, so it may also stand on the command line. */
async function userOf(given: string | undefined, environment: Environment): Promise<string | undefined> {
  if (given === undefined || !/^(?:env|file):/.test(given)) return given
  return (await resolveSecret(given, environment)).reveal()
}

async function passwordOf(reference: string | undefined, environment: Environment): Promise<Secret | undefined> {
  if (reference === undefined) return undefined
  if (!SecretReference.safeParse(reference).success)
    throw new Failure(
      exitCode.usage,
      'not-a-reference',
      '--clickhouse-password needs a reference, not the password itself.',
      {
        tryThis: [
          'Write env:NAME or file:PATH. What stands on a command line can be read by every user of the machine.',
          'If it was the real password, change it: it is in the history of the shell.',
        ],
      },
    )
  return await resolveSecret(reference, environment)
}
