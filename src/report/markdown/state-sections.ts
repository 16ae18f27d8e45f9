import type { ScanHead } from '../../readiness/scan-document.js'
import { nextAction, states as stateNames } from '../../readiness/verdict.js'
import { shownGates } from '../shown-gates.js'
import type { ReportView } from '../view/report-view.js'
import { countText, percentText } from '../words.js'
import { type Blocks, boundedTable, moreOf, shortText } from './bounded.js'

/** How many endpoints are in which state, the good one first. */
export function states({ head: { states: counts } }: ReportView): Blocks {
  const rows = [...stateNames].reverse().filter((state) => counts[state] > 0)
  return boundedTable(
    ['State', 'Endpoints', 'Next'],
    rows,
    rows.length,
    (state) => [state, countText(counts[state]), nextAction[state] === 'none' ? '' : nextAction[state]],
    (left) => moreOf(left, 'state'),
  )
}

type Breakdown = ScanHead['breakdown']['department']

/** Coverage by platform, department or site, the furthest from the target first. */
export function breakdown(rows: Breakdown, title: string, most: number): Blocks {
  return boundedTable(
    [title, 'Ready', 'In scope', 'Coverage', 'More needed', 'Unknown', 'Stale'],
    rows,
    most,
    ({ name, coverage, states: counts }) => [
      shortText(name),
      countText(coverage.ready),
      countText(coverage.inScope.of),
      percentText(coverage.inScope.percent),
      countText(coverage.missing),
      countText(counts.unknown),
      countText(counts.stale),
    ],
    (left) => {
      const missing = left.reduce((sum, { coverage }) => sum + coverage.missing, 0)
      return `${moreOf(left, title.toLowerCase())}, with ${countText(missing)} more needed`
    },
  )
}

/** The required gates, and those others that bear on auditing. */
export function gates({ head }: ReportView, most: number): Blocks {
  const { shown, others } = shownGates(head.gates)
  const table = boundedTable(
    ['Gate', 'Level', 'Pass', 'Fail', 'Unknown', 'Not applicable', 'What it is'],
    shown,
    most,
    (gate) => [
      shortText(gate.id),
      gate.level,
      ...[gate.pass, gate.fail, gate.unknown, gate.notApplicable].map(countText),
      shortText(gate.title),
    ],
    (left) => moreOf(left, 'gate'),
  )
  const more =
    others === 0
      ? []
      : [
          `${countText(others)} more advised ${others === 1 ? 'gate fails' : 'gates fail'} somewhere: see \`fleet gates\`.`,
        ]
  return [...table, ...more]
}

/** Versions against the required gates: every one that fails comes before the common ones. */
export function versions({ head }: ReportView, most: number): Blocks {
  const rows = [
    ...head.versions.filter(({ belowRequired }) => belowRequired > 0),
    ...head.versions.filter(({ belowRequired }) => belowRequired === 0),
  ]
  return boundedTable(
    ['Product', 'Version', 'Endpoints', 'Fail a required gate', 'Note'],
    rows,
    most,
    ({ product, version, endpoints, belowRequired, readable }) => [
      product,
      version === '' ? '(empty)' : shortText(version, 60),
      countText(endpoints),
      countText(belowRequired),
      readable ? '' : 'cannot be read',
    ],
    (left) => {
      const endpoints = left.reduce((sum, row) => sum + row.endpoints, 0)
      const below = left.reduce((sum, row) => sum + row.belowRequired, 0)
      return `${moreOf(left, 'version')}, on ${countText(endpoints)} endpoints, of which ${countText(below)} fail a required gate`
    },
  )
}
