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
  await new Listr(list, { renderer: 'default', rendererOptions: { clearOutput: true } }).run()
}

/** A live list where the result goes to a terminal, plain lines elsewhere, and nothing beside a document. */
export function taskDisplay(json: boolean): TaskDisplay {
  if (json) return 'none'
  return process.stdout.isTTY ? 'live' : 'lines'
}
