import { lstat, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, posix } from 'node:path'
import { byText } from './by-text.js'
import type { Machine, MachineProcess, MachineUser } from './machine.js'
import { type FileView, machineFiles, seconds } from './machine-files.js'

/** What is known of a Mac or a Linux machine besides its files. */
export interface PosixBasis {
  readonly platform: 'macos' | 'linux'
  /** The folder that stands for `/`; empty for this machine. */
  readonly root: string
  readonly administrator: boolean
  readonly administratorId: number
  readonly now: number
  /** Who we are, where we are no administrator. */
  readonly self?: MachineUser | undefined
  readonly processes: () => Promise<readonly MachineProcess[] | undefined>
}

const mostUsers = 50
const mostLinks = 5

/** A Mac or a Linux machine: this one, or a folder that stands for one. */
export function posixMachine(basis: PosixBasis): Machine {
  const { root, platform } = basis
  const view: FileView = {
    placeOf: (path) => `${root}${path}`,
    pathOf: (target) => (root !== '' && target.startsWith(`${root}/`) ? target.slice(root.length) : target),
    placedOf: ({ ctimeMs }) => seconds(ctimeMs),
    hasOwners: true,
  }
  const files = machineFiles(view)
  return {
    ...files,
    platform,
    administrator: basis.administrator,
    administratorId: basis.administratorId,
    now: basis.now,
    users: async () => {
      const self = basis.self ?? { id: process.getuid?.() ?? 0, home: homedir() }
      if (!basis.administrator) return [self]
      const found = platform === 'linux' ? await linuxUsers(files) : await macUsers(files)
      return [...found].sort((a, b) => byText(a.home, b.home)).slice(0, mostUsers)
    },
    isWritableByUsers: (path) => isWritable(basis, view, path),
    processes: basis.processes,
    registryText: async () => undefined,
    packages: async () => undefined,
  }
}

type Files = Pick<Machine, 'look' | 'read' | 'names'>

async function linuxUsers({ look, read }: Files): Promise<readonly MachineUser[]> {
  const passwd = await read('/etc/passwd', { most: 1024 * 1024 })
  if (passwd.kind !== 'bytes') throw new Error('The list of users cannot be read.')
  const users = new Map<string, MachineUser>()
  for (const line of Buffer.from(passwd.bytes).toString('utf8').split('\n')) {
    const [, , id = '', , , home = ''] = line.split(':')
    const number = /^\d{1,9}$/.test(id) ? Number(id) : -1
    const isPerson = number === 0 || (number >= 1000 && number <= 59_999)
    if (!isPerson || !home.startsWith('/') || users.has(home)) continue
    const folder = await look(home)
    if (folder?.kind === 'folder' && folder.owner === number) users.set(home, { id: number, home })
  }
  return [...users.values()]
}

/** A name with control characters could break what is written of it. */
function isHomeName(name: string): boolean {
  return name !== 'Shared' && !name.startsWith('.') && !/\p{Cc}/u.test(name)
}

async function macUsers({ look, names }: Files): Promise<readonly MachineUser[]> {
  const people = (await names('/Users', 1000)) ?? []
  const homes = people.filter(isHomeName).map((name) => `/Users/${name}`)
  const users: MachineUser[] = []
  for (const home of [...homes, '/var/root']) {
    const folder = await look(home)
    if (folder?.kind === 'folder') users.push({ id: folder.owner, home })
  }
  return users
}

/**
 * A file is as safe as every folder on the way to it, also on the way to the links that lead there. Access control lists
 * beside the permission bits are not looked at.
 */
async function isWritable(basis: PosixBasis, view: FileView, path: string): Promise<boolean | undefined> {
  let at = path
  for (let links = 0; links <= mostLinks; links++) {
    for (let folder = dirname(at); ; folder = dirname(folder)) {
      const writable = await isOpenToUsers(basis, view.placeOf(folder))
      if (writable !== false) return writable
      if (folder === '/') break
    }
    const found = await lstat(view.placeOf(at)).catch(() => undefined)
    if (found === undefined) return undefined
    if (!found.isSymbolicLink()) return isOpenToUsers(basis, view.placeOf(at))
    const target = await machineFiles(view).linkTarget(at)
    if (target === undefined) return undefined
    at = posix.resolve(dirname(at), target)
  }
  return undefined
}

async function isOpenToUsers({ platform, administratorId }: PosixBasis, place: string): Promise<boolean | undefined> {
  const found = await stat(place).catch(() => undefined)
  if (found === undefined) return undefined
  if (found.uid !== administratorId) return true
  // The sticky bit lets only owners replace what is in the folder.
  if (found.isDirectory() && (found.mode & 0o1000) !== 0) return false
  // Group 80 is `admin` of macOS: who is in it is an administrator.
  const trusted = found.gid === 0 || (platform === 'macos' && found.gid === 80)
  return (found.mode & (trusted ? 0o002 : 0o022)) !== 0
}
