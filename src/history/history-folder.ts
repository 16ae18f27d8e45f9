import { isAbsolute, join } from 'node:path'
import { exitCode, Failure } from '../platform/failure.js'
import type { LoadedPolicy } from '../policy/load-policy.js'

/** Where the history is kept. */
export interface HistoryPlace {
  readonly folder: string
  /** Somebody named it: failing to write there is an error, else a note. */
  readonly named: boolean
}

/** What the commands take; `history` also comes from FLEET_HISTORY. */
export interface HistoryFlags {
  readonly history?: string | undefined
  readonly 'no-history'?: boolean | undefined
}

/** The failure of two flags that exclude each other; to oclif's `exclusive` FLEET_HISTORY would be one of them. */
export function bothHistories(): Failure {
  return new Failure(exitCode.usage, 'wrong-use', '--history and --no-history exclude each other.', {
    tryThis: ['Give one of them.'],
  })
}

/** Where the history is when nobody says otherwise. */
const usualHistory = join('.fleet', 'history')

/** The folder of the history: --no-history, then --history, then the policy, then the usual place; undefined: none is kept. */
export function historyPlace(flags: HistoryFlags, policy: LoadedPolicy | undefined): HistoryPlace | undefined {
  if (flags['no-history'] === true) return undefined
  if (flags.history !== undefined && flags.history !== '') return { folder: flags.history, named: true }
  const settings = policy?.policy.history
  if (settings === false) return undefined
  if (policy === undefined || settings?.folder === undefined) return { folder: usualHistory, named: false }
  const { folder } = settings
  return { folder: isAbsolute(folder) ? folder : join(policy.folder, folder), named: true }
}
