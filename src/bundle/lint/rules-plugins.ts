import { allowsSource, checkMarketplaceSource, type MarketplacePlace } from '../catalogue/marketplace-source.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import { comparable } from './bounded.js'
import { docs } from './references.js'
import type { Rule } from './rule.js'
import { entriesAt, isManaged, listAt, type SettingsSource, sourceOf, valueAt } from './settings-source.js'
import { kindOf, shown } from './shown-value.js'

interface PlacedSource {
  readonly place: MarketplacePlace
  readonly path: KeyPath
  readonly source: unknown
  /** The name under which it is registered. */
  readonly name?: string
}

/** The name a key goes by in a file: its own, or the second name that newer clients read; its own counts first. */
function nameIn(value: unknown, key: string, alias: string): string {
  return valueAt(value, [key]) === undefined && valueAt(value, [alias]) !== undefined ? alias : key
}

function registered(value: unknown): readonly PlacedSource[] {
  const key = nameIn(value, 'extraKnownMarketplaces', 'additionalMarketplaces')
  return entriesAt(value, [key]).map(([name, entry]) => ({
    place: 'extraKnownMarketplaces',
    path: [key, name],
    source: valueAt(entry, ['source']),
    name,
  }))
}

function listed(value: unknown, place: 'strictKnownMarketplaces' | 'blockedMarketplaces'): readonly PlacedSource[] {
  const key = place === 'strictKnownMarketplaces' ? nameIn(value, place, 'allowedMarketplaces') : place
  return listAt(value, [key]).map((source, index) => ({ place, path: [key, index], source }))
}

function placedSources(value: unknown): readonly PlacedSource[] {
  return [...registered(value), ...listed(value, 'strictKnownMarketplaces'), ...listed(value, 'blockedMarketplaces')]
}

/** Undefined where any marketplace may be added. */
function allowedSources({ value }: SettingsSource): readonly PlacedSource[] | undefined {
  const key = nameIn(value, 'strictKnownMarketplaces', 'allowedMarketplaces')
  return Array.isArray(valueAt(value, [key])) ? listed(value, 'strictKnownMarketplaces') : undefined
}

/** Names under which only the vendor registers marketplaces; clients may know them without being told. */
const ofVendor = /^(?:claude|anthropic)-/

