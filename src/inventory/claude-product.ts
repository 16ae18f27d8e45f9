import type { EndpointPlatform } from './platform.js'

/** What an export says about one app, package or extension. Missing and blank mean the same. */
export interface AppRow {
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly bundleId?: string | undefined
  readonly publisher?: string | undefined
  readonly path?: string | undefined
  readonly packageFamily?: string | undefined
  /** The osquery or Fleet table, when known: `apps`, `programs`, `deb_packages`, `npm_packages` … */
  readonly table?: string | undefined
  readonly maintainer?: string | undefined
  /** Any other id: upgrade code, product code, winget id, uninstall key. */
  readonly identifier?: string | undefined
}

export type ClaudeProduct = 'claude-desktop' | 'claude-code'

/** Why something Claude-like is not one of the products. */
export type LookAlike =
  | 'browser-extension'
  | 'editor-extension'
  | 'engine-inside-desktop'
  | 'helper-bundle'
  | 'mobile-app'
  | 'name-only'
  | 'office-add-in'
  | 'other-package'
  | 'other-product'
  | 'other-vendor'
  | 'unofficial-rebuild'

/** What a reader of the verdict should know about the identification. */
export type IdentityFlag =
  /** Nothing but the exact name says so. */
  | 'identified-by-name'
  /** A Linux package of the right name that does not say who made it. */
  | 'unverified-origin'
  /** What an installer wrote down; the app updates itself since, so another row of the app is more exact. */
  | 'installer-record'

/** Why a user cannot start this copy. */
export type NotStartable = 'backup' | 'disk-image' | 'trash' | 'update-cache'

export interface IdentifiedApp {
  readonly product: ClaudeProduct
  readonly flags: readonly IdentityFlag[]
  readonly startable: boolean
  readonly notStartable?: NotStartable
}

export type AppIdentity = IdentifiedApp | { readonly lookAlike: LookAlike } | undefined

type Answer =
  | { readonly product: ClaudeProduct; readonly flags?: readonly IdentityFlag[] }
  | { readonly lookAlike: LookAlike }

/** A quick no for the hundreds of other apps. Pass the package family where there is no bundle id. */
export function mayConcernClaude(name: string, bundleId = ''): boolean {
  return /claude|anthropic/i.test(name) || /claude|anthropic|fcoeoabgfenejglbffodgkkbkcdhcgfn/i.test(bundleId)
}

/**
 * Which product an app row is. By bundle id, package family, package name or publisher; a name alone only when it is
 * exact and nothing contradicts it. Sources: https://github.com/fleetdm/fleet (ee/maintained-apps/outputs/claude, 2026-08),
 * https://code.claude.com/docs/en/desktop-linux and https://code.claude.com/docs/en/setup (2026-08).
 */
export function identifyApp(app: AppRow, platform: EndpointPlatform): AppIdentity {
  const row = clean(app)
  const answer = firstAnswer(row, platform)
  if (answer === undefined || 'lookAlike' in answer) return answer
  const notStartable = whyNotStartable(row.path)
  return {
    product: answer.product,
    flags: answer.flags ?? [],
    startable: notStartable === undefined,
    ...(notStartable === undefined ? {} : { notStartable }),
  }
}

interface CleanRow {
  /** Lower case, without `.app`, `.exe` and Intune's ` (User)`. */
  readonly name: string
  readonly ids: readonly string[]
  readonly bundleId: string
  readonly maker: 'anthropic' | 'other' | 'not-said'
  readonly path: string
  readonly table: string
}

function clean(app: AppRow): CleanRow {
  const bundleId = fold(app.bundleId)
  return {
    // A per-user install carries a suffix in Intune app data: https://github.com/cartography-cncf/cartography.
    name: fold(app.name)
      .replace(/ \(user\)$/, '')
      .replace(/\.(?:app|exe)$/, ''),
    ids: [bundleId, fold(app.packageFamily), fold(app.identifier)].filter((id) => id !== ''),
    bundleId,
    maker: makerOf(fold(app.publisher), fold(app.maintainer)),
    path: fold(app.path).replaceAll('\\', '/'),
    table: fold(app.table),
  }
}

/** trim() takes no-break spaces off too; toLowerCase() is the same in every locale. */
function fold(text: string | undefined): string {
  const folded = (text ?? '').trim().toLowerCase()
  return notSaid.has(folded) ? '' : folded
}

const notSaid = new Set(['-', '--', '(none)', 'n/a', 'none', 'not available', 'null', 'unknown', 'unknown publisher'])

/**
 * `Anthropic, PBC` is what the Windows installer writes; exports drop the comma, stores show the short name, and
 * signatures wrap it in a certificate subject. Always the whole name: `Anthropic Fans LLC` is somebody else.
 */
const anthropic = /^(?:anthropic,? pbc|anthropic)\.?$/
const macSignature = 'developer id application: anthropic pbc (q6l2sf6ydw)'

