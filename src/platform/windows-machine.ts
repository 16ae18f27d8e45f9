import { lstat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { win32 } from 'node:path'
import { byText } from './by-text.js'
import type { AppPackage, Machine, MachineProcess, MachineUser } from './machine.js'
import { type FileView, machineFiles, seconds } from './machine-files.js'
import { windowsRights } from './windows-rights.js'
import { askPackages, askProcesses, profileList, type RegistryText, type WindowsSnapshot } from './windows-snapshot.js'

/** What is known of a Windows machine besides its files. */
export interface WindowsBasis {
  /** The folder whose folder `C` stands for `C:\`; empty for this machine. */
  readonly root: string
  readonly administrator: boolean
  readonly now: number
  /** Who we are, where we are no administrator. */
  readonly self?: MachineUser | undefined
  /** Rejects where Windows does not answer. */
  readonly snapshot: () => Promise<WindowsSnapshot>
}

const mostUsers = 50

/** A Windows machine: this one, or a folder that stands for one. */
export function windowsMachine(basis: WindowsBasis): Machine {
  const { root } = basis
  const snapshot = once(basis.snapshot)
  // These take longest and may never answer: each on its own, so that none makes another unknown.
  const processes = once(root === '' ? askProcesses : async () => (await snapshot()).processes)
  const packages = once(root === '' ? askPackages : async () => (await snapshot()).packages)
  const isWritable = root === '' ? windowsRights() : (path: string) => standsOpen(view, path)
  const view: FileView = {
    placeOf: (path) => (root === '' ? path : placeBelow(root, path)),
    pathOf: (target) => target,
    // A folder that stands for a machine cannot have times of creation of its choice.
    placedOf: ({ birthtimeMs, mtimeMs }) => seconds(root === '' ? birthtimeMs : mtimeMs),
    hasOwners: false,
  }
  const files = machineFiles(view)
  return {
    ...files,
    platform: 'windows',
    administrator: basis.administrator,
    administratorId: 0,
    now: basis.now,
    users: async () => {
      // Everybody who looks at a machine begins with its users: the others start meanwhile.
      if (root === '') void Promise.all([processes(), packages()])
      const { self, registry } = await snapshot()
      if (!basis.administrator) return [basis.self ?? { id: self, home: homedir() }]
      const users: MachineUser[] = []
      for (const { hive, key, name, text } of registry) {
        const id = sidOfProfile(key)
        const isHome = hive === 'HKLM' && name.toLowerCase() === 'profileimagepath'
        if (!isHome || id === undefined) continue
        if ((await files.look(text))?.kind === 'folder') users.push({ id, home: text })
      }
      return users.sort((a, b) => byText(a.home, b.home)).slice(0, mostUsers)
    },
    isWritableByUsers: (path) => isWritable(path),
    processes: async (): Promise<readonly MachineProcess[] | undefined> => processes(),
    registryText: async (hive, key, name) => {
      const wanted = hive === 'HKLM' ? hive : String(hive.id)
      const { registry, unread } = await snapshot()
      const isMeant = (value: Pick<RegistryText, 'hive' | 'key' | 'name'>) =>
        value.hive === wanted && sameText(value.key, key) && sameText(value.name, name)
      if (unread?.some(isMeant)) throw new Error('A value of the registry cannot be read.')
      return registry.findLast(isMeant)?.text
    },
    packages: async (name): Promise<readonly AppPackage[] | undefined> => (name === 'Claude' ? packages() : undefined),
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

function placeBelow(root: string, path: string): string {
  return `${root}/${path.replace(/^([A-Za-z]):/, '$1').replaceAll('\\', '/')}`
}

/** People have SIDs of these two kinds: local and domain accounts, and Microsoft Entra. */
function sidOfProfile(key: string): string | undefined {
  if (!sameText(key.slice(0, profileList.length + 1), `${profileList}\\`)) return undefined
  const sid = key.slice(profileList.length + 1)
  return /^S-1-(?:5-21|12-1)-[0-9-]{1,100}$/.test(sid) ? sid : undefined
}

/** Names in the registry have no case. */
function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** In a folder that stands for a machine permission bits stand for rights, of the file and of each folder above it. */
async function standsOpen({ placeOf }: FileView, path: string): Promise<boolean | undefined> {
  for (let at = path; ; at = win32.dirname(at)) {
    const found = await lstat(placeOf(at)).catch(() => undefined)
    if (found === undefined) return undefined
    if ((found.mode & 0o022) !== 0) return true
    if (win32.dirname(at) === at) return false
  }
}
