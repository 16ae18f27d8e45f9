import { readdirSync, readFileSync } from 'node:fs'

/**
 * Ends programs that left the client's group, such as a hook that goes on in the background: the folder of the drill, which
 * no other program knows, still stands in their environment. Only Linux tells that; elsewhere nothing is found. Synchronous,
 * for signal handlers. False when one of them cannot be ended.
 */
export function endStrays(folder: string): boolean {
  if (process.platform !== 'linux') return true
  return straysOf(folder).every((pid) => {
    try {
      process.kill(pid, 'SIGKILL')
      return true
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH'
    }
  })
}

function straysOf(folder: string): number[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.filter((pid) => environmentOf(pid).includes(folder)).map(Number)
  } catch {
    return []
  }
}

/** Empty for programs of others, and for what has ended. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}
