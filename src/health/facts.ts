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

const stamp = /^[0-9a-f]{16}$/
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const version = /^\d[0-9A-Za-z.]{0,39}$/
const plainName = /^[A-Za-z0-9_.-]{1,60}$/

const Time = z.string().regex(time)
const Stamp = z.string().regex(stamp)
const Version = z.string().regex(version)
const Count = z.int().min(0).max(999_999_999)
const Ratio = z.object({ good: Count, of: Count })

export const SettingsAt = z.object({
  place: z.enum(settingsPlaces),
  /** Sixteen hexadecimal digits are the stamp of the policy that the settings were built from. */
  state: z.union([z.enum(settingsStates), Stamp]),
})
export type SettingsAt = z.infer<typeof SettingsAt>

export const runningStates = ['no', 'current', 'before-change', 'old-version'] as const
export const blockers = ['all-off', 'sideload', 'only-managed'] as const
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

/** How a fact is written in a line, and read again: lists are joined by `+`, an empty one is `no`. */
interface FactKind<T> {
  readonly schema: z.ZodType<T>
  readonly read: (text: string) => unknown
  readonly write: (value: T) => string
}

const text = <T extends string>(schema: z.ZodType<T>): FactKind<T> => ({
  schema,
  read: (given) => given,
  write: (value) => value,
})
const count: FactKind<number> = {
  schema: Count,
  read: (given) => (/^\d{1,9}$/.test(given) ? Number(given) : undefined),
  write: String,
}
const ratio: FactKind<z.infer<typeof Ratio>> = {
  schema: Ratio,
  read: (given) => {
    const [, good, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(given) ?? []
    return { good: good && Number(good), of: of && Number(of) }
  },
  write: ({ good, of }) => `${good}/${of}`,
}
const list = <T extends string>(words: readonly T[]): FactKind<T[]> => ({
  schema: z.array(z.enum(words as readonly [T, ...T[]])),
  read: (given) => (given === 'no' ? [] : given.split('+')),
  write: (value) => (value.length === 0 ? 'no' : value.join('+')),
})
const settings: FactKind<SettingsAt[]> = {
  schema: z.array(SettingsAt),
  read: (given) =>
    given === 'no'
      ? []
      : given.split('+').map((part) => {
          const at = part.indexOf(':')
          return { place: part.slice(0, at), state: part.slice(at + 1) }
        }),
  write: (value) => (value.length === 0 ? 'no' : value.map(({ place, state }) => `${place}:${state}`).join('+')),
}

/**
 * What a probe saw on one machine: no conclusions, no names of people, hosts or folders. A fact that could not be
 * determined is left out. Keys are those of the line, in its order; what each one means exactly, and how it is found,
 * stands in `templates/probe/README.md`.
 */
export const factTable = {
  /** The platform. */
  platform: { key: 'os', kind: text(z.enum(probePlatforms)) },
  /** Whether all users could be looked at (`machine`), or only one (`user`). */
  reach: { key: 'as', kind: text(z.enum(['machine', 'user'])) },
  /** Home folders that were looked at. */
  users: { key: 'users', kind: count },
  /** The stamp of the policy that the probe was built for. */
  builtFor: { key: 'pol', kind: text(Stamp) },
  /** The version of Claude Desktop, the lowest of several, or `none`. */
  desktopVersion: { key: 'app', kind: text(z.union([z.literal('none'), Version])) },
  /** When that copy was put there. */
  desktopChanged: { key: 'appt', kind: text(Time) },
  /** Windows: whether the package is registered for somebody, or only staged. */
  desktopPackage: { key: 'pkg', kind: text(z.enum(['registered', 'staged', 'none'])) },
  /** The version of Claude Code, the lowest of several, or `none`. */
  codeVersion: { key: 'code', kind: text(z.union([z.literal('none'), Version])) },
  /** The worst of the running copies of Claude Desktop. */
  desktopRunning: { key: 'run', kind: text(z.enum(runningStates)) },
  /** The worst of the running sessions of Claude Code. */
  codeRunning: { key: 'crun', kind: text(z.enum(['no', 'current', 'before-change'])) },
  /** Where settings stand, highest rank first. */
  settings: { key: 'set', kind: settings },
  /** `merge`: the highest source says that sources are merged. */
  combination: { key: 'mix', kind: text(z.enum(['first', 'merge'])) },
  /** The first digits of the SHA-256 of the source that wins. */
  settingsDigest: { key: 'sum', kind: text(Stamp) },
  /** The last change of a source that only administrators write. */
  settingsChanged: { key: 'sett', kind: text(Time) },
  /** What keeps hooks from running. */
  blocked: { key: 'blk', kind: list(blockers) },
  /** Required hooks whose file is what it must be. */
  hooks: { key: 'hooks', kind: ratio },
  hookProblems: { key: 'hookbad', kind: list(hookProblems) },
  /** The helper that gives telemetry its secret headers, and the file that it reads. */
  credential: { key: 'cred', kind: text(z.enum(['ok', 'not-needed', 'no-helper', 'no-file'])) },
  /** Required plugins without a problem for any user. */
  plugins: { key: 'plug', kind: ratio },
  pluginProblems: { key: 'plugbad', kind: list(pluginProblems) },
  pluginsChanged: { key: 'plugt', kind: text(Time) },
  /** The last invocation that a hook recorded for any user, or `none`. */
  invoked: { key: 'inv', kind: text(z.union([z.literal('none'), Time])) },
  event: { key: 'ev', kind: text(z.string().regex(plainName)) },
  tool: { key: 'tool', kind: text(z.string().regex(plainName)) },
  verdict: { key: 'ver', kind: text(z.enum(hookVerdicts)) },
  /** How long the hook took, in milliseconds. */
  milliseconds: { key: 'ms', kind: count },
  /** The HTTP status of the policy endpoint; 0 where none answered; left out where the hook asks none. */
  status: { key: 'http', kind: count },
  /** The last use of a tool in any session, or `none`. */
  activity: { key: 'act', kind: text(z.union([z.literal('none'), Time])) },
  /** Users with a use of a tool since the last change. */
  active: { key: 'use', kind: count },
  /** Those of them without an invocation since that change. */
  silent: { key: 'silent', kind: count },
  /** Folders that users have trusted: whether they are still there. */
  workspaces: { key: 'ws', kind: text(z.enum(['none', 'there', 'some-gone', 'gone'])) },
  /** What the collector answered; only where a connection was asked for. */
  collector: { key: 'col', kind: text(z.enum(collectorAnswers)) },
  /** The probe ran out of time: what is missing may be there. */
  cut: { key: 'lim', kind: text(z.literal('time')) },
  /** When the probe looked, UTC. */
  at: { key: 't', kind: text(Time) },
} as const satisfies Record<string, { readonly key: string; readonly kind: Pick<FactKind<unknown>, 'read'> }>

export type FactName = keyof typeof factTable

type FactSchemas = { [Name in FactName]: (typeof factTable)[Name]['kind']['schema'] }
const schemas = Object.fromEntries(
  Object.entries(factTable).map(([name, { kind }]) => [name, kind.schema]),
) as unknown as FactSchemas

/** The facts of one probe; only the time of it is always there. */
export const Facts = z.object(schemas).partial().required({ at: true })
export type Facts = z.infer<typeof Facts>
