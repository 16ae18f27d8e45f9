import { describe, expect, it } from 'vitest'
import { rules as access } from '../../../src/bundle/lint/rules-access.js'
import { rules as attributes } from '../../../src/bundle/lint/rules-attributes.js'
import { rules as content } from '../../../src/bundle/lint/rules-content.js'
import { rules as hooks } from '../../../src/bundle/lint/rules-hooks.js'
import { rules as json } from '../../../src/bundle/lint/rules-json.js'
import { rules as keys } from '../../../src/bundle/lint/rules-keys.js'
import { rules as plugins } from '../../../src/bundle/lint/rules-plugins.js'
import { rules as telemetry } from '../../../src/bundle/lint/rules-telemetry.js'
import { hitsOf, settingsFile } from '../../builders/settings-file.js'
import { collectorAddress, type Setup } from '../../client/experiment.js'
import { experiments } from '../../client/experiments.js'

const rules = [...json, ...keys, ...telemetry, ...attributes, ...content, ...hooks, ...access, ...plugins]
const known = new Set(rules.map(({ id }) => id))

/** How often a rule speaks about the settings of an experiment. */
function count(rule: string, { managed, dropIns = {}, user, files = {} }: Setup): number {
  const all = [
    settingsFile(inPlace(managed)),
    ...Object.entries(dropIns).map(([name, value]) =>
      settingsFile(inPlace(value), { channel: 'drop-in', file: `managed-settings.d/${name}` }),
    ),
    ...(user === undefined ? [] : [settingsFile(inPlace(user), { channel: 'user', file: '.claude/settings.json' })]),
  ]
  const hasFile = (path: string) => (path.startsWith('/etc/claude-code/') ? Object.hasOwn(files, path) : undefined)
  return all.flatMap((file) => hitsOf(rules, rule, file, { files: all, hasFile, codeVersions: ['2.1.150', '2.1.329'] }))
    .length
}

/** The address as it is in a session. */
function inPlace(settings: unknown): string {
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  return text.replaceAll(collectorAddress, 'http://127.0.0.1:4318')
}

/** What cannot be told from settings: what a script does, the rights of a file, a user with no managed hook beside. */
const notInSettings: Readonly<Record<string, number>> = {
  'hook-fails-open/exit-1': 1,
  'hook-file-missing/not-executable': 0,
  'telemetry-helper-missing/not-executable': 0,
  'user-hooks-allowed/user-hook': 0,
}

describe.each(experiments.filter(({ rule }) => known.has(rule)))('$rule/$id', ({ rule, id, bad, fixed }) => {
  it('is found where a client was seen to go wrong, and not where it works', () => {
    if (bad === undefined) return
    const found = [count(rule, bad), count(rule, fixed)]
    const both = notInSettings[`${rule}/${id}`]
    if (both === undefined) expect(found[0]).toBeGreaterThan(found[1] ?? 0)
    else expect(found).toEqual([both, both])
  })
})
