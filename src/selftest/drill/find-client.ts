import { access, constants, realpath, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path'
import { exitCode, Failure } from '../../platform/failure.js'
import type { Machine } from '../../platform/machine.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The Claude Code client that is installed here: the one that is named, or the first `claude` on PATH, in `~/.local/bin`,
 * in `~/.claude/local`, or among npm's global programs (https://code.claude.com/docs/en/setup, 2026-08-22);
 * where it really lies, so that no link on the way to it can be exchanged afterwards.
 * @throws Failure when there is none, when the named one is no program, or when an administrator would start one that others can change.
 */
export async function findClient(
  machine: Machine,
  {
    named,
    environment,
    home,
  }: { readonly named?: string | undefined; readonly environment: Environment; readonly home: string },
): Promise<string> {
  if (named !== undefined) {
    if (await isProgram(named)) return await realpath(named)
    throw new Failure(exitCode.usage, 'client-not-a-program', 'The client that was named is no program.', {
      where: { file: named },
      tryThis: ['Give the path of the program claude itself.'],
    })
  }
  for (const folder of foldersToSearch(environment, home)) {
    for (const name of programNames()) {
      const path = join(folder, name)
      if (!(await isProgram(path))) continue
      const resolved = await realpath(path)
      await refuseForeign(machine, [path, resolved])
      return resolved
    }
  }
  throw new Failure(exitCode.usage, 'client-not-found', 'There is no Claude Code client to drill with.', {
    tryThis: ['Install Claude Code, or name the program: --client /path/to/claude'],
  })
}

function programNames(): readonly string[] {
  return process.platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude']
}

function foldersToSearch(environment: Environment, home: string): readonly string[] {
  const path = (environment.PATH ?? environment.Path ?? '').split(delimiter)
  const own = [join(home, '.local', 'bin'), join(home, '.claude', 'local')]
  const npm =
    process.platform === 'win32'
      ? [join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'npm')]
      : ['/usr/local/bin', '/opt/homebrew/bin', join(home, '.npm-global', 'bin')]
  return [...path, ...own, ...npm].filter(isAbsolute)
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * What an administrator starts must not be a file that somebody else can exchange, and not be chosen by a link that somebody
 * else can turn: neither where the program was found nor where it really lies may any folder be open to users.
 */
async function refuseForeign(machine: Machine, paths: readonly string[]): Promise<void> {
  if (!machine.administrator) return
  const safe = await Promise.all(paths.map((path) => isOutOfReach(machine, path)))
  if (safe.every(Boolean)) return
  throw new Failure(
    exitCode.usage,
    'client-not-trusted',
    'The client that was found may be changed by users, and would run as administrator.',
    {
      where: { file: paths[0]! },
      tryThis: ['Run the drill as the user who has this client, or name one that you trust with --client.'],
    },
  )
}

/**
 * Whether nobody but administrators can exchange a file. On Windows the answer is about a path and the folder it is in, and
 * about groups: so it is asked all the way up, but not of the drive, where everybody may put new folders, and what lies in
 * somebody's home is theirs.
 */
async function isOutOfReach(machine: Machine, path: string): Promise<boolean> {
  const homes = machine.platform === 'windows' ? await machine.users().catch(() => undefined) : []
  if (homes === undefined || homes.some(({ home }) => path.toLowerCase().startsWith(`${home}${sep}`.toLowerCase())))
    return false
  for (let at = path; ; at = dirname(at)) {
    if ((await machine.isWritableByUsers(at)) !== false) return false
    const above = dirname(dirname(at))
    if (dirname(above) === above) return true
  }
}
