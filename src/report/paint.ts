import { styleText } from 'node:util'
import type { State } from '../readiness/verdict.js'

/** Colours carry meaning, and vanish where nobody wants them. */
export interface Paint {
  good(text: string): string
  bad(text: string): string
  doubtful(text: string): string
  strong(text: string): string
  faint(text: string): string
}

const plain: Paint = {
  good: (text) => text,
  bad: (text) => text,
  doubtful: (text) => text,
  strong: (text) => text,
  faint: (text) => text,
}

const coloured: Paint = {
  good: (text) => styleText('green', text),
  bad: (text) => styleText('red', text),
  doubtful: (text) => styleText('yellow', text),
  strong: (text) => styleText('bold', text),
  faint: (text) => styleText('dim', text),
}

export function paintFor(colour: boolean): Paint {
  return colour ? coloured : plain
}

/** Whether a stream takes colour: a terminal, no NO_COLOR (https://no-color.org), no dumb terminal. */
export function takesColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb') return false
  return stream.isTTY === true
}

/** The colour of a state: ready is good, what needs work is bad, what is not known is doubtful. */
export function paintState(paint: Paint, state: State, text: string): string {
  if (state === 'ready') return paint.good(text)
  if (state === 'upgrade' || state === 'install' || state === 'repair') return paint.bad(text)
  return state === 'excluded' ? paint.faint(text) : paint.doubtful(text)
}
