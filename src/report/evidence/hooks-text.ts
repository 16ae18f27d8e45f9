import type { HooksSection } from '../../telemetry/sections/hooks.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines } from '../text-table.js'
import { countText, percentText } from '../words.js'
import { cutTable, exampleText, isAnybody, nameText, narrow, suchAs, whoText } from './cut-table.js'

const longestEvent = 24

/** Hooks on a terminal: what is missing and what failed first. */
export function hooksText(section: HooksSection, look: TerminalLook): string {
  const parts = [
    requiredText(section, look),
    unseenText(section, look),
    othersText(section, look),
    executionsText(section, look),
    ...section.notes.map(({ text, versions }) =>
      textLines(`Note (seen with ${versions}): ${text}`, look.width, 2, look.paint.faint),
    ),
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : [look.paint.strong('Hooks'), ...parts].join('\n')
}

function requiredText({ required }: HooksSection, look: TerminalLook): string {
  const { paint, width } = look
  const isNarrow = width < narrow
  const rows = required.events.map((row) => [
    nameText(row.event, longestEvent),
    { text: whoText(row.with), paint: isAnybody(row.with) ? paint.good : paint.faint },
    { text: whoText(row.without), paint: isAnybody(row.without) ? paint.bad : paint.faint },
    { text: whoText(row.unknown), paint: isAnybody(row.unknown) ? paint.doubtful : paint.faint },
    ...(isNarrow ? [] : [suchAs(row.without)]),
  ])
  const columns = [
    { head: 'event' },
    { head: 'seen' },
    { head: 'missing', flexible: isNarrow },
    { head: 'unknown' },
    ...(isNarrow ? [] : [{ head: 'missing on, such as', flexible: true }]),
  ]
  return cutTable('Hooks that the policy requires', columns, rows, rows.length, look)
}

const whyUnknown: Readonly<Record<HooksSection['unseenActivity']['unknown'][number]['why'], string>> = {
  'surface-without-hook-events': 'this surface documents no events of hooks',
  'no-policy-events': 'no event of hooks, plugins, settings or decisions came in from anybody: a file is missing',
  'platform-unknown': 'the platform is not known',
  'matcher-not-judged': 'the matchers of the hooks cannot be compared with the tools used',
  'sources-merged': 'hooks of several sources ran together, and which of them is not told',
}

function unseenText({ unseenActivity }: HooksSection, { width, paint }: TerminalLook): string {
  const faults = unseenActivity.services.map((row) => {
    const example = row.example === undefined ? '' : `; ${exampleText(row.example)}`
    const text = `${row.service}: ${whoText(row)} used tools ${countText(row.toolEvents)} times and no PreToolUse hook of the managed settings ran, such as ${suchAs(row) || 'not told'}${example}`
    return textLines(text, width, 2, paint.bad)
  })
  const open = unseenActivity.unknown.map(({ service, why, ...who }) =>
    textLines(
      `${service}: unknown whether hooks saw the tools of ${whoText(who)}: ${whyUnknown[why]}`,
      width,
      2,
      paint.doubtful,
    ),
  )
  return [...faults, ...open].join('\n')
}

function othersText({ managedOnly }: HooksSection, look: TerminalLook): string {
  const { width, paint } = look
  const isNarrow = width < narrow
  const { executions, ...who } = managedOnly.notEnforced
  const fault =
    executions > 0
      ? textLines(
          `Managed hooks only is not in force on ${whoText(who)} (${countText(executions)} executions), such as ${suchAs(who) || 'not told'}`,
          width,
          2,
          paint.bad,
        )
      : ''
  const rows = managedOnly.others.rows.map((row) => [
    nameText(row.event, longestEvent),
    nameText(row.source, longestEvent),
    row.verdict === 'violation'
      ? { text: 'not allowed', paint: paint.bad }
      : { text: 'cannot tell', paint: paint.doubtful },
    ...(isNarrow ? [] : [whoText(row)]),
    `${suchAs(row)} (${exampleText(row.example)})`,
  ])
  const columns = [
    { head: 'event' },
    { head: 'source' },
    { head: 'verdict' },
    ...(isNarrow ? [] : [{ head: 'on' }]),
    { head: 'such as', flexible: true },
  ]
  const table = cutTable('Hooks of others, where only managed ones may run', columns, rows, managedOnly.others.of, look)
  return [fault, table].filter((part) => part !== '').join('\n')
}

function executionsText({ executions }: HooksSection, look: TerminalLook): string {
  const { paint } = look
  const isNarrow = look.width < narrow
  const rows = executions.rows.map(({ failingOpen, ...row }) => [
    nameText(row.event, longestEvent),
    countText(row.executions),
    countText(row.blocking),
    countText(row.nonBlockingError),
    countText(row.cancelled),
    {
      text: percentText(failingOpen.percent),
      paint: failingOpen.hooks > 0 ? paint.bad : paint.faint,
    },
    ...(isNarrow
      ? []
      : [
          failingOpen.hooks === 0
            ? ''
            : `${whoText(failingOpen)}: ${suchAs(failingOpen)}${failingOpen.example === undefined ? '' : ` (${exampleText(failingOpen.example)})`}`,
        ]),
  ])
  const columns = [
    { head: 'event' },
    { head: 'ran', align: 'right' as const },
    { head: 'blocked', align: 'right' as const },
    { head: 'errors', align: 'right' as const },
    { head: 'timed out', align: 'right' as const },
    { head: 'let through', align: 'right' as const },
    ...(isNarrow ? [] : [{ head: 'on', flexible: true }]),
  ]
  return cutTable(
    'Hooks that ran; after an error or a timeout the client goes on as if there were no hook',
    columns,
    rows,
    executions.of,
    look,
  )
}
