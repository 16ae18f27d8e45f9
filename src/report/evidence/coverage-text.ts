import type { CoverageSection } from '../../telemetry/sections/coverage.js'
import { endpointStatuses } from '../../telemetry/sections/endpoints.js'
import { numbered } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines, textTable } from '../text-table.js'
import { countText, percentText } from '../words.js'
import { paintStatus, reasonWords, statusWords } from './status-words.js'

const mostGroups = 8
const mostReasons = 10

/** How many of the endpoints that should report do, and where the others are. */
export function coverageText(section: CoverageSection, look: TerminalLook): string {
  return [headText(section, look), reasonsText(section, look), darkText(section, look)]
    .filter((text) => text !== '')
    .join('\n\n')
}

/** The same by department, platform, version and surface. */
export function coverageGroupsText(section: CoverageSection, look: TerminalLook): string {
  return [
    groupsText('Departments', section.departments.rows, section.departments.of, look),
    groupsText('Platforms', section.platforms, section.platforms.length, look),
    groupsText(
      'Versions',
      section.versions.rows.map(({ product, version, ...row }) => ({ ...row, name: `${product} ${version}` })),
      section.versions.of,
      look,
    ),
    surfacesText(section, look),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function headText(section: CoverageSection, { width, paint }: TerminalLook): string {
  const { proven, shouldReport, inScope, managed, active, statuses, notExpected, silentAfterDays } = section
  const denominators = [
    ['should report', shouldReport, 'ready, or in repair'],
    ['in scope', inScope, 'managed without the excluded'],
    ['managed', managed, 'every endpoint of the inventory'],
    ['active', active, 'in scope without the stale'],
  ] as const
  const shares = denominators.map(([name, { of, percent }, what]) => [
    name,
    countText(proven),
    'of',
    countText(of),
    percentText(percent),
    { text: what, paint: paint.faint },
  ])
  const counts = endpointStatuses.map((status) => [
    { text: status, paint: paintStatus(paint, status) },
    countText(statuses[status]),
    countText(notExpected[status]),
    statusWords[status],
  ])
  const silence =
    section.silenceCannotBeTold === undefined
      ? `Silent means: nothing for ${silentAfterDays} days.`
      : `Silence of ${silentAfterDays} days cannot be told: ${section.silenceCannotBeTold}.`
  return [
    `${paint.strong('Proven by telemetry')}  ${paint.strong(percentText(shouldReport.percent))}`,
    ...(shouldReport.of === 0
      ? [textLines('no endpoint should report: that is not a pass', width, 2, paint.doubtful)]
      : []),
    textTable(
      [
        { head: '', whole: true },
        { head: '', align: 'right' },
        { head: '' },
        { head: '', align: 'right' },
        { head: '', align: 'right' },
        { head: '', flexible: true },
      ],
      shares,
      width,
      paint,
    ),
    '',
    textTable(
      [
        { head: 'telemetry', whole: true },
        { head: 'should report', align: 'right' },
        { head: 'others', align: 'right' },
        { head: 'what it means', flexible: true },
      ],
      counts,
      width,
      paint,
    ),
    textLines(silence, width, 2, section.silenceCannotBeTold === undefined ? paint.faint : paint.doubtful),
  ].join('\n')
}

function reasonsText({ reasons }: CoverageSection, look: TerminalLook): string {
  if (reasons.length === 0) return ''
  const { width, paint } = look
  const rows = reasons.slice(0, mostReasons).map(({ status, code, endpoints }) => {
    const { why, todo } = reasonWords[code]
    return [{ text: status, paint: paintStatus(paint, status) }, countText(endpoints), why, todo]
  })
  const columns = [
    { head: 'telemetry', whole: true },
    { head: 'endpoints', align: 'right' as const },
    { head: 'why' },
    { head: 'what to do', flexible: true },
  ]
  return `${paint.strong('Why endpoints are not proven')}\n${textTable(columns, rows, width, paint)}${moreText(reasons.length - rows.length, 'reasons', look)}`
}

interface Row {
  readonly name: string
  readonly shouldReport: number
  readonly proven: number
  readonly silent: number
  readonly contradicted: number
  readonly unknown: number
  readonly percent: number | null
}

function groupsText(title: string, rows: readonly Row[], total: number, look: TerminalLook): string {
  if (rows.length === 0) return ''
  const { width, paint } = look
  const shown = rows.slice(0, mostGroups)
  const table = textTable(
    [
      { head: title.toLowerCase(), flexible: true },
      { head: 'should', align: 'right' },
      ...endpointStatuses.map((status) => ({ head: status, align: 'right' as const })),
      { head: 'share', align: 'right' },
    ],
    shown.map(({ name, shouldReport, percent, ...row }) => [
      name,
      countText(shouldReport),
      ...endpointStatuses.map((status) => countText(row[status])),
      percentText(percent),
    ]),
    width,
    paint,
  )
  return `${paint.strong(title)}\n${table}${moreText(total - shown.length, title.toLowerCase(), look)}`
}

function surfacesText({ surfaces }: CoverageSection, { width, paint }: TerminalLook): string {
  const heard = surfaces.filter(({ endpoints }) => endpoints > 0)
  if (heard.length === 0) return ''
  const rows = heard.map(({ surface, endpoints, proven, events, last }) => [
    surface,
    countText(endpoints),
    countText(proven),
    countText(events),
    last?.slice(0, 10) ?? '–',
  ])
  const columns = [
    { head: 'surface', flexible: true },
    { head: 'endpoints', align: 'right' as const },
    { head: 'proven', align: 'right' as const },
    { head: 'events', align: 'right' as const },
    { head: 'last record', whole: true },
  ]
  return `${paint.strong('Surfaces that endpoints report from')}\n${textTable(columns, rows, width, paint)}`
}

function darkText({ darkSince }: CoverageSection, look: TerminalLook): string {
  if (darkSince.of === 0) return ''
  const { width, paint } = look
  const shown = darkSince.rows.slice(0, mostGroups)
  const rows = shown.map(({ product, version, dark, of, from, endpoints }) => [
    `${product} ${version}`,
    { text: countText(dark), paint: paint.bad },
    countText(of),
    from.join(', '),
    endpoints.slice(0, 3).join(', '),
  ])
  const columns = [
    { head: 'upgraded to' },
    { head: 'dark', align: 'right' as const },
    { head: 'of', align: 'right' as const },
    { head: 'reported until' },
    { head: 'such as', flexible: true },
  ]
  return `${paint.strong('Dark since an upgrade')}\n${textTable(columns, rows, width, paint)}${moreText(darkSince.of - shown.length, 'versions', look)}`
}

function moreText(more: number, what: string, { width, paint }: TerminalLook): string {
  return more > 0
    ? `\n${textLines(`… and ${numbered(more, `more ${what.replace(/s$/, '')}`)}, in --json`, width, 2, paint.faint)}`
    : ''
}
