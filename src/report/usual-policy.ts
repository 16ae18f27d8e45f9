import { dirname } from 'node:path'
import { findPolicy, loadPolicy } from '../policy/load-policy.js'
import { policyOfScan } from '../readiness/read-scan.js'

/** `fleet.yaml` here or beside the scan, else the one that the scan was made with, while it is still the same. */
export async function usualPolicy(scan: string): Promise<string | undefined> {
  const found = await policyBeside(scan)
  if (found !== undefined || scan === '-') return found
  const used = await policyOfScan(scan)
  return used && (await policyUsed(used))
}

/** `fleet.yaml` here or beside the scan. */
export async function policyBeside(scan: string): Promise<string | undefined> {
  return await findPolicy(scan === '-' ? ['.'] : ['.', dirname(scan)])
}

/** The file of the policy that a scan was made with, while it is still the same. */
export async function policyUsed(used: {
  readonly digest: string
  readonly file?: string | undefined
}): Promise<string | undefined> {
  if (used.file === undefined) return undefined
  const loaded = await loadPolicy(used.file).catch(() => undefined)
  return loaded?.digest === used.digest ? used.file : undefined
}
