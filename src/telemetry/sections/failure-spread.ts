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

type Users = Map<string, { readonly reporter: Reporter; failures: number }>

/**
 * A function of a surface and a tool that tells how the failures are spread over those who use it. The rows of tools are
 * as many as tools times people, and are gone through once, for all anomalies together.
 */
export function failureSpreads(view: EvidenceView): (service: string, tool: string) => FailureSpread {
  const reporters = reportersOf(view)
  let services: Map<string, Map<string, Users>> | undefined
  const grouped = () => {
    const groups = new Map<string, Map<string, Users>>()
    for (const { sender, tool, failures } of view.tables.tools) {
      const reporter = reporters[sender]!
      const tools = getOrAdd(groups, view.tables.senders[sender]!.service, () => new Map<string, Users>())
      const users: Users = getOrAdd(tools, tool, () => new Map())
      getOrAdd(users, reporter.key, () => ({ reporter, failures: 0 })).failures += failures
    }
    return groups
  }
  return (service, tool) => {
    services ??= grouped()
    return spreadOf(services.get(service)?.get(tool) ?? new Map())
  }
}

function spreadOf(users: Users): FailureSpread {
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
