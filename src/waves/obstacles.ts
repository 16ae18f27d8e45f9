import { byText } from '../platform/by-text.js'
import type { Obstacle } from './plan-document.js'
import type { PlanningEndpoint } from './planning-scan.js'

/**
 * What it takes to settle an endpoint that stands in the way: 1 an export or a setting settles many at once, 2 it has to
 * come online, 3 a person has to look at it.
 */
const costs: Readonly<Record<string, Obstacle['cost']>> = {
  'no-app-list': 1,
  'section-not-requested': 1,
  'filtered-list': 1,
  'partial-list': 1,
  'history-incomplete': 1,
  'report-clipped': 1,
  'no-version-given': 1,
  'no-check-in': 1,
  'platform-unknown': 1,
  'name-only': 1,
  'app-list-too-old': 2,
  'check-in-too-old': 2,
}

const mostExamples = 10

interface Gathered {
  readonly state: Obstacle['state']
  readonly code: string
  endpoints: number
  /** The cheapest first. */
  examples: { readonly id: string; readonly lastSeen: string }[]
}

/** Gathers the endpoints in scope that no wave can make ready, while a scan is read. */
export interface ObstacleIntake {
  readonly add: (endpoint: PlanningEndpoint) => void
  /** The cheapest first, then the most. */
  readonly obstacles: () => Obstacle[]
}

export function obstacleIntake(): ObstacleIntake {
  const gathered = new Map<string, Gathered>()
  return {
    add({ id, state, reasons, lastSeen = '' }) {
      if (state !== 'stale' && state !== 'unknown') return
      const code = reasons[0]?.code ?? state
      const key = `${state} ${code}`
      const row = gathered.get(key) ?? { state, code, endpoints: 0, examples: [] }
      gathered.set(key, row)
      row.endpoints++
      row.examples.push({ id, lastSeen })
      if (row.examples.length > 8 * mostExamples) row.examples = cheapest(row.examples)
    },
    obstacles: () =>
      [...gathered.values()]
        .map(({ state, code, endpoints, examples }) => ({
          state,
          code,
          endpoints,
          cost: costs[code] ?? 3,
          examples: cheapest(examples).map(({ id }) => id),
        }))
        .sort((a, b) => a.cost - b.cost || b.endpoints - a.endpoints || byText(a.code, b.code)),
  }
}

/** Whoever was online last is the nearest to being online again. */
function cheapest(examples: Gathered['examples']): Gathered['examples'] {
  return examples.sort((a, b) => byText(b.lastSeen, a.lastSeen) || byText(a.id, b.id)).slice(0, mostExamples)
}