/** Rules about plugins and where they come from. */
export const rules: readonly Rule[] = [
  {
    id: 'marketplace-source-invalid',
    title: 'A marketplace source that no client can use',
    surface: 'claude-code',
    severity: 'error',
    why: 'The client drops it: the marketplace is not registered, not allowed, or not blocked.',
    fix: 'Write the source in the form of the settings reference, such as { "source": "github", "repo": "owner/name" }.',
    ...docs.settingsReference,
    *check(file) {
      for (const { place, path, source } of placedSources(file.value)) {
        const check = checkMarketplaceSource(source, place)
        if (!check.ok && check.problem !== 'invalid-pattern') yield { path, message: check.text }
      }
    },
  },
  {
    id: 'marketplace-pattern',
    title: 'A pattern for marketplaces',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A pattern that does not compile blocks nothing; one without an end fits more than it seems.',
    fix: 'Write a regular expression between ^ and $, and a dot as \\.',
    ...docs.managedSettingsLater,
    *check(file) {
      for (const { place, path, source } of placedSources(file.value)) {
        const check = checkMarketplaceSource(source, place)
        if (!check.ok && check.problem === 'invalid-pattern') yield { path, severity: 'error', message: check.text }
        if (!check.ok || check.matches !== 'by-pattern' || !isRecord(source)) continue
        const pattern = String(source[check.kind])
        if (place === 'strictKnownMarketplaces' && !(pattern.startsWith('^') && pattern.endsWith('$')))
          yield { path, message: 'The pattern has no ^ in front or no $ at the end: longer names may fit as well.' }
      }
    },
  },
  {
    id: 'marketplace-not-registered',
    title: 'A marketplace is allowed and nobody has it',
    surface: 'claude-code',
    severity: 'note',
    why: 'The list strictKnownMarketplaces registers nothing: users have to add the marketplace themselves.',
    fix: 'Add the same source, with ref and path, to extraKnownMarketplaces.',
    ...docs.marketplaces,
    *check(file, context) {
      if (!isManaged(file)) return
      const known = registered(sourceOf(file, context).value)
      for (const { path, source } of comparable(listed(file.value, 'strictKnownMarketplaces'), known.length)) {
        const check = checkMarketplaceSource(source, 'strictKnownMarketplaces')
        if (!check.ok || check.matches !== 'exactly' || check.kind === 'skills-dir') continue
        if (known.every((one) => allowsSource(source, one.source) === 'no'))
          yield { path, message: 'No entry of extraKnownMarketplaces has this source.' }
      }
    },
  },
  {
    id: 'marketplace-not-allowed',
    title: 'A marketplace that the same settings do not allow',
    surface: 'claude-code',
    severity: 'error',
    why: 'Sources are compared whole, ref and path included: this one is refused, and its plugins with it.',
    fix: 'Add the same source to strictKnownMarketplaces.',
    ...docs.settingsReference,
    *check(file, context) {
      const allowed = isManaged(file) ? allowedSources(sourceOf(file, context)) : undefined
      if (allowed === undefined) return
      for (const { path, source, name } of comparable(registered(file.value), allowed.length)) {
        if (!checkMarketplaceSource(source, 'extraKnownMarketplaces').ok) continue
        if (allowed.every((entry) => allowsSource(entry.source, source) === 'no'))
          yield { path, message: `No entry of strictKnownMarketplaces lets ${shown(name ?? '')} in.` }
      }
    },
  },
  {
    id: 'marketplace-unpinned',
    title: 'A marketplace that is not pinned',
    surface: 'claude-code',
    severity: 'note',
    why: 'Plugins change with the default branch, without a release of yours.',
    fix: 'Name a tag or commit in ref.',
    ...docs.marketplaces,
    *check(file) {
      if (!isManaged(file)) return
      for (const { path, source, name } of registered(file.value)) {
        const kind = valueAt(source, ['source'])
        if ((kind === 'github' || kind === 'git') && valueAt(source, ['ref']) === undefined)
          yield { path, message: `${shown(name ?? '')} has no ref.` }
      }
    },
  },
  {
    id: 'plugin-marketplace-unknown',
    title: 'A plugin from a marketplace that is not registered',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A plugin is named with its marketplace; where nobody has that one, it is not installed.',
    fix: 'Add the marketplace to extraKnownMarketplaces under the name that stands behind the @.',
    ...docs.settingsReference,
    *check(file, context) {
      if (!isManaged(file)) return
      const known = new Set(registered(sourceOf(file, context).value).map(({ name }) => name))
      for (const [plugin, enabled] of entriesAt(file.value, ['enabledPlugins'])) {
        const at = plugin.lastIndexOf('@')
        const marketplace = plugin.slice(at + 1)
        if (enabled !== true || at < 1 || marketplace === '' || known.has(marketplace)) continue
        yield {
          path: ['enabledPlugins', plugin],
          ...(ofVendor.test(marketplace) && { severity: 'note' as const }),
          message: `extraKnownMarketplaces has no ${shown(marketplace)}.`,
        }
      }
    },
  },
  {
    id: 'plugin-hooks-blocked',
    title: 'Hooks of a plugin do not run',
    surface: 'claude-code',
    severity: 'warning',
    why: 'With allowManagedHooksOnly only plugins keep their hooks that enabledPlugins forces on by plugin@marketplace.',
    fix: 'Write "plugin@marketplace": true.',
    ...docs.settingsReference,
    *check(file, context) {
      const source = sourceOf(file, context)
      if (!isManaged(file) || source.value.allowManagedHooksOnly !== true) return
      for (const [plugin, enabled] of entriesAt(file.value, ['enabledPlugins'])) {
        const path = ['enabledPlugins', plugin]
        if (!/^[^@]+@[^@]+$/.test(plugin)) yield { path, message: `${shown(plugin)} is no plugin@marketplace.` }
        else if (typeof enabled !== 'boolean')
          yield { path, message: `The value is ${kindOf(enabled)}; only true forces the plugin on.` }
      }
      if (source.value.disableCommandPluginSources === false) return
      for (const { path, source: market } of registered(file.value))
        for (const [index, plugin] of listAt(market, ['plugins']).entries())
          if (valueAt(plugin, ['source', 'source']) === 'command')
            yield {
              path: [...path, 'source', 'plugins', index],
              message: 'The plugin comes from a command, which allowManagedHooksOnly blocks unless told otherwise.',
            }
    },
  },
  {
    id: 'model-not-locked',
    title: 'A managed model is only a default',
    surface: 'claude-code',
    severity: 'note',
    why: 'Users who name another with --model or ANTHROPIC_MODEL get that one.',
    fix: 'Set availableModels (and enforceAvailableModels) to restrict the choice.',
    ...docs.managedSettings,
    *check(file, context) {
      const source = sourceOf(file, context)
      if (!isManaged(file) || typeof source.value.model !== 'string' || source.setBy(['model']) !== file) return
      if (source.value.availableModels === undefined)
        yield { path: ['model'], message: 'Without availableModels users choose another model.' }
    },
  },
]
