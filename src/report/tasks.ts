/** One piece of longer work, told by its title. */
export interface Task {
  readonly title: string
  readonly run: () => Promise<void>
}

/** Where progress may go: a live list on the terminal, a line for each task on stderr, or nowhere. */
export type TaskDisplay = 'live' | 'lines' | 'none'

/** Runs tasks one after the other and shows where it is. The first failure ends it and is thrown as it is. */
export async function runTasks(tasks: readonly Task[], display: TaskDisplay): Promise<void> {
  if (display === 'none') {
    for (const { run } of tasks) await run()
    return
  }
  if (display === 'lines') {
    for (const { title, run } of tasks) {
      process.stderr.write(`${title}\n`)
      await run()
    }
    return
  }
  const { Listr } = await import('listr2')
  const list = tasks.map(({ title, run }) => ({ title, task: run }))
  // It always writes to stdout, and is cleared before the result follows there.
  // Left to itself it ends the program with 127 on a signal, and before anything could be cleaned up.
  const options = {
    renderer: 'default',
    rendererOptions: { clearOutput: true },
    registerSignalListeners: false,
  } as const
  await new Listr(list, options).run()
}

/** Gives the terminal its cursor back, which the live list hides: for when a signal ends the program meanwhile. */
export function leaveTerminal(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[?25h')
}

/** A live list where the result goes to a terminal, plain lines elsewhere, and nothing beside a document. */
export function taskDisplay(json: boolean): TaskDisplay {
  if (json) return 'none'
  return process.stdout.isTTY ? 'live' : 'lines'
}
