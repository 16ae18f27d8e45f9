import { access, constants, realpath, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { exitCode, Failure } from '../../platform/failure.js'
import type { Machine } from '../../platform/machine.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The Claude Code client that is installed here: the one that is named, or the first `claude` on PATH, in `~/.local/bin`,
 * in `~/.claude/local`, or among npm's global programs (https://code.claude.com/docs/en/setup, 2026-08-22).
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
      await refuseForeign(machine, path)
      return path
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

/** What an administrator starts must not be a file that somebody else can exchange. */
async function refuseForeign(machine: Machine, path: string): Promise<void> {
  if (!machine.administrator) return
  const writable = await machine.isWritableByUsers(await realpath(path))
  if (writable === false) return
  throw new Failure(
    exitCode.usage,
    'client-not-trusted',
    'The client that was found may be changed by users, and would run as administrator.',
    {
      where: { file: path },
      tryThis: ['Run the drill as the user who has this client, or name one that you trust with --client.'],
    },
  )
}
