import { run, settings } from '@oclif/core'
import { showFailure } from './fleet-command.js'
import { listenForErrors } from './output.js'

// What `bin/run.js` needs of oclif, so that oclif is bundled with the commands: loading its files one by one doubles
// the start-up.
export { settings }

/**
 * Runs the command line. What fails outside of our own commands (help, completion) ends as everywhere: oclif's own
 * handler repeats what was typed with its escape sequences, knows no `--json`, and ends the process at once.
 */
export async function execute({ dir }: { readonly dir: string }): Promise<void> {
  const words = process.argv.slice(2)
  let shown: Promise<void> | undefined
  const show = (error: unknown) => {
    shown ??= showFailure(error, words)
    return shown
  }
  // oclif's own listener throws: `--help > /dev/full` would end with a stack trace. Its plugins bring another one, whose
  // exception ends here, as does everything that nobody has thought of.
  process.stdout.removeAllListeners('error')
  listenForErrors([process.stdout], show)
  // Where stderr cannot be written, nobody can be told; the result stands.
  listenForErrors([process.stderr], () => {})
  process.on('uncaughtException', (error) => void show(error).then(() => process.exit()))
  await run(words, dir).catch(show)
  await shown
}
