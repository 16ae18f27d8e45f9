import type { Facts } from '../health/facts.js'
import { type HookInvocation, hookRecordPlaces, readHookRecord, recordReadLimit } from '../health/hook-record.js'
import type { ProbeTarget } from '../health/probe-target.js'
import type { Machine, MachineUser } from '../platform/machine.js'
import { latest, timeText } from './fact-times.js'
import { below, plainNames, userJson } from './machine-paths.js'
import type { MachineView } from './machine-view.js'
import { memberOf, membersOf } from './strict-json.js'

const day = 86_400
const mostTranscripts = 20
/** Names say nothing of age, so all transcripts are listed, within reason. */
const mostListed = 20_000
const transcriptEnd = 256 * 1024
const mostWorkspaces = 200

/** What one user did, and what a hook recorded of it. */
export interface UserActivity {
  readonly user: MachineUser
  readonly used: number | undefined
  readonly invoked: { readonly at: number; readonly invocation: HookInvocation } | undefined
}

/** The newest use of a tool and the newest invocation of a hook of each user. */
export async function activityOfUsers({ machine, target, users }: MachineView): Promise<readonly UserActivity[]> {
  const activity: UserActivity[] = []
  for (const user of await users())
    activity.push({
      user,
      used: await lastUse(machine, user),
      invoked: target.wantsRecord ? await lastInvocation(machine, target, user) : undefined,
    })
  return activity
}

async function lastInvocation(
  machine: Machine,
  { decidesTools }: ProbeTarget,
  { id, home }: MachineUser,
): Promise<UserActivity['invoked']> {
  const path = below(machine, home, hookRecordPlaces[machine.platform])
  const read = await machine.read(path, { most: recordReadLimit, end: true, owner: id })
  if (read.kind !== 'bytes') return undefined
  let newest: UserActivity['invoked']
  for (const invocation of readHookRecord(Buffer.from(read.bytes).toString('latin1'))) {
    // Other events prove nothing where a hook must decide on tools.
    if (decidesTools && invocation.event !== 'PreToolUse') continue
    const at = Date.parse(invocation.at) / 1000
    if (at <= machine.now + day && at >= (newest?.at ?? 0)) newest = { at, invocation }
  }
  return newest
}

/** Transcripts of sessions are in a folder for each workspace. */
async function lastUse(machine: Machine, { id, home }: MachineUser): Promise<number | undefined> {
  if ((await machine.look(below(machine, home, '.claude')))?.kind !== 'folder') return undefined
  const projects = below(machine, home, '.claude/projects')
  const transcripts: { readonly path: string; readonly modified: number }[] = []
  for (const project of await plainNames(machine, projects)) {
    const folder = below(machine, projects, project)
    for (const name of await plainNames(machine, folder, mostListed)) {
      if (!name.endsWith('.jsonl') || transcripts.length >= mostListed) continue
      const path = below(machine, folder, name)
      const look = await machine.look(path)
      const isOwn = typeof id !== 'number' || look?.owner === id
      if (look?.kind === 'file' && isOwn) transcripts.push({ path, modified: look.modified })
    }
  }
  const newest = transcripts.sort((a, b) => b.modified - a.modified).slice(0, mostTranscripts)
  let used: number | undefined
  for (const { path, modified } of newest) {
    // No use is later than the last change of its file.
    if (used !== undefined && used >= modified) break
    const read = await machine.read(path, { most: transcriptEnd, end: true, owner: id })
    const at = read.kind === 'bytes' ? timeOfUse(Buffer.from(read.bytes)) : undefined
    if (at !== undefined && modified >= 0) used = latest([used, Math.min(at, modified)])
  }
  return used
}

/**
 * When a tool was last used by the end of a transcript: a session that is only resumed, or answers without a tool, changes
 * the file as well.
 */
function timeOfUse(bytes: Buffer): number | undefined {
  const mark = bytes.lastIndexOf('"type":"tool_use"')
  if (mark < 0) return undefined
  const end = bytes.indexOf('\n', mark)
  const line = bytes.subarray(bytes.lastIndexOf('\n', mark) + 1, end < 0 ? bytes.length : end).toString('latin1')
  const name = '"timestamp":"'
  const at = line.lastIndexOf(name)
  const [, time] = (at >= 0 && useTime.exec(line.slice(at + name.length))) || []
  const seconds = time === undefined ? Number.NaN : Date.parse(`${time}Z`) / 1000
  return seconds >= 0 ? seconds : undefined
}

const useTime = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?Z"/

/** The facts `inv` to `http`. */
export function invocations(
  { target }: MachineView,
  activity: readonly UserActivity[],
): Pick<Facts, 'invoked' | 'event' | 'tool' | 'verdict' | 'milliseconds' | 'status'> {
  if (!target.wantsRecord) return {}
  let newest: UserActivity['invoked']
  for (const { invoked } of activity) if (invoked !== undefined && invoked.at >= (newest?.at ?? 0)) newest = invoked
  if (newest === undefined) return { invoked: 'none' }
  const { at, event, tool, verdict, milliseconds, status } = newest.invocation
  return { invoked: at, event, tool, verdict, milliseconds, status }
}

/** The fact `act`. */
export function lastActivity(activity: readonly UserActivity[]): Pick<Facts, 'activity'> {
  const used = latest(activity.map((user) => user.used))
  return { activity: used === undefined ? 'none' : timeText(used) }
}

/** The facts `use` and `silent`; `change` is undefined where it cannot be dated, 0 where none is known. */
export function activeUsers(
  { target }: MachineView,
  activity: readonly UserActivity[],
  change: number | undefined,
): Pick<Facts, 'active' | 'silent'> {
  if (!target.wantsRecord || !target.everyTool || change === undefined) return {}
  const active = activity.filter(({ used }) => used !== undefined && used >= change)
  const silent = active.filter(({ invoked }) => invoked === undefined || invoked.at < change)
  return { active: active.length, silent: silent.length }
}

/** Whether the folders that users have trusted are still there. */
export async function workspaces({ machine, users }: MachineView): Promise<Pick<Facts, 'workspaces'>> {
  const paths: string[] = []
  for (const user of await users()) {
    const projects = memberOf(await userJson(machine, user, '.claude.json'), 'projects')
    for (const [path, project] of membersOf(projects))
      if (memberOf(project, 'hasTrustDialogAccepted') === true && isBelowHome(machine, user, path)) paths.push(path)
  }
  const looked = paths.slice(0, mostWorkspaces)
  if (looked.length === 0) return { workspaces: 'none' }
  let there = 0
  for (const path of looked) {
    if ((await machine.look(path))?.kind === 'folder') there++
  }
  return { workspaces: there === looked.length ? 'there' : there === 0 ? 'gone' : 'some-gone' }
}

/** A user could write the path of a share, and the mere look at it would sign us in there. */
function isBelowHome({ platform }: Machine, { home }: MachineUser, path: string): boolean {
  if (/\p{Cc}/u.test(path)) return false
  const isWindows = platform === 'windows'
  // Claude writes paths of Windows with either stroke.
  const plain = (text: string) => (isWindows ? text.replaceAll('\\', '/').toLowerCase() : text)
  if (isWindows && !/^[A-Za-z]:[\\/]/.test(path)) return false
  return plain(path).startsWith(`${plain(home).replace(/\/$/, '')}/`) && !plain(path).split('/').includes('..')
}
