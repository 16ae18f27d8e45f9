import fs from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { exitCode, Failure } from '../platform/failure.js'
import { processStart } from '../platform/process-start.js'
import { randomHex } from '../platform/random-hex.js'
import { sha256 } from '../platform/sha256.js'
import { asFailure } from '../platform/write-file.js'

/** Who asks for the lock, and how; everything left out is as it is on this machine. */
export interface LockOptions {
  /** Milliseconds to wait for another holder. */
  readonly patience?: number | undefined
  readonly pid?: number | undefined
  /** What shares one table of processes. */
  readonly host?: string | undefined
  readonly startOf?: ((pid: number) => Promise<string | undefined>) | undefined
  readonly now?: (() => number) | undefined
}

const usualPatience = 5000
const pause = 50
/** A prune takes seconds. Whether a process of another machine or container still runs cannot be asked. */
const otherMachineAge = 60 * 60 * 1000

/** `prune.<pid>.<start>.<host>.<random>.lock`; the host as a hash. */
const ticketName = /^prune\.(?<pid>\d{1,10})\.(?<start>[0-9a-z]{1,16})\.(?<host>[0-9a-f]{16})\.[0-9a-f]{16}\.lock$/

/**
 * Lets one prune at a time into a folder, and gives what lets it out again. Everyone puts a ticket there, a file of a name
 * that is never used again, and is in when nobody else who is alive has one; else takes it back and tries again. So the
 * ticket of a dead process may be removed by whoever sees it, and never takes a living one along. Throws a Failure: exit 6
 * when the other does not end in time, 5 when no ticket can be written.
 */
export async function takeLock(folder: string, options: LockOptions = {}): Promise<() => void> {
  const { patience = usualPatience, pid = process.pid, host = processTable(), startOf = processStart } = options
  const { now = Date.now } = options
  const place = sha256(host).slice(0, 16)
  const start = (await startOf(pid)) ?? 'unknown'
  const until = now() + patience
  for (;;) {
    const ticket = `prune.${pid}.${start}.${place}.${randomHex(8)}.lock`
    const path = join(folder, ticket)
    putTicket(path)
    let others: readonly string[]
    try {
      others = await livingOthers(folder, ticket, { place, startOf, now })
    } catch (error) {
      fs.rmSync(path, { force: true })
      throw asFailure(folder, error)
    }
    if (others.length === 0) return () => fs.rmSync(path, { force: true })
    fs.rmSync(path, { force: true })
    if (now() >= until) throw busy(folder, others, place)
    // Two who came at one time should not meet again.
    await wait(pause + Number.parseInt(randomHex(1), 16) / 4)
  }
}

/** Containers may share a host name and this folder, and see none of each other's processes. */
function processTable(): string {
  try {
    return `${hostname()} ${fs.readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // Not Linux: one table for the whole machine.
    return hostname()
  }
}

function putTicket(path: string): void {
  try {
    fs.closeSync(fs.openSync(path, 'wx', 0o600))
  } catch (error) {
    throw asFailure(path, error)
  }
}

interface Asking {
  readonly place: string
  readonly startOf: (pid: number) => Promise<string | undefined>
  readonly now: () => number
}

async function livingOthers(folder: string, own: string, asking: Asking): Promise<string[]> {
  const living: string[] = []
  for (const name of fs.readdirSync(folder)) {
    if (name === own || !ticketName.test(name)) continue
    if (await lives(folder, name, asking)) living.push(name)
    else fs.rmSync(join(folder, name), { force: true })
  }
  return living.sort()
}

async function lives(folder: string, name: string, { place, startOf, now }: Asking): Promise<boolean> {
  const { pid, start, host } = ticketName.exec(name)?.groups ?? {}
  if (host !== place) {
    const stats = fs.statSync(join(folder, name), { throwIfNoEntry: false })
    return stats !== undefined && now() - stats.mtimeMs < otherMachineAge
  }
  const running = await startOf(Number(pid))
  return running !== undefined && (running === start || running === 'unknown' || start === 'unknown')
}

function busy(folder: string, others: readonly string[], place: string): Failure {
  const [name = ''] = others
  const { pid, host } = ticketName.exec(name)?.groups ?? {}
  return new Failure(exitCode.busy, 'history-busy', 'Another fleet history prune is at work here.', {
    where: { file: join(folder, name) },
    tryThis: [
      host === place
        ? `Wait until process ${pid} has ended, then run again.`
        : 'It runs on another machine or in another container. Wait until it has ended; if it was killed, remove the file named here.',
    ],
  })
}
