import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import semver from 'semver'

/** A Claude Code executable of a known version. */
export interface Client {
  readonly version: string
  readonly path: string
}

/**
 * The public package that holds the Linux x64 executable. Its licence is proprietary: it is fetched to be tested and
 * is neither a dependency nor part of this package.
 */
const packageName = '@anthropic-ai/claude-code-linux-x64'

/** Where fetched clients are kept: `FLEET_CLIENT_CACHE`, or a folder under the system's temporary folder. */
export function clientCache(): string {
  return process.env.FLEET_CLIENT_CACHE ?? join(tmpdir(), 'fleet-client-versions')
}

/**
 * Returns the client of that version, from the cache or else from npm.
 * @throws Error when the version is no version or npm cannot provide it.
 */
export async function fetchClient(version: string): Promise<Client> {
  if (semver.valid(version) !== version) throw new Error(`not a client version: ${version}`)
  const folder = join(clientCache(), version)
  const path = join(folder, 'node_modules', ...packageName.split('/'), 'claude')
  if (await isFile(path)) return { version, path }
  await mkdir(clientCache(), { recursive: true })
  // Installed aside and moved, so that an interrupted download is never taken for a client.
  const staging = await mkdtemp(join(clientCache(), 'fetching-'))
  try {
    const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--silent']
    await execa('npm', ['install', ...flags, '--prefix', staging, `${packageName}@${version}`], {
      cwd: staging,
      timeout: 300_000,
    })
    // Another run may have put it there meanwhile; the check below tells.
    await rename(staging, folder).catch(() => undefined)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  if (!(await isFile(path))) throw new Error(`client ${version} has no executable`)
  return { version, path }
}

/** The `claude` on PATH, if there is one that tells its version. */
export async function installedClient(): Promise<Client | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'claude')
    if (folder === '' || !(await isFile(path))) continue
    const home = await mkdtemp(join(tmpdir(), 'fleet-client-home-'))
    try {
      const env = { HOME: home, DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }
      const { stdout } = await execa(path, ['--version'], { env, timeout: 30_000 })
      const version = semver.valid(stdout.split(' ')[0])
      return version === null ? undefined : { version, path }
    } catch {
      return undefined
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }
  return undefined
}

/** Both sides of the changes of behaviour that were known when this was written, thinned to a run of minutes. */
const defaultVersions = '2.1.150,2.1.197,2.1.260,2.1.290,2.1.329'

/**
 * The clients to try when none were named: those of `FLEET_CLIENT_VERSIONS` or the default ones, and the installed one;
 * in order. What cannot be fetched is skipped, and said.
 */
export async function clientsToTry(): Promise<Client[]> {
  const clients: Client[] = []
  for (const version of (process.env.FLEET_CLIENT_VERSIONS ?? defaultVersions).split(',')) {
    const client = await fetchClient(version).catch(() => undefined)
    if (client === undefined) console.log(`skipped: client ${version} cannot be fetched`)
    else clients.push(client)
  }
  const installed = await installedClient()
  if (installed && !clients.some(({ version }) => version === installed.version)) clients.push(installed)
  return clients.sort((left, right) => semver.compare(left.version, right.version))
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
