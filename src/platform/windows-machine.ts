import { lstat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { win32 } from 'node:path'
import { byText } from './by-text.js'
import type { AppPackage, Machine, MachineProcess, MachineUser } from './machine.js'
import { type FileView, machineFiles, seconds } from './machine-files.js'
import { profileList, runPowerShell, type WindowsSnapshot } from './windows-snapshot.js'

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
  let asked: Promise<WindowsSnapshot> | undefined
  const snapshot = () => {
    asked ??= basis.snapshot()
    return asked
  }
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
    isWritableByUsers: (path) => (root === '' ? asksRights(path) : standsOpen(view, path)),
    processes: async (): Promise<readonly MachineProcess[] | undefined> => (await snapshot()).processes,
    registryText: async (hive, key, name) => {
      const wanted = hive === 'HKLM' ? hive : String(hive.id)
      const { registry } = await snapshot()
      return registry.findLast(
        (value) => value.hive === wanted && sameText(value.key, key) && sameText(value.name, name),
      )?.text
    },
    packages: async (name): Promise<readonly AppPackage[] | undefined> =>
      name === 'Claude' ? (await snapshot()).packages : undefined,
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

/** In a folder that stands for a machine permission bits stand for rights. */
async function standsOpen({ placeOf }: FileView, path: string): Promise<boolean | undefined> {
  for (const place of [placeOf(path), placeOf(win32.dirname(path))]) {
    const found = await lstat(place).catch(() => undefined)
    if (found === undefined) return undefined
    if ((found.mode & 0o022) !== 0) return true
  }
  return false
}

/** Not yet run on a real machine. Users, Everyone, Authenticated Users; the bits are those of write, change and full control. */
const rightsScript = `
$ErrorActionPreference = 'Stop'
$groups = 'S-1-5-32-545', 'S-1-1-0', 'S-1-5-11'
$open = $false
foreach ($path in $env:FLEET_LOOK_AT, (Split-Path -LiteralPath $env:FLEET_LOOK_AT)) {
  $rules = (Get-Acl -LiteralPath $path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])
  foreach ($rule in $rules) {
    if ($rule.AccessControlType -ne 'Allow' -or $groups -notcontains $rule.IdentityReference.Value) { continue }
    if ($rule.PropagationFlags -band [Security.AccessControl.PropagationFlags]::InheritOnly) { continue }
    if (([int]$rule.FileSystemRights -band 0x500D0056) -ne 0) { $open = $true }
  }
}
[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$open))
`

async function asksRights(path: string): Promise<boolean | undefined> {
  const answer = await runPowerShell(rightsScript, { FLEET_LOOK_AT: path }).catch(() => undefined)
  return answer === 'True' ? true : answer === 'False' ? false : undefined
}
