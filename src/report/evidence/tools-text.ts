import type { ToolsSection } from '../../telemetry/sections/tools.js'
import type { Paint } from '../paint.js'
import type { TerminalLook } from '../terminal-look.js'
import { type TextCell, textLines } from '../text-table.js'
import { countText, percentText } from '../words.js'
import { cutTable, dayText, exampleText, nameText, narrow, suchAs, whoText } from './cut-table.js'

const longestName = 32
const longestDepartment = 22

type Violation = ToolsSection['violations']['rows'][number]
type Used = ToolsSection['uses']['rows'][number]

const kinds: Readonly<Record<Used['kind'], string>> = {
  tool: 'tool',
  'mcp-server': 'MCP server',
  skill: 'skill',
  plugin: 'plugin',
}

const reasons: Readonly<Record<Used['why'], string>> = {
  'not-approved': 'not in evidence.approved',
  'mcp-denied': 'denied by mcp.denied',
  'mcp-not-allowed': 'not in mcp.allowed',
  'plugin-not-approved': 'not in plugins.approved',
  'plugin-other-version': 'another version than plugins.approved has',
  'name-hidden': 'the name is hidden (tool details are off)',
  'server-ambiguous': 'the name of its server has no clear end in that of the tool',
  'version-hidden': 'the version is not told',
  'user-unknown': 'department or group of the user is not known',
  'server-by-address': 'the policy names servers by URL or command',
  'no-rule': 'the policy says nothing of it',
  'not-connected': 'it was not connected',
  'comes-with-client': 'it comes with the client',
  approved: 'approved',
}

/** The manifest of tools on a terminal: what is not approved first. */
export function toolsText(section: ToolsSection, look: TerminalLook): string {
  const { width, paint } = look
  const { allowed, denied } = section.mcpByAddress
  const parts = [
    violationsText(section, look),
    usesText(section, look),
    departmentsText(section, look),
    allowed + denied > 0
      ? textLines(
          `Servers that the section mcp names by URL or command (${countText(allowed + denied)}) cannot be judged: telemetry tells neither.`,
          width,
          2,
          paint.doubtful,
        )
      : '',
    decisionsText(section, look),
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : [paint.strong('Tools, MCP servers, skills and plugins'), ...parts].join('\n')
}

function violationsText({ violations, violating }: ToolsSection, look: TerminalLook): string {
  const isNarrow = look.width < narrow
  const rows = violations.rows.map((row) => {
    const department = nameText(row.department, longestDepartment)
    const where = `${whoText(row)}: ${suchAs(row) || 'not told'}; ${exampleText(row.example)}`
    return [
      { text: kinds[row.kind], paint: look.paint.bad },
      nameWithVersion(row),
      ...(isNarrow ? [] : [department]),
      dayText(row.last),
      `${reasons[row.why]}; ${isNarrow ? `${department}; ` : ''}${where}`,
    ]
  })
  const columns = [
    { head: 'kind' },
    { head: 'name' },
    ...(isNarrow ? [] : [{ head: 'department' }]),
    { head: 'last', whole: true },
    { head: 'why, and where', flexible: true },
  ]
  return cutTable(`Not approved, newest first: ${whoText(violating)}`, columns, rows, violations.of, look)
}

function nameWithVersion({ name, version }: Violation): string {
  const text = nameText(name, longestName)
  return version === undefined ? text : `${text} ${nameText(version, longestDepartment)}`
}

function verdictCell({ verdict, why }: Used, paint: Paint): TextCell {
  if (verdict === 'approved') return { text: 'approved', paint: paint.good }
  if (verdict === 'violation') return { text: reasons[why], paint: paint.bad }
  return { text: reasons[why], paint: paint.doubtful }
}

function usesText({ uses }: ToolsSection, look: TerminalLook): string {
  const isNarrow = look.width < narrow
  const rows = uses.rows.map((row) => [
    kinds[row.kind],
    nameText(row.name, longestName),
    countText(row.calls),
    ...(isNarrow ? [] : [percentText(row.failurePercent)]),
    countText(row.events),
    verdictCell(row, look.paint),
  ])
  const columns = [
    { head: 'kind' },
    { head: 'name' },
    { head: 'calls', align: 'right' as const },
    ...(isNarrow ? [] : [{ head: 'failed', align: 'right' as const }]),
    { head: isNarrow ? 'events' : 'other events', align: 'right' as const },
    { head: 'policy', flexible: true },
  ]
  return cutTable('Used most', columns, rows, uses.of, look)
}

function departmentsText({ byDepartment }: ToolsSection, look: TerminalLook): string {
  const departments = new Set(byDepartment.rows.map(({ department }) => department))
  if (departments.size < 2) return ''
  const isNarrow = look.width < narrow
  const rows = byDepartment.rows.map((row) => [
    nameText(row.department, longestDepartment),
    ...(isNarrow ? [] : [kinds[row.kind]]),
    `${isNarrow ? `${kinds[row.kind]} ` : ''}${nameText(row.name, longestName)}`,
    countText(row.calls + row.events),
    verdictCell(row, look.paint),
  ])
  const columns = [
    { head: 'department' },
    ...(isNarrow ? [] : [{ head: 'kind' }]),
    { head: 'name' },
    { head: 'uses', align: 'right' as const },
    { head: 'policy', flexible: true },
  ]
  return cutTable('By department', columns, rows, byDepartment.of, look)
}

function decisionsText({ decisions }: ToolsSection, look: TerminalLook): string {
  const isNarrow = look.width < narrow
  const rows = decisions.sources.rows.map((row) => [
    nameText(row.service, longestDepartment),
    row.documented
      ? row.source
      : { text: `${nameText(row.source, longestDepartment)} (undocumented)`, paint: look.paint.doubtful },
    nameText(row.decision, longestDepartment),
    countText(row.decisions),
    percentText(row.matchedPercent),
    ...(isNarrow ? [] : [secondsText(row.meanMs), secondsText(row.longestMs)]),
  ])
  const columns = [
    { head: 'surface', flexible: true },
    { head: 'decided by' },
    { head: 'decision' },
    { head: 'times', align: 'right' as const },
    { head: isNarrow ? 'result' : 'with result', align: 'right' as const },
    ...(isNarrow
      ? []
      : [
          { head: 'mean', align: 'right' as const },
          { head: 'longest', align: 'right' as const },
        ]),
  ]
  return cutTable(
    'Who decided about tool calls, and the time from decision to result',
    columns,
    rows,
    decisions.sources.of,
    look,
  )
}

/** `0.2 s`, `1,800 s`, or a dash. */
function secondsText(milliseconds: number | null): string {
  if (milliseconds === null) return '–'
  const seconds = milliseconds / 1000
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${countText(Math.round(seconds))} s`
}
