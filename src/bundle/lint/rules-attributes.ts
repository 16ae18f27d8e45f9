import { nearestTexts } from '../../platform/nearest-text.js'
import { type AttributeParser, clientBehaviour } from '../client-behaviour.js'
import { looksUnfilled } from '../payload-variables.js'
import { decodeResourceAttributes, isReservedAttributeKey } from '../resource-attributes.js'
import type { SettingsFile } from '../settings-file.js'
import { behavioursMet, clientsText, rangeOf } from './client-versions.js'
import { issue, observed } from './references.js'
import type { Hit, LintContext, Rule } from './rule.js'
import { listed, shown } from './shown-value.js'
import { environmentOf, telemetrySource } from './telemetry-source.js'

const name = 'OTEL_RESOURCE_ATTRIBUTES'
const path = ['env', name] as const
const parsers = clientBehaviour.attributeParser

/** One issue saw metrics stop with more; twenty arrived in five client versions that were tried. */
const manyEntries = 12

function attributesIn(file: SettingsFile): string | undefined {
  return environmentOf(file.value).get(name)
}

/** The key of an entry as it stands. Values may name people; they are not shown. */
function keyOf(entry: string): string {
  return shown((entry.split('=', 1)[0] ?? '').trim())
}

function entriesIn(text: string): readonly string[] {
  return text.split(',').filter((entry) => entry.trim() !== '')
}

/** The entries with their key and value as written; only those that have both. */
function pairsIn(text: string): readonly { readonly entry: string; readonly key: string; readonly value: string }[] {
  return entriesIn(text).flatMap((entry) => {
    const at = entry.indexOf('=')
    return at < 0 ? [] : [{ entry, key: entry.slice(0, at).trim(), value: entry.slice(at + 1).trim() }]
  })
}

/** Entries for which this parser throws all of them away. */
function faultyEntries(text: string, parser: AttributeParser): readonly string[] {
  return entriesIn(text).filter((entry) => decodeResourceAttributes(entry, parser).lost === 'all')
}

/** The hit for the parsers of which `loses` tells the entries at fault; none where it tells of none. */
function* lossOf(
  text: string,
  context: LintContext,
  loses: (lost: 'all' | readonly string[], parser: AttributeParser) => readonly string[] | undefined,
  what: string,
): Iterable<Hit> {
  const met = behavioursMet(context, parsers).flatMap((range) => {
    const { lost } = decodeResourceAttributes(text, range.behaviour)
    const entries = lost === 'none' ? undefined : loses(lost, range.behaviour)
    return entries === undefined ? [] : [{ ...range, entries }]
  })
  const versions = rangeOf(met)
  if (versions === undefined) return
  const keys = [...new Set(met.flatMap(({ entries }) => entries))].map(keyOf)
  yield { path, versions, message: `Because of ${listed(keys)}, ${clientsText(versions)} ${what}` }
}

