import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { openRegular } from '../platform/file-reading.js'
import { asFailure } from '../platform/input-refusals.js'
import { formatSizeLimit } from './formats/read-format.js'
import { isRecord } from './is-record.js'
import { bundlePaths } from './places.js'
import { dropInDepth } from './settings-kind.js'

/** A file that cannot be linted, and what to do about it. */
export interface RefusedSettings {
  readonly file: string
  /** Stable code, such as `not-settings`. */
  readonly code: string
  readonly message: string
  readonly tryThis: string
}

/** A file or folder that was found and not looked into. */
export interface PassedOver {
  readonly file: string
  readonly reason: 'hidden' | 'link' | 'not-a-file' | 'not-settings' | 'same-file'
}

/** A file to look at. */
export interface FoundSettings {
  /** As shown: the path as given, or below the folder that was given, with `/`. */
  readonly name: string
  readonly path: string
  /** False where it was named itself: such a file is refused when it holds no settings, others are passed over. */
  readonly found: boolean
  /** The bundle it belongs to, by the name of its folder; one around the folder that was given by its whole path. */
  readonly bundle?: string | undefined
}

export interface SearchForSettings {
  readonly files: readonly FoundSettings[]
  /** Folders that are bundles of ours, with the paths of all files in them. */
  readonly bundles: ReadonlyMap<string, ReadonlySet<string>>
  readonly refused: readonly RefusedSettings[]
  readonly passedOver: readonly PassedOver[]
}

const mostFiles = 10_000
const deepest = 20
const giveSettings = 'Give the folder that holds the settings.'

interface Walk {
  readonly files: FoundSettings[]
  readonly bundles: Map<string, ReadonlySet<string>>
  readonly refused: RefusedSettings[]
  readonly passedOver: PassedOver[]
  readonly seen: Set<string>
}

/** Finds the files to lint: what was named, and everything in folders but hidden files, links and dependencies. */
export async function findSettings(paths: readonly string[]): Promise<SearchForSettings> {
  const walk: Walk = { files: [], bundles: new Map(), refused: [], passedOver: [], seen: new Set() }
  for (const path of paths) {
    try {
      if ((await stat(path)).isDirectory()) await addFolder(walk, path)
      else await addNamed(walk, { name: shown(path), path: resolve(path), found: false })
    } catch (error) {
      walk.refused.push(refusalOf(shown(path), error))
    }
  }
  const { files, bundles, refused, passedOver } = walk
  return {
    files: files.sort((a, b) => byText(a.name, b.name)),
    bundles,
    refused,
    passedOver: passedOver.sort((a, b) => byText(a.file, b.file)),
  }
}

/** The bytes of a file of no more than the limit. Throws a Failure. */
export async function readSettingsBytes({ name, path, found }: FoundSettings): Promise<Uint8Array> {
  let handle: Awaited<ReturnType<typeof openRegular>> | undefined
  try {
    handle = await openRegular({ name, path, found })
    const { size } = await handle.stat()
    if (size > formatSizeLimit)
      throw refusal(
        'input-too-large',
        `It is larger than the limit of ${formatSizeLimit} bytes.`,
        'Give the settings file itself.',
      )
    return await handle.readFile()
  } catch (error) {
    throw asFailure(name, error)
  } finally {
    await handle?.close()
  }
}

/** What a Failure says, for the list of refused files; anything else is a fault of ours and thrown on. */
export function refusalOf(file: string, error: unknown): RefusedSettings {
  const { code, message, details } = asFailure(file, error)
  return { file, code, message, tryThis: details.tryThis?.[0] ?? '' }
}

function refusal(code: string, message: string, tryThis: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, { tryThis: [tryThis] })
}

function shown(path: string): string {
  const slashes = process.platform === 'win32' ? path.replaceAll('\\', '/') : path
  return slashes.length > 1 ? slashes.replace(/\/+$/, '') : slashes
}

