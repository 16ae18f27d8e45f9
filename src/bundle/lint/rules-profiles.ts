import { payloadKeys } from '../catalogue/claude-code-keys.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import { looksUnfilled } from '../payload-variables.js'
import { issue } from './references.js'
import type { Rule } from './rule.js'

/** Rules about configuration profiles and the property lists they become. */
export const rules: readonly Rule[] = [
  {
    id: 'profile-payload-twice',
    title: 'A profile with two payloads of one domain',
    surface: 'any',
    severity: 'warning',
    why: 'Nothing says which of two payloads for the same preference domain macOS takes for a key that is in both.',
    fix: 'Put all settings into one payload.',
    source: 'https://github.com/ProfileManifests/ProfileManifests',
    checked: '2026-07-08',
    *check(file, { files }) {
      if (file.format !== 'plist') return
      const same = files.filter(
        (other) => other.file === file.file && other.surface === file.surface && other.format === 'plist',
      )
      const place = same.indexOf(file)
      if (place > 0)
        yield {
          path: [],
          message: `This is payload ${place + 1} of ${same.length} for the same program in one profile.`,
        }
    },
  },
  {
    id: 'profile-signed-variable',
    title: 'A payload variable in a signed profile',
    surface: 'any',
    severity: 'error',
    why: 'What is signed cannot be filled in: the name of the variable arrives as the value, or the signature is broken.',
    fix: 'Deliver the profile unsigned, or put the value itself in.',
    source: 'https://github.com/fleetdm/fleet/pull/22966',
    checked: '2026-11-21',
    *check(file) {
      if (!file.problems.some(({ code }) => code === 'signed')) return
      for (const { path, text } of textsIn(file.value, [])) {
        const service = looksUnfilled(text)
        if (service !== undefined)
          yield { path, message: `A variable of ${service} stands in a profile that is signed already.` }
      }
    },
  },
  {
    id: 'payload-key-as-setting',
    title: 'A field of a profile among the settings',
    surface: 'any',
    severity: 'warning',
    why: 'Fields of a configuration profile are no settings; a client was seen to read them as such.',
    fix: 'Remove the Payload fields from the settings; they belong to the payload around them.',
    ...issue(36714),
    *check({ value }) {
      for (const key of Object.keys(value ?? {}))
        if (payloadKeys.includes(key)) yield { path: [key], message: `${key} is a field of a profile and no setting.` }
    },
  },
]

interface TextAt {
  readonly path: KeyPath
  readonly text: string
}

function* textsIn(value: unknown, path: KeyPath): Iterable<TextAt> {
  if (typeof value === 'string') yield { path, text: value }
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index])
  else if (isRecord(value)) for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key])
}