function isAnthropic(text: string): boolean {
  const subject = /^cn=(?:"(?<quoted>[^"]{1,100})"|(?<bare>[^,]{1,100}))/.exec(text)?.groups
  return text === macSignature || anthropic.test(subject?.quoted ?? subject?.bare ?? text)
}

function makerOf(publisher: string, maintainer: string): CleanRow['maker'] {
  const said = [publisher, maintainer].filter((text) => text !== '')
  if (said.length === 0) return 'not-said'
  return said.every((text) => isAnthropic(text) || isAnthropicMaintainer(text)) ? 'anthropic' : 'other'
}

/** `Anthropic, PBC <support@anthropic.com>`: the address decides, because anybody can write the name. */
function isAnthropicMaintainer(text: string): boolean {
  return /^[^<>]{0,200}<[^<>@\s]{1,100}@(?:[a-z0-9-]{1,63}\.){0,4}anthropic\.com>$/.test(text)
}

function firstAnswer(row: CleanRow, platform: EndpointPlatform): Answer | undefined {
  if (!isClaudeLike(row)) return undefined
  return (
    byTable(row) ??
    byPlace(row) ??
    byIds(row) ??
    byLookAlikeName(row) ??
    (platform === 'other' ? { lookAlike: 'mobile-app' } : byName(row, platform))
  )
}

/** `claude` as a word of its own, so that Claudette stays out of it. */
function isClaudeLike({ name, ids }: CleanRow): boolean {
  return [name, ...ids].some(
    (text) =>
      /(?:^|[^a-z])claude(?:code|desktop|fordesktop)?(?:[^a-z]|$)|anthropic/.test(text) || text === chromeExtension,
  )
}

/** Claude in Chrome: https://code.claude.com/docs/en/chrome (2026-08). */
const chromeExtension = 'fcoeoabgfenejglbffodgkkbkcdhcgfn'

/** Package managers name exactly; nothing else about such a row matters, except who made a Linux package. */
function byTable({ name, table, maker }: CleanRow): Answer | undefined {
  if (/^(?:chrome|firefox|safari|edge|opera|ie)_(?:extensions|addons)$/.test(table))
    return { lookAlike: 'browser-extension' }
  if (/^(?:vscode|jetbrains)_(?:extensions|plugins)$/.test(table)) return { lookAlike: 'editor-extension' }
  if (table === 'deb_packages' || table === 'rpm_packages') return linuxPackage(name, maker)
  if (table === 'homebrew_packages') return homebrewPackage(name)
  if (table === 'npm_packages') return name === npmPackage ? { product: 'claude-code' } : { lookAlike: 'other-package' }
  return /^(?:chocolatey|go|python|ruby|rust)_packages$/.test(table) ? { lookAlike: 'other-package' } : undefined
}

const npmPackage = '@anthropic-ai/claude-code'

/**
 * Before mid-2026 a community rebuild carried the official name, so who maintains the package decides:
 * https://github.com/aaddrick/claude-desktop-debian (2026-08-22).
 */
function linuxPackage(name: string, maker: CleanRow['maker']): Answer {
  const product = linuxProducts.get(name)
  if (product === undefined) return byRebuildName(name) ?? { lookAlike: 'other-package' }
  if (maker === 'other') return { lookAlike: 'unofficial-rebuild' }
  return { product, flags: maker === 'not-said' ? ['unverified-origin'] : [] }
}

const linuxProducts: ReadonlyMap<string, ClaudeProduct> = new Map([
  ['claude-desktop', 'claude-desktop'],
  ['claude-code', 'claude-code'],
])

function byRebuildName(name: string): Answer | undefined {
  return /^claude-desktop-|\.appimage$/.test(name) ? { lookAlike: 'unofficial-rebuild' } : undefined
}

function homebrewPackage(name: string): Answer {
  if (name === 'claude') return { product: 'claude-desktop', flags: ['installer-record'] }
  if (name === 'claude-code' || name === 'claude-code@latest') return { product: 'claude-code' }
  return { lookAlike: 'other-package' }
}

/** The data folders of the app, in which it keeps its own engine: https://claude.com/docs/third-party/claude-desktop/data-storage (2026-07). */
const engine = /\/(?:claude|claude-3p|claude-data(?:\/[^/]{1,100})?)\/claude-code(?:-vm)?\//
const nativeCode = /\/\.local\/(?:bin\/claude(?:\.exe)?$|share\/claude\/versions\/)/

function byPlace({ path, maker }: CleanRow): Answer | undefined {
  if (engine.test(path)) return { lookAlike: 'engine-inside-desktop' }
  if (/\.app\/contents\/.*\.app(?:\/|$)/.test(path)) return { lookAlike: 'helper-bundle' }
  return maker !== 'other' && nativeCode.test(path) ? { product: 'claude-code' } : undefined
}

