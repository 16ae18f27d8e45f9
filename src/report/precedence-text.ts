import type { ExplainedKeyEntry, SettingsExplained } from '../bundle/precedence/explanation-document.js'
import { sourceLabels } from '../bundle/precedence/source.js'
import { safeJson, safeText } from '../platform/safe-text.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, textLines, textTable } from './text-table.js'

/** `fleet.settings-explained/v1`. */
export function precedenceJson(document: SettingsExplained): string {
  return `${safeJson(document, 2)}\n`
}

/** Who wins, then every key with its value, its source and what lost to it, then what to know about it. */
export function precedenceText(document: SettingsExplained, look: TerminalLook, onlyKey?: string): string {
  const { summary, sources, keys, notes } = document
  const { paint, width } = look
  const files = [...new Set(sources.flatMap((source) => source.files))]
  const version = document.client === null ? 'the newest known client' : document.client
  const surface = document.surface === 'claude-code' ? 'Claude Code' : 'Claude Desktop'
  const marks = reasonMarks(keys)
  const head = [
    textLines(summary, width, 0, paint.strong),
    textLines(`${surface}, ${version}`, width, 0, paint.faint),
  ].join('\n')
  const table =
    keys.length === 0
      ? textLines(onlyKey === undefined ? 'No keys.' : `No source sets ${onlyKey}.`, width, 2)
      : textTable(
          [{ head: 'key' }, { head: 'in force', flexible: true }, { head: 'from' }],
          keys.flatMap((key) => keyRows(key, files, marks, look)),
          width,
          paint,
        )
  const sections = [
    head,
    table,
    section(
      'Why a value is not in force',
      [...marks].map(([reason, mark]) => `(${mark}) ${reason}`),
      look,
    ),
    section('Files', fileRows(document, files), look),
    section('Notes', notes.map(noteText), look),
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

const longestValue = 120

type Marks = ReadonlyMap<string, string>

/** Few reasons stand behind many values: each is told once, below the table. */
function reasonMarks(keys: readonly ExplainedKeyEntry[]): Marks {
  const reasons = new Set(keys.flatMap(({ losers }) => losers.map(reasonOf)))
  return new Map([...reasons].map((reason, index) => [reason, String(index + 1)]))
}

function reasonOf({ reason, detail }: Loser): string {
  return detail === undefined ? reason : `${reason} (${detail})`
}

function keyRows(
  key: ExplainedKeyEntry,
  files: readonly string[],
  marks: Marks,
  { paint }: TerminalLook,
): (string | TextCell)[][] {
  const value: TextCell =
    key.state === 'set'
      ? { text: cut(valueText(key.value)) }
      : key.state === 'unknown'
        ? { text: `unknown: ${key.unknown?.reason ?? ''}`, paint: paint.doubtful }
        : { text: 'nothing', paint: paint.faint }
  const rows: (string | TextCell)[][] = [
    [{ text: key.path, paint: paint.strong }, value, key.from.map((place) => placeText(place, files)).join(', ')],
  ]
  for (const { text, places } of loserLines(key, marks)) {
    const from = places.map((place) => placeText(place, files)).join(', ')
    rows.push(['', { text, paint: paint.faint }, { text: from, paint: paint.faint }])
  }
  for (const note of key.notes) rows.push(['', { text: note, paint: paint.doubtful }, ''])
  return rows
}

/** One line for the same value that lost for the same reason in several places. */
function loserLines(
  { state, value: inForce, losers }: ExplainedKeyEntry,
  marks: Marks,
): { readonly text: string; readonly places: readonly Place[] }[] {
  const lines = new Map<string, Place[]>()
  for (const loser of losers) {
    const { value, reason: _, detail: __, ...place } = loser
    const isSame = state === 'set' && valueText(value) === valueText(inForce)
    const text = `${isSame ? 'the same' : `not ${cut(valueText(value), 60)}`} (${marks.get(reasonOf(loser))})`
    lines.set(text, [...(lines.get(text) ?? []), place])
  }
  return [...lines].map(([text, places]) => ({ text, places }))
}

/** Texts bare, everything else as JSON. */
function valueText(value: unknown): string {
  return typeof value === 'string' ? value : safeJson(value)
}

function cut(text: string, most = longestValue): string {
  const characters = [...text.slice(0, most * 2)]
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text
}

type Place = ExplainedKeyEntry['from'][number]
type Loser = ExplainedKeyEntry['losers'][number]

/** `server`, `file [2]:14`: files are named once, below. */
function placeText({ source, file, line }: Place, files: readonly string[]): string {
  return `${sourceLabels[source]} [${files.indexOf(file) + 1}]${line === undefined ? '' : `:${line}`}`
}

function fileRows({ sources }: SettingsExplained, files: readonly string[]): string[] {
  return files.map((file, index) => {
    const roles = sources
      .filter((source) => source.files.includes(file))
      .map(({ source, outcome }) => `${sourceLabels[source]}: ${outcomeTexts[outcome]}`)
    return `[${index + 1}] ${file} (${roles.join('; ')})`
  })
}

const outcomeTexts: Readonly<Record<SettingsExplained['sources'][number]['outcome'], string>> = {
  wins: 'wins',
  'may-win': 'may win',
  merged: 'merged',
  skipped: 'skipped',
  'no-policy-key': 'no policy key',
  'not-readable': 'cannot be read',
  below: 'below managed settings',
}

function noteText({ message, source, checked }: SettingsExplained['notes'][number]): string {
  return source === undefined ? message : `${message} ${source}${checked === undefined ? '' : ` (${checked})`}`
}

function section(title: string, lines: readonly string[], { width, paint }: TerminalLook): string {
  if (lines.length === 0) return ''
  return [paint.strong(safeText(title)), ...lines.map((line) => textLines(line, width, 2))].join('\n')
}
