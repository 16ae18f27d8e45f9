import type { Example } from '../tables.js'
import type { EvidenceView } from '../view.js'
import { both, type Judgement, judgeByRules, judgeMcpServer, judgePlugin, type User, userOf } from './approved-use.js'
import { type Reporter, reportersOf } from './reporter.js'
import { toolAndServer, type UsedName, type UseKind, usedName } from './tool-names.js'

/** One thing that a sender used, and what the policy says of it. */
export interface Use {
  readonly kind: UseKind
  readonly name: UsedName
  readonly reporter: Reporter
  readonly user: User
  /** `tool_result` records, and those of them with an error. */
  readonly calls: number
  readonly failures: number
  /** Other records: connections of servers, activations of skills, plugins loaded or installed. */
  readonly events: number
  /** Of a plugin. */
  readonly version?: string | undefined
  readonly last: number
  readonly example: Example
  readonly judgement: Judgement
}

/**
 * Everything that was used, from the tables of tools, connections, skills and plugins. A call of an MCP tool is a use of
 * its tool and of its server, a call with a skill one of the skill as well.
 */
export function* usesOf(view: EvidenceView): Iterable<Use> {
  const { tables, policy } = view
  const { evidence, mcp, plugins } = policy.policy
  const rules = evidence?.approved ?? []
  const reporters = reportersOf(view)
  const users = tables.senders.map((sender, index) => userOf(reporters[index]!, sender))
  const judge = {
    tool: (name: UsedName, user: User) => judgeByRules('tool', name, user, rules),
    'mcp-server': (name: UsedName, user: User) =>
      both(judgeByRules('mcp-server', name, user, rules), judgeMcpServer(name, mcp)),
    skill: (name: UsedName, user: User) => judgeByRules('skill', name, user, rules),
  }
  const base = (sender: number) => ({ reporter: reporters[sender]!, user: users[sender]! })
  for (const row of tables.tools) {
    const { calls, failures, last, example } = row
    const used = { ...base(row.sender), calls, failures, events: 0, last, example }
    const { tool, server } = toolAndServer(row)
    const skill = row.skill === '' ? undefined : usedName('skill', row.skill)
    const names = [
      ['tool', tool],
      ['mcp-server', server],
      ['skill', skill],
    ] as const
    for (const [kind, name] of names)
      if (name !== undefined) yield { ...used, kind, name, judgement: judge[kind](name, used.user) }
  }
  const none = { calls: 0, failures: 0 }
  for (const { sender, server, status, events, last, example } of tables.connections) {
    const name = usedName('mcp-server', server)
    const used = { ...base(sender), ...none, events, last, example }
    const judgement: Judgement =
      status === 'failed' ? { verdict: 'not-judged', why: 'not-connected' } : judge['mcp-server'](name, used.user)
    yield { ...used, kind: 'mcp-server', name, judgement }
  }
  for (const { sender, skill, events, last, example } of tables.skills) {
    const name = usedName('skill', skill)
    const used = { ...base(sender), ...none, events, last, example }
    yield { ...used, kind: 'skill', name, judgement: judge.skill(name, used.user) }
  }
  for (const row of tables.plugins) {
    const { events, version, last, example } = row
    const names = { plugin: usedName('plugin', row.plugin), marketplace: usedName('plugin', row.marketplace) }
    const text = `${row.plugin}@${row.marketplace}`
    const isHidden = names.plugin.hidden || names.marketplace.hidden
    const name: UsedName = isHidden ? { hidden: true, literal: text, prefix: '' } : { hidden: false, name: text }
    const judgement = judgePlugin(row, names, plugins)
    yield { ...base(row.sender), ...none, kind: 'plugin', name, events, version, last, example, judgement }
  }
}
