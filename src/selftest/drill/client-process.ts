import { spawnSync } from 'node:child_process'
import { execa } from 'execa'

/** How a program ended. */
export interface EndedProcess {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** What is left of a program and of what it started; `unknown` where the system cannot tell. */
export type Remains = 'nothing' | 'some' | 'unknown'

/** A program that was started with everything it starts in one group of processes. */
export interface ClientProcess {
  readonly ended: Promise<EndedProcess>
  /**
   * Ends the whole group. Of a program that has ended already it only says what was left then: its number may by now be
   * that of another. Synchronous, for signal handlers.
   */
  end(): Remains
}

export interface ClientCommand {
  readonly path: string
  readonly arguments: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
}

const largestOutput = 16 * 1024 * 1024
/** Whoever left the group may hold the pipes open. */
const patience = 1000

/** Starts a program that must end within a time; what it started is ended with it. */
export function startClient(command: ClientCommand): ClientProcess {
  const child = execa(command.path, command.arguments, {
    cwd: command.folder,
    extendEnv: false,
    env: command.environment,
    stdin: 'ignore',
    reject: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
    cleanup: false,
    maxBuffer: largestOutput,
  })
  let timedOut = false
  let remains: Remains | undefined
  const end = () => remains ?? endGroup(child.pid)
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, command.timeoutSeconds * 1000)
  child.once('exit', () => {
    clearTimeout(timer)
    remains = endOrphans(child.pid)
    setTimeout(() => {
      child.stdout.destroy()
      child.stderr.destroy()
    }, patience).unref()
  })
  const ended = child.then(({ exitCode, stdout, stderr }) => {
    clearTimeout(timer)
    return { exitCode, stdout, stderr, timedOut }
  })
  return { ended, end }
}

/** A process that was killed is gone, whether or not somebody has taken note of it yet. */
function endGroup(pid: number | undefined): Remains {
  if (pid === undefined) return 'nothing'
  if (process.platform !== 'win32') return killGroup(pid)
  const { status } = spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
  // 128: no such process. Either way it finds no program whose own parent has ended.
  return status === 0 || status === 128 ? 'unknown' : 'some'
}

/** Right after the end of a program its number is still that of its group, and of nobody else. Windows has no such groups. */
function endOrphans(pid: number | undefined): Remains {
  if (pid === undefined) return 'nothing'
  return process.platform === 'win32' ? 'unknown' : killGroup(pid)
}

function killGroup(pid: number): Remains {
  try {
    process.kill(-pid, 'SIGKILL')
    return 'nothing'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'nothing' : 'some'
  }
}
