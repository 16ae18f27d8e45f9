import type { EndpointEntry } from '../../src/readiness/scan-document.js'
import { reportedEndpoints } from './report-view.js'

/** So many endpoints, ordered by id: those of the sample company again and again, each with names of its own. */
export function manyEndpoints(count: number): EndpointEntry[] {
  const known = reportedEndpoints()
  return Array.from({ length: count }, (_, at) => {
    const endpoint = known[at % known.length]!
    const number = String(at).padStart(6, '0')
    return {
      ...endpoint,
      id: `${number}-${endpoint.id}`,
      serial: `SN${number}`,
      hostname: `${endpoint.hostname ?? 'host'}-${number}`,
    }
  })
}
