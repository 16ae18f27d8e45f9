import { type FactName, Facts, factTable } from '../health/facts.js'
import type { ProbeTarget } from '../health/probe-target.js'
import type { Machine } from '../platform/machine.js'
import { latest, timeText } from './fact-times.js'
import { activeUsers, activityOfUsers, invocations, lastActivity, workspaces } from './facts-activity.js'
import { credential, hookFiles } from './facts-hooks.js'
import { plugins, pluginsChanged } from './facts-plugins.js'
import { codeRunning, desktopRunning } from './facts-running.js'
import { blocked, combination, settingsThere } from './facts-settings.js'
import { codeVersion, desktopCopies, desktopPackage, lowest } from './facts-software.js'
import { viewOf } from './machine-view.js'
import { TimeLimit } from './time-limit.js'

/** The clock counts milliseconds from anywhere. */
export interface CollectOptions {
  readonly clock?: (() => number) | undefined
  readonly limit?: number | undefined
}

/** A probe may take five seconds; this leaves time to start and to write the line. */
const usualLimit = 4000

type Some = { readonly [Name in FactName]?: Facts[Name] | undefined }

/**
 * Looks at a machine. What a fact means stands in `templates/probe/README.md`. Never throws: a fact that cannot be
 * determined is left out, and so is what there was no time for (`cut`).
 */
export async function collectFacts(
  machine: Machine,
  target: ProbeTarget,
  { clock = () => performance.now(), limit = usualLimit }: CollectOptions = {},
): Promise<Facts> {
  const time = new TimeLimit(clock, limit)
  const view = viewOf(time.watch(machine), target)
  const found: Some[] = []
  const add = async (part: () => Promise<Some>) => {
    found.push((await time.run(part)) ?? {})
  }

  await add(async () => ({ users: (await view.users()).length }))
  await add(() => settingsThere(view))
  await add(() => combination(view))
  await add(() => blocked(view))
  await add(() => hookFiles(view))
  await add(() => credential(view))
  const copies = await time.run(() => desktopCopies(view))
  const app = copies && lowest(copies)
  if (app !== undefined)
    found.push(
      app === 'none' ? { desktopVersion: app } : { desktopVersion: app.version, desktopChanged: timeText(app.placed) },
    )
  await add(() => desktopPackage(view))
  await add(() => codeVersion(view))
  const pluginTime = await time.run(() => pluginsChanged(view))
  found.push({ pluginsChanged: timeText(pluginTime) })
  await add(() => desktopRunning(view, { copies, plugins: pluginTime }))
  await add(() => codeRunning(view))
  const activity = await time.run(() => activityOfUsers(view))
  await add(() => plugins(view, activity))
  if (activity !== undefined) {
    found.push(invocations(view, activity), lastActivity(activity))
    await add(async () => activeUsers(view, activity, await lastChange()))
  }
  await add(() => workspaces(view))

  return shown([
    { platform: machine.platform, reach: machine.administrator ? 'machine' : 'user', builtFor: target.stamp },
    ...found,
    time.isOver ? { cut: 'time' } : {},
    { at: timeText(machine.now) },
  ])

  /** The latest change; 0 where there is none, undefined where one cannot be dated. */
  async function lastChange(): Promise<number | undefined> {
    const { changed, isUndated } = await view.settings()
    const isAppUndated = app !== 'none' && app?.placed === undefined
    const { hooksChanged } = Object.assign({}, ...found.map(defined)) as Some
    const areHooksUndated = target.hookFiles.length > 0 && hooksChanged === undefined
    if (isUndated || isAppUndated || areHooksUndated) return undefined
    const hooks = hooksChanged === undefined ? undefined : Date.parse(hooksChanged) / 1000
    return latest([changed, hooks, app === 'none' ? undefined : app?.placed, pluginTime, 0])
  }
}

/** The facts in the order of the line; a value that its place cannot hold is left out. */
function shown(parts: readonly Some[]): Facts {
  const found = Object.assign({}, ...parts.map(defined)) as Record<string, unknown>
  const facts: Record<string, unknown> = {}
  for (const [name, { kind }] of Object.entries(factTable)) {
    const value = found[name] === undefined ? undefined : kind.schema.safeParse(found[name])
    if (value?.success) facts[name] = value.data
  }
  return Facts.parse(facts)
}

function defined(part: Some): Some {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
}
