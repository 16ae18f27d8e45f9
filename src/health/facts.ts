import * as z from 'zod'

/** The stages of the delivery chain, in order; each is proved by its own evidence (design, section 8). */
export const stageNames = ['installed', 'loaded', 'invoked', 'evaluated', 'recorded'] as const
export type StageName = (typeof stageNames)[number]

export const probePlatforms = ['macos', 'linux', 'windows'] as const
export type ProbePlatform = (typeof probePlatforms)[number]

/** Where managed settings of Claude Code can stand, highest rank first; `dead` is a place that no client reads any more. */
export const settingsPlaces = ['server', 'plist', 'hklm', 'file', 'dropin', 'hkcu', 'dead'] as const
export type SettingsPlace = (typeof settingsPlaces)[number]

/** What stands at a place besides a stamp: settings without one, nothing in them, no JSON, not to be read. */
const settingsStates = ['plain', 'empty', 'broken', 'unread'] as const

/** Sixteen hexadecimal digits: the stamp of a policy. */
export const stampForm = /^[0-9a-f]{16}$/
const timeForm = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const versionForm = /^\d[0-9A-Za-z.]{0,39}$/
const nameForm = /^[A-Za-z0-9_.-]{1,60}$/

export const SettingsAt = z.object({
  place: z.enum(settingsPlaces),
  /** Sixteen hexadecimal digits are the stamp of the policy that the settings were built from. */
  state: z.union([z.enum(settingsStates), z.string().regex(stampForm)]),
})
export type SettingsAt = z.infer<typeof SettingsAt>

const runningStates = ['no', 'current', 'before-change', 'old-version'] as const
const blockers = ['all-off', 'sideload', 'only-managed', 'no-hooks'] as const
export const hookProblems = ['missing', 'not-executable', 'writable', 'unread'] as const
export const pluginProblems = ['missing', 'stale-clone', 'stale-cache', 'stale-session', 'clash'] as const
export const collectorAnswers = [
  'ok',
  'unauthorised',
  'rejected',
  'tls-intercepted',
  'tls',
  'proxy',
  'refused',
  'timeout',
  'name',
  'no-header',
] as const

/** The verdicts that a hook records of itself. */
export const hookVerdicts = ['allow', 'deny', 'ask', 'error', 'timeout'] as const
export type HookVerdict = (typeof hookVerdicts)[number]

/**
 * How a fact is written in a line, and read again: lists are joined by `+`, an empty one is `no`. Lines of a million
 * endpoints are read, so each kind checks its text itself; the schema is for documents.
 */
interface FactKind<T> {
  readonly schema: z.ZodType<T>
  /** Undefined for a text that cannot be. */
  readonly read: (text: string) => T | undefined
  readonly write: (value: T) => string
}

