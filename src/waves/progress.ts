import { exitCode, Failure } from '../platform/failure.js'
import type { EndpointReport } from './outcomes.js'
import type { PlanDocument, Wave } from './plan-document.js'
import { fisherExactGreater } from './statistics.js'

/** What a person knows of waves that a scan cannot tell, by their names. */
export interface WaveNotes {
  /** Finished, whatever the gate says. */
  readonly accepted: readonly string[]
  /** Has begun, although the gate before it is not open and the scan shows no sign of it. */
  readonly started: readonly string[]
  /** Has not begun, although its day has come. */
  readonly notStarted: readonly string[]
}

/** How far the waves of a plan are. */
export interface Progress {
  readonly finished: readonly Wave[]
  readonly running: readonly Wave[]
  readonly later: readonly Wave[]
  /** Later ones whose day has come: nothing shows that they have begun. */
  readonly overdue: readonly Wave[]
}

/** How strong the evidence has to be that a wave has begun although the one before it is not settled. */
const begunBelow = 0.01

/**
 * Sorts the waves of a plan by a newer scan. A wave is finished when its gate says advance, or a person does. The first
 * whose gate is not open runs; one after it runs only when the scan shows it, or a person says so: its date alone says
 * nothing, since a closed gate holds it back. Throws a Failure (wrong use) for notes on waves whose day has not come.
 */
export function progressOf(
  previous: PlanDocument,
  today: string,
  reports: ReadonlyMap<string, EndpointReport>,
  notes: WaveNotes,
  advances: (wave: Wave) => boolean,
): Progress {
  refuseIdleNotes(previous, today, notes)
  const progress = { finished: [] as Wave[], running: [] as Wave[], later: [] as Wave[], overdue: [] as Wave[] }
  for (const wave of previous.waves) {
    const { name, status, start } = wave
    const isFirstOpen = progress.running.length === 0 && progress.later.length === 0
    if (status === 'finished' || notes.accepted.includes(name)) progress.finished.push(wave)
    else if (notes.notStarted.includes(name)) progress.later.push(wave)
    else if (start > today && status === 'planned') progress.later.push(wave)
    else if (isFirstOpen && advances(wave)) progress.finished.push(wave)
    else if (
      isFirstOpen ||
      status === 'running' ||
      notes.started.includes(name) ||
      showsWork(wave, previous, today, reports)
    )
      progress.running.push(wave)
    else {
      progress.later.push(wave)
      progress.overdue.push(wave)
    }
  }
  return progress
}

/** More of the wave are ready than chance and self-updates explain: those of waves still to come tell how many these are. */
function showsWork(
  wave: Wave,
  { waves }: PlanDocument,
  today: string,
  reports: ReadonlyMap<string, EndpointReport>,
): boolean {
  const readyOf = (ids: readonly string[]) => ids.filter((id) => reports.get(id)?.state === 'ready').length
  const ready = readyOf(wave.endpoints)
  const waiting = waves.filter(({ status, start }) => status === 'planned' && start > today)
  const ids = waiting.flatMap(({ endpoints }) => endpoints)
  if (ids.length === 0) return ready * 2 >= wave.endpoints.length
  return ready > 0 && fisherExactGreater(ready, wave.endpoints.length, readyOf(ids), ids.length) < begunBelow
}

function refuseIdleNotes({ waves }: PlanDocument, today: string, notes: WaveNotes): void {
  const flags = { accept: notes.accepted, started: notes.started, 'not-started': notes.notStarted }
  const seen = new Set<string>()
  for (const [flag, names] of Object.entries(flags)) {
    for (const name of names) {
      const wave = waves.find((candidate) => candidate.name === name)
      const tryThis = [
        `Its waves: ${waves.map((candidate) => `${candidate.name} (from ${candidate.start})`).join(', ')}.`,
      ]
      if (!wave)
        throw new Failure(
          exitCode.usage,
          'no-such-wave',
          `The previous plan has no wave of the name given with --${flag}.`,
          {
            tryThis,
          },
        )
      if (seen.has(name))
        throw new Failure(exitCode.usage, 'bad-flag', `--${flag} names a wave that another flag names, too.`, {
          tryThis,
        })
      seen.add(name)
      const isOpen = wave.status !== 'finished' && wave.start <= today
      if (flag === 'accept' && isOpen && wave.end >= today)
        throw new Failure(
          exitCode.usage,
          'wave-not-attempted',
          'A wave can be accepted once all of it was attempted.',
          {
            tryThis: [`${name} has endpoints to attempt until ${wave.end}.`],
          },
        )
      if (!isOpen || (flag === 'not-started' && wave.status === 'running'))
        throw new Failure(
          exitCode.usage,
          'wave-not-due',
          `--${flag} is for waves whose day has come and that are not finished.`,
          {
            tryThis,
          },
        )
    }
  }
}
