import * as z from 'zod'
import { nearestTexts } from '../../platform/nearest-text.js'
import { keyPathText } from '../formats/read-format.js'
import { combinations, type ExplainedKey } from './explained-key.js'
import { type Explanation, sourceOutcomes } from './explanation.js'
import { type LossCode, lossTexts, type UnknownCode, unknownTexts } from './reasons.js'
import { shownSetting } from './shown-setting.js'
import { type Place, sourceNames } from './source.js'

const source = z.enum(sourceNames)
const count = z.int().min(0)
const lossCodes = Object.keys(lossTexts) as [LossCode, ...LossCode[]]
const unknownCodes = Object.keys(unknownTexts) as [UnknownCode, ...UnknownCode[]]

const PlaceEntry = z.object({ source, file: z.string(), line: z.int().min(1).optional() })

const LoserEntry = PlaceEntry.extend({
  /** Secrets are `[redacted]`. */
  value: z.unknown(),
  why: z.enum(lossCodes),
  reason: z.string(),
  detail: z.string().optional(),
})

const KeyEntry = z.object({
  /** Such as `permissions.deny` or `env.OTEL_LOGS_EXPORTER`. */
  path: z.string(),
  /** `none`: it stands somewhere and counts nowhere. `unknown`: no source says. */
  state: z.enum(['set', 'none', 'unknown']),
  /** The value in force, only with `set`. Secrets are `[redacted]`. */
  value: z.unknown().optional(),
  combination: z.enum(combinations),
  /** The version from which sources combine this way. */
  since: z.string().optional(),
  /** Where the value comes from; a list may come from several places. */
  from: z.array(PlaceEntry),
  losers: z.array(LoserEntry),
  unknown: z.object({ code: z.enum(unknownCodes), reason: z.string() }).optional(),
  notes: z.array(z.string()),
})

/** `fleet.settings-explained/v1`: which source wins on a machine, and what is in force key by key. */
export const SettingsExplained = z.object({
  schema: z.literal('fleet.settings-explained/v1'),
  surface: z.enum(['claude-code', 'claude-desktop']),
  /** The version that is explained; null stands for the newest known behaviour. */
  client: z.string().nullable(),
  summary: z.string(),
  winner: z.object({ state: z.enum(['one', 'merged', 'unknown', 'none']), sources: z.array(source) }),
  start: z.enum(['starts', 'refused', 'unknown']),
  sources: z.array(
    z.object({ source, files: z.array(z.string()), keys: count, inForce: count, outcome: z.enum(sourceOutcomes) }),
  ),
  keys: z.array(KeyEntry),
  notes: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      source: z.string().optional(),
      checked: z.iso.date().optional(),
    }),
  ),
})
export type SettingsExplained = z.infer<typeof SettingsExplained>
export type ExplainedKeyEntry = SettingsExplained['keys'][number]

/** The document of an explanation: nothing in it is a secret that its name or form gives away. */
export function settingsExplained(explanation: Explanation): SettingsExplained {
  const { surface, client, summary, winner, start, sources, keys, notes } = explanation
  return {
    schema: 'fleet.settings-explained/v1',
    surface,
    client: client ?? null,
    summary,
    winner: { state: winner.state, sources: [...winner.sources] },
    start,
    sources: sources.map((entry) => ({ ...entry, files: [...entry.files] })),
    keys: keys.map(keyEntry),
    notes: notes.map((note) => ({ ...note })),
  }
}

function keyEntry({
  path,
  state,
  value,
  combination,
  since,
  from,
  losers,
  unknown,
  notes,
}: ExplainedKey): ExplainedKeyEntry {
  return {
    path: keyPathText(path),
    state,
    ...(state === 'set' ? { value: shownSetting(path, value) } : {}),
    combination,
    ...(since === undefined ? {} : { since }),
    from: from.map(placeEntry),
    losers: losers.map(({ place, value: lost, why, detail }) => ({
      ...placeEntry(place),
      value: shownSetting(path, lost),
      why,
      reason: lossTexts[why],
      ...(detail === undefined ? {} : { detail }),
    })),
    ...(unknown === undefined ? {} : { unknown: { code: unknown, reason: unknownTexts[unknown] } }),
    notes: [...notes],
  }
}

function placeEntry({ source: name, file, line }: Place): z.infer<typeof PlaceEntry> {
  return { source: name, file, ...(line === undefined ? {} : { line }) }
}

const mostNear = 5

/**
 * Only the keys at or below a path such as `permissions` or `env.OTEL_LOGS_EXPORTER`. Where there are none, a note names
 * the keys of the document that may have been meant.
 */
export function onlyKey(document: SettingsExplained, wanted: string): SettingsExplained {
  const inside = (path: string) => path === wanted || path.startsWith(`${wanted}.`) || path.startsWith(`${wanted}[`)
  const keys = document.keys.filter(({ path }) => inside(path))
  const near = keys.length > 0 ? [] : nearKeys(document, wanted)
  if (near.length === 0) return { ...document, keys }
  const more = near.length > mostNear ? ` and ${near.length - mostNear} more` : ''
  const message = `Nothing sets ${wanted}. Near it are ${near.slice(0, mostNear).join(', ')}${more}.`
  return { ...document, keys, notes: [...document.notes, { code: 'key-not-set', message }] }
}

/** Keys that begin with the text, then those that hold it, else those a slip of the keyboard away. */
function nearKeys({ keys }: SettingsExplained, wanted: string): string[] {
  const text = wanted.toLowerCase()
  const holding = keys.map(({ path }) => path).filter((path) => path.toLowerCase().includes(text))
  const begins = (path: string) => path.toLowerCase().startsWith(text)
  if (holding.length > 0) return [...holding.filter(begins), ...holding.filter((path) => !begins(path))]
  return nearestTexts(wanted, new Set(keys.flatMap(({ path }) => [path, path.replace(/[.[].*$/s, '')])))
}
