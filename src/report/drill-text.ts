import { stageNames } from '../health/facts.js'
import type { StageState } from '../health/judge.js'
import { isoTime } from '../platform/clock.js'
import { safeJson } from '../platform/safe-text.js'
import { type DrillDocument, drillExit } from '../selftest/drill/drill-document.js'
import type { Paint } from './paint.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextColumn, textLines, textTable } from './text-table.js'

/** `fleet.drill/v1`. */
export function drillJson(document: DrillDocument): string {
  return `${safeJson(document, 2)}\n`
}

/** What a drill proved, as an administrator reads it on a terminal: stage by stage, with what to do next. */
export function drillText(document: DrillDocument, look: TerminalLook): string {
  const sections = [headline, checks, telemetry, nextSteps, cowork]
  return `${sections
    .map((section) => section(document, look))
    .filter((text) => text !== '')
    .join('\n\n')}\n`
}

type Section = (document: DrillDocument, look: TerminalLook) => string

const headlines = {
  0: 'PROVEN: everything that this drill can prove',
  3: 'CONTRADICTED: something is not as it must be',
  8: 'NOT ALL PROVEN: something is not known',
}

const remainsTexts = {
  true: 'its home, its files and its processes are gone',
  false:
    'something of it is left: look for fleet-drill-… in the temporary folder, and for processes that were started there',
  null: 'its home and its files are gone; whether a program that the client started still runs is not known here',
}

const headline: Section = (document, { width, paint }) => {
  const { client, sessionId, seconds, ended, cleanedUp, asOf } = document
  const exit = drillExit(document)
  const colour = { 0: paint.good, 3: paint.bad, 8: paint.doubtful }[exit as 0 | 3 | 8]
  const endings = {
    done: `done in ${seconds} s`,
    refused: 'no session began',
    'timed-out': `stopped after ${seconds} s`,
  }
  return [
    textLines(headlines[exit as 0 | 3 | 8], width, 0, colour),
    textLines(
      `Claude Code ${client.version ?? 'of an unknown version'} (${client.path}), ${endings[ended]}; session ${sessionId}`,
      width,
      0,
    ),
    textLines(
      `${isoTime(Date.parse(asOf))}; ${remainsTexts[String(cleanedUp) as keyof typeof remainsTexts]}`,
      width,
      0,
      cleanedUp ? paint.faint : cleanedUp === null ? paint.doubtful : paint.bad,
    ),
  ].join('\n')
}

const columns: readonly TextColumn[] = [
  { head: 'stage' },
  { head: 'state' },
  { head: 'check', whole: true },
  { head: 'seen', flexible: true },
]

const checks: Section = ({ checks: found }, { width, paint }) => {
  const rows = stageNames.flatMap((stage) =>
    found
      .filter((check) => check.stage === stage)
      .map(({ state, id, seen }, index) => [
        index === 0 ? stage : '',
        { text: stateTexts[state], paint: (text: string) => paintStageState(paint, state, text) },
        id,
        seen,
      ]),
  )
  return `${paint.strong('Checks')}\n${textTable(columns, rows, width, paint)}`
}

const stateTexts: Readonly<Record<StageState, string>> = {
  proven: 'proven',
  contradicted: 'contradicted',
  unknown: 'unknown',
  'not-applicable': '-',
}

function paintStageState(paint: Paint, state: StageState, text: string): string {
  if (state === 'proven') return paint.good(text)
  if (state === 'contradicted') return paint.bad(text)
  return state === 'unknown' ? paint.doubtful(text) : paint.faint(text)
}

const telemetry: Section = ({ telemetry: sent }, { width, paint }) => {
  const { where, endpoints, events, metrics } = sent
  const names = Object.entries(events).map(([name, count]) => (count === 1 ? name : `${name} (${count})`))
  const named =
    endpoints.length === 0
      ? 'where a policy helper says, or settings that cannot be read here'
      : `to ${endpoints.join(' and ')}, as managed settings say`
  const places = {
    collector: `Went ${named}; nothing of it was seen here.`,
    'pinned-loopback': `Went ${named}, and was received there.`,
    'own-receiver': 'Managed settings name no address: the drill gave its own.',
    off: 'Managed settings switch it off.',
  }
  const lines = [
    places[where],
    ...(names.length === 0 ? [] : [`Events: ${names.join(', ')}.`]),
    ...(metrics.length === 0 ? [] : [`Metrics: ${metrics.join(', ')}.`]),
  ]
  return [paint.strong('Telemetry'), ...lines.map((line) => textLines(line, width, 2))].join('\n')
}

const nextSteps: Section = ({ telemetry: { where }, sessionId }, { width, paint }) => {
  if (where !== 'collector') return ''
  return [
    paint.strong('What next'),
    textLines('Only the collector can tell whether the session arrived there. With the folder of its files:', width, 2),
    `     fleet evidence session ${sessionId} FOLDER`,
  ].join('\n')
}

/**
 * For Cowork nothing of the kind can be started from outside. Whether its sessions honour managed hooks is not stated
 * anywhere that agrees (https://support.claude.com/en/articles/12622667, https://code.claude.com/docs/en/managed-settings,
 * https://github.com/anthropics/claude-code/issues/40495; read August to October 2026).
 */
const cowork: Section = (_document, { width, paint }) =>
  [
    paint.strong('Cowork'),
    ...[
      'This drill says nothing about Cowork: its sessions cannot be started without a person. What shows that a hook works there is a session of somebody who uses it:',
      'events with service.name=cowork in the collector, by session: hook events among them, or only prompts and tools;',
      "the hook's record in that person's home, with an invocation at the time of the session (fleet selftest reads it);",
      'rpm/manifest.json in the folder of the session: the plugins, and so the plugin hooks, that it was started with.',
    ].map((line, index) =>
      index === 0 ? textLines(line, width, 2) : textLines(line, width, 4).replace('    ', '  - '),
    ),
  ].join('\n')
