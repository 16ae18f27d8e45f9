import { minimumVersion } from '../../gates/gate.js'
import { compareVersions, parseVersion, type Version } from '../../gates/version.js'
import { byText } from '../../platform/by-text.js'
import type { ScanHead } from '../../readiness/scan-document.js'
import { platformName } from '../plain-names.js'
import { numbered } from '../plan-words.js'
import { countText } from '../words.js'
import type { Chart } from './chart.js'
import { cellText, labelText, widthOf } from './chart-text.js'
import { drawChart, smallFontSize } from './draw-chart.js'
import { type Bar, drawingSpec, type Label, plotWidth, type Rule } from './drawing.js'
import { type Boundary, type Build, foldBuilds } from './fold-builds.js'
import { keyLabels } from './key-labels.js'

type Versions = ScanHead['versions']
type Gates = ScanHead['gates']

/** A stretch of the chart, from the newest down. */
type Row =
  | {
      readonly kind: 'bar'
      readonly name: string
      readonly endpoints: number
      readonly failing: number
      readonly unknown: number
      readonly look: Look
    }
  | { readonly kind: 'boundary'; readonly text: string }
type Look = 'version' | 'unreadable' | 'absent'

const barRow = 26
const barHeight = 18
const longestName = 25
const longestGate = 84

/**
 * How many endpoints have which version of Claude Desktop, the newest first, with the lowest version that each required gate
 * lets pass between them. Versions that cannot be read, and endpoints that have none, stand apart: they are neither old nor
 * new. Undefined where nothing is known to be installed.
 */
export async function versionsChart(versions: Versions, gates: Gates): Promise<Chart | undefined> {
  const desktop = versions.filter(({ product, endpoints }) => product === 'claude-desktop' && endpoints > 0)
  if (desktop.length === 0) return undefined
  const builds: Build[] = []
  const unreadable: Build['row'][] = []
  for (const row of desktop) {
    const parsed = row.readable ? parseVersion(row.version) : undefined
    if (parsed?.kind === 'version') builds.push({ row, parsed })
    else unreadable.push(row)
  }
  builds.sort((a, b) => compareVersions(b.parsed, a.parsed) || byText(a.row.version, b.row.version))
  unreadable.sort((a, b) => b.endpoints - a.endpoints || byText(a.version, b.version))
  const boundaries = boundariesOf(gates)
  const counts = {
    installed: sum(desktop),
    failing: builds.reduce((all, { row }) => all + row.belowRequired, 0),
    unknown: builds.reduce((all, { row }) => all + (row.unknownRequired ?? 0), 0),
    isUnknownCounted: builds.every(({ row }) => row.unknownRequired !== undefined),
    unreadable: sum(unreadable),
    absent: absentOf(gates, sum(desktop)),
  }
  const rows = rowsOf(builds, boundaries, counts)
  return {
    id: 'versions',
    title: 'Versions of Claude Desktop',
    summary: summaryOf(builds, boundaries, counts),
    svg: await draw(rows, counts, boundaries.length > 0),
    columns: ['Version', 'Endpoints', 'Fail a required gate', 'Cannot be told', 'Fail none'],
    rows: [
      ...builds.map(({ row }) => [cellText(row.version), countText(row.endpoints), ...answersOf(row)]),
      ...unreadable.map((row) => [
        `cannot be read: ${cellText(row.version)}`,
        countText(row.endpoints),
        ...(row.unknownRequired === undefined ? ['–', '–', '–'] : answersOf(row)),
      ]),
      ...(counts.absent > 0 ? [['absent or not known', countText(counts.absent), '–', '–', '–']] : []),
    ],
  }
}

/** What the required gates say. A scan that did not count what they cannot tell leaves open which endpoints fail none. */
function answersOf({ endpoints, belowRequired, unknownRequired }: Versions[number]): string[] {
  if (unknownRequired === undefined) return [countText(belowRequired), '–', '–']
  return [belowRequired, unknownRequired, endpoints - belowRequired - unknownRequired].map(countText)
}

interface Counts {
  readonly installed: number
  readonly failing: number
  /** Of those in a version that can be read. */
  readonly unknown: number
  readonly isUnknownCounted: boolean
  readonly unreadable: number
  readonly absent: number
}

function sum(rows: readonly { readonly endpoints: number }[]): number {
  return rows.reduce((all, { endpoints }) => all + endpoints, 0)
}

/** Every gate answers for every endpoint, so those without a version are what is left of any gate's answers. */
function absentOf([gate]: Gates, installed: number): number {
  if (gate === undefined) return 0
  return Math.max(0, gate.pass + gate.fail + gate.unknown + gate.notApplicable - installed)
}

/** The lowest versions that pass, the highest first; a gate has several where platforms differ. */
function boundariesOf(gates: Gates): Boundary[] {
  return gates
    .filter(({ level, product }) => level === 'required' && product === 'claude-desktop')
    .flatMap((gate) => {
      const platforms = new Map<string, string[]>()
      for (const platform of gate.platforms) {
        const minimum = minimumVersion(gate, platform)
        if (minimum !== undefined) platforms.set(minimum, [...(platforms.get(minimum) ?? []), platform])
      }
      return [...platforms].flatMap(([minimum, on]) => {
        const version = parseVersion(minimum)
        const where = on.length === 3 ? '' : ` on ${on.map(platformName).join(' and ')}`
        return version.kind === 'version' ? [{ text: `${gate.id}${where}: from ${minimum}`, minimum: version }] : []
      })
    })
    .sort((a, b) => compareVersions(b.minimum, a.minimum) || byText(a.text, b.text))
}

