import { readdirSync, readFileSync } from 'node:fs'
import { now as clockNow } from './clock.js'
import type { AppPackage, Machine, MachinePlatform, MachineUser } from './machine.js'
import { posixMachine } from './posix-machine.js'
import { listProcesses, readProcessList } from './process-list.js'
import { windowsMachine } from './windows-machine.js'
import { type RegistryText, takeSnapshot, type WindowsSnapshot } from './windows-snapshot.js'

/** What replaces this machine; everything left out is as it is here. */
export interface MachineOptions {
  /** A folder that stands for `/`; on Windows its folder `C` stands for `C:\`. Nothing of this machine is seen then. */
  readonly root?: string | undefined
  readonly platform?: MachinePlatform | undefined
  /** Seconds since 1970 UTC. */
  readonly now?: number | undefined
  /** A file in the form of `ps -A -o lstart= -o args=` with LC_ALL=C and TZ=UTC. Without it a root has an unknown list. */
  readonly processList?: string | undefined
  /** The texts of the registry, where a root stands for Windows. */
  readonly registry?: readonly RegistryText[] | undefined
  /** The packages of the name `Claude`, where a root stands for Windows. */
  readonly packages?: readonly AppPackage[] | undefined
  readonly administratorId?: number | undefined
  readonly administrator?: boolean | undefined
  /** Who we are, where we are no administrator. */
  readonly self?: MachineUser | undefined
}

/** The machine we run on, or a folder that stands for one. Throws an Error on a platform that Claude has no app for. */
export function thisMachine(options: MachineOptions = {}): Machine {
  const { root = '', self, administratorId = 0 } = options
  const platform = options.platform ?? platformHere()
  const now = options.now ?? clockNow() / 1000
  const administrator = options.administrator ?? (root === '' ? isAdministratorHere() : self === undefined)
  if (platform === 'windows') {
    const snapshot = root === '' ? takeSnapshot : async () => snapshotOf(options)
    return windowsMachine({ root, administrator, now, self, snapshot })
  }
  const processes = async () => {
    if (options.processList !== undefined) return readProcessList(readFileSync(options.processList, 'latin1'))
    return root === '' ? listProcesses() : undefined
  }
  return posixMachine({ root, platform, administrator, administratorId, now, self, processes })
}

function snapshotOf({ self, processList, registry, packages }: MachineOptions): WindowsSnapshot {
  return {
    self: String(self?.id ?? ''),
    registry: [...(registry ?? [])],
    ...(processList !== undefined && { processes: [...readProcessList(readFileSync(processList, 'latin1'))] }),
    ...(packages !== undefined && { packages: [...packages] }),
  }
}

function platformHere(): MachinePlatform {
  switch (process.platform) {
    case 'darwin':
      return 'macos'
    case 'win32':
      return 'windows'
    case 'linux':
      return 'linux'
    default:
      throw new Error('Not a platform that can be looked at.')
  }
}

function isAdministratorHere(): boolean {
  if (process.platform !== 'win32') return process.geteuid?.() === 0
  try {
    // Only administrators may list this folder.
    readdirSync(`${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\config\\systemprofile`)
    return true
  } catch {
    return false
  }
}
