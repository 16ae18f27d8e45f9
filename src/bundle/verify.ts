import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { BundleManifest, checksumLines } from './manifest.js'
import { bundlePaths } from './places.js'

/** What is wrong with one file of a bundle. */
export interface BundleDifference {
  readonly path: string
  /** `renamed`: the content of `path` stands under another name, `now`. */
  readonly kind: 'missing' | 'changed' | 'added' | 'renamed' | 'not-a-file' | 'mode' | 'checksums'
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
  readonly isFile: boolean
  readonly mode: number
}

// A bundle has some dozen files; a folder like this is something else.
const mostFiles = 100_000

/**
 * Compares a bundle folder with its manifest: changed, missing, added, renamed files, links in place of files, and
 * rights wider than what was built. Throws a Failure when the folder holds no readable manifest.
 */
export async function verifyBundle(folder: string): Promise<VerifiedBundle> {
  const manifestText = await readManifest(folder)
  const manifest = parseManifest(folder, manifestText)
  const found = new Map((await listFiles(folder)).map((file) => [file.path, file]))
  const differences: BundleDifference[] = []
  let missing: BundleManifest['files'] = []
  for (const built of manifest.files) {
    const { path, sha256, mode } = built
    const file = found.get(path)
    if (file === undefined) missing.push(built)
    else if (!file.isFile) differences.push({ path, kind: 'not-a-file', message: 'is a link or device, not a file' })
    else if ((await digestOf(join(folder, path))) !== sha256)
      differences.push({ path, kind: 'changed', message: 'has another content than what was built' })
    else differences.push(...rightsOf(file, mode))
  }
  const known = new Set<string>([
    ...manifest.files.map(({ path }) => path),
    bundlePaths.manifest,
    bundlePaths.checksums,
  ])
  for (const { path, isFile } of found.values()) {
    if (known.has(path)) continue
    const sum = isFile ? await digestOf(join(folder, path)) : undefined
    const was = missing.find(({ sha256 }) => sha256 === sum)
    if (was === undefined) differences.push({ path, kind: 'added', message: 'is not part of what was built' })
    else {
      missing = missing.filter((file) => file !== was)
      differences.push({ path: was.path, kind: 'renamed', now: path, message: `is now called ${path}` })
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

async function readManifest(folder: string): Promise<string> {
  const path = join(folder, bundlePaths.manifest)
  const stats = await lstat(path).catch(() => undefined)
  if (!stats?.isFile() || stats.size > 16 * 1024 * 1024) throw notABundle(folder)
  return await readFile(path, 'utf8').catch(() => {
    throw notABundle(folder)
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

function parseManifest(folder: string, text: string): BundleManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw notABundle(folder)
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (typeof schema === 'string' && schema.startsWith('fleet.bundle/') && schema !== 'fleet.bundle/v1')
    throw new Failure(exitCode.inputRefused, 'newer-document', 'The bundle was built by another version of fleet.', {
      where: { file: folder },
      tryThis: ['Update fleet, or build the bundle again with this version.'],
    })
  const parsed = BundleManifest.safeParse(value)
  if (!parsed.success) throw notABundle(folder)
  return parsed.data
}

async function listFiles(root: string): Promise<Found[]> {
  const files: Found[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else files.push({ path, isFile: entry.isFile(), mode: (await lstat(join(root, path))).mode & 0o777 })
      if (files.length > mostFiles) throw notABundle(root)
    }
  }
  return files
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** Rights may be narrower than built; wider ones let others change the file, or read a secret in it. */
function rightsOf({ path, mode }: Found, built: string): BundleDifference[] {
  if (process.platform === 'win32') return []
  const wider = mode & ~Number.parseInt(built, 8) & 0o066
  if (wider === 0) return []
  const shown = mode.toString(8).padStart(4, '0')
  return [{ path, kind: 'mode', message: `has the rights ${shown}, wider than the ${built} that were built` }]
}

async function compareChecksums(
  folder: string,
  manifest: BundleManifest,
  manifestText: string,
): Promise<BundleDifference[]> {
  const path = bundlePaths.checksums
  const text = await readFile(join(folder, path), 'utf8').catch(() => undefined)
  if (text === checksumLines(manifest, manifestText)) return []
  const message = text === undefined ? 'is not there' : 'does not fit the manifest: one of the two was changed'
  return [{ path, kind: text === undefined ? 'missing' : 'checksums', message }]
}
