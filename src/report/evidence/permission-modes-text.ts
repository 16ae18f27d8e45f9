import type { PermissionModesSection } from '../../telemetry/sections/permission-modes.js'
import type { Paint } from '../paint.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines } from '../text-table.js'
import { countText } from '../words.js'
import { cutTable, dayText, exampleText, isAnybody, nameText, narrow, whoText } from './cut-table.js'

const longest = 24

/** Permission modes and permanent approvals on a terminal. */
export function permissionModesText(section: PermissionModesSection, look: TerminalLook): string {
  const { width, paint } = look
  const { violations, unknown } = section
  const parts = [
    violations.events > 0
      ? textLines(
          `${countText(violations.events)} changes on ${whoText(violations)} that the policy forbids`,
          width,
          2,
          paint.bad,
        )
      : '',
    riskyText(section, look),
    approvalsText(section, look),
  ].filter((part) => part !== '')
  if (parts.length === 0) return ''
  const open = isAnybody(unknown)
    ? textLines(`unknown for ${whoText(unknown)}: their surfaces report no permission modes`, width, 2, paint.doubtful)
    : ''
  const note = textLines(
    'A session that starts in a mode reports no change: this list proves what happened, not that nothing else did.',
    width,
    2,
    paint.faint,
  )
  return [paint.strong('Permission checks'), ...parts, ...(open === '' ? [] : [open]), note].join('\n')
}

type Verdict = PermissionModesSection['risky']['rows'][number]['verdict']

function verdictCell(verdict: Verdict, paint: Paint) {
  if (verdict === 'violation') return { text: 'forbidden', paint: paint.bad }
  return verdict === 'allowed' ? { text: 'allowed', paint: paint.faint } : { text: 'no rule', paint: paint.doubtful }
}

function whoName({ endpoint, installation }: { endpoint?: string | undefined; installation?: string | undefined }) {
  return nameText(endpoint ?? installation ?? '', longest)
}

function riskyText({ risky }: PermissionModesSection, look: TerminalLook): string {
  const isNarrow = look.width < narrow
  const rows = risky.rows.map((row) => [
    whoName(row),
    row.mode === 'auto' ? 'auto' : 'bypass',
    verdictCell(row.verdict, look.paint),
    countText(row.events),
    ...(isNarrow ? [] : [dayText(row.last)]),
    `${row.shows === 'left' ? 'left it, so it was on; ' : ''}by ${nameText(row.trigger, longest)}; ${isNarrow ? `${dayText(row.last)}; ` : ''}${exampleText(row.example)}`,
  ])
  const columns = [
    { head: 'endpoint' },
    { head: 'mode' },
    { head: 'policy' },
    { head: 'times', align: 'right' as const },
    ...(isNarrow ? [] : [{ head: 'last', whole: true }]),
    { head: 'how', flexible: true },
  ]
  return cutTable('Sessions without permission checks, or with automatic ones', columns, rows, risky.of, look)
}

function approvalsText(
  { permanentApprovals, permanentlyApproved }: PermissionModesSection,
  look: TerminalLook,
): string {
  const isNarrow = look.width < narrow
  const rows = permanentApprovals.rows.map((row) => [
    whoName(row),
    nameText(row.tool, longest),
    verdictCell(row.verdict, look.paint),
    countText(row.events),
    ...(isNarrow ? [] : [dayText(row.last)]),
    `${isNarrow ? `${dayText(row.last)}; ` : ''}${exampleText(row.example)}`,
  ])
  const columns = [
    { head: 'endpoint' },
    { head: 'tool' },
    { head: 'policy' },
    { head: 'calls', align: 'right' as const },
    ...(isNarrow ? [] : [{ head: 'last', whole: true }]),
    { head: 'such as', flexible: true },
  ]
  return cutTable(
    `Tools that users allowed for good: ${countText(permanentlyApproved.events)} calls on ${whoText(permanentlyApproved)}`,
    columns,
    rows,
    permanentApprovals.of,
    look,
  )
}
