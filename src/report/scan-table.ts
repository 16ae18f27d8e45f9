import type { ScanHead } from '../readiness/scan-document.js'
import { states } from '../readiness/verdict.js'
import { type Paint, paintState } from './paint.js'
import { sameWarnings } from './same-warnings.js'
import { shownGates } from './shown-gates.js'
import { type TextCell, textLines, textTable } from './text-table.js'
import { countText, meaningOf, percentText, probedText, reasonText, telemetryMeanings } from './words.js'

export interface ScanTableOptions {
  readonly width: number
  readonly paint: Paint
  readonly organization?: string | undefined
  readonly targetBy?: string | undefined
}

const mostFiles = 20
const mostVersions = 12
const mostBreakdown = 8
const mostWarnings = 20
const mostDiagnoses = 10

/** The scan as an administrator reads it on a terminal: the number first, then what it rests on and what to do. */
export function scanTable(head: ScanHead, options: ScanTableOptions): string {
  const sections = [
    headline(head, options),
    files(head, options),
    stateSection(head, options),
    gateSection(head, options),
    versionSection(head, options),
    healthSection(head, options),
    telemetrySection(head, options),
    furthest(head, options, 'department', 'Departments furthest from the target'),
    furthest(head, options, 'platform', 'Platforms furthest from the target'),
    unknownSection(head, options),
    lookAlikeSection(head, options),
    warningSection(head, options),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function headline(
  { asOf, coverage, policy }: ScanHead,
  { width, paint, organization, targetBy }: ScanTableOptions,
): string {
  const { inScope, managed, active, ready, target, met, missing } = coverage
  const by = targetBy ? ` by ${targetBy}` : ''
  const verdict = met
    ? `target ${target} %${by} is met`
    : inScope.of === 0
      ? 'no endpoint is in scope: that is not a pass'
      : `target ${target} %${by} is not met: ${countText(missing)} more needed`
  const line = (name: string, share: typeof managed, what: string) =>
    `  ${name.padEnd(9)} ${countText(ready).padStart(9)} of ${countText(share.of).padEnd(9)} ${percentText(share.percent).padStart(7)}  ${paint.faint(what)}`
  return [
    textLines(`${organization ? `${organization}, ` : ''}${asOf.slice(0, 10)}`, width, 0, paint.strong),
    textLines(`policy ${policy.file ?? 'defaults'}, ${policy.digest.slice(0, 19)}`, width, 0, paint.faint),
    '',
    `${paint.strong('Coverage')}  ${paint.strong(percentText(inScope.percent))}  ${bar(inScope.percent, paint)}`,
    textLines(verdict, width, 2, met ? paint.good : paint.bad),
    line('in scope', inScope, 'managed without the excluded'),
    line('managed', managed, 'every endpoint in the exports'),
    line('active', active, 'in scope without the stale'),
  ].join('\n')
}

function bar(percent: number | null, paint: Paint): string {
  const filled = Math.floor((percent ?? 0) / 5)
  return paint.good('█'.repeat(filled)) + paint.faint('░'.repeat(20 - filled))
}

function moreLine(text: string, { width }: Pick<ScanTableOptions, 'width' | 'paint'>): string {
  return `\n${textLines(`… and ${text}`, width, 2)}`
}

function title(paint: Paint, text: string): string {
  return paint.strong(text)
}

function files({ sources, skipped }: ScanHead, { width, paint }: ScanTableOptions): string {
  const shown = sources.length > mostFiles ? [...sources].sort(byInterest).slice(0, mostFiles) : sources
  const folder = commonFolder(sources.map(({ file }) => file))
  const rows = shown.map((file): (string | TextCell)[] => [
    file.file.slice(folder.length),
    file.problem ? { text: 'not read', paint: paint.bad } : (file.format ?? ''),
    countText(file.records),
    countText(file.counted),
    file.rejected > 0 ? { text: countText(file.rejected), paint: paint.bad } : '0',
  ])
  const table = textTable(
    [
      { head: 'file', flexible: true },
      { head: 'format', whole: true },
      { head: 'records', align: 'right' },
      { head: 'counted', align: 'right' },
      { head: 'rejected', align: 'right' },
    ],
    rows,
    width,
    paint,
  )
  const more =
    sources.length > shown.length
      ? moreLine(`${countText(sources.length - shown.length)} more files, all in --json`, { width, paint })
      : ''
  const where = folder === '' ? '' : `\n${textLines(`in ${folder}`, width, 2, paint.faint)}`
  return `${title(paint, 'Files')}${where}\n${table}${more}${passedOver(skipped, width)}`
}

function passedOver(skipped: ScanHead['skipped'], width: number): string {
  if (skipped.length === 0) return ''
  const names = skipped.slice(0, 5).map(({ file, reason }) => `${file.split('/').at(-1)} (${reason})`)
  const more = skipped.length > 5 ? ` and ${countText(skipped.length - 5)} more` : ''
  return `\n${textLines(`passed over: ${names.join(', ')}${more}`, width, 2)}`
}

/** The folder, with its final slash, that all files lie in; empty for files of several places. */
function commonFolder(files: readonly string[]): string {
  const [first = ''] = files
  let folder = first.slice(0, first.lastIndexOf('/') + 1)
  while (folder !== '' && !files.every((file) => file.startsWith(folder)))
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1)
  return folder
}

/** Files with problems or rejects come first when not all can be shown. */
function byInterest(a: ScanHead['sources'][number], b: ScanHead['sources'][number]): number {
  return (
    Number(b.problem !== undefined) - Number(a.problem !== undefined) ||
    b.rejected - a.rejected ||
    b.records - a.records
  )
}

function stateSection({ states: counts, reasons }: ScanHead, { width, paint }: ScanTableOptions): string {
  const rows = [...states].reverse().flatMap((state): (string | TextCell)[][] => {
    const name = { text: state, paint: (text: string) => paintState(paint, state, text) }
    const because = reasons.filter((reason) => reason.state === state)
    if (counts[state] === 0) return []
    if (because.length === 0) return [[name, countText(counts[state]), '', 'everything required passes', '']]
    return because.map((reason, index) => [
      index === 0 ? name : '',
      index === 0 ? countText(counts[state]) : '',
      because.length > 1 ? countText(reason.endpoints) : '',
      reasonText(reason),
      index === 0 && reason.action !== 'none' ? reason.action : '',
    ])
  })
  const table = textTable(
    [
      { head: 'state' },
      { head: 'endpoints', align: 'right' },
      { head: 'of these', align: 'right' },
      { head: 'why', flexible: true },
      { head: 'next' },
    ],
    rows,
    width,
    paint,
  )
  return `${title(paint, 'States')}\n${table}`
}

function gateSection({ gates }: ScanHead, { width, paint }: ScanTableOptions): string {
  const { shown, others } = shownGates(gates)
  if (shown.length === 0) return ''
  const rows = shown.map((gate): (string | TextCell)[] => [
    gate.level === 'required' ? { text: gate.id, paint: paint.strong } : gate.id,
    gate.level,
    countText(gate.pass),
    gate.fail > 0 ? { text: countText(gate.fail), paint: gate.level === 'required' ? paint.bad : paint.doubtful } : '0',
    countText(gate.unknown),
    gate.title,
  ])
  const table = textTable(
    [
      { head: 'gate', whole: true },
      { head: 'level' },
      { head: 'pass', align: 'right' },
      { head: 'fail', align: 'right' },
      { head: 'unknown', align: 'right' },
      { head: 'what it is', flexible: true },
    ],
    rows,
    width,
    paint,
  )
  const more =
    others > 0
      ? moreLine(`${countText(others)} more advised gates fail somewhere; all are in --json, and in fleet gates`, {
          width,
          paint,
        })
      : ''
  return `${title(paint, 'Gates')}\n${table}${more}`
}

function versionSection({ versions }: ScanHead, { width, paint }: ScanTableOptions): string {
  if (versions.length === 0) return ''
  const below = versions.filter((row) => row.belowRequired > 0)
  const others = versions.filter((row) => row.belowRequired === 0)
  // Every version that fails a required gate is shown before the common ones.
  const shown = [...below, ...others].slice(0, Math.max(mostVersions, Math.min(below.length, 2 * mostVersions)))
  const rows = shown.map((row): (string | TextCell)[] => [
    row.product,
    row.version === '' ? '(empty)' : row.version,
    countText(row.endpoints),
    row.belowRequired > 0
      ? {
          text:
            row.belowRequired === row.endpoints ? 'fails a required gate' : `fails on ${countText(row.belowRequired)}`,
          paint: paint.bad,
        }
      : row.readable
        ? ''
        : { text: 'cannot be read', paint: paint.doubtful },
  ])
  const table = textTable(
    [{ head: 'product' }, { head: 'version', flexible: true }, { head: 'endpoints', align: 'right' }, { head: '' }],
    rows,
    width,
    paint,
  )
  const more =
    versions.length > shown.length
      ? moreLine(`${countText(versions.length - shown.length)} more versions, all in --json`, { width, paint })
      : ''
  return `${title(paint, 'Versions')}\n${table}${more}`
}

/** The delivery chain as a funnel, and what is wrong with it; shown once there are probes. */
function healthSection({ health }: ScanHead, { width, paint }: ScanTableOptions): string {
  if (health === undefined) return ''
  const stages = textTable(
    [
      { head: 'stage' },
      { head: 'proven', align: 'right' },
      { head: 'contradicted', align: 'right' },
      { head: 'unknown', align: 'right' },
      { head: 'not asked', align: 'right' },
    ],
    health.stages.map((row) => [
      row.stage,
      { text: countText(row.proven), paint: row.proven > 0 ? paint.good : paint.faint },
      row.contradicted > 0 ? { text: countText(row.contradicted), paint: paint.bad } : '0',
      countText(row.unknown),
      countText(row['not-applicable']),
    ]),
    width,
    paint,
  )
  return [
    `${title(paint, 'Delivery chain')}\n${textLines(probedText(health), width, 2)}\n${stages}`,
    ...(health.diagnoses.length === 0 ? [] : [diagnosisTable(health.diagnoses, { width, paint })]),
  ].join('\n')
}

/** What the evidence says of the endpoints in scope that are not stale. */
function telemetrySection({ telemetry }: ScanHead, { width, paint }: ScanTableOptions): string {
  if (telemetry === undefined) return ''
  const { file, asOf } = telemetry
  const colours = {
    proven: paint.good,
    silent: paint.bad,
    contradicted: paint.bad,
    unknown: paint.doubtful,
    missing: paint.doubtful,
  }
  const table = textTable(
    [{ head: 'telemetry' }, { head: 'endpoints', align: 'right' }, { head: '', flexible: true }],
    (Object.keys(colours) as (keyof typeof colours)[])
      .filter((name) => telemetry[name] > 0 || name === 'proven')
      .map((name) => [{ text: name, paint: colours[name] }, countText(telemetry[name]), telemetryMeanings[name]]),
    width,
    paint,
  )
  return `${title(paint, 'Telemetry that arrived')}\n${textLines(`as of ${asOf}, ${file}`, width, 2, paint.faint)}\n${table}`
}

function diagnosisTable(
  diagnoses: NonNullable<ScanHead['health']>['diagnoses'],
  { width, paint }: Pick<ScanTableOptions, 'width' | 'paint'>,
): string {
  const shown = [...diagnoses].sort((a, b) => b.endpoints - a.endpoints).slice(0, mostDiagnoses)
  const table = textTable(
    [{ head: 'endpoints', align: 'right' }, { head: 'stage' }, { head: 'diagnosis, and what to do', flexible: true }],
    shown.map(({ code, stage, endpoints }) => {
      const { why, todo } = meaningOf(code)
      return [countText(endpoints), stage, `${why}: ${todo}`]
    }),
    width,
    paint,
  )
  const more = diagnoses.length - shown.length
  return more > 0 ? `${table}${moreLine(`${more} more diagnoses, all in --json`, { width, paint })}` : table
}

function furthest(
  head: ScanHead,
  { width, paint }: ScanTableOptions,
  dimension: 'department' | 'platform',
  heading: string,
): string {
  const rows = head.breakdown[dimension].filter((row) => row.coverage.missing > 0)
  if (rows.length === 0) return ''
  const shown = rows.slice(0, mostBreakdown)
  const anyRepair = head.states.repair > 0
  const table = textTable(
    [
      { head: dimension, flexible: true },
      { head: 'ready', align: 'right' },
      { head: 'in scope', align: 'right' },
      { head: 'coverage', align: 'right' },
      { head: 'more needed', align: 'right' },
      { head: 'upgrade', align: 'right' },
      ...(anyRepair ? [{ head: 'repair', align: 'right' as const }] : []),
      { head: 'unknown', align: 'right' },
      { head: 'stale', align: 'right' },
    ],
    shown.map((row) => [
      row.name,
      countText(row.coverage.ready),
      countText(row.coverage.inScope.of),
      percentText(row.coverage.inScope.percent),
      countText(row.coverage.missing),
      countText(row.states.upgrade),
      ...(anyRepair ? [countText(row.states.repair)] : []),
      countText(row.states.unknown),
      countText(row.states.stale),
    ]),
    width,
    paint,
  )
  const more =
    rows.length > shown.length
      ? moreLine(`${countText(rows.length - shown.length)} more, all in --json`, { width, paint })
      : ''
  return `${title(paint, heading)}\n${table}${more}`
}

function unknownSection({ reasons }: ScanHead, { width, paint }: ScanTableOptions): string {
  const rows = reasons.filter((reason) => reason.state === 'unknown')
  if (rows.length === 0) return ''
  const table = textTable(
    [
      { head: 'endpoints', align: 'right' },
      { head: 'what to do', flexible: true },
    ],
    rows.map((row) => [countText(row.endpoints), `${reasonText(row)}: ${meaningOf(row.code).todo}`]),
    width,
    paint,
  )
  return `${title(paint, 'Unknown, and what would settle it')}\n${table}`
}

function lookAlikeSection({ lookAlikes }: ScanHead, { width, paint }: ScanTableOptions): string {
  if (lookAlikes.length === 0) return ''
  const names = lookAlikes.slice(0, 6).map((row) => `${row.name} (${row.why})`)
  const rest = lookAlikes.length > 6 ? `, and ${lookAlikes.length - 6} more` : ''
  const table = textTable(
    [{ head: 'names that look like Claude and do not count', flexible: true }],
    [[names.join(', ') + rest]],
    width,
    paint,
  )
  return `${title(paint, 'Look-alikes')}\n${table}`
}

function warningSection({ warnings: all, sources }: ScanHead, { width, paint }: ScanTableOptions): string {
  if (all.length === 0) return ''
  const folder = commonFolder(sources.map(({ file }) => file))
  const warnings = sameWarnings(all)
  const shown = warnings.slice(0, mostWarnings)
  const rows = shown.map(({ warning, files: places }): (string | TextCell)[] => {
    const where = places.slice(0, 5).map(({ file, records, firstRecord }) => {
      const many = records === undefined ? '' : `: ${countText(records)} record${records === 1 ? '' : 's'}`
      const first = firstRecord === undefined ? '' : `, first ${countText(firstRecord)}`
      return `${file?.slice(folder.length)}${many}${first}`
    })
    if (places.length > 5) where.push(`and ${countText(places.length - 5)} more files`)
    return [
      { text: warning.code, paint: warning.strict ? paint.bad : paint.doubtful },
      where.length > 0 ? `${warning.message} [${where.join('; ')}]` : warning.message,
    ]
  })
  const table = textTable([{ head: 'warning' }, { head: 'what it means', flexible: true }], rows, width, paint)
  const more =
    warnings.length > shown.length
      ? moreLine(`${countText(warnings.length - shown.length)} more, all in --json`, { width, paint })
      : ''
  return `${title(paint, 'Warnings')}\n${table}${more}`
}
