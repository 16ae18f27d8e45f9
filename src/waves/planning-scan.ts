import { createHash, hash } from 'node:crypto'
import * as z from 'zod'
import { products } from '../inventory/observation.js'
import { byText } from '../platform/by-text.js'
import { canonicalJson } from '../platform/canonical-json.js'
import { exitCode, Failure, type Place } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import { readScan } from '../readiness/read-scan.js'
import type { ScanHead } from '../readiness/scan-document.js'
import { states } from '../readiness/verdict.js'
import type { Membership } from './candidate.js'
import type { EndpointReport } from './outcomes.js'

const time = z.iso.datetime()
const status = z.object({ version: z.string().optional(), normal: z.string().optional(), asOf: time.optional() })

/** What planning wants to know of an endpoint of a scan. */
const PlanningEndpoint = z.object({
  id: z.string().min(1),
  serial: z.string().optional(),
  hostname: z.string().optional(),
  user: z.string().optional(),
  email: z.string().optional(),
  platform: z.string(),
  department: z.string().optional(),
  site: z.string().optional(),
  groups: z.array(z.string()).optional(),
  lastSeen: time.optional(),
  desktop: status,
  code: status,
  state: z.enum(states),
  reasons: z.array(z.object({ code: z.string(), product: z.string().optional(), upgradeTo: z.string().optional() })),
  records: z.array(z.object({ product: z.enum(products), deviceId: z.string().optional() })),
})
export type PlanningEndpoint = z.infer<typeof PlanningEndpoint>

/** A scan as planning reads it. */
export interface PlanningScan {
  readonly head: ScanHead
  /** Of the head and of the bytes of all endpoints; does not depend on the order of endpoints. */
  readonly digest: string
  /** Digest of what the scan was judged by. */
  readonly rules: string
}

const digestBytes = 32

/**
 * Reads a scan for planning in one pass; `visit` gets each endpoint. Throws a Failure when it is no whole scan, or has an
 * endpoint twice.
 */
export async function readPlanningScan(
  file: string,
  visit: (endpoint: PlanningEndpoint) => void,
  onRead?: (bytes: number) => void,
): Promise<PlanningScan> {
  const ids: string[] = []
  let digests: Buffer = Buffer.alloc(1024 * digestBytes)
  const head = await readScan(
    file,
    (value, bytes) => {
      const endpoint = PlanningEndpoint.safeParse(value)
      if (!endpoint.success)
        throw refused(
          { file, record: ids.length + 1 },
          'not-a-scan',
          'This is not a whole fleet.scan/v1 document: an endpoint in it cannot be read.',
        )
      const at = ids.push(endpoint.data.id) * digestBytes
      if (at > digests.length) digests = Buffer.concat([digests], 2 * digests.length)
      hash('sha256', bytes(), 'buffer').copy(digests, at - digestBytes)
      visit(endpoint.data)
    },
    onRead,
  )
  const counted = states.reduce((sum, state) => sum + head.states[state], 0)
  if (counted !== ids.length)
    throw refused({ file }, 'scan-incomplete', `The scan counts ${counted} endpoints, and has ${ids.length}.`)
  const digest = createHash('sha256').update(canonicalJson(head))
  const order = byId(ids)
  if (order.some((index, rank) => rank > 0 && ids[index] === ids[order[rank - 1]!]))
    throw refused({ file }, 'endpoint-twice', 'The scan has an endpoint twice, so its numbers are wrong.')
  for (const index of order) digest.update(digests.subarray(index * digestBytes, (index + 1) * digestBytes))
  return { head, digest: `sha256:${digest.digest('hex')}`, rules: rulesOf(head) }
}

/** Indexes of ids, rising by id: that is how a scan stands, so mostly nothing is to be sorted. */
function byId(ids: readonly string[]): Uint32Array {
  const order = new Uint32Array(ids.length).map((_, index) => index)
  const isSorted = ids.every((id, index) => index === 0 || ids[index - 1]! < id)
  return isSorted ? order : order.sort((a, b) => byText(ids[a]!, ids[b]!))
}

function refused(where: Place, code: string, message: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, {
    where,
    tryThis: ['Make it again with: fleet scan exports --output scan.json'],
  })
}

/** Two scans can be compared only when "ready" means the same in both. */
function rulesOf({ gates, policy }: ScanHead): string {
  const required = gates
    .filter(({ level }) => level === 'required')
    .map(({ id, product, platforms, requires, except, from, until }) => ({
      id,
      product,
      platforms,
      requires,
      except: except.map(({ range, platforms: where }) => ({ range, where })),
      from,
      until,
    }))
  const { staleAfterDays, expectDesktop } = policy
  return `sha256:${sha256(canonicalJson({ required, staleAfterDays, expectDesktop }))}`
}

/** The ids of the required gates, sorted as in the scan. */
export function requiredGates({ gates }: ScanHead): string[] {
  return gates.filter(({ level }) => level === 'required').map(({ id }) => id)
}

/** Where an endpoint belongs; empty where the scan does not say. */
export function membershipOf({ platform, department, site, desktop }: PlanningEndpoint): Membership {
  return {
    platform,
    department: department?.trim() ?? '',
    site: site?.trim() ?? '',
    version: desktop.normal ?? desktop.version ?? '',
  }
}

/** What a scan says of an endpoint, and how fresh that is. */
export function reportOf({ state, platform, reasons, desktop, code, lastSeen }: PlanningEndpoint): EndpointReport {
  // The first reason decides; what is only open about another product has no date of its own.
  const about = reasons[0]?.product
  const lists =
    about === 'claude-desktop' ? [desktop.asOf] : about === 'claude-code' ? [code.asOf] : [desktop.asOf, code.asOf]
  const dated = lists.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]))
  return {
    state,
    platform,
    // Of several lists the oldest: what it says may be over.
    at: dated.length === 0 ? undefined : Math.min(...dated),
    checkIn: lastSeen === undefined ? undefined : Date.parse(lastSeen),
    code: reasons[0]?.code,
  }
}
