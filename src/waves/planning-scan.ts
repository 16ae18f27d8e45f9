import * as z from 'zod'
import { products } from '../inventory/observation.js'
import { readScan } from '../readiness/read-scan.js'
import type { ScanHead } from '../readiness/scan-document.js'
import { states } from '../readiness/verdict.js'
import type { Membership } from './candidate.js'
import type { EndpointReport } from './outcomes.js'
import { rulesOf, ScanDigest } from './scan-digest.js'

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

/**
 * Reads a scan for planning in one pass; `visit` gets each endpoint. Throws a Failure when it is no whole scan, or has an
 * endpoint twice.
 */
export async function readPlanningScan(
  file: string,
  visit: (endpoint: PlanningEndpoint) => void,
  onRead?: (bytes: number) => void,
): Promise<PlanningScan> {
  const digest = new ScanDigest(file)
  const head = await readScan(file, digest.visiting(PlanningEndpoint, visit), onRead)
  return { head, digest: digest.end(head), rules: rulesOf(head) }
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