/** Ids that name a product, and what each names. Anything else in `ids` is a GUID or a hash, or a foreign bundle. */
const knownIds: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['com.anthropic.claudefordesktop', { product: 'claude-desktop' }],
  ['claude_pzs8sxrjxfjjc', { product: 'claude-desktop' }],
  ['anthropicpbc.claude_fnn82j28hfe8t', { product: 'claude-desktop' }],
  ['anthropic.claude', { product: 'claude-desktop' }],
  ['anthropicclaude', { product: 'claude-desktop' }],
  ['anthropic.claudecode', { product: 'claude-code' }],
  [npmPackage, { product: 'claude-code' }],
  [chromeExtension, { lookAlike: 'browser-extension' }],
  ['com.anthropic.claude_browser_extension', { lookAlike: 'browser-extension' }],
])

/** A bundle id proper; some exports put GUIDs and hashes in its column, which say nothing. */
const reverseDomain = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}$/

function byIds({ name, ids, bundleId, maker }: CleanRow): Answer | undefined {
  const answers = [...ids, name].map((id) => idAnswer(id)).filter((answer) => answer !== undefined)
  const denied = answers.find((answer) => 'lookAlike' in answer)
  if (denied !== undefined) return denied
  const [product] = answers
  // A bundle id that is not Anthropic's, or another maker, contradicts whatever the rest of the row claims.
  if (reverseDomain.test(bundleId) && idAnswer(bundleId) === undefined)
    return byLookAlikeName({ name }) ?? { lookAlike: 'other-vendor' }
  if (product !== undefined && maker === 'other') return { lookAlike: 'other-vendor' }
  return product
}

/** A full package name, `Claude_1.24012.11.0_x64__pzs8sxrjxfjjc`, or an application id, `Claude_pzs8sxrjxfjjc!Claude`. */
const packageName =
  /^(?<app>claude|anthropicpbc\.claude)_[\d.]{1,40}_[a-z0-9]{1,10}_[a-z0-9.~-]{0,30}_(?<publisher>[a-z0-9]{13})$/

function idAnswer(text: string): Answer | undefined {
  // winget lists installed apps as `MSIX\Claude_…` and `ARP\User\X64\AnthropicClaude`.
  const id = text.slice(text.lastIndexOf('\\') + 1).replace(/!.*$/, '')
  const full = packageName.exec(id)?.groups
  const known = knownIds.get(full === undefined ? id : `${full.app}_${full.publisher}`)
  if (known !== undefined) return known
  if (id.startsWith('com.anthropic.claudefordesktop.')) return { lookAlike: 'helper-bundle' }
  if (/^(?:com\.)?anthropic\./.test(id)) return { lookAlike: 'other-product' }
  // The package name of another publisher.
  return /_[a-z0-9]{13}$/.test(id) ? { lookAlike: 'other-vendor' } : undefined
}

function byLookAlikeName({ name }: Pick<CleanRow, 'name'>): Answer | undefined {
  if (/^claude helper(?: |$)/.test(name)) return { lookAlike: 'helper-bundle' }
  if (/^claude (?:for|in) (?:microsoft )?(?:excel|powerpoint|word|outlook|office|365)(?: |$)/.test(name)) {
    return { lookAlike: 'office-add-in' }
  }
  if (/^claude (?:for|in) (?:google )?(?:chrome|edge)(?: |$)/.test(name)) return { lookAlike: 'browser-extension' }
  return byRebuildName(name)
}

/** Last resort: the exact name. Intune's Mac rows carry nothing else (no bundle id, no path, seldom a publisher). */
function byName({ name, maker }: CleanRow, platform: EndpointPlatform): Answer {
  if (maker === 'other') return { lookAlike: 'other-vendor' }
  const product = linuxProducts.get(name)
  if (platform === 'linux') {
    if (product !== undefined) return linuxPackage(name, maker)
    return { lookAlike: maker === 'anthropic' ? 'other-product' : 'name-only' }
  }
  const flags: readonly IdentityFlag[] = maker === 'anthropic' ? [] : ['identified-by-name']
  if (name === 'claude') return { product: 'claude-desktop', flags }
  if (name === 'claude code' || name === 'claude-code') return { product: 'claude-code', flags }
  if (maker === 'not-said') return { lookAlike: 'name-only' }
  return /^claude desktop$|^claude(?: desktop)? v?\d[\d.]{0,40}$/.test(name)
    ? { product: 'claude-desktop' }
    : { lookAlike: 'other-product' }
}

/**
 * Copies that count for nothing because nobody can start them where they are. Downloads and other volumes are not
 * here: an app runs from there as well as from anywhere.
 */
function whyNotStartable(path: string): NotStartable | undefined {
  if (/\/(?:\.trash(?:es)?|\$recycle\.bin|\.local\/share\/trash|windowsapps\/deleted[^/]*)\//.test(path)) return 'trash'
  if (/\/(?:backups\.backupdb|\.timemachine|com\.apple\.timemachine[^/]*|windows\.old)\//.test(path)) return 'backup'
  if (/\/com\.anthropic\.claudefordesktop\.shipit\//.test(path)) return 'update-cache'
  // A mounted installer: the volume is named after the app and the app lies at its top.
  if (/^\/volumes\/claude[^/]*\/[^/]*\.app\/?$/.test(path)) return 'disk-image'
  return undefined
}
