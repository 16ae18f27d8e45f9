import { cutText } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { type TextCell, type TextColumn, textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'

/** The most rows of a list on a terminal; the document has more of them. */
const mostOnTerminal = 10

/** Below this many columns a table leaves out what can stand in another column. */
export const narrow = 80

export type TableRow = readonly (string | TextCell)[]

/** The first rows of a list as a table under a line that says what it is; '' without rows. `of` is its true length. */
export function cutTable(
  title: string,
  columns: readonly TextColumn[],
  rows: readonly TableRow[],
  of: number,
  { width, paint }: TerminalLook,
): string {
  if (rows.length === 0) return ''
  const shown = rows.slice(0, mostOnTerminal)
  const more = of - shown.length
  return [
    textLines(title, width, 2),
    textTable(columns, shown, width, paint),
    ...(more > 0 ? [textLines(`and ${countText(more)} more (--json has them)`, width, 2, paint.faint)] : []),
  ].join('\n')
}

interface Who {
  readonly endpoints: number
  readonly installations: number
}

/** `3 endpoints, 1 installation`: installations are those that no endpoint of the inventory matches. */
export function whoText({ endpoints, installations }: Who): string {
  const parts = [
    ...(endpoints > 0 ? [`${countText(endpoints)} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`] : []),
    ...(installations > 0
      ? [`${countText(installations)} ${installations === 1 ? 'installation' : 'installations'}`]
      : []),
  ]
  return parts.length === 0 ? 'nobody' : parts.join(', ')
}

/** Whether a list of reporters has anybody. */
export function isAnybody({ endpoints, installations }: Who): boolean {
  return endpoints + installations > 0
}

/** A few of the ids behind a count, to look into first. */
export function suchAs({
  endpointIds,
  installationIds,
}: {
  readonly endpointIds: readonly string[]
  readonly installationIds: readonly string[]
}): string {
  const ids = [...endpointIds, ...installationIds].slice(0, 3).map((id) => cutText(id, 24))
  return ids.length === 0 ? '' : ids.join(', ')
}

/** The session and prompt of an example, by which it is found again. */
export function exampleText({
  session,
  prompt,
}: {
  readonly session?: string | undefined
  readonly prompt?: string | undefined
}): string {
  const parts = [
    ...(session === undefined ? [] : [`session ${cutText(session, 40)}`]),
    ...(prompt === undefined ? [] : [`prompt ${cutText(prompt, 40)}`]),
  ]
  return parts.length === 0 ? 'no session told' : parts.join(', ')
}

/** `2026-11-18`: the day is enough to find it again. */
export function dayText(time: string): string {
  return time.slice(0, 10)
}

/** A name that telemetry does not tell. */
export function nameText(name: string, most: number): string {
  return name === '' ? '(not told)' : cutText(name, most)
}
