import type { StoryDocument, StoryEntry, Strange } from '../../telemetry/story/story-document.js'
import { dollars, durationText } from '../../telemetry/story/story-words.js'
import { numbered, someOf } from '../plan-words.js'
import { countText } from '../words.js'

// Plain texts that the terminal and the ticket have in common; whoever shows them makes them safe.

/** What the story is of: a title, and a few lines under it. */
export function headFacts(story: StoryDocument): string[] {
  const { kind, id, sessions, first, last, durationMs, records, duplicates, missing, otherSignals, input } = story
  const others = [
    otherSignals && otherSignals.points > 0 ? numbered(otherSignals.points, 'data point') : '',
    otherSignals && otherSignals.spans > 0 ? numbered(otherSignals.spans, 'span') : '',
  ].filter((text) => text !== '')
  return [
    `${kind === 'session' ? 'Session' : 'Prompt'} ${id}`,
    ...(kind === 'prompt'
      ? [
          `in ${sessions.length === 1 ? 'session' : 'sessions'} ${someOf(
            sessions.map((session) => session || '(none)'),
            3,
          )}`,
        ]
      : []),
    first === undefined || last === undefined
      ? 'No record has a time.'
      : `${minuteText(first)} to ${minuteText(last)} UTC, ${durationText(String(durationMs))}`,
    `${numbered(records, 'record')}; ${duplicates === 0 ? 'none came twice' : `${countText(duplicates)} came twice and ${duplicates === 1 ? 'counts' : 'count'} once`}; ${missingText(missing)}`,
    ...(others.length > 0 ? [`Not told here: ${others.join(' and ')} with this id.`] : []),
    ...(input.badLinesWithId > 0
      ? [
          `${numbered(input.badLinesWithId, 'line')} with this id in ${input.badLinesWithId === 1 ? 'it' : 'them'} could not be read.`,
        ]
      : []),
  ]
}

function missingText(missing: number | null): string {
  if (missing === null) return 'whether some never arrived cannot be told from a stream'
  return missing === 0 ? 'none is missing between them' : `${countText(missing)} between them never arrived`
}

function minuteText(time: string): string {
  return time.slice(0, 19).replace('T', ' ')
}

/** What stands between two records. */
export function noteText(entry: Exclude<StoryEntry, { type: 'record' }>): string {
  switch (entry.type) {
    case 'gap':
      return gapText(entry)
    case 'restart':
      return 'The numbers start again: the session was resumed.'
    case 'clock-back':
      return `The clock goes back by ${durationText(String(entry.milliseconds))}: it was set, or these are records of a resumed session.`
    case 'session':
      return `Session ${entry.session === '' ? '(none)' : entry.session}`
  }
}

/** Records that are not there. Whether the Collector filtered them or they were lost cannot be told. */
function gapText({ first, last, missing }: Extract<StoryEntry, { type: 'gap' }>): string {
  const records = numbered(missing, 'record')
  if (first === 0)
    return `${missing === 1 ? 'The record' : `The ${records}`} before ${last + 1} ${missing === 1 ? 'is' : 'are'} not here: filtered, lost, or older than this input.`
  return `${records} between ${first - 1} and ${last + 1} never arrived: filtered by the collector, or lost.`
}

const strangeTexts: Readonly<Record<Strange['code'], (count: string) => string>> = {
  'several-services': (count) => `${count} services in one story`,
  'unknown-service': (count) => `${count} records of a service that is none of Claude's`,
  'several-versions': (count) => `${count} versions in one story`,
  'several-endpoints': (count) => `${count} endpoints in one story`,
  'several-accounts': (count) => `${count} accounts in one story`,
  'several-emails': (count) => `${count} e-mail addresses in one story`,
  'several-organizations': (count) => `${count} organizations in one story`,
  'several-installations': (count) => `${count} installations in one story`,
  'several-stamps': (count) => `${count} policy stamps in one story`,
  'several-sessions': (count) => `${count} sessions with this prompt`,
  'clock-back': (count) => `the clock goes back ${count === '1' ? 'once' : `${count} times`}`,
  'clock-skew': (count) => `${count} records whose time is more than five minutes from when they were seen`,
  'no-time': (count) => `${count} records without a time, told last`,
  'no-sequence': (count) => `${count} records without a sequence number: copies of them cannot be told`,
}

export function strangeText({ code, count, values }: Strange): string {
  const text = strangeTexts[code](countText(count))
  return values.length === 0 ? text : `${text}: ${values.join(', ')}`
}

/** The totals as rows of a name and a text. */
export function totalRows({ totals }: StoryDocument): [string, string][] {
  const { tokens, costUsd, requestsWithoutCost, tools, moreTools, refusedBy } = totals
  const tokenTexts = [
    [tokens.input, 'in'],
    [tokens.output, 'out'],
    [tokens.cacheRead, 'from cache'],
    [tokens.cacheCreation, 'into cache'],
  ] as const
  const told = tokenTexts.filter(([count]) => count > 0)
  const toolTexts = tools.map(
    ({ tool, calls, failures, refused }) =>
      `${tool === '' ? '(name not told)' : tool}: ${numbered(calls, 'call')}${failures > 0 ? `, ${countText(failures)} failed` : ''}${refused > 0 ? `, ${countText(refused)} refused` : ''}`,
  )
  const sources = Object.entries(refusedBy).map(([source, count]) => `${countText(count)} by ${source || '(not told)'}`)
  return [
    ['prompts', countText(totals.prompts)],
    ['requests', countText(totals.requests)],
    ['tokens', told.length === 0 ? '0' : told.map(([count, word]) => `${countText(count)} ${word}`).join(', ')],
    [
      'cost',
      `${costUsd === null ? 'not told' : `about ${dollars(costUsd * 1e6)} (an estimate of the client)`}${requestsWithoutCost > 0 && costUsd !== null ? `, without ${numbered(requestsWithoutCost, 'request')} that tell none` : ''}`,
    ],
    [
      'tool calls',
      `${countText(totals.toolCalls)}${totals.toolFailures > 0 ? `, ${countText(totals.toolFailures)} failed` : ''}`,
    ],
    ...(toolTexts.length > 0
      ? [
          ['tools', `${toolTexts.join('; ')}${moreTools > 0 ? `; and ${countText(moreTools)} more` : ''}`] as [
            string,
            string,
          ],
        ]
      : []),
    ['refused', `${countText(totals.refused)}${sources.length > 0 ? ` (${sources.join(', ')})` : ''}`],
    ['blocked by hooks', countText(totals.blockedByHooks)],
    ['mode changes', countText(totals.modeChanges)],
    ['errors', countText(totals.errors)],
  ]
}
