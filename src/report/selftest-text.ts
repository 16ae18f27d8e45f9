import { platformNames } from '../bundle/places.js'
import { type Facts, type StageName, stageNames } from '../health/facts.js'
import type { Stage, StageState } from '../health/judge.js'
import { safeJson } from '../platform/safe-text.js'
import type { Selftest } from '../selftest/run-selftest.js'
import type { Paint } from './paint.js'
import type { TerminalLook } from './terminal-look.js'
import { textLines, textTable } from './text-table.js'
import { countText } from './words.js'

/** `fleet.probe/v1`, with the steps of the connection where one was asked for. */
export function selftestJson({ probe }: Selftest): string {
  return `${safeJson(probe, 2)}\n`
}

/** Nothing but the probe line, for an MDM that keeps what a script prints. */
export function selftestLine({ probe }: Selftest): string {
  return `${probe.line}\n`
}

/** The stages, what is wrong with what to do about it, and what stays unknown with how to find out. */
export function selftestText(selftest: Selftest, look: TerminalLook): string {
  const blocks = [
    headText(selftest, look),
    stagesText(selftest, look),
    connectionText(selftest, look),
    diagnosesText(selftest, look),
    unknownText(selftest, look),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const headWords = {
  ok: 'Installed and loaded as the policy wants it',
  repair: 'This machine needs repair',
  unknown: 'Nothing is known to be wrong, and not everything is proven',
} as const

function headText({ health, facts, probe }: Selftest, { width, paint }: TerminalLook): string {
  const colour = { ok: paint.good, repair: paint.bad, unknown: paint.doubtful }[health.word]
  const { claudeDesktop, claudeCode } = probe.versions
  const versions = [
    versionText('Claude Desktop', facts.desktopVersion, claudeDesktop),
    versionText('Claude Code', facts.codeVersion, claudeCode),
  ]
  const about = `${[platformNames[probe.platform], ...versions].join(', ')}; policy ${probe.policy.stamp}`
  return [
    textLines(headWords[health.word], width, 0, colour),
    textLines(about, width, 0),
    textLines(reachText(facts), width, 0, facts.reach === 'machine' ? paint.faint : paint.doubtful),
    ...(facts.cut === undefined
      ? []
      : [textLines('It ran out of time: what could not be looked at is unknown.', width, 0, paint.doubtful)]),
  ].join('\n')
}

function versionText(product: string, told: string | undefined, version: string | undefined): string {
  if (version !== undefined) return `${product} ${version}`
  return told === 'none' ? `no ${product}` : `${product}: version not known`
}

function reachText({ reach, users }: Facts): string {
  const count =
    users === undefined ? 'an unknown number of users' : `${countText(users)} ${users === 1 ? 'user' : 'users'}`
  if (reach === 'machine') return `Looked at all of the machine: ${count}.`
  const where = 'run it with sudo (on Windows as administrator) to look at all users'
  return `Looked only at what this user can see; ${where}.`
}

function painterOf(paint: Paint, state: StageState): (text: string) => string {
  switch (state) {
    case 'proven':
      return paint.good
    case 'contradicted':
      return paint.bad
    case 'unknown':
      return paint.doubtful
    case 'not-applicable':
      return paint.faint
  }
}

function stagesText({ health, required }: Selftest, { width, paint }: TerminalLook): string {
  const rows = stageNames.map((name) => {
    const { state, seen, at }: Stage = health.stages[name]
    const stage = required.includes(name) ? `${name} *` : name
    return [
      stage,
      { text: state, paint: painterOf(paint, state) },
      seen,
      at === undefined ? '–' : at.slice(0, 16).replace('T', ' '),
    ]
  })
  const columns = [
    { head: 'stage', whole: true },
    { head: 'state', whole: true },
    { head: 'what was seen', flexible: true },
    { head: 'when (UTC)', whole: true },
  ]
  const note = `* must be proven${required.length === 0 ? ' (none)' : ''}`
  return `${textTable(columns, rows, width, paint)}\n${textLines(note, width, 0, paint.faint)}`
}

function connectionText({ connection }: Selftest, { width, paint }: TerminalLook): string {
  if (connection === undefined) return ''
  const colours = { done: paint.good, failed: paint.bad, skipped: paint.faint }
  const rows = connection.steps.map(({ step, outcome, seen }) => [
    step,
    { text: outcome, paint: colours[outcome] },
    seen,
  ])
  const columns = [
    { head: 'step', whole: true },
    { head: 'outcome', whole: true },
    { head: 'what was seen', flexible: true },
  ]
  return `${paint.strong('Connection to the collector')}\n${textTable(columns, rows, width, paint)}`
}

function diagnosesText({ health: { diagnoses } }: Selftest, { width, paint }: TerminalLook): string {
  if (diagnoses.length === 0) return ''
  const entries = diagnoses.map(({ code, stage, title, why, remediation, source, checked }) =>
    [
      textLines(title, width, 0, paint.bad),
      textLines(`${code}, stage ${stage}`, width, 2, paint.faint),
      textLines(`Why: ${why}`, width, 2),
      textLines(`Do: ${remediation}`, width, 2, paint.strong),
      textLines(`${source} (${checked})`, width, 2, paint.faint),
    ].join('\n'),
  )
  return entries.join('\n\n')
}

function unknownText(selftest: Selftest, { width, paint }: TerminalLook): string {
  const open = stageNames.filter((name) => selftest.health.stages[name].state === 'unknown')
  if (open.length === 0) return ''
  const ways = new Map<string, StageName[]>()
  for (const name of open) {
    const way = howToFindOut(name, selftest)
    ways.set(way, [...(ways.get(way) ?? []), name])
  }
  const lines = [...ways].map(([way, names]) => textLines(`${names.join(', ')}: ${way}`, width, 2))
  return [textLines('What stays unknown, and how to find out', width, 0, paint.strong), ...lines].join('\n')
}

function howToFindOut(stage: StageName, { facts, connection }: Selftest): string {
  const asAdministrator = facts.reach === 'machine' ? '' : ' Run it with sudo (on Windows as administrator).'
  switch (stage) {
    case 'installed':
      return `the table says what is open; fleet settings explain shows what a file means.${asAdministrator}`
    case 'loaded':
      return facts.desktopRunning === 'no' && facts.codeRunning === 'no'
        ? 'start Claude Desktop or Claude Code, then run this again.'
        : `restart Claude Desktop and the sessions of Claude Code, then run this again.${asAdministrator}`
    case 'invoked':
    case 'evaluated':
      return 'let Claude Code use a tool once, then run this again; or fleet selftest --drill, which needs nobody.'
    case 'recorded':
      return connection === undefined
        ? 'fleet selftest --connect asks the collector; fleet evidence shows what arrived there.'
        : 'the connection above says why it decides nothing; fleet evidence shows what arrived.'
  }
}
