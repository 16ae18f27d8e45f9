import { type Paint, paintFor, takesColour } from './paint.js'

/** How wide and how colourful a text for stdout may be. */
export interface TerminalLook {
  readonly width: number
  readonly paint: Paint
}

const widthWithoutTerminal = 100
const narrowest = 60

/** The look of stdout. Without a terminal the width is fixed, so that the same input gives the same bytes. */
export function terminalLook(stdout: NodeJS.WriteStream = process.stdout, environment = process.env): TerminalLook {
  const width = stdout.isTTY ? Math.max(narrowest, stdout.columns ?? 80) : widthWithoutTerminal
  return { width, paint: paintFor(takesColour(stdout, environment)) }
}