const pattern = (form: RegExp): FactKind<string> => ({
  schema: z.string().regex(form),
  read: (given) => (form.test(given) ? given : undefined),
  write: (value) => value,
})
const word = <const T extends readonly [string, ...string[]]>(words: T): FactKind<T[number]> => ({
  schema: z.enum(words),
  read: (given) => words.find((known) => known === given),
  write: (value) => value,
})
const count: FactKind<number> = {
  schema: z.int().min(0).max(999_999_999),
  read: (given) => (/^\d{1,9}$/.test(given) ? Number(given) : undefined),
  write: String,
}
const ratio: FactKind<{ good: number; of: number }> = {
  schema: z.object({ good: count.schema, of: count.schema }),
  read: (given) => {
    const [, good, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(given) ?? []
    return good === undefined || Number(good) > Number(of) ? undefined : { good: Number(good), of: Number(of) }
  },
  write: ({ good, of }) => `${good}/${of}`,
}
const listOf = <T>({ schema, read, write }: FactKind<T>): FactKind<T[]> => ({
  schema: z.array(schema),
  read: (given) => {
    if (given === 'no') return []
    const values = given.split('+').map(read)
    return values.every((value) => value !== undefined) ? values : undefined
  },
  write: (values) => (values.length === 0 ? 'no' : values.map(write).join('+')),
})
const settingsAt: FactKind<SettingsAt> = {
  schema: SettingsAt,
  read: (given) => {
    const [, place, state] = /^([a-z]{3,8}):([a-z0-9]{5,16})$/.exec(given) ?? []
    const known = settingsPlaces.find((name) => name === place)
    const found = settingsStates.find((name) => name === state) ?? stampKind.read(state ?? '')
    return known === undefined || found === undefined ? undefined : { place: known, state: found }
  },
  write: ({ place, state }) => `${place}:${state}`,
}
const stampKind = pattern(stampForm)
const time = pattern(timeForm)
/** A fact, or the word for there being none. */
const orNone = (kind: FactKind<string>): FactKind<string> => ({
  schema: z.union([z.literal('none'), kind.schema]),
  read: (given) => (given === 'none' ? given : kind.read(given)),
  write: (value) => value,
})
const version = pattern(versionForm)
const name = pattern(nameForm)

/**
 * What a probe saw on one machine: no conclusions, no names of people, hosts or folders. A fact that could not be
 * determined is left out. Keys are those of the line, in its order; what each one means exactly, and how it is found,
 * stands in `templates/probe/README.md`.
 */
export const factTable = {
  /** The platform. */
  platform: { key: 'os', kind: word(probePlatforms) },
  /** Whether all users could be looked at (`machine`), or only one (`user`). */
  reach: { key: 'as', kind: word(['machine', 'user']) },
  /** Home folders that were looked at. */
  users: { key: 'users', kind: count },
  /** The stamp of the policy that the probe was built for. */
  builtFor: { key: 'pol', kind: stampKind },
  /** The version of Claude Desktop, the lowest of several, or `none`. */
  desktopVersion: { key: 'app', kind: orNone(version) },
  /** When that copy was put there. */
  desktopChanged: { key: 'appt', kind: time },
  /** Windows: whether the package is registered for somebody, or only staged. */
  desktopPackage: { key: 'pkg', kind: word(['registered', 'staged', 'none']) },
  /** The version of Claude Code, the lowest of several. Probes never say `none`: not all ways to install it are looked at. */
  codeVersion: { key: 'code', kind: orNone(version) },
  /** The worst of the running copies of Claude Desktop. */
  desktopRunning: { key: 'run', kind: word(runningStates) },
  /** The worst of the running sessions of Claude Code. */
  codeRunning: { key: 'crun', kind: word(['no', 'current', 'before-change']) },
  /** Where settings stand, highest rank first. */
  settings: { key: 'set', kind: listOf(settingsAt) },
  /** `merge`: the highest source says that sources are merged. */
  combination: { key: 'mix', kind: word(['first', 'merge']) },
  /** The first digits of the SHA-256 of the source that wins. */
  settingsDigest: { key: 'sum', kind: stampKind },
  /** The last change of a source that only administrators write. */
  settingsChanged: { key: 'sett', kind: time },
  /** What keeps hooks from running. */
  blocked: { key: 'blk', kind: listOf(word(blockers)) },
  /** Required hooks whose file is what it must be. */
  hooks: { key: 'hooks', kind: ratio },
  hookProblems: { key: 'hookbad', kind: listOf(word(hookProblems)) },
  /** The last change of one of those files. */
  hooksChanged: { key: 'hookt', kind: time },
  /** The helper that gives telemetry its secret headers, and the file that it reads. */
  credential: { key: 'cred', kind: word(['ok', 'not-needed', 'no-helper', 'no-file']) },
  /** Required plugins without a problem for any user. */
  plugins: { key: 'plug', kind: ratio },
  pluginProblems: { key: 'plugbad', kind: listOf(word(pluginProblems)) },
  pluginsChanged: { key: 'plugt', kind: time },
  /** The last invocation that a hook recorded for any user, or `none`. */
  invoked: { key: 'inv', kind: orNone(time) },
  event: { key: 'ev', kind: name },
  tool: { key: 'tool', kind: name },
  verdict: { key: 'ver', kind: word(hookVerdicts) },
  /** How long the hook took, in milliseconds. */
  milliseconds: { key: 'ms', kind: count },
  /** The HTTP status of the policy endpoint; 0 where none answered; left out where the hook asks none. */
  status: { key: 'http', kind: count },
  /** The last use of a tool in any session, or `none`. */
  activity: { key: 'act', kind: orNone(time) },
  /** Users with a use of a tool since the last change. */
  active: { key: 'use', kind: count },
  /** Those of them without an invocation since that change. */
  silent: { key: 'silent', kind: count },
  /** Folders that users have trusted: whether they are still there. */
  workspaces: { key: 'ws', kind: word(['none', 'there', 'some-gone', 'gone']) },
  /** What the collector answered; only where a connection was asked for. */
  collector: { key: 'col', kind: word(collectorAnswers) },
  /** The probe ran out of time: what is missing may be there. */
  cut: { key: 'lim', kind: word(['time']) },
  /** When the probe looked, UTC. */
  at: { key: 't', kind: time },
} as const satisfies Record<
  string,
  { readonly key: string; readonly kind: { readonly read: (text: string) => unknown } }
>

export type FactName = keyof typeof factTable

type FactSchemas = { [Name in FactName]: (typeof factTable)[Name]['kind']['schema'] }
const schemas = Object.fromEntries(
  Object.entries(factTable).map(([fact, { kind }]) => [fact, kind.schema]),
) as unknown as FactSchemas

/** The facts of one probe; only the time of it is always there. */
export const Facts = z.object(schemas).partial().required({ at: true })
export type Facts = z.infer<typeof Facts>
