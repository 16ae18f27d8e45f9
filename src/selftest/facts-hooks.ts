import { type Facts, hookProblems } from '../health/facts.js'
import type { Machine } from '../platform/machine.js'
import { latest, timeText } from './fact-times.js'
import { follow } from './machine-paths.js'
import type { MachineView } from './machine-view.js'
import { memberOf } from './strict-json.js'

type HookProblem = (typeof hookProblems)[number]

/** The files of required hooks, and what is wrong with them. */
export async function hookFiles({
  machine,
  target,
}: MachineView): Promise<Pick<Facts, 'hooks' | 'hookProblems' | 'hooksChanged'>> {
  const problems: (HookProblem | undefined)[] = []
  const times: (number | undefined)[] = []
  for (const path of target.hookFiles) {
    const { problem, modified } = await lookAtHook(machine, path)
    problems.push(problem)
    times.push(modified)
  }
  return {
    hooks: { good: problems.filter((problem) => problem === undefined).length, of: problems.length },
    hookProblems: hookProblems.filter((problem) => problems.includes(problem)),
    hooksChanged: timeText(latest(times)),
  }
}

async function lookAtHook(
  machine: Machine,
  path: string,
): Promise<{ readonly problem: HookProblem | undefined; readonly modified?: number }> {
  const found = await follow(machine, path)
  if (found === 'absent') return { problem: 'missing' }
  if (found === 'unseen') return { problem: 'unread' }
  const { modified } = found.look
  if (found.look.kind !== 'file' || !isExecutable(machine, found.look.mode))
    return { problem: 'not-executable', modified }
  const writable = await machine.isWritableByUsers(path)
  return { problem: writable === undefined ? 'unread' : writable ? 'writable' : undefined, modified }
}

/** For everybody: a hook runs as whoever uses Claude. Windows has no such bit. */
function isExecutable({ platform }: Machine, mode: number): boolean {
  return platform === 'windows' || (mode & 0o111) === 0o111
}

/** The helper that gives telemetry its secret headers, and the file that it reads. */
export async function credential({ machine, target, settings }: MachineView): Promise<Pick<Facts, 'credential'>> {
  if (target.credential === undefined) return { credential: 'not-needed' }
  const { says, winner } = await settings()
  if (winner !== undefined && says === undefined) return {}
  const named = memberOf(says, 'otelHeadersHelper')
  if (typeof named !== 'string' || named === '') return { credential: 'not-needed' }
  const helper = await follow(machine, target.credential.helper)
  if (helper === 'unseen') return {}
  if (helper === 'absent' || helper.look.kind !== 'file' || !isExecutable(machine, helper.look.mode))
    return { credential: 'no-helper' }
  const file = await follow(machine, target.credential.file)
  return file === 'unseen' ? {} : { credential: file === 'absent' ? 'no-file' : 'ok' }
}
