import type { PolicyInForceSection } from '../../telemetry/sections/policy-in-force.js'
import type { Paint } from '../paint.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'

const mostRows = 8

/** Which policy telemetry comes from, what clients say of their managed settings, and which versions they are. */
export function policyInForceText(section: PolicyInForceSection, look: TerminalLook): string {
  return [
    stampsText(section, look),
    settingsText(section, look),
    refusedText(section, look),
    versionsText(section, look),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

const standingWords = {
  current: 'this policy',
  other: 'another policy, or an older form of this one',
  none: 'no stamp: the managed settings did not reach it',
  'not-judged': 'not judged: this policy sets no stamp',
} as const

function paintStanding(paint: Paint, standing: keyof typeof standingWords): (text: string) => string {
  if (standing === 'current') return paint.good
  return standing === 'other' ? paint.bad : paint.doubtful
}

function stampsText({ stamps }: PolicyInForceSection, look: TerminalLook): string {
  if (stamps.of === 0) return ''
  const { width, paint } = look
  const shown = stamps.rows.slice(0, mostRows)
  const rows = shown.map(({ stamp, standing, endpoints, installations, events, last }) => [
    stamp === '' ? '–' : stamp,
    countText(endpoints),
    countText(installations),
    countText(events),
    last.slice(0, 10),
    { text: standingWords[standing], paint: paintStanding(paint, standing) },
  ])
  const columns = [
    { head: 'stamp', whole: true },
    { head: 'endpoints', align: 'right' as const },
    { head: 'others', align: 'right' as const },
    { head: 'events', align: 'right' as const },
    { head: 'last record', whole: true },
    { head: 'which policy', flexible: true },
  ]
  return `${paint.strong('Policy in force')}\n${textTable(columns, rows, width, paint)}${moreText(stamps.of - shown.length, 'stamps', look)}`
}

function settingsText({ settings }: PolicyInForceSection, look: TerminalLook): string {
  if (settings.events === 0) return ''
  const { width, paint } = look
  const kinds = [
    ['trigger', settings.triggers],
    ['winning source', settings.winning],
    ['not used, under first-wins', settings.shadowed],
    ['sources together', settings.behaviours],
    ['policy helper', settings.helpers],
  ] as const
  const rows = kinds.flatMap(([what, values]) =>
    values
      .slice(0, mostRows)
      .map(({ value, endpoints, installations, events }) => [
        what,
        value === '' ? '(none)' : value,
        countText(endpoints),
        countText(installations),
        countText(events),
      ]),
  )
  const columns = [
    { head: 'managed settings' },
    { head: 'value', flexible: true },
    { head: 'endpoints', align: 'right' as const },
    { head: 'others', align: 'right' as const },
    { head: 'events', align: 'right' as const },
  ]
  const digests =
    settings.digests.of === 0
      ? ''
      : `\n${textLines(`${countText(settings.digests.of)} different ${settings.digests.of === 1 ? 'set' : 'sets'} of settings, by their digest`, width, 2)}`
  return `${paint.strong('What clients say of their managed settings')}\n${textTable(columns, rows, width, paint)}${digests}`
}

function refusedText({ settings: { refused } }: PolicyInForceSection, look: TerminalLook): string {
  if (refused.of === 0) return ''
  const { width, paint } = look
  const shown = refused.rows.slice(0, mostRows)
  const rows = shown.map(({ trigger, error, endpoints, installations, last, endpointIds }) => [
    { text: error === '' ? trigger : error, paint: paint.bad },
    countText(endpoints),
    countText(installations),
    last.slice(0, 10),
    endpointIds.slice(0, 3).join(', '),
  ])
  const columns = [
    { head: 'error' },
    { head: 'endpoints', align: 'right' as const },
    { head: 'others', align: 'right' as const },
    { head: 'last record', whole: true },
    { head: 'such as', flexible: true },
  ]
  return `${paint.strong('Managed settings refused, or not read')}\n${textTable(columns, rows, width, paint)}${moreText(refused.of - shown.length, 'kinds', look)}`
}

function versionsText({ versions: { comparison } }: PolicyInForceSection, { width, paint }: TerminalLook): string {
  if (comparison.length === 0) return ''
  const rows = comparison.map(({ surface, equal, newer, lower, notInInventory, notComparable }) => [
    surface,
    countText(equal),
    countText(newer),
    lower === 0 ? '0' : { text: countText(lower), paint: paint.doubtful },
    countText(notInInventory),
    countText(notComparable),
  ])
  const columns = [
    { head: 'endpoints on', flexible: true },
    { head: 'same', align: 'right' as const },
    { head: 'newer', align: 'right' as const },
    { head: 'lower', align: 'right' as const },
    { head: 'not there', align: 'right' as const },
    { head: 'cannot tell', align: 'right' as const },
  ]
  return `${paint.strong('Version of the newest record, against the inventory')}\n${textTable(columns, rows, width, paint)}`
}

function moreText(more: number, what: string, { width, paint }: TerminalLook): string {
  return more > 0 ? `\n${textLines(`… and ${countText(more)} more ${what}, in --json`, width, 2, paint.faint)}` : ''
}
