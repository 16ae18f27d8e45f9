/** The three keys whose values hold marketplace sources. */
export type MarketplacePlace = 'blockedMarketplaces' | 'extraKnownMarketplaces' | 'strictKnownMarketplaces'

export type MarketplaceKind =
  | 'directory'
  | 'file'
  | 'git'
  | 'github'
  | 'hostPattern'
  | 'npm'
  | 'pathPattern'
  | 'settings'
  | 'skills-dir'
  | 'url'

export type MarketplaceProblem =
  | 'not-an-object'
  | 'no-kind'
  | 'unknown-kind'
  | 'kind-not-here'
  | 'missing-field'
  | 'unknown-field'
  | 'field-form'
  | 'invalid-pattern'

export type MarketplaceCheck =
  | {
      readonly ok: true
      readonly kind: MarketplaceKind
      /** How the source is compared in a list of allowed or blocked ones. */
      readonly matches: 'by-owner' | 'by-pattern' | 'exactly'
      /** The client version the form needs, where it is newer than the key. */
      readonly since?: string
    }
  | { readonly ok: false; readonly problem: MarketplaceProblem; readonly field?: string; readonly text: string }

interface SourceKind {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  readonly places: readonly MarketplacePlace[]
}

const lists: readonly MarketplacePlace[] = ['blockedMarketplaces', 'strictKnownMarketplaces']
const everywhere: readonly MarketplacePlace[] = [...lists, 'extraKnownMarketplaces']

/** Source: https://code.claude.com/docs/en/settings-reference#strictknownmarketplaces (2026-08-22). */
const kinds: Readonly<Record<MarketplaceKind, SourceKind>> = {
  directory: { required: ['path'], optional: [], places: everywhere },
  file: { required: ['path'], optional: [], places: everywhere },
  git: { required: ['url'], optional: ['path', 'ref', 'skipLfs'], places: everywhere },
  github: { required: ['repo'], optional: ['path', 'ref', 'skipLfs'], places: everywhere },
  hostPattern: { required: ['hostPattern'], optional: [], places: lists },
  npm: { required: ['package'], optional: [], places: everywhere },
  pathPattern: { required: ['pathPattern'], optional: [], places: lists },
  settings: { required: ['name', 'plugins'], optional: [], places: ['extraKnownMarketplaces'] },
  'skills-dir': { required: [], optional: [], places: lists },
  url: { required: ['url'], optional: ['headers'], places: everywhere },
}

/** A source whose form was checked: its kind and fields. */
type SourceFields = Readonly<Record<string, unknown>>

/** Checks one marketplace source: in the lists the entry itself, in `extraKnownMarketplaces` the `source` of an entry. */
export function checkMarketplaceSource(source: unknown, place: MarketplacePlace): MarketplaceCheck {
  if (!isRecord(source)) return bad('not-an-object', 'A source is an object such as { "source": "github", "repo": … }.')
  const { source: kind } = source
  if (typeof kind !== 'string') return bad('no-kind', 'A source names its kind in a field of its own called source.')
  if (!isKind(kind)) return bad('unknown-kind', 'No client is known to read a source of this kind.', 'source')
  const { required, optional, places } = kinds[kind]
  if (!places.includes(place))
    return bad('kind-not-here', `A source of this kind has no meaning in ${place}.`, 'source')
  const missing = required.find((field) => source[field] === undefined)
  if (missing !== undefined) return bad('missing-field', `A ${kind} source has the field ${missing}.`, missing)
  const allowed = ['source', ...required, ...optional]
  const unknown = Object.keys(source).find((field) => !allowed.includes(field))
  if (unknown !== undefined) return bad('unknown-field', `A ${kind} source has no such field.`, unknown)
  for (const field of Object.keys(source)) {
    const problem = fieldProblem(field, source[field], place)
    if (problem !== undefined) return problem
  }
  return { ok: true, kind, ...comparison(kind, source) }
}

/**
 * Whether two sources are one and the same to a client: kind, address, `ref` and `path`, case included. A source without
 * a `ref` and the same one with a `ref` are two.
 */
export function sameSource(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return false
  const { source: kind } = a
  if (typeof kind !== 'string' || !isKind(kind) || kind !== b.source) return false
  const fields = [...kinds[kind].required, ...kinds[kind].optional].filter((field) => field !== 'skipLfs')
  return fields.every((field) => sameValue(a[field], b[field]))
}

/**
 * Whether an entry of `strictKnownMarketplaces` lets a source in. `unknown` where it was not documented: an inline
 * `settings` marketplace, and a `url` that differs in its headers only.
 */
export function allowsSource(entry: unknown, source: unknown): 'no' | 'unknown' | 'yes' {
  if (!isRecord(entry) || !isRecord(source)) return 'no'
  if (source.source === 'settings') return 'unknown'
  if (entry.source === 'hostPattern') return matchesPattern(entry.hostPattern, hostOf(source))
  if (entry.source === 'pathPattern') return matchesPattern(entry.pathPattern, localPath(source))
  if (isOwnerWildcard(entry)) return ownerAllows(entry, source) ? 'yes' : 'no'
  if (sameSource(entry, source)) return 'yes'
  return entry.source === 'url' && source.source === 'url' && entry.url === source.url ? 'unknown' : 'no'
}

