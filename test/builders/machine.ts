import { execFileSync } from 'node:child_process'
import { chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readRegistryFile } from '../../src/bundle/formats/registry-file-reader.js'
import type { AppPackage, Machine, MachinePlatform, MachineUser } from '../../src/platform/machine.js'
import { thisMachine } from '../../src/platform/this-machine.js'
import type { RegistryText } from '../../src/platform/windows-snapshot.js'

/** An ISO time, or seconds from the moment of the building, since nobody can choose when an inode changed (macOS `appt`). */
export type When = string | number

/** Writes a time of the specification as ISO 8601, UTC, whole seconds. */
export type TimeText = (when: When) => string

/** A file, by its content, or in detail. */
export type FileSpec =
  | string
  | Uint8Array
  | {
      readonly content?: string | Uint8Array | ((time: TimeText) => string)
      /** Written as JSON. */
      readonly json?: unknown
      readonly mode?: number
      /** The time of the last change; without it, that of the machine. */
      readonly at?: When
      /** The name of a user; without it whoever has the home above the file, else the administrator. */
      readonly owner?: string
      /** A group; without it the owner's own, 0 for the administrator. Only where the tests run as root. */
      readonly group?: number
      readonly link?: string
      readonly fifo?: true
      readonly folder?: true
      /** A file of this many bytes that takes no room. */
      readonly sparse?: number
    }

export interface UserSpec {
  readonly name: string
  /** A numeric id; on Windows a SID. */
  readonly id?: number | string
  readonly home?: string
}

/** A machine that is made of a folder. */
export interface MachineSpec {
  readonly platform: MachinePlatform
  readonly now: When
  /** When files were last changed that say nothing else. */
  readonly installed: When
  readonly users: readonly UserSpec[]
  /** By path, as the platform writes it. */
  readonly files: Readonly<Record<string, FileSpec>>
  /** Undefined: nothing can be known of them. */
  readonly processes?: readonly { readonly started: When; readonly command: string }[] | undefined
  /** Windows. A hive is `HKLM` or the name of a user. */
  readonly registry?: readonly {
    readonly hive: string
    readonly key: string
    readonly name: string
    readonly text: string
  }[]
  readonly packages?: readonly AppPackage[]
  /** The user who looks, without rights over the others; left out: the administrator. */
  readonly runAs?: string
}

export interface BuiltMachine {
  /** The folder that stands for `/`. */
  readonly root: string
  readonly machine: Machine
  /** A file in the form of `ps -A -o lstart= -o args=`; not there where the specification has no processes. */
  readonly processList: string
  /** Seconds since 1970 UTC. */
  readonly now: number
  /** The numeric id that files of the system have. */
  readonly administratorId: number
  readonly self?: MachineUser
  remove(): Promise<void>
}

/** Whether files can be given to users that are made up. */
export const canChangeOwners = process.getuid?.() === 0

/** Without root's rights everything belongs to whoever runs the tests. */
const me = process.getuid?.() ?? 0

type Detail = Exclude<FileSpec, string | Uint8Array>
type Person = MachineUser & { readonly name: string }

/** Builds the folder tree; remove it when done. */
export async function buildMachine(spec: MachineSpec): Promise<BuiltMachine> {
  const base = await mkdtemp(join(tmpdir(), 'machine-'))
  const root = join(base, 'root')
  await mkdir(root, { mode: 0o755 })
  const built = Math.floor(Date.now() / 1000)
  const timeOf = (when: When) => (typeof when === 'number' ? built + when : Date.parse(when) / 1000)
  const people = spec.users.map((user, index) => personOf(spec, user, index))

  const files = new Map<string, Detail>()
  for (const { home } of people) files.set(home, { folder: true })
  if (spec.platform === 'linux') files.set('/etc/passwd', { content: passwdOf(people) })
  for (const [path, file] of Object.entries(spec.files))
    files.set(path, typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file)
  for (const path of [...files.keys()])
    for (const folder of foldersAbove(path)) if (!files.has(folder)) files.set(folder, { folder: true })

  const inOrder = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [path, file] of inOrder) {
    const place = placeOf(root, path)
    await make(root, place, file, (when) => isoTime(timeOf(when)))
    if (canChangeOwners) {
      const owner = ownerOf(path, file, people)
      await lchown(place, owner, file.group ?? owner)
    }
    if (file.link === undefined) await chmod(place, file.mode ?? (file.folder ? 0o755 : 0o644))
  }
  // From the inside out: what is made in a folder changes its time.
  for (const [path, file] of inOrder.reverse()) {
    const time = timeOf(file.at ?? spec.installed)
    if (file.link === undefined) await utimes(placeOf(root, path), time, time)
  }

  const processList = join(base, 'processes')
  if (spec.processes !== undefined)
    await writeFile(processList, spec.processes.map(({ started, command }) => row(timeOf(started), command)).join(''))
  const now = timeOf(spec.now)
  const administratorId = canChangeOwners ? 0 : me
  const self = people.find(({ name }) => name === spec.runAs)
  const machine = thisMachine({
    root,
    platform: spec.platform,
    now,
    administratorId,
    self,
    packages: spec.packages,
    ...(spec.processes !== undefined && { processList }),
    ...(spec.platform === 'windows' && { registry: registryTexts(registryOf(spec, people)) }),
  })
  return {
    root,
    machine,
    processList,
    now,
    administratorId,
    ...(self !== undefined && { self }),
    remove: () => rm(base, { recursive: true, force: true }),
  }
}

