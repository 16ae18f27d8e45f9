import { type AppRow, mayConcernClaude } from '../../inventory/claude-product.js'
import { field, textField } from './json.js'

/** A row of one of the tables that list apps. */
export interface OsqueryApp {
  readonly table: string
  readonly app: AppRow
  readonly versionColumn: string
  readonly claudeLike: boolean
}

/** Tables that hold all apps of a system; others, such as browser extensions, only add to what is known. */
export const wholeTables = new Set(['apps', 'programs', 'deb_packages', 'rpm_packages'])
const softwareTable = /^(?:apps|programs)$|_(?:packages|extensions|addons|plugins)$/

/** Which app a row lists, by the columns that are there: queries select, join and rename as they like. */
export function osqueryApp(columns: unknown): OsqueryApp | undefined {
  const table = tableOf(columns)
  if (table === undefined) return undefined
  const text = (...names: string[]) => names.map((name) => textField(columns, name)).find((found) => found)
  const versionColumns = table === 'apps' ? ['bundle_short_version', 'version', 'bundle_version'] : ['version']
  const bundleId = text('bundle_identifier', 'extension_id')
  const packageFamily = text('package_family_name')
  const name = text('name', 'bundle_name', 'display_name')
  const app: AppRow = {
    name,
    version: text(...versionColumns),
    bundleId,
    publisher: text('publisher', 'vendor'),
    path: text('path', 'install_location', 'installed_path'),
    packageFamily,
    table,
    maintainer: text('maintainer'),
    identifier: text('upgrade_code', 'identifying_number'),
  }
  const versionColumn = versionColumns.find((column) => textField(columns, column)) ?? versionColumns[0]!
  return { table, app, versionColumn, claudeLike: mayConcernClaude(name ?? '', bundleId ?? packageFamily) }
}

function tableOf(columns: unknown): string | undefined {
  const has = (...names: string[]) => names.some((name) => field(columns, name) !== undefined)
  // Unions over several tables name the table as Fleet does; `source` of deb_packages is a package name.
  const named = textField(columns, 'source')
  if (named !== undefined && softwareTable.test(named) && has('name')) return named
  if (has('bundle_short_version') || (has('bundle_identifier') && has('name', 'path', 'bundle_version'))) return 'apps'
  // Extensions of editors have a publisher too.
  if (!has('name') || !has('version') || has('publisher_id', 'extension_id')) return undefined
  if (has('release') && has('vendor', 'install_time', 'package_group', 'epoch')) return 'rpm_packages'
  if (has('revision', 'maintainer') || (has('status') && has('arch'))) return 'deb_packages'
  const programs = ['publisher', 'identifying_number', 'install_location', 'uninstall_string', 'upgrade_code']
  return has(...programs, 'package_family_name') ? 'programs' : undefined
}

/** What a row or a line's decorations tell about the endpoint itself. */
export interface EndpointFields {
  deviceId?: string | undefined
  serial?: string | undefined
  hardwareUuid?: string | undefined
  hostname?: string | undefined
  os?: string | undefined
  osVersion?: string | undefined
  user?: string | undefined
  email?: string | undefined
}

/** Columns of system_info and os_version. A lone `uuid` can be that of a disk or a user, so it needs company. */
export function endpointColumns(columns: unknown, isApp: boolean): EndpointFields {
  const text = (name: string) => textField(columns, name) || undefined
  const isSystem = ['hardware_serial', 'computer_name', 'hardware_model'].some((name) => text(name) !== undefined)
  const isOs = !isApp && text('version') !== undefined && ['platform', 'build', 'codename'].some((name) => text(name))
  return {
    serial: text('hardware_serial'),
    hardwareUuid: text('host_uuid') ?? text('hardware_uuid') ?? (isSystem ? text('uuid') : undefined),
    hostname: isSystem ? (text('hostname') ?? text('computer_name')) : undefined,
    ...(isOs ? { os: text('platform') ?? text('name'), osVersion: text('version') } : {}),
  }
}

/** Adds what is said to what is known; the later statement wins. */
export function addFields(known: EndpointFields, said: EndpointFields): void {
  for (const name of Object.keys(said) as (keyof EndpointFields)[]) known[name] = said[name] ?? known[name]
}

/** The system that a table exists on. */
export const systemOfTable: ReadonlyMap<string, string> = new Map([
  ['apps', 'darwin'],
  ['programs', 'windows'],
  ['deb_packages', 'linux'],
  ['rpm_packages', 'linux'],
])

/**
 * Tells lists of all apps from queries for certain apps, which cannot show that another app is absent. Names are
 * counted over all endpoints of a query, only as far as it matters.
 */
export class NamesSeen {
  static readonly fewest = 5
  readonly #names = new Set<string>()

  add(app: OsqueryApp): void {
    if (this.#names.size < NamesSeen.fewest && wholeTables.has(app.table))
      this.#names.add(app.app.bundleId ?? app.app.name ?? '')
  }

  get looksWhole(): boolean {
    return this.#names.size >= NamesSeen.fewest
  }
}