function rowsOf(builds: readonly Build[], boundaries: readonly Boundary[], counts: Counts): Row[] {
  const left = [...boundaries]
  const rows: Row[] = []
  const cross = (version: Version | undefined) => {
    while (left[0] !== undefined && (version === undefined || compareVersions(version, left[0].minimum) < 0))
      rows.push({ kind: 'boundary', text: left.shift()!.text })
  }
  for (const { name, newest, endpoints, failing, unknown } of foldBuilds(builds, boundaries)) {
    cross(newest)
    rows.push({ kind: 'bar', name, endpoints, failing, unknown, look: 'version' })
  }
  cross(undefined)
  const apart = [
    { name: 'cannot be read', endpoints: counts.unreadable, look: 'unreadable' as const },
    { name: 'absent or not known', endpoints: counts.absent, look: 'absent' as const },
  ]
  return [
    ...rows,
    ...apart
      .filter(({ endpoints }) => endpoints > 0)
      .map((row) => ({ kind: 'bar' as const, failing: 0, unknown: 0, ...row })),
  ]
}

async function draw(rows: readonly Row[], counts: Counts, hasGates: boolean): Promise<string> {
  const space = { left: 210, right: 80, top: 4, bottom: 4 }
  const largest = Math.max(...rows.map((row) => (row.kind === 'bar' && row.look !== 'absent' ? row.endpoints : 0)))
  const x = { domain: [0, largest] as const }
  const unit = largest / plotWidth({ space })
  const untold = counts.unknown + counts.unreadable
  const rest = counts.installed - untold - counts.failing
  const restText = !hasGates ? 'no version is required' : counts.isUnknownCounted ? 'fails none' : 'not known to fail'
  const passing = hasGates && counts.isUnknownCounted ? 'var(--ready)' : 'var(--stale)'
  const key = keyLabels(
    [
      { text: `fails a required gate ${countText(counts.failing)}`, fill: 'var(--upgrade)' },
      ...(hasGates && untold > 0 ? [{ text: `cannot be told ${countText(untold)}`, fill: 'var(--unknown)' }] : []),
      { text: `${restText} ${countText(rest)}`, fill: passing },
    ],
    { space, x },
    10,
  )
  const fills: Readonly<Record<Exclude<Look, 'absent'>, Pick<Bar, 'fill'>>> = {
    version: { fill: passing },
    unreadable: { fill: 'var(--unknown)' },
  }
  const bars: Bar[] = []
  const labels: Label[] = []
  const rules: Rule[] = []
  let top = key.height + 8
  let isApart = false
  for (const row of rows) {
    if (row.kind === 'boundary') {
      const text = labelText(row.text, longestGate)
      const from = -space.left * unit
      labels.push({ x: from, y: top + 10, text: `▲ ${text}`, fill: 'var(--target)', size: smallFontSize })
      rules.push({
        x: from + (widthOf(`▲ ${text}`, smallFontSize) + 10) * unit,
        x2: largest + space.right * unit,
        y: top + 10,
        y2: top + 10,
        stroke: 'var(--target)',
        dash: [6, 3],
      })
      top += 22
      continue
    }
    if (row.look !== 'version' && !isApart) {
      isApart = true
      top += 10
    }
    const place = { y: top + (barRow - barHeight) / 2, y2: top + (barRow + barHeight) / 2 }
    const middle = top + barRow / 2
    const { endpoints, failing, unknown } = row
    if (failing > 0) bars.push({ x: 0, x2: failing, ...place, fill: 'var(--upgrade)' })
    // Without a bar: where few have Claude Desktop, it would leave no room for those of its versions.
    const length = row.look === 'absent' ? 0 : endpoints
    if (unknown > 0) bars.push({ x: failing, x2: failing + unknown, ...place, fill: 'var(--unknown)' })
    if (row.look !== 'absent' && endpoints > failing + unknown)
      bars.push({ x: failing + unknown, x2: endpoints, ...place, ...fills[row.look] })
    labels.push({ x: -10 * unit, y: middle, text: labelText(row.name, longestName), align: 'right' })
    labels.push({ x: length + 8 * unit, y: middle, text: countText(endpoints) })
    top += barRow
  }
  return drawChart(
    drawingSpec({ height: top, space, x, rules, bars: [...key.bars, ...bars], labels: [...key.labels, ...labels] }),
  )
}

function summaryOf(builds: readonly Build[], boundaries: readonly Boundary[], counts: Counts): string {
  const [newest, oldest] = [builds[0], builds.at(-1)]
  const { installed, failing, unknown, unreadable, absent } = counts
  return [
    newest === undefined || oldest === undefined
      ? `${numbered(installed, 'endpoint')} ${installed === 1 ? 'has' : 'have'} Claude Desktop, none in a version that can be read.`
      : newest === oldest
        ? `${numbered(installed, 'endpoint')} ${installed === 1 ? 'has' : 'have'} Claude Desktop, in one version that can be read, ${newest.row.version}.`
        : `${numbered(installed, 'endpoint')} ${installed === 1 ? 'has' : 'have'} Claude Desktop, in ${countText(builds.length)} versions from ${oldest.row.version} to ${newest.row.version}.`,
    boundaries.length === 0 ? 'No version of it is required.' : `On ${countText(failing)} a required gate fails.`,
    ...(unknown > 0 ? [`On ${countText(unknown)} none fails, but one cannot tell.`] : []),
    ...(unreadable > 0 ? [`On ${countText(unreadable)} the version cannot be read.`] : []),
    ...(absent > 0 ? [`On ${countText(absent)} it is absent, or nobody knows.`] : []),
  ].join(' ')
}