/** Rules about `OTEL_RESOURCE_ATTRIBUTES`, whose reading changed twice between client versions. */
export const rules: readonly Rule[] = [
  {
    id: 'attributes-dropped',
    title: 'All resource attributes are lost',
    surface: 'claude-code',
    severity: 'error',
    why: 'One character that a client does not take loses every attribute; the telemetry still comes, and nobody knows from whom.',
    fix: 'Percent-encode everything in values but letters, digits and . _ - / : @, keep keys to a-z, 0-9, . _ - and values under 256 characters.',
    ...observed,
    *check(file, context) {
      const text = attributesIn(file)
      if (text !== undefined)
        yield* lossOf(
          text,
          context,
          (lost, parser) => (lost === 'all' ? faultyEntries(text, parser) : undefined),
          'lose every attribute.',
        )
    },
  },
  {
    id: 'attribute-entry-dropped',
    title: 'A resource attribute is lost',
    surface: 'claude-code',
    severity: 'error',
    why: 'An entry that does not read as one key and one value is left out without a word.',
    fix: 'Write %3D for = and %2C for a comma inside of a value, and one = in each entry.',
    ...observed,
    *check(file, context) {
      const text = attributesIn(file)
      if (text !== undefined)
        yield* lossOf(text, context, (lost) => (lost === 'all' ? undefined : lost), 'leave these entries out.')
    },
  },
  {
    id: 'attribute-quoted',
    title: 'Quotes around an attribute',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Older clients take the quotes off, newer ones send them as part of the value: one department becomes two.',
    fix: 'Leave the quotes out, and percent-encode what they were to protect.',
    ...observed,
    *check(file) {
      const quoted = pairsIn(attributesIn(file) ?? '').filter(({ value }) => /^".*"$/s.test(value))
      if (quoted.length > 0)
        yield { path, message: `${listed(quoted.map(({ entry }) => keyOf(entry)))}: the value has quotes around it.` }
    },
  },
  {
    id: 'attribute-key-encoded',
    title: 'A percent escape in the key of an attribute',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Older clients leave it as it stands, newer ones decode it: the same attribute has two names.',
    fix: 'Keep keys to a-z, 0-9, dot, underscore and hyphen.',
    ...observed,
    *check(file) {
      const encoded = pairsIn(attributesIn(file) ?? '').filter(({ key }) => key.includes('%'))
      if (encoded.length > 0)
        yield { path, message: `${listed(encoded.map(({ entry }) => keyOf(entry)))}: the key holds a percent sign.` }
    },
  },
  {
    id: 'attribute-overrides-builtin',
    title: 'An attribute that the client sets itself',
    surface: 'claude-code',
    severity: 'warning',
    why: 'It replaces the client’s own (seen with service.name), and what is filtered by that misses these endpoints.',
    fix: 'Give the attribute a name of its own.',
    ...observed,
    *check(file) {
      const own = pairsIn(attributesIn(file) ?? '').filter(({ key }) => isReservedAttributeKey(key))
      if (own.length > 0)
        yield { path, message: `${listed(own.map(({ entry }) => keyOf(entry)))} is set by the client itself.` }
    },
  },
  {
    id: 'attribute-unfilled-variable',
    title: 'A variable that nobody filled in',
    surface: 'claude-code',
    severity: 'error',
    why: 'The name of the variable arrives as the value, the same from every endpoint, and joins with the inventory fail.',
    fix: 'Deliver the settings by a channel in which the MDM fills it in, unsigned; or write the value itself.',
    ...observed,
    *check(file) {
      for (const { entry, value } of pairsIn(attributesIn(file) ?? '')) {
        const service = looksUnfilled(value)
        if (service === undefined) continue
        // A profile is the one form in which a service fills it in; whether it has is not to be seen in the file.
        const waits = file.format === 'plist'
        yield {
          path,
          ...(waits && { severity: 'note' as const }),
          message: `${keyOf(entry)} holds a variable of ${service}${waits ? ', to be filled in on delivery' : ' as text'}.`,
        }
      }
    },
  },
  {
    id: 'attribute-empty',
    title: 'An attribute without a value',
    surface: 'claude-code',
    severity: 'warning',
    why: 'It arrives empty and says nothing.',
    fix: 'Give it a value, or take it out.',
    ...observed,
    *check(file) {
      const empty = pairsIn(attributesIn(file) ?? '').filter(({ value }) => value === '' || value === '""')
      if (empty.length > 0) yield { path, message: `${listed(empty.map(({ entry }) => keyOf(entry)))} has no value.` }
    },
  },
  {
    id: 'attribute-duplicate',
    title: 'An attribute stands twice',
    surface: 'claude-code',
    severity: 'warning',
    why: 'Only the last one counts, so seen in every client that was tried, and people read the first.',
    fix: 'Keep one of them.',
    ...observed,
    *check(file) {
      const pairs = pairsIn(attributesIn(file) ?? '')
      const seen = new Set<string>()
      const twice = pairs.filter(({ key }) => seen.has(key) || !seen.add(key))
      if (twice.length > 0)
        yield {
          path,
          message: `${listed([...new Set(twice.map(({ entry }) => keyOf(entry)))])} stands more than once: the last one counts.`,
        }
    },
  },
  {
    id: 'attribute-too-many',
    title: 'Many attributes',
    surface: 'claude-code',
    severity: 'note',
    why: 'One report saw metrics stop with more than twelve. It was not reproduced: twenty arrived in five client versions.',
    fix: 'Keep to what you group by: each one becomes a label of every metric.',
    ...issue(71447),
    *check(file) {
      const count = entriesIn(attributesIn(file) ?? '').length
      if (count > manyEntries) yield { path, message: `There are ${count} attributes.` }
    },
  },
  {
    id: 'attributes-not-set',
    title: 'Users can name their own attributes',
    surface: 'claude-code',
    severity: 'warning',
    why: 'What the managed settings leave open the user’s settings or shell fill in: who an endpoint says it is can be made up.',
    fix: `Set ${name} in the same managed env as the exporters, if only with one attribute.`,
    ...observed,
    *check(file, context) {
      const source = telemetrySource(file, context)
      const text = source?.environment.get(name)
      if (source !== undefined && (text === undefined || text.trim() === '')) {
        const [slip] = nearestTexts(name, source.environment.keys())
        const also = slip === undefined ? '' : ` (${shown(slip)} is another variable)`
        yield { path: ['env'], message: `${name} is not set${also}: users set it themselves.` }
      }
    },
  },
]
