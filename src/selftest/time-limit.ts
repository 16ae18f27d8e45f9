import type { Machine } from '../platform/machine.js'

/** Thrown where there is no time left. */
class TimeIsUp extends Error {}

/** Ends what takes too long: a probe must not hold up whoever called it. */
export class TimeLimit {
  readonly #end: number
  /** Whether anything was cut off. */
  isOver = false

  constructor(
    private readonly clock: () => number,
    milliseconds: number,
  ) {
    this.#end = clock() + milliseconds
  }

  /** What the work gives; undefined where it fails or runs out of time. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(
        () => {
          this.isOver = true
          resolve(undefined)
        },
        Math.max(0, this.#end - this.clock()),
      )
    })
    try {
      this.#check()
      return await Promise.race([work(), timeout])
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  /** The machine, which gives no more answers once the time is up: otherwise work would go on behind our back. */
  watch(machine: Machine): Machine {
    const watched =
      <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
      async (...given: Given): Promise<Answer> => {
        this.#check()
        return ask(...given)
      }
    return {
      platform: machine.platform,
      administrator: machine.administrator,
      administratorId: machine.administratorId,
      now: machine.now,
      users: watched(() => machine.users()),
      look: watched((path) => machine.look(path)),
      read: watched((path, limits) => machine.read(path, limits)),
      names: watched((path, most) => machine.names(path, most)),
      linkTarget: watched((path) => machine.linkTarget(path)),
      isWritableByUsers: watched((path) => machine.isWritableByUsers(path)),
      processes: watched(() => machine.processes()),
      registryText: watched((hive, key, name) => machine.registryText(hive, key, name)),
      packages: watched((name) => machine.packages(name)),
    }
  }

  #check(): void {
    if (this.clock() < this.#end) return
    this.isOver = true
    throw new TimeIsUp()
  }
}
