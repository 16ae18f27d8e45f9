import { join } from 'node:path'
import { execa } from 'execa'
import { exitCode, Failure } from '../platform/failure.js'

/** Programs that know shell scripts better than we do, and how to ask them; both only read. */
const checkers = [
  { program: 'sh', args: ['-n', '--'] },
  { program: 'shellcheck', args: ['--norc', '--severity=warning', '--'] },
] as const

/**
 * Lets `sh -n` and `shellcheck` read the shell scripts of a stage, those of the two that this machine has, and returns
 * their names. Throws a Failure when one of them objects; what it says is not passed on, since it quotes the script.
 */
export async function checkScripts(folder: string, paths: readonly string[]): Promise<readonly string[]> {
  const scripts = paths.filter((path) => path.endsWith('.sh'))
  const used: string[] = []
  for (const { program, args } of checkers) {
    for (const script of scripts) {
      const { code, exitCode: exit } = await execa(program, [...args, join(folder, script)], {
        reject: false,
        stdin: 'ignore',
        timeout: 30_000,
        maxBuffer: 1_000_000,
      })
      if (code === 'ENOENT' || code === 'EACCES') break
      if (exit !== 0)
        throw new Failure(
          exitCode.verificationFailed,
          'script-refused',
          `${program} does not accept a script; nothing was published.`,
          {
            where: { file: script },
            tryThis: ['Report this as a fault of fleet, with the part of the policy that this script carries.'],
          },
        )
      if (!used.includes(program)) used.push(program)
    }
  }
  return used
}
