import { type Facts, pluginProblems } from '../health/facts.js'
import type { ProbeTarget } from '../health/probe-target.js'
import type { Machine, MachineUser } from '../platform/machine.js'
import { latest } from './fact-times.js'
import type { UserActivity } from './facts-activity.js'
import { below, largestManifest, plainNames, userJson } from './machine-paths.js'
import type { MachineView } from './machine-view.js'
import { isStrict, itemsOf, memberOf, membersOf, parseStrictJson } from './strict-json.js'

type Plugin = ProbeTarget['plugins'][number]
type Problem = (typeof pluginProblems)[number]

const mostManifests = 50
const installedPlugins = '.claude/plugins/installed_plugins.json'

/** Data folders of Claude Desktop below a home. */
const desktopFolders = {
  macos: ['Library/Application Support/Claude'],
  linux: ['.config/Claude'],
  windows: ['AppData/Roaming/Claude', 'AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude'],
} as const

/**
 * Required plugins, and what is wrong with their copies. Only who used a tool since the settings changed had reason to
 * install one.
 */
export async function plugins(
  view: MachineView,
  activity: readonly UserActivity[] | undefined,
): Promise<Pick<Facts, 'plugins' | 'pluginProblems'>> {
  const { machine, target } = view
  const of = target.plugins.length
  if (of === 0) return { plugins: { good: 0, of }, pluginProblems: [] }
  const { says, changed = 0 } = await view.settings()
  const people = (activity ?? []).filter(({ used }) => used !== undefined && used >= changed).map(({ user }) => user)
  if (people.length === 0) return {}
  const problems = target.plugins.map((plugin) => new Set(clashes(plugin, memberOf(says, 'enabledPlugins'))))
  for (const user of people) {
    const found = await problemsOf(machine, user, target.plugins)
    if (found === 'unread') return {}
    for (const [index, some] of found.entries()) for (const problem of some) problems[index]?.add(problem)
  }
  return {
    plugins: { good: problems.filter(({ size }) => size === 0).length, of },
    pluginProblems: pluginProblems.filter((problem) => problems.some((some) => some.has(problem))),
  }
}

async function problemsOf(
  machine: Machine,
  user: MachineUser,
  required: readonly Plugin[],
): Promise<readonly (readonly Problem[])[] | 'unread'> {
  const list = await installedList(machine, user)
  if (list === 'unread') return 'unread'
  const installed = memberOf(list, 'plugins')
  const enabled = memberOf(await userJson(machine, user, '.claude/settings.json'), 'enabledPlugins')
  const sessions = await sessionCopies(machine, user, required)
  const problems: Problem[][] = []
  for (const plugin of required) {
    const clone = `.claude/plugins/marketplaces/${plugin.marketplace}/.claude-plugin/marketplace.json`
    const offered = itemsOf(memberOf(await userJson(machine, user, clone), 'plugins'))
    problems.push([
      ...cached(plugin, itemsOf(memberOf(installed, `${plugin.name}@${plugin.marketplace}`))),
      ...offered
        .filter((item) => memberOf(item, 'name') === plugin.name && isStale(plugin, memberOf(item, 'version')))
        .map(() => 'stale-clone' as const),
      ...(sessions.get(plugin) ?? []).filter((version) => isStale(plugin, version)).map(() => 'stale-session' as const),
      ...clashes(plugin, enabled),
    ])
  }
  return problems
}

/** The user's list of plugins: undefined where there is none, `unread` where it may hold anything. */
async function installedList(machine: Machine, { id, home }: MachineUser): Promise<unknown> {
  const read = await machine.read(below(machine, home, installedPlugins), { most: largestManifest, owner: id })
  if (read.kind === 'denied') return 'unread'
  if (read.kind !== 'bytes') return undefined
  const list = parseStrictJson(read.bytes)
  return isStrict(list) ? list.value : 'unread'
}

function cached(plugin: Plugin, entries: readonly unknown[]): readonly Problem[] {
  if (entries.length === 0) return ['missing']
  return entries.some((entry) => isStale(plugin, memberOf(entry, 'version'))) ? ['stale-cache'] : []
}

function isStale({ version }: Plugin, found: unknown): boolean {
  return version !== undefined && typeof found === 'string' && found !== version
}

function clashes({ name, marketplace }: Plugin, enabled: unknown): readonly Problem[] {
  const others = membersOf(enabled).filter(
    ([key, value]) => value === true && key.startsWith(`${name}@`) && key !== `${name}@${marketplace}`,
  )
  return others.length > 0 ? ['clash'] : []
}

/** The versions of required plugins that sessions of Claude Desktop have taken along. */
async function sessionCopies(
  machine: Machine,
  user: MachineUser,
  required: readonly Plugin[],
): Promise<ReadonlyMap<Plugin, readonly unknown[]>> {
  const versions = new Map<Plugin, unknown[]>()
  for (const folder of await pluginFolders(machine, user)) {
    const manifest = await userJson(machine, user, `${folder}/manifest.json`)
    for (const item of itemsOf(memberOf(manifest, 'plugins'))) {
      const plugin = required.find(
        ({ name, marketplace }) => memberOf(item, 'name') === name && memberOf(item, 'marketplaceName') === marketplace,
      )
      const id = memberOf(item, 'id')
      // A name of another form could lead out of the folder.
      if (plugin?.version === undefined || typeof id !== 'string' || !/^[A-Za-z0-9_.-]{1,200}$/.test(id)) continue
      const copy = `${folder}/${id.startsWith('plugin_') ? id : `plugin_${id}`}/.claude-plugin/plugin.json`
      const version = memberOf(await userJson(machine, user, copy), 'version')
      versions.set(plugin, [...(versions.get(plugin) ?? []), version])
    }
  }
  return versions
}

/** The folders `rpm` with a manifest, below the home; at most 50. */
async function pluginFolders(machine: Machine, { home }: MachineUser): Promise<readonly string[]> {
  const folders: string[] = []
  for (const data of desktopFolders[machine.platform]) {
    const sessions = `${data}/local-agent-mode-sessions`
    for (const account of await plainNames(machine, below(machine, home, sessions))) {
      for (const organization of await plainNames(machine, below(machine, home, `${sessions}/${account}`))) {
        const folder = `${sessions}/${account}/${organization}/rpm`
        const manifest = await machine.look(below(machine, home, `${folder}/manifest.json`))
        if (manifest?.kind === 'file') folders.push(folder)
        if (folders.length >= mostManifests) return folders
      }
    }
  }
  return folders
}

/** When plugins were last installed for anybody; seconds since 1970 UTC. */
export async function pluginsChanged({ machine, target, users }: MachineView): Promise<number | undefined> {
  if (target.plugins.length === 0) return undefined
  const times: number[] = []
  for (const { id, home } of await users()) {
    const look = await machine.look(below(machine, home, installedPlugins))
    if (look?.kind !== 'file' || (typeof id === 'number' && look.owner !== id)) continue
    if (look.size <= 1024 * 1024) times.push(look.modified)
  }
  return latest(times)
}
