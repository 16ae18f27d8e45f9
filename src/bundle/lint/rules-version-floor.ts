import { compare, lt, valid } from 'semver'
import { parseVersion } from '../../gates/version.js'
import { clientBehaviour } from '../client-behaviour.js'
import { clientsIn, rangeOf } from './client-versions.js'
import { docs, observed } from './references.js'
import type { Rule } from './rule.js'
import { isManaged, sourceOf, valueAt } from './settings-source.js'
import { kindOf, shown } from './shown-value.js'

const floor = 'requiredMinimumVersion'
const ceiling = 'requiredMaximumVersion'

/** Older clients know neither key: that the settings are too new for them is said by another rule. */
const enforced = rangeOf(clientBehaviour.versionFloor.filter(({ behaviour }) => behaviour === 'enforced')) ?? '*'

function normal(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const version = parseVersion(value)
  return version.kind === 'version' ? version.normal : undefined
}

/** Rules about the version limits of a policy. */
export const rules: readonly Rule[] = [
  {
    id: 'version-floor-invalid',
    title: 'A version limit that is no version',
    surface: 'claude-code',
    severity: 'error',
    why: 'Clients ignore such a limit without a word: it fails open, by design.',
    fix: 'Write three numbers with dots, such as "2.1.240".',
    ...observed,
    versions: enforced,
    *check(file) {
      if (!isManaged(file)) return
      for (const key of [floor, ceiling]) {
        const value = valueAt(file.value, [key])
        if (value === undefined) continue
        if (typeof value !== 'string') yield { path: [key], message: `It is ${kindOf(value)}: there is no limit.` }
        else if (normal(value) === undefined)
          yield { path: [key], message: `${shown(value)} is no version: there is no limit.` }
        else if (valid(value) !== value)
          yield {
            path: [key],
            severity: 'warning',
            message: `${shown(value)} is not three plain numbers; whether a client reads it is unknown.`,
          }
      }
    },
  },
  {
    id: 'version-floor-above',
    title: 'Clients out there are outside of the version limits',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A client outside of the limits refuses to start; its user can only update.',
    fix: 'Update these clients before the policy reaches them, or move the limit.',
    ...docs.settingsReference,
    *check(file, context) {
      if (!isManaged(file)) return
      const source = sourceOf(file, context)
      const lowest = normal(valueAt(source.value, [floor]))
      const highest = normal(valueAt(source.value, [ceiling]))
      if (source.setBy([floor]) === file && lowest !== undefined) {
        if (highest !== undefined && lt(highest, lowest))
          yield {
            path: [floor],
            severity: 'error',
            versions: enforced,
            message: `The minimum ${lowest} is above the maximum ${highest}: no client starts.`,
          }
        const range = `${enforced} <${lowest}`
        const message = stopped(clientsIn(context, range), `below the minimum ${lowest}`)
        if (message !== undefined) yield { path: [floor], versions: range, message }
      }
      if (source.setBy([ceiling]) === file && highest !== undefined) {
        const range = `${enforced} >${highest}`
        const message = stopped(clientsIn(context, range), `above the maximum ${highest}`)
        if (message !== undefined) yield { path: [ceiling], versions: range, message }
      }
    },
  },
]

function stopped(clients: readonly string[] | undefined, where: string): string | undefined {
  if (clients === undefined || clients.length === 0) return undefined
  const [first] = [...clients].sort(compare)
  const which =
    clients.length === 1 ? `${first} refuses` : `${clients.length} versions out there (such as ${first}) refuse`
  return `${which} to start: ${where}.`
}
