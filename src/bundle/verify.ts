import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { BundleManifest, checksumLines } from './manifest.js'
import { bundlePaths } from './places.js'

/** What is wrong with one file or folder of a bundle. */
export interface BundleDifference {
  /** Relative to the bundle; `.` is the bundle itself. */
  readonly path: string
  /** `renamed`: the content of `path` stands under another name, `now`. */
  readonly kind: 'missing' | 'changed' | 'added' | 'renamed' | 'not-a-file' | 'mode' | 'unreadable' | 'checksums'
  readonly now?: string
  readonly message: string
}

export interface VerifiedBundle {
  readonly manifest: BundleManifest
  readonly differences: readonly BundleDifference[]
  /** How many files of the manifest were compared. */
  readonly compared: number
}

interface Found {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly mode: number
}

// A bundle has some dozen files; a folder like this is something else.
const mostFiles = 100_000

/**
 * Compares a bundle folder with its manifest: changed, missing, added, renamed and unreadable files, links in place of
 * files, and rights wider than what was built. Throws a Failure when the folder holds no manifest (input refused), or a
 * damaged one (verification failed).
 */
export async function verifyBundle(folder: string): Promise<VerifiedBundle> {
  const manifestText = await readManifest(folder)
  const manifest = parseManifest(folder, manifestText)
  const differences: BundleDifference[] = []
  const unreadable = (path: string) => {
    differences.push({ path, kind: 'unreadable', message: 'cannot be read' })
  }
  const found = new Map((await listFiles(folder, unreadable)).map((entry) => [entry.path, entry]))
  const digestAt = async (path: string) => {
    const digest = await digestOf(join(folder, path))
    if (digest === undefined) unreadable(path)
    return digest
  }

  let missing: BundleManifest['files'] = []
  for (const built of manifest.files) {
    const { path, sha256, mode } = built
    const entry = found.get(path)
    if (entry === undefined) missing.push(built)
    else if (entry.kind !== 'file')
      differences.push({ path, kind: 'not-a-file', message: 'is a link or device, not a file' })
    else {
      const digest = await digestAt(path)
      if (digest !== undefined && digest !== sha256)
        differences.push({ path, kind: 'changed', message: 'has another content than what was built' })
      differences.push(...rightsOf(entry, Number.parseInt(mode, 8)))
    }
  }
  for (const entry of found.values()) {
    if (entry.kind === 'folder') differences.push(...aboutFolder(entry, manifest))
    else if (!isKnown(entry.path, manifest)) {
      const sum = entry.kind === 'file' ? await digestAt(entry.path) : undefined
      const was = missing.find(({ sha256 }) => sha256 === sum)
      missing = missing.filter((file) => file !== was)
      differences.push(
        was === undefined
          ? { path: entry.path, kind: 'added', message: 'is not part of what was built' }
          : { path: was.path, kind: 'renamed', now: entry.path, message: `is now called ${entry.path}` },
      )
    }
  }
  for (const { path } of missing) differences.push({ path, kind: 'missing', message: 'is not there' })
  differences.push(...(await compareChecksums(folder, manifest, manifestText)))
  return {
    manifest,
    compared: manifest.files.length,
    differences: differences.sort((a, b) => byText(a.path, b.path) || byText(a.kind, b.kind)),
  }
}

function isKnown(path: string, { files }: BundleManifest): boolean {
  return path === bundlePaths.manifest || path === bundlePaths.checksums || files.some((file) => file.path === path)
}

async function readManifest(folder: string): Promise<string> {
  const path = join(folder, bundlePaths.manifest)
  const stats = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') throw notReadable(folder)
    return undefined
  })
  if (stats === undefined) throw notABundle(folder)
  if (!stats.isFile() || stats.size > 16 * 1024 * 1024) throw damaged(folder)
  return await readFile(path, 'utf8').catch(() => {
    throw notReadable(folder)
  })
}

