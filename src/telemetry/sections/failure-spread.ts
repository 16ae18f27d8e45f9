import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import type { EvidenceView } from '../view.js'
import { percentOf } from './cut-list.js'
import { type Reporter, reportersOf } from './reporter.js'

/** Whose failures they are, over the whole window: one broken endpoint looks otherwise than a broken release. */
export const FailureSpread = z.object({
  failures: z.int().min(0),
  /** Endpoints and installations that used the tool, and those of them with a failure. */
  users: z.int().min(0),
  failing: z.int().min(0),
  /** The one with the most failures. */
  most: z
    .object({
      endpoint: z.string().optional(),
      installation: z.string().optional(),
      failures: z.int().min(0),
      percent: z.number().nullable(),
    })
    .optional(),
})
export type FailureSpread = z.infer<typeof FailureSpread>

/** How the failures of one tool on one surface are spread over those who use it. */
export function failureSpread(view: EvidenceView, service: string, tool: string): FailureSpread {
  const reporters = reportersOf(view)
  const users = new Map<string, { readonly reporter: Reporter; failures: number }>()
  for (const row of view.tables.tools) {
    if (row.tool !== tool || view.tables.senders[row.sender]?.service !== service) continue
    const reporter = reporters[row.sender]!
    getOrAdd(users, reporter.key, () => ({ reporter, failures: 0 })).failures += row.failures
  }
  const failing = [...users.values()]
    .filter(({ failures }) => failures > 0)
    .sort((a, b) => b.failures - a.failures || byText(a.reporter.key, b.reporter.key))
  const failures = failing.reduce((sum, user) => sum + user.failures, 0)
  const [most] = failing
  return {
    ...{ failures, users: users.size, failing: failing.length },
    ...(most !== undefined && {
      most: {
        ...(most.reporter.endpoint !== undefined && { endpoint: most.reporter.endpoint.id }),
        ...(most.reporter.installation !== undefined && { installation: most.reporter.installation }),
        failures: most.failures,
        percent: percentOf(most.failures, failures),
      },
    }),
  }
}
