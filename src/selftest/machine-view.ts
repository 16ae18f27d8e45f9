import type { ProbeTarget } from '../health/probe-target.js'
import type { Machine, MachineProcess, MachineUser } from '../platform/machine.js'
import { readSettings, type SettingsReading } from './facts-settings.js'

/** What several facts need of a machine, each asked for once. */
export interface MachineView {
  readonly machine: Machine
  readonly target: ProbeTarget
  readonly users: () => Promise<readonly MachineUser[]>
  readonly settings: () => Promise<SettingsReading>
  readonly processes: () => Promise<readonly MachineProcess[] | undefined>
  /** The list of packages of Debian; undefined where there is none. Rejects where it cannot be read. */
  readonly packageList: () => Promise<string | undefined>
}

/** A list of packages has a few MiB on a desktop. */
const largestPackageList = 64 * 1024 * 1024

/** A view of the machine; nothing is asked for yet. */
export function viewOf(machine: Machine, target: ProbeTarget): MachineView {
  const users = once(() => machine.users())
  return {
    machine,
    target,
    users,
    settings: once(() => readSettings(machine, users)),
    processes: once(() => machine.processes()),
    packageList: once(async () => {
      const read = await machine.read('/var/lib/dpkg/status', { most: largestPackageList })
      if (read.kind === 'absent') return undefined
      if (read.kind !== 'bytes') throw new Error('The list of packages cannot be read.')
      return Buffer.from(read.bytes).toString('utf8')
    }),
  }
}

/** Asks at the first call, and gives the same answer to all. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}
