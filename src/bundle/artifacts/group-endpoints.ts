import { csvCell } from '../../platform/csv-cell.js'
import type { Artifact } from '../artifact.js'

/** Who belongs to a group, to make the group in the MDM; nothing outside groups. */
export const groupEndpoints: Artifact = {
  id: 'group-endpoints',
  title: 'Endpoints of each group',
  files: ({ group }) => {
    if (group === undefined) return []
    const rows = [
      ['serial', 'hostname'],
      ...group.endpoints.map(({ serial, hostname }) => [serial ?? '', hostname ?? '']),
    ]
    const [head, ...lines] = rows.map((row) => `${row.map(csvCell).join(',')}\r\n`)
    return [
      {
        path: 'endpoints.csv',
        content: `\ufeff${head}${[...new Set(lines)].sort().join('')}`,
        // It names machines.
        mode: 0o600,
        secret: false,
        about: `${group.endpoints.length === 1 ? 'The one endpoint' : `The ${group.endpoints.length} endpoints`} of this group, to make it in the MDM`,
      },
    ]
  },
}
