import { confirm } from '@inquirer/prompts'

/** Asks whether a drill may start; on stderr, so that stdout stays the result. Needs a terminal. */
export async function askDrill(): Promise<boolean> {
  return await confirm({ message: 'Start the drill?', default: false }, { output: process.stderr })
}
