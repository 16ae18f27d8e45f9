import { spawnSync } from 'node:child_process'
import { execa } from 'execa'

/** How a program ended. */
export interface EndedProcess {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** A program that was started with everything it starts in one group of processes. */
export interface ClientProcess {
  readonly ended: Promise<EndedProcess>
  /** Ends the whole group; whether that worked, or nothing was left of it. Synchronous, for signal handlers. */
  end(): boolean
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
  const end = () => endGroup(child.pid)
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, command.timeoutSeconds * 1000)
  child.once('exit', () => {
    clearTimeout(timer)
    end()
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
function endGroup(pid: number | undefined): boolean {
  if (pid === undefined) return true
  if (process.platform === 'win32') {
    const { status } = spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    // 128: no such process.
    return status === 0 || status === 128
  }
  try {
    process.kill(-pid, 'SIGKILL')
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
