import * as z from 'zod'
import { Name } from './name.js'

/** What a selector may name; all named attributes must match, without regard to case. */
export const selectorShape = {
  group: Name.optional(),
  department: Name.optional(),
  site: Name.optional(),
  platform: z.enum(['macos', 'windows', 'linux', 'other']).optional(),
  serial: Name.optional(),
  hostname: Name.optional(),
  email: Name.optional(),
}

/** Names endpoints by what is known of them. */
export const Selector = z.strictObject(selectorShape).refine((selector) => Object.keys(selector).length > 0, {
  error: 'names nobody: add group, department, site, platform, serial, hostname or email',
})
export type Selector = z.infer<typeof Selector>

/** What a selector looks at. */
export interface SelectableEndpoint {
  readonly groups?: readonly string[] | undefined
  readonly department?: string | undefined
  readonly site?: string | undefined
  readonly platform?: string | undefined
  readonly serial?: string | undefined
  readonly hostname?: string | undefined
  readonly email?: string | undefined
}

/** Whether everything that a selector names is so on an endpoint. */
export function selects(selector: Selector, endpoint: SelectableEndpoint): boolean {
  return (
    (selector.group === undefined || (endpoint.groups ?? []).some((group) => same(selector.group, group))) &&
    same(selector.department, endpoint.department) &&
    same(selector.site, endpoint.site) &&
    same(selector.platform, endpoint.platform) &&
    same(selector.serial, endpoint.serial) &&
    same(selector.hostname, endpoint.hostname) &&
    same(selector.email, endpoint.email)
  )
}

function same(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || (actual !== undefined && actual.toLowerCase() === wanted.toLowerCase())
}
