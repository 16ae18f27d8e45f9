import { countText } from './words.js'

/** Told of every chunk read; shows nothing for the first second, and nothing at all without a terminal. */
export interface Progress {
  read(file: string, bytes: number): void
  end(): Promise<void>
}

export interface ProgressOptions {
  /** Such as `Reading exports`. */
  readonly title: string
  readonly files: number
  /** The result does not go to the same terminal, so the display may not use stdout. */
  readonly onlyStderr: boolean
  readonly terminal: boolean
}

const quietMilliseconds = 1000

/** Shows files, bytes and speed of a long read on the terminal. */
export function showProgress({ title, files, onlyStderr, terminal }: ProgressOptions): Progress {
  if (!terminal) return { read() {}, async end() {} }
  const started = performance.now()
  const seen = new Set<string>()
  let total = 0
  let show: ((text: string) => void) | undefined
  let shown = 0
  let finish: () => void = () => {}
  let running: Promise<unknown> | undefined
  const timer = setTimeout(() => {
    running = (async () => {
      const { Listr, ListrLogger, ProcessOutput } = await import('listr2')
      const finished = new Promise<void>((resolve) => {
        finish = resolve
      })
      const tasks = [
        {
          title,
          task: (_: unknown, task: { output: string }) => {
            show = (text) => {
              task.output = text
            }
            return finished
          },
        },
      ]
      // The default renderer of listr2 always writes to stdout; it is cleared before the result follows.
      if (!onlyStderr) return new Listr(tasks, { renderer: 'default', rendererOptions: { clearOutput: true } }).run()
      const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) })
      return new Listr(tasks, { renderer: 'simple', rendererOptions: { logger } }).run()
    })()
  }, quietMilliseconds)
  timer.unref()
  return {
    read(file, bytes) {
      seen.add(file)
      total += bytes
      const now = performance.now()
      if (!show || onlyStderr || now - shown < 200) return
      shown = now
      const megabytes = total / 1e6
      const speed = megabytes / ((now - started) / 1000)
      show(
        `file ${seen.size} of ${files}, ${countText(Math.round(megabytes))} MB, ${countText(Math.round(speed))} MB/s`,
      )
    },
    async end() {
      clearTimeout(timer)
      finish()
      await running
    },
  }
}
