import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { exitCode, Failure } from '../platform/failure.js'
import { refuseSharedFolder, writeFileSafely } from '../platform/write-file.js'
import type { BundleFile } from './artifact.js'
import { bundlePaths } from './places.js'
import { verifyBundle } from './verify.js'

const temporaryName = /^\.fleet-[0-9a-f]{24}\.(?:bundle|replaced)$/
const leftoverAge = 60 * 60 * 1000

/** A folder beside the target that becomes the bundle, or is removed. */
export interface BundleStage {
  readonly folder: string
  /** Writes one file and, where it can be read back, compares what stands on the disk with what was meant. */
  readonly write: (file: BundleFile) => Promise<void>
  /** Puts the folder in the place of the target: the old bundle or the new one, never half. */
  readonly publish: (options: { readonly secrets: boolean }) => Promise<void>
  readonly discard: () => Promise<void>
}

/**
 * Opens a stage for a target folder. Throws a Failure (output refused) when the target is something else than a bundle,
 * or a bundle that somebody changed, unless `force` is given.
 */
export async function openStage(target: string, { force }: { readonly force: boolean }): Promise<BundleStage> {
  const place = resolve(target)
  const parent = dirname(place)
  await checkTarget(target, force)
  await guard(target, () => mkdir(parent, { recursive: true }))
  refuseSharedFolder(target, parent)
  await removeLeftovers(parent, place)
  const temporary = (suffix: string) => join(parent, `.fleet-${randomBytes(12).toString('hex')}.${suffix}`)
  const folder = temporary('bundle')
  await guard(target, () => mkdir(folder, { mode: 0o700 }))

  return {
    folder,
    async write(file) {
      const path = join(folder, file.path)
      await guard(target, () => mkdir(dirname(path), { recursive: true, mode: 0o755 }))
      await writeFileSafely(path, file.content, { mode: file.mode })
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
      await checkTarget(target, force)
      await guard(target, () => chmod(folder, secrets ? 0o700 : 0o755))
      const old = (await exists(place)) ? temporary('replaced') : undefined
      if (old !== undefined) await guard(target, () => rename(place, old))
      try {
        await guard(target, () => rename(folder, place))
      } catch (error) {
        if (old !== undefined) await rename(old, place)
        throw error
      }
      if (old !== undefined) await rm(old, { recursive: true, force: true })
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Two readers may differ in the prototype of what they make, never in what JSON shows. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}

async function checkTarget(target: string, force: boolean): Promise<void> {
  const stats = await lstat(target).catch(() => undefined)
  if (stats === undefined) return
  if (!stats.isDirectory())
    throw refuse(target, 'The target is there, and is no folder.', 'Give another name with --output.')
  const names = await guard(target, () => readdir(target))
  if (names.length === 0) return await guard(target, () => rmdir(target))
  if (!names.includes(bundlePaths.manifest))
    throw refuse(
      target,
      'The target folder holds something else than a bundle.',
      'Give a new or empty folder with --output.',
    )
  if (force) {
    // Only what says of itself that it is a bundle is ever replaced.
    await verifyBundle(target)
    return
  }
  const { differences } = await verifyBundle(target)
  if (differences.length > 0)
    throw refuse(
      target,
      'The bundle that stands there was changed by hand since it was built.',
      `${basename(target)}: see what changed with fleet settings verify, or replace it with --force.`,
    )
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

/** What a killed run left; a run that is still going on is younger. The old bundle goes only when a new one is there. */
async function removeLeftovers(parent: string, place: string): Promise<void> {
  const published = await exists(place)
  for (const name of await readdir(parent).catch(() => [])) {
    if (!temporaryName.test(name) || (name.endsWith('.replaced') && !published)) continue
    const stats = await lstat(join(parent, name)).catch(() => undefined)
    if (stats?.isDirectory() && Date.now() - stats.mtimeMs > leftoverAge)
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
}