function notReadable(folder: string): Failure {
  return new Failure(exitCode.inputRefused, 'input-unreadable', 'The bundle cannot be read: permission is missing.', {
    where: { file: folder },
  })
}

function notABundle(folder: string): Failure {
  return new Failure(
    exitCode.inputRefused,
    'not-a-bundle',
    'This is no bundle: it has no manifest.json that fleet wrote.',
    {
      where: { file: folder },
      tryThis: ['Name the folder that `fleet settings build` wrote.'],
    },
  )
}

/** Beside checksums it was a bundle; without them, a manifest of that name may be anybody's. */
function damaged(folder: string): Failure {
  if (!existsSync(join(folder, bundlePaths.checksums))) return notABundle(folder)
  return new Failure(
    exitCode.verificationFailed,
    'manifest-damaged',
    'The manifest of the bundle is damaged, or was changed: nothing can be said of its files.',
    {
      where: { file: join(folder, bundlePaths.manifest) },
      tryThis: ['Build the bundle again; the same policy gives the same bytes.'],
    },
  )
}

function parseManifest(folder: string, text: string): BundleManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(folder)
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (typeof schema === 'string' && /^fleet\.bundle\/v\d+$/.test(schema) && schema !== 'fleet.bundle/v1')
    throw new Failure(exitCode.inputRefused, 'newer-document', 'The bundle was built by another version of fleet.', {
      where: { file: folder },
      tryThis: ['Update fleet, or build the bundle again with this version.'],
    })
  const parsed = BundleManifest.safeParse(value)
  if (!parsed.success) throw damaged(folder)
  return parsed.data
}

async function listFiles(root: string, unreadable: (path: string) => void): Promise<Found[]> {
  const found: Found[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder === '' ? '.' : folder
    const { mode } = await lstat(join(root, folder))
    found.push({ path: here, kind: 'folder', mode: mode & 0o7777 })
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined)
    if (entries === undefined) unreadable(here)
    for (const entry of entries ?? []) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else {
        const stats = await lstat(join(root, path)).catch(() => undefined)
        found.push({ path, kind: entry.isFile() ? 'file' : 'other', mode: (stats?.mode ?? 0) & 0o7777 })
      }
      if (found.length > mostFiles) throw notABundle(root)
    }
  }
  return found
}

async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}

/** Rights may be narrower than built; wider ones let others change the bundle, or read a secret in it. */
function rightsOf({ path, kind, mode }: Found, built: number): BundleDifference[] {
  // A folder takes the set-group bit from the one it is in.
  const watched = kind === 'folder' ? 0o5066 : 0o7066
  if (process.platform === 'win32' || (mode & ~built & watched) === 0) return []
  const [has, was] = [mode, built].map((bits) => bits.toString(8).padStart(4, '0'))
  return [{ path, kind: 'mode', message: `has the rights ${has}, wider than the ${was} that were built` }]
}

function aboutFolder(folder: Found, { files, secrets }: BundleManifest): BundleDifference[] {
  const isBuilt = folder.path === '.' || files.some(({ path }) => path.startsWith(`${folder.path}/`))
  if (!isBuilt) return [{ path: folder.path, kind: 'added', message: 'is not part of what was built' }]
  return rightsOf(folder, folder.path === '.' && secrets ? 0o700 : 0o755)
}

async function compareChecksums(
  folder: string,
  manifest: BundleManifest,
  manifestText: string,
): Promise<BundleDifference[]> {
  const path = bundlePaths.checksums
  const stats = await lstat(join(folder, path)).catch(() => undefined)
  // A pipe in its place would never end.
  const text = stats?.isFile() ? await readFile(join(folder, path), 'utf8').catch(() => undefined) : undefined
  if (text === checksumLines(manifest, manifestText)) return []
  const message = text === undefined ? 'is not there' : 'does not fit the manifest: one of the two was changed'
  return [{ path, kind: text === undefined ? 'missing' : 'checksums', message }]
}
