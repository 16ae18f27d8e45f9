import { safeJson, safeText } from '../../platform/safe-text.js'
import type { ContentValue, StoryDocument, StoryEntry } from '../../telemetry/story/story-document.js'
import { cutText } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { type TextColumn, textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'
import { headFacts, noteText, strangeText, totalRows } from './story-lines.js'

/** The story as JSON, `fleet.story/v1`. */
export function storyJson(story: StoryDocument): string {
  return `${safeJson(story, 2)}\n`
}

/** The story for a terminal: what it is, what is strange in it, what it adds up to, and every record in order. */
export function storyText(story: StoryDocument, look: TerminalLook): string {
  const blocks = [headText(story, look), strangeBlock(story, look), totalsBlock(story, look), fromBlock(story, look)]
  return `${[...blocks, timeline(story, look), contentNote(story, look)].filter((block) => block !== '').join('\n\n')}\n`
}

function headText(story: StoryDocument, { width, paint }: TerminalLook): string {
  const [title = '', ...lines] = headFacts(story)
  const incomplete = story.input.badLinesWithId > 0 || story.input.problems.length > 0
  return [
    textLines(title, width, 0, paint.strong),
    ...lines.map((line) => textLines(line, width, 0)),
    ...(incomplete
      ? [textLines('Part of the input could not be read: the story may be incomplete.', width, 0, paint.bad)]
      : []),
    ...story.input.problems.map(({ file, message }) => textLines(`${file}: ${message}`, width, 2, paint.bad)),
  ].join('\n')
}

function strangeBlock({ strange }: StoryDocument, { width, paint }: TerminalLook): string {
  if (strange.length === 0) return ''
  const lines = strange.map((thing) => textLines(`${strangeText(thing)}.`, width, 2, paint.doubtful))
  return [paint.strong('Strange'), ...lines].join('\n')
}

function totalsBlock(story: StoryDocument, { width, paint }: TerminalLook): string {
  const columns: TextColumn[] = [{ head: '' }, { head: '', flexible: true }]
  return `${paint.strong('In all')}\n${textTable(columns, totalRows(story), width, paint)}`
}

function fromBlock({ from, moreFrom }: StoryDocument, { width, paint }: TerminalLook): string {
  if (from.length === 0) return ''
  const rows = from.map(({ name, values, more }) => [
    cutText(name, 40),
    `${values.join(' | ')}${more > 0 ? ` | and ${countText(more)} more` : ''}`,
  ])
  const columns: TextColumn[] = [{ head: '' }, { head: '', flexible: true }]
  const cut = moreFrom > 0 ? `\n${textLines(`and ${countText(moreFrom)} more attributes`, width, 2, paint.faint)}` : ''
  return `${paint.strong('From')}\n${textTable(columns, rows, width, paint)}${cut}`
}

const noTime = '--:--:--.---'

/** One line for each record, wrapped under its text; a line with the date wherever a day begins. */
function timeline(story: StoryDocument, look: TerminalLook): string {
  const { width, paint } = look
  const digits = story.entries.reduce(
    (most, entry) => Math.max(most, entry.type === 'record' ? String(entry.sequence ?? '').length : 0),
    1,
  )
  const indent = noTime.length + digits + 6
  const lines = [paint.strong('What happened (UTC)')]
  let day = ''
  for (const entry of story.entries) {
    if (entry.type !== 'record') {
      lines.push(textLines(noteText(entry), width, indent, entry.type === 'session' ? paint.strong : paint.doubtful))
      continue
    }
    const date = entry.at?.slice(0, 10) ?? day
    if (date !== day) lines.push(paint.faint(`  ${date}`))
    day = date
    const sequence = entry.sequence === undefined ? '–' : String(entry.sequence)
    const start = `  ${clockText(entry.at)}  ${sequence.padStart(digits)}  `
    const text = textLines(entry.text, width, indent, painterOf(entry, look))
    lines.push(start + text.slice(indent))
    for (const value of entry.content) lines.push(textLines(contentLine(value), width, indent + 2, paint.faint))
  }
  return lines.join('\n')
}

/** `17:21:52.244` of a time. */
function clockText(at: string | undefined): string {
  if (at === undefined) return noTime
  const [, clock = '', decimals = ''] = /T(\d\d:\d\d:\d\d)(?:\.(\d{3}))?Z$/.exec(at) ?? []
  return `${clock}.${decimals.padEnd(3, '0')}`
}

function painterOf(
  { kind, facts }: Extract<StoryEntry, { type: 'record' }>,
  { paint }: TerminalLook,
): ((text: string) => string) | undefined {
  if (kind === 'error' || facts.success === 'false') return paint.bad
  if (facts.decision === 'reject' || Number(facts.num_blocking) > 0) return paint.bad
  if (kind === 'mode' || Number(facts.num_non_blocking_error) > 0 || Number(facts.num_cancelled) > 0)
    return paint.doubtful
  if (kind === 'prompt') return paint.strong
  return undefined
}

function contentLine({ name, characters, redacted, text }: ContentValue): string {
  if (redacted) return `${name} (left out by the client)`
  const length = `${countText(characters)} ${characters === 1 ? 'character' : 'characters'}`
  if (text === undefined) return `${name} (${length}, not shown)`
  const cut = text.length < characters ? ` … (${length} in all)` : ''
  return `${name}: ${safeText(text)}${cut}`
}

function contentNote({ content, commonContent }: StoryDocument, { width, paint }: TerminalLook): string {
  const common = commonContent.map((value) =>
    textLines(`On every record: ${contentLine(value)}`, width, 0, paint.faint),
  )
  const note = content.shown
    ? `Content is shown as it arrived, at most ${countText(content.limit)} characters of each value.`
    : 'Content is not shown; --content shows what has arrived of it.'
  return [...common, textLines(note, width, 0, paint.faint)].join('\n')
}
