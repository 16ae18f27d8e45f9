import { posix, win32 } from 'node:path'
import type { FileLook, Machine, MachineUser } from '../platform/machine.js'
import { isStrict, parseStrictJson } from './strict-json.js'

/** At most this much of a settings file or manifest is read. */
export const largestManifest = 1024 * 1024
const mostLinks = 5

/** A path below a folder; the parts have `/`. */
export function below({ platform }: Machine, folder: string, path: string): string {
  return platform === 'windows' ? win32.join(folder, path) : `${folder}/${path}`
}

/** The JSON value of a user's file; undefined where it is not what the user may have there, or no JSON. */
export async function userJson(machine: Machine, user: MachineUser, path: string): Promise<unknown> {
  const read = await machine.read(below(machine, user.home, path), { most: largestManifest, owner: user.id })
  if (read.kind !== 'bytes') return undefined
  const value = parseStrictJson(read.bytes)
  return isStrict(value) ? value.value : undefined
}

/** A file behind up to five links, or that there is none, or that it cannot be seen. */
export type Followed = { readonly path: string; readonly look: FileLook } | 'absent' | 'unseen'

/** Follows links in the last place of a path. */
export async function follow(machine: Machine, path: string): Promise<Followed> {
  const { resolve, dirname } = machine.platform === 'windows' ? win32 : posix
  let at = path
  for (let links = 0; links <= mostLinks; links++) {
    const look = await machine.look(at)
    if (look === undefined) {
      // What cannot be seen is not the same as what is not there.
      const { kind } = await machine.read(at, { most: 0 })
      return kind === 'absent' ? 'absent' : 'unseen'
    }
    if (look.kind !== 'link') return { path: at, look }
    const target = await machine.linkTarget(at)
    if (target === undefined) return 'unseen'
    at = resolve(dirname(at), target)
  }
  return 'unseen'
}

/** The names in a folder that are plain enough to be shown and opened. */
export async function plainNames(machine: Machine, folder: string, most = 1000): Promise<readonly string[]> {
  const names = (await machine.names(folder, most)) ?? []
  return names.filter((name) => !/\p{Cc}/u.test(name))
}
