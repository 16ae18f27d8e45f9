import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does some work, and cleans up at once when a signal ends the program meanwhile; the signal then has its usual effect,
 * so that the exit status is the one a shell expects (130, 143).
 */
export async function withCleanUp(work: () => Promise<void>, cleanUp: () => void): Promise<void> {
  const onSignal = (signal: NodeJS.Signals) => {
    cleanUp()
    stop()
    process.kill(process.pid, signal)
  }
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  try {
    await work()
  } catch (error) {
    cleanUp()
    throw error
  } finally {
    stop()
  }
}

/**
 * Ends the program at the first signal, whatever it is doing, with the status that a shell expects (130, 143). As the
 * first process of a container, signals would else have no effect on it.
 */
export function endOnSignal(): void {
  for (const signal of signals) {
    process.once(signal, () => {
      process.kill(process.pid, signal)
      process.exit(128 + constants.signals[signal])
    })
  }
}
