import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A process that was killed and not yet taken note of still has a number, but runs no more. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** What the fake client started. */
export function childOf(root: string): number {
  return Number(readFileSync(join(root, 'child'), 'utf8'))
}

/** The first word of every run of the fake client. */
export function runsOf(root: string): string[] {
  const file = join(root, 'runs')
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}

export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error('it did not happen')
    await pause(50)
  }
}