async function addFile(walk: Walk, file: FoundSettings): Promise<void> {
  const real = await realpath(file.path)
  if (walk.seen.has(real)) walk.passedOver.push({ file: file.name, reason: 'same-file' })
  else {
    walk.seen.add(real)
    walk.files.push(file)
  }
}

/** A file that was named itself, as a part of the bundle that it lies in. */
async function addNamed(walk: Walk, file: FoundSettings): Promise<void> {
  await addFile(walk, { ...file, bundle: await bundleAround(walk, file.path) })
}

/**
 * The bundle that a path lies in without being its folder, by its own path; undefined where it lies in none. A part of
 * a bundle holds the same policy in several forms, just as the whole does.
 */
async function bundleAround(walk: Walk, path: string): Promise<string | undefined> {
  for (let below = path, folder = dirname(path); folder !== below; below = folder, folder = dirname(folder)) {
    if (walk.bundles.has(shown(folder))) return shown(folder)
    const manifest = join(folder, bundlePaths.manifest)
    const sums = await stat(join(folder, bundlePaths.checksums)).catch(() => undefined)
    if (!sums?.isFile() || !(await isManifest({ name: manifest, path: manifest, found: true }))) continue
    const inside: FoundSettings[] = []
    const root = shown(folder)
    await walkFolder({ ...walk, passedOver: [] }, inside, { name: root, path: folder }, 0)
    walk.bundles.set(root, new Set(inside.map(({ name }) => name.slice(root.length + 1))))
    return root
  }
  return undefined
}

async function addFolder(walk: Walk, folder: string): Promise<void> {
  const name = shown(folder)
  const found: FoundSettings[] = []
  await walkFolder(walk, found, { name, path: resolve(folder) }, 0)
  if (found.length === 0) throw refusal('folder-empty', 'The folder holds no files to read.', giveSettings)
  const bundles: string[] = []
  for (const file of found) if (/\/manifest\.json$/.test(file.name) && (await isManifest(file))) bundles.push(file.name)
  const roots = bundles.map((file) => file.slice(0, -'/manifest.json'.length)).sort((a, b) => b.length - a.length)
  for (const root of roots) {
    const below = found.filter((file) => file.name.startsWith(`${root}/`))
    walk.bundles.set(root, new Set(below.map((file) => file.name.slice(root.length + 1))))
  }
  const around = await bundleAround(walk, resolve(folder))
  for (const file of found)
    await addFile(walk, { ...file, bundle: roots.find((root) => file.name.startsWith(`${root}/`)) ?? around })
}

async function isManifest(file: FoundSettings): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(Buffer.from(await readSettingsBytes(file)).toString('utf8'))
    return isRecord(value) && typeof value.schema === 'string' && value.schema.startsWith('fleet.bundle/')
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Failure) return false
    throw error
  }
}

interface Folder {
  readonly name: string
  readonly path: string
}

async function walkFolder(walk: Walk, found: FoundSettings[], folder: Folder, depth: number): Promise<void> {
  const entries = await readdir(folder.path, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => byText(a.name, b.name))) {
    const below = {
      name: `${folder.name === '/' ? '' : folder.name}/${entry.name}`,
      path: resolve(folder.path, entry.name),
    }
    const reason = entry.isSymbolicLink() ? 'link' : hides(below.path, entry.name) ? 'hidden' : undefined
    if (reason !== undefined) walk.passedOver.push({ file: below.name, reason })
    else if (entry.isDirectory()) {
      if (depth < deepest) await walkFolder(walk, found, below, depth + 1)
      else walk.passedOver.push({ file: below.name, reason: 'not-settings' })
    } else if (entry.isFile()) found.push({ ...below, found: true })
    else walk.passedOver.push({ file: below.name, reason: 'not-a-file' })
    if (found.length > mostFiles)
      throw refusal('folder-too-large', `The folder holds more than the limit of ${mostFiles} files.`, giveSettings)
  }
}

/** Hidden drop-ins are looked at all the same: that a client ignores them is a finding. */
function hides(path: string, name: string): boolean {
  if (name === 'node_modules') return true
  return name.startsWith('.') && name !== '.claude' && dropInDepth(path) === undefined
}
