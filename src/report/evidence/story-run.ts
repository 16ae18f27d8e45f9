import { type ExitCode, exitCode, Failure } from '../../platform/failure.js'
import type { Input } from '../../platform/input.js'
import { safeText } from '../../platform/safe-text.js'
import { writeFileSafely } from '../../platform/write-file.js'
import { findPolicy, loadPolicy } from '../../policy/load-policy.js'
import type { ClickHouse } from '../../telemetry/clickhouse/connection.js'
import { findTelemetry } from '../../telemetry/find-telemetry.js'
import { identityKeys } from '../../telemetry/identity-keys.js'
import { storyFromDatabase } from '../../telemetry/story/database-story.js'
import { type FoundStory, storyFromFiles } from '../../telemetry/story/file-story.js'
import { storyOf } from '../../telemetry/story/story.js'
import type { StoryDocument } from '../../telemetry/story/story-document.js'
import type { Wanted } from '../../telemetry/story/story-record.js'
import { paintFor } from '../paint.js'
import { numbered } from '../plan-words.js'
import { showProgress } from '../progress.js'
import { terminalLook } from '../terminal-look.js'
import { type ClickHouseFlags, openFromFlags, refuseBothOrNone } from './clickhouse-flags.js'
import { storyMarkdown } from './story-markdown.js'
import { storyJson, storyText } from './story-text.js'

export const storyFormats = ['text', 'markdown', 'json'] as const
export type StoryFormat = (typeof storyFormats)[number]

/** Characters of each value that `--content` shows. */
export const contentCharacters = 1000

/** The flags of `fleet evidence session` and `fleet evidence prompt`. */
export interface StoryFlags extends ClickHouseFlags {
  readonly json?: boolean | undefined
  readonly policy?: string | undefined
  readonly content?: boolean | undefined
  readonly format?: string | undefined
  readonly output?: string | undefined
}

/** Reads, tells, writes `--output`, and gives what stdout should show. Throws a Failure when the id is not found. */
export async function runStory(
  wanted: Wanted,
  paths: readonly string[],
  flags: StoryFlags,
  { notes }: { readonly notes: (text: string) => void },
): Promise<{ readonly output: string; readonly exit: ExitCode }> {
  refuseBothOrNone(paths, flags)
  if (!/^[^\p{Cc}]{1,200}$/u.test(wanted.id))
    throw new Failure(exitCode.usage, 'bad-id', 'An id is a text of at most 200 characters.')
  const loaded = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
  const database = await openFromFlags(flags, loaded)
  const { found, files } = database
    ? { found: await fromDatabase(database, wanted), files: [] }
    : await fromFiles(paths, wanted)
  if (found.id === undefined) throw notFound(wanted, found)
  const story = storyOf(found, {
    wanted: { ...wanted, id: found.id },
    identityKeys: identityKeys(loaded.policy).map(({ key }) => key),
    content: { shown: flags.content ?? false, limit: contentCharacters },
  })
  const format = flags.json ? 'json' : ((flags.format as StoryFormat | undefined) ?? 'text')
  if (flags.output !== undefined) {
    const form = (flags.format as StoryFormat | undefined) ?? formatOfFile(flags.output)
    const neverOver = [...files, ...(loaded.file === undefined ? [] : [loaded.file])]
    await writeFileSafely(flags.output, render(story, form, false), { neverOver })
    notes(`Wrote ${flags.output} (${form}).`)
  }
  const shown = flags.output !== undefined && !flags.json ? 'text' : format
  const incomplete = story.input.problems.length > 0 || story.input.badLinesWithId > 0
  return { output: render(story, shown, true), exit: incomplete ? exitCode.inputRefused : exitCode.ok }
}

function formatOfFile(file: string): StoryFormat {
  if (/\.json$/i.test(file)) return 'json'
  return /\.(?:txt|log)$/i.test(file) ? 'text' : 'markdown'
}

function render(story: StoryDocument, format: StoryFormat, toStdout: boolean): string {
  if (format === 'json') return storyJson(story)
  if (format === 'markdown') return storyMarkdown(story)
  return storyText(story, toStdout ? terminalLook() : { width: 100, paint: paintFor(false) })
}

async function fromDatabase(database: ClickHouse, wanted: Wanted): Promise<FoundStory> {
  try {
    return await storyFromDatabase(database, wanted)
  } finally {
    await database.close()
  }
}

async function fromFiles(
  paths: readonly string[],
  wanted: Wanted,
): Promise<{ readonly found: FoundStory; readonly files: readonly string[] }> {
  const { inputs, problems } = await findTelemetry(paths)
  const [first] = problems
  if (inputs.length === 0 && first !== undefined)
    throw new Failure(exitCode.inputRefused, first.code, first.message, {
      where: { file: first.name },
      ...(first.tryThis !== undefined && { tryThis: [first.tryThis] }),
    })
  const progress = showProgress({
    title: 'Reading telemetry',
    files: inputs.length,
    onlyStderr: !process.stdout.isTTY,
    terminal: process.stderr.isTTY === true && !process.env.CI,
  })
  const found = await storyFromFiles(inputs, wanted, progress.read).finally(() => progress.end())
  const unread = problems.map(({ name, message }) => ({ file: name, message }))
  const input = { ...found.input, problems: [...unread, ...found.input.problems] }
  return { found: { ...found, input }, files: inputs.flatMap(({ file }: Input) => file ?? []) }
}

function notFound({ kind, id }: Wanted, { known, input }: FoundStory): Failure {
  const counted = known && `${numbered(known.records, 'record')} of ${numbered(known.sessions, 'session')} were read.`
  const nearest = known?.nearest ?? []
  const lines = Object.values(input.badLines).reduce((sum, count) => sum + count, 0)
  const tryThis = [
    counted ?? (input.lines === undefined ? undefined : `${numbered(input.lines, 'line')} were read.`),
    ...(lines > 0 ? [`${numbered(lines, 'line')} could not be read.`] : []),
    ...(known?.problems ?? input.problems).slice(0, 5).map(({ file, message }) => `${file}: ${message}`),
    nearest.length > 0 ? `Ids that begin alike: ${nearest.map(safeText).join(', ')}` : undefined,
    id.length < 8 ? 'Of an id of which only the beginning is given at least 8 characters are needed.' : undefined,
    kind === 'session'
      ? 'fleet evidence names a session in each of its examples. Older records may be in rotated files: give the folder.'
      : 'A prompt has its own id, prompt.id; to look for a session use fleet evidence session.',
  ]
  return new Failure(
    exitCode.inputRefused,
    `${kind}-not-found`,
    kind === 'session' ? 'No log record has this session.id.' : 'No log record has this prompt.id.',
    { tryThis: tryThis.filter((text) => text !== undefined) },
  )
}