function fieldProblem(field: string, value: unknown, place: MarketplacePlace): MarketplaceCheck | undefined {
  if (field === 'skipLfs') {
    return typeof value === 'boolean' ? undefined : bad('field-form', 'skipLfs is a boolean.', field)
  }
  if (field === 'plugins') {
    const isList = Array.isArray(value) && value.every(isRecord)
    return isList ? undefined : bad('field-form', 'plugins is a list of objects.', field)
  }
  if (field === 'headers') {
    const isMap = isRecord(value) && Object.values(value).every((header) => typeof header === 'string')
    return isMap ? undefined : bad('field-form', 'headers is an object of texts.', field)
  }
  if (typeof value !== 'string' || value.trim() === '') {
    return bad('field-form', `${field} is a text that is not empty.`, field)
  }
  if (field === 'repo') return repositoryProblem(value, place)
  if (field.endsWith('Pattern') && compiled(value) === undefined) {
    return bad(
      'invalid-pattern',
      `${field} is not a regular expression; in blockedMarketplaces it blocks nothing.`,
      field,
    )
  }
  return undefined
}

/** `*` counts only as the whole name of a repository, and only in the lists; anywhere else it is a letter like others. */
function repositoryProblem(repo: string, place: MarketplacePlace): MarketplaceCheck | undefined {
  if (!/^[^\s/]+\/[^\s/]+$/.test(repo)) return bad('field-form', 'repo is owner/name.', 'repo')
  const isWildcard = /^[^*]+\/\*$/.test(repo) && place !== 'extraKnownMarketplaces'
  if (!repo.includes('*') || isWildcard) return undefined
  return bad('field-form', '* stands for a whole repository name in the lists (owner/*), and for nothing else.', 'repo')
}

function comparison(
  kind: MarketplaceKind,
  source: SourceFields,
): Pick<MarketplaceCheck & { ok: true }, 'matches' | 'since'> {
  if (isOwnerWildcard(source)) return { matches: 'by-owner', since: '2.1.223' }
  if (kind === 'hostPattern' || kind === 'pathPattern') return { matches: 'by-pattern' }
  return { matches: 'exactly', ...(source.skipLfs !== undefined && { since: '2.1.153' }) }
}

function isOwnerWildcard(source: SourceFields): boolean {
  return source.source === 'github' && typeof source.repo === 'string' && source.repo.endsWith('/*')
}

function ownerAllows(entry: SourceFields, source: SourceFields): boolean {
  if (source.source !== 'github' || typeof source.repo !== 'string') return false
  const owner = String(entry.repo).slice(0, -1)
  const isOwned = source.repo.startsWith(owner) && source.repo.length > owner.length
  return isOwned && entry.ref === source.ref && (entry.path === undefined || entry.path === source.path)
}

function matchesPattern(pattern: unknown, text: string | undefined): 'no' | 'unknown' | 'yes' {
  if (text === undefined) return 'no'
  const expression = typeof pattern === 'string' && mayBeRun(pattern, text) ? compiled(pattern) : undefined
  if (expression === undefined) return 'unknown'
  return expression.test(text) ? 'yes' : 'no'
}

/** The host a `hostPattern` is compared with: of a git address only where it has a scheme or is `user@host:path`. */
function hostOf({ source: kind, url }: SourceFields): string | undefined {
  if (kind === 'github') return 'github.com'
  if ((kind !== 'git' && kind !== 'url') || typeof url !== 'string') return undefined
  if (URL.canParse(url) && url.includes('://')) return new URL(url).hostname
  return kind === 'git' ? /^[^@/:\s]+@([^:/\s]+):/.exec(url)?.[1] : undefined
}

function localPath({ source: kind, path }: SourceFields): string | undefined {
  return (kind === 'file' || kind === 'directory') && typeof path === 'string' ? path : undefined
}

/** Undefined for what does not compile. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern)
  } catch {
    return undefined
  }
}

/**
 * Whether comparing ends in reasonable time. A repeated group, a reference back or many repetitions may take for ever on
 * a text that was made for it, and a linter must end.
 */
function mayBeRun(pattern: string, text: string): boolean {
  if (pattern.length > 500 || text.length > 300 || /\)[*+{]|\\[1-9k]/.test(pattern)) return false
  return (pattern.match(/[*+{]/g) ?? []).length <= 3
}

function sameValue(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return a === b
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

function isKind(kind: string): kind is MarketplaceKind {
  return Object.hasOwn(kinds, kind)
}

function isRecord(value: unknown): value is SourceFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(problem: MarketplaceProblem, text: string, field?: string): MarketplaceCheck {
  return { ok: false, problem, ...(field === undefined ? {} : { field }), text }
}