function personOf({ platform }: MachineSpec, { name, id, home }: UserSpec, index: number): Person {
  if (platform === 'windows')
    return { name, id: id ?? `S-1-5-21-111-222-333-${1001 + index}`, home: home ?? `C:\\Users\\${name}` }
  const number = id ?? (platform === 'linux' ? 1001 : 501) + index
  const place = home ?? (platform === 'linux' ? `/home/${name}` : `/Users/${name}`)
  return { name, id: canChangeOwners ? number : me, home: place }
}

function passwdOf(people: readonly Person[]): string {
  const system = ['daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin', 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin']
  const lines = people.map(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/bin/bash`)
  return `${[...system, ...lines].join('\n')}\n`
}

/** `C:\Users\x` lies at `C/Users/x`. */
function placeOf(root: string, path: string): string {
  return join(root, path.replace(/^([A-Za-z]):/, '$1').replaceAll('\\', '/'))
}

function foldersAbove(path: string): string[] {
  const parts = path.split(/(?=[\\/])/)
  return parts.map((_, index) => parts.slice(0, index).join('')).filter((folder) => folder !== '')
}

function ownerOf(path: string, file: Detail, people: readonly Person[]): number {
  const person =
    file.owner === undefined
      ? people.find(({ home }) => path === home || path.startsWith(`${home}/`))
      : people.find(({ name }) => name === file.owner)
  return typeof person?.id === 'number' ? person.id : 0
}

async function make(root: string, place: string, file: Detail, time: TimeText): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  if (file.folder) await mkdir(place, { recursive: true })
  // A link to an absolute path stays inside the folder that stands for the machine.
  else if (file.link !== undefined) await symlink(file.link.startsWith('/') ? root + file.link : file.link, place)
  else if (file.fifo) execFileSync('mkfifo', [place])
  else {
    const content = typeof file.content === 'function' ? file.content(time) : file.content
    await writeFile(place, content ?? (file.json === undefined ? '' : `${JSON.stringify(file.json, null, 2)}\n`))
    if (file.sparse !== undefined) await truncate(place, file.sparse)
  }
}

function isoTime(time: number): string {
  return new Date(time * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

function row(time: number, command: string): string {
  const [day, date, month, year, clock] = new Date(time * 1000).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date?.replace(/^0/, ' ')} ${clock} ${year} ${command}\n`
}

function registryOf({ registry = [] }: MachineSpec, people: readonly Person[]): string {
  const profiles = people.map(({ id, home }) => ({
    hive: 'HKLM',
    key: `SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\${id}`,
    name: 'ProfileImagePath',
    text: home,
  }))
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const keys = [...profiles, ...registry].map(({ hive, key, name, text }) => {
    const user = people.find((person) => person.name === hive)
    const top = user === undefined ? 'HKEY_LOCAL_MACHINE' : `HKEY_USERS\\${user.id}`
    return `[${top}\\${key}]\n${quoted(name)}=${quoted(text)}\n`
  })
  return `\ufeffWindows Registry Editor Version 5.00\n\n${keys.join('\n')}`
}

/** The texts of a `.reg` export; hives of users stand as `HKEY_USERS\<SID>`. */
function registryTexts(exported: string): RegistryText[] {
  return readRegistryFile(Buffer.from(exported, 'utf16le')).entries.flatMap(({ hive, key, name, value }) => {
    if (typeof value !== 'string') return []
    if (hive === 'HKLM') return [{ hive, key, name, text: value }]
    const at = key.indexOf('\\')
    return hive === 'HKU' && at > 0 ? [{ hive: key.slice(0, at), key: key.slice(at + 1), name, text: value }] : []
  })
}

/** For tests that change a built machine: gives a file to a user who is made up, where that can be done. */
export async function giveTo(place: string, id: number): Promise<void> {
  if (canChangeOwners) await chown(place, id, id)
}
