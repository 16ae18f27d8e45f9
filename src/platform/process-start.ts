import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { sha256 } from './sha256.js'

/** When a process began, as a word to compare; `unknown` where it runs and the system does not tell. */
export type ProcessStart = string

const patience = 5000

/** When the process of this id began; undefined where there is none. Two processes that had one id began at other times. */
export async function processStart(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<ProcessStart | undefined> {
  if (!isThere(pid)) return undefined
  const text =
    platform === 'linux'
      ? await linuxStart(pid)
      : platform === 'win32'
        ? await windowsStart(pid)
        : await listedStart(pid)
  if (text === 'ended') return undefined
  return text === undefined ? 'unknown' : sha256(text).slice(0, 16)
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is there as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Ticks since the machine started (field 22 of proc(5), man7.org, read 2026-11-21), and which start of the machine. */
async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses and may hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie does nothing any more; nobody has asked for its exit code yet.
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended'
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1')
    return fields[19] === undefined ? undefined : `${boot.trim()} ${fields[19]}`
  } catch {
    return undefined
  }
}

async function listedStart(pid: number): Promise<string | undefined> {
  const { stdout, failed } = await execa('ps', ['-p', String(pid), '-o', 'lstart='], {
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: patience,
    reject: false,
  })
  return failed || stdout.trim() === '' ? undefined : stdout.trim()
}

async function windowsStart(pid: number): Promise<string | undefined> {
  const { stdout, failed } = await execa(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`],
    { stdin: 'ignore', stderr: 'ignore', timeout: patience, reject: false, windowsHide: true },
  )
  return failed || !/^\d+$/.test(stdout.trim()) ? undefined : stdout.trim()
}
