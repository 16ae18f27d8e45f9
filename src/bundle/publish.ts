import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { exitCode, Failure } from '../platform/failure.js'
import { refuseSharedFolder, writeFileSafely } from '../platform/write-file.js'
import type { BundleFile } from './artifact.js'
import { bundlePaths } from './places.js'
import { verifyBundle } from './verify.js'

const temporaryName = /^\.fleet-[0-9a-f]{24}\.bundle$/
const leftoverAge = 60 * 60 * 1000

/** A folder beside the target that becomes the bundle, or is removed. */
export interface BundleStage {
  readonly folder: string
  /** Writes one file and, where it can be read back, compares what stands on the disk with what was meant. */
  readonly write: (file: BundleFile) => Promise<void>
  /** Puts the folder in the place of the target: the old bundle or the new one, never half. */
  readonly publish: (options: { readonly secrets: boolean }) => Promise<void>
  /** Removes the folder at once, so that it can be done when a signal ends the program. */
  readonly discard: () => void
}

/**
 * Opens a stage for a target folder. Throws a Failure (output refused) when the target is something else than a bundle,
 * or a bundle that somebody changed, unless `force` is given.
 */
export async function openStage(target: string, { force }: { readonly force: boolean }): Promise<BundleStage> {
  if (target.trim() === '') throw refuse('(no name)', 'The target has no name.', 'Give a folder with --output.')
  // One path for looking and for acting: the system reads links and `..` in another way than `resolve` does.
  const place = resolve(target)
  const parent = dirname(place)
  await guard(target, () => mkdir(parent, { recursive: true }))
  await restoreOld(place)
  await checkTarget(target, place, force)
  refuseSharedFolder(target, parent)
  await removeLeftovers(parent)
  const folder = join(parent, `.fleet-${randomBytes(12).toString('hex')}.bundle`)
  // At once, as below: what is still under way when a signal comes would make the folder again after its removal.
  await guard(target, async () => mkdirSync(folder, { mode: 0o700 }))

  return {
    folder,
    async write(file) {
      const path = join(folder, file.path)
      await guard(target, async () => mkdirSync(dirname(path), { recursive: true, mode: 0o755 }))
      await writeFileSafely(path, file.content, { mode: file.mode }).catch((error: unknown) => {
        throw error instanceof Failure ? atPlace(error, join(target, file.path)) : error
      })
      const { readBack, data } = file
      if (readBack === undefined) return
      const found = await readFile(path).then(readBack)
      if (!isDeepStrictEqual(plain(found), plain(data)))
        throw new Failure(
          exitCode.verificationFailed,
          'read-back-differs',
          'An artifact does not read back as what was meant; nothing was published.',
          {
            where: { file: file.path },
            tryThis: ['Report this as a fault of fleet, with the part of the policy that this file carries.'],
          },
        )
    },
    async publish({ secrets }) {
      await checkTarget(target, place, force)
      await guard(target, () => chmod(folder, secrets ? 0o700 : 0o755))
      const old = swap(target, folder, place)
      // What cannot be removed now is no part of the new bundle; its owner sees it beside it.
      if (old !== undefined) await rm(old, { recursive: true, force: true }).catch(() => {})
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Two readers may differ in the prototype of what they make, never in what JSON shows. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function atPlace({ exit, code, message, details }: Failure, file: string): Failure {
  return new Failure(exit, code, message, { ...details, where: { file } })
}

/** Both renames in one go, so that no signal comes between; the name of the old one tells whose place it had. */
function swap(target: string, folder: string, place: string): string | undefined {
  const old = existsSync(place)
    ? join(dirname(place), `${replacedPrefix(place)}${randomBytes(12).toString('hex')}`)
    : undefined
  try {
    if (old !== undefined) renameSync(place, old)
    renameSync(folder, place)
    return old
  } catch {
    if (old !== undefined && existsSync(old) && !existsSync(place)) renameSync(old, place)
    throw new Failure(
      exitCode.busy,
      'target-busy',
      'The bundle could not be put in its place: another program uses that folder.',
      {
        where: { file: target },
        tryThis: ['Let the other build end, close programs that hold the folder, then run again.'],
      },
    )
  }
}

function replacedPrefix(place: string): string {
  return `.fleet-replaced-${basename(place)}-`
}

/** A run that was killed between the two renames left the old bundle beside its place: it goes back first. */
async function restoreOld(place: string): Promise<void> {
  if ((await lookAt(place)) !== undefined) return
  const prefix = replacedPrefix(place)
  const names = await readdir(dirname(place)).catch(() => [])
  // The rest of the name is our own: another target may begin with the name of this one.
  const left = names.filter((name) => name.startsWith(prefix) && /^[0-9a-f]{24}$/.test(name.slice(prefix.length)))
  const byAge = await Promise.all(
    left.map(async (name) => ({ name, since: (await lookAt(join(dirname(place), name)))?.ctimeMs ?? 0 })),
  )
  const newest = byAge.sort((a, b) => b.since - a.since)[0]
  if (newest !== undefined) await rename(join(dirname(place), newest.name), place).catch(() => {})
}

async function lookAt(place: string) {
  return await lstat(place).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
}

async function checkTarget(target: string, place: string, force: boolean): Promise<void> {
  const here = `${process.cwd()}${sep}`
  if (here.startsWith(place.endsWith(sep) ? place : `${place}${sep}`))
    throw refuse(
      target,
      'The target is the folder you are in, or one around it.',
      'Give the name of a folder of its own with --output.',
    )
  for (let around = dirname(place); around !== dirname(around); around = dirname(around)) {
    if (existsSync(join(around, bundlePaths.manifest)) && existsSync(join(around, bundlePaths.checksums)))
      throw refuse(
        target,
        'The target lies inside another bundle, which would then not be what was built.',
        'Give a folder outside with --output.',
      )
  }
  const stats = await guard(target, () => lookAt(place))
  if (stats === undefined) return
  if (!stats.isDirectory())
    throw refuse(target, 'The target is there, and is no folder.', 'Give another name with --output.')
  const names = await guard(target, () => readdir(place))
  if (names.length === 0) return await guard(target, () => rmdir(place))
  if (!names.includes(bundlePaths.manifest))
    throw refuse(
      target,
      'The target folder holds something else than a bundle.',
      'Give a new or empty folder with --output.',
    )
  const { isDamaged, differences } = await lookAtBundle(place)
  // Only what says of itself that it is a bundle is ever replaced.
  if (force) return
  if (isDamaged || differences > 0)
    throw refuse(
      target,
      'The bundle that stands there was changed by hand since it was built.',
      `${basename(place)}: see what changed with fleet settings verify, or replace it with --force.`,
    )
}

async function lookAtBundle(place: string): Promise<{ isDamaged: boolean; differences: number }> {
  try {
    const { differences } = await verifyBundle(place)
    return { isDamaged: false, differences: differences.length }
  } catch (error) {
    if (error instanceof Failure && error.code === 'manifest-damaged') return { isDamaged: true, differences: 0 }
    throw error
  }
}

function refuse(target: string, message: string, tryThis: string): Failure {
  return new Failure(exitCode.outputFailed, 'output-refused', message, { where: { file: target }, tryThis: [tryThis] })
}

async function guard<T>(target: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error && 'code' in error)) throw error
    throw new Failure(exitCode.outputFailed, 'output-failed', 'The bundle folder could not be written.', {
      where: { file: target },
      tryThis: ['Check that the disk has room and that you may write there.'],
    })
  }
}

/** What a killed run left; a run that is still going on is younger. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!temporaryName.test(name)) continue
    const stats = await lstat(join(parent, name)).catch(() => undefined)
    if (stats?.isDirectory() && Date.now() - stats.mtimeMs > leftoverAge)
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
}
