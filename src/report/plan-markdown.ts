import { cellCode, markdownList, markdownTable } from '../platform/markdown-table.js'
import { codeSpan, markdownText } from '../platform/markdown-text.js'
import type { PlanDocument } from '../waves/plan-document.js'
import { backOut, gateRules, risk } from './plan-markdown-risk.js'
import {
  answerText,
  cheapestFirst,
  costTexts,
  daysText,
  gateDay,
  kindText,
  leftText,
  movedDatesOf,
  numbered,
  openWaves,
  readyPercent,
  reckoning,
  settingText,
  shareText,
  startsText,
  whoText,
  workText,
} from './plan-words.js'
import { countText, meaningOf } from './words.js'

/** Endpoints of which a ticket shows the first ones; all are in the document. */
const mostRepair = 50

/** The plan as a change ticket, in GitHub-flavoured Markdown: what changes, when, the risk, the gates, and the way back. */
export function planMarkdown(plan: PlanDocument): string {
  const sections = [
    summary(plan),
    ['## What is changed', ...whatChanges(plan)],
    ['## Waves', ...waves(plan)],
    ['## Risk', ...risk(plan)],
    ['## Gate between waves', ...gateRules(plan)],
    ['## Back-out', ...backOut],
    ['## Population', ...population(plan)],
    ['## Target', ...target(plan)],
    ['## Dates that rules have moved', ...moved(plan)],
    ['## To repair', ...repair(plan)],
    ['## Since the previous plan', ...difference(plan)],
    ['## Warnings', ...warnings(plan)],
    ['## Settings', ...settings(plan)],
    ['## Digests', digests(plan)],
  ]
  const shown = sections.filter((section) => section.length > 1)
  return `${shown.map((section) => section.join('\n\n')).join('\n\n')}\n`
}

function summary(plan: PlanDocument): string[] {
  const { organization, asOf, campaign, target } = plan
  const now = `${countText(target.ready)} of ${countText(target.denominator)} endpoints in scope (${shareText(readyPercent(target))})`
  const open = openWaves(plan)
  const first = open[0]
  const when =
    first === undefined
      ? 'No wave is left.'
      : `${numbered(open.length, 'wave')}, ${numbered(plan.population.planned, 'endpoint')}, ${daysText(first.start, open.at(-1)!.soakUntil)} with the last soak.`
  return [
    `# Upgrade of Claude in waves${organization === undefined ? '' : `: ${markdownText(organization)}`}`,
    markdownList([
      `Campaign: ${markdownText(campaign)}`,
      `As of: ${asOf.slice(0, 10)}`,
      `Ready now: ${now}`,
      `Target: ${target.percent} %${target.by === undefined ? '' : ` by ${target.by}`}: **${answerText(plan).text}**`,
      when,
    ]),
  ]
}

function whatChanges({ population }: PlanDocument): string[] {
  if (population.planned === 0) return ['Nothing: nobody can be upgraded, installed or repaired.']
  return [
    markdownTable(
      ['Endpoints', 'What is done'],
      population.work.map((work) => [countText(work.endpoints), markdownText(workText(work))]),
    ),
    'The MDM installs what is assigned to the group of a wave. `fleet` itself changes no endpoint.',
  ]
}

function waves(plan: PlanDocument): string[] {
  if (plan.waves.length === 0) return ['None.']
  const rows = plan.waves.map((wave) => [
    markdownText(wave.name),
    markdownText(kindText(wave)),
    wave.status,
    countText(wave.size),
    daysText(wave.start, wave.end),
    wave.soakUntil,
    gateDay(plan, wave),
    markdownText(whoText(wave)),
  ])
  const starts = plan.waves.map((wave) => `${markdownText(wave.name)}: ${markdownText(startsText(wave).join(', '))}`)
  return [
    markdownTable(
      ['Wave', 'Kind', 'Status', 'Endpoints', 'Rollout', 'Soak until', 'Gate check', 'Largest groups'],
      rows,
    ),
    'Starts, in UTC:',
    markdownList(starts),
    ...finished(plan),
  ]
}

function finished(plan: PlanDocument): string[] {
  const rows = plan.waves.flatMap(({ name, outcome }) =>
    outcome === undefined
      ? []
      : [
          [
            markdownText(name),
            countText(outcome.succeeded),
            countText(outcome.failed.length),
            countText(outcome.pending.length),
            countText(outcome.silent.length),
            countText(outcome.withdrawn.length),
            outcome.asOf.slice(0, 10),
            outcome.accepted ? 'a person took it as finished' : 'its gate said advance',
          ],
        ],
  )
  if (rows.length === 0) return []
  return [
    'Finished waves:',
    markdownTable(
      [
        'Wave',
        'Ready',
        'Failed',
        'Not ready by a list without a date',
        'Silent',
        'Withdrawn',
        'Seen on',
        'Why it is finished',
      ],
      rows,
    ),
  ]
}

function population({
  population: { notPlanned, planned, pinned, last, withoutIdentity, inRepair, waiting },
}: PlanDocument) {
  const places = [
    `Planned: ${countText(planned)}`,
    ...(pinned > 0 ? [`First by name: ${countText(pinned)}`] : []),
    ...(last > 0 ? [`Last by name: ${countText(last)}`] : []),
    ...(withoutIdentity > 0 ? [`Last, without a serial number of their own: ${countText(withoutIdentity)}`] : []),
    ...(inRepair > 0 ? [`Failed in waves that have soaked: ${countText(inRepair)}`] : []),
    ...(waiting > 0 ? [`In finished waves and silent since: ${countText(waiting)}`] : []),
  ]
  const rows = notPlanned.map(({ state, endpoints, why }) => [state, countText(endpoints), markdownText(why)])
  return [
    markdownList(places),
    ...(rows.length === 0 ? [] : ['Not planned:', markdownTable(['State', 'Endpoints', 'Why'], rows)]),
  ]
}

function target(plan: PlanDocument): string[] {
  const { obstacles, answer } = plan.target
  const points = plan.projection.length <= 40 ? plan.projection : soakEnds(plan)
  const rows = points.map(({ date, soaked, expectedReady, percent }) => [
    date,
    countText(soaked),
    countText(expectedReady),
    shareText(percent),
  ])
  const inTheWay = cheapestFirst(obstacles).map(({ state, code, endpoints, cost, examples }) => [
    state,
    countText(endpoints),
    markdownText(meaningOf(code).why),
    markdownText(meaningOf(code).todo),
    costTexts[cost] ?? '',
    examples.map(cellCode).join(', '),
  ])
  const missed = answer === 'late' || answer === 'unreachable'
  return [
    markdownList([answerText(plan).text, ...reckoning(plan).map(markdownText)]),
    markdownTable(['Day', 'Soaked', 'Expected to be ready', 'Coverage'], rows),
    ...(missed && inTheWay.length > 0
      ? [
          'In the way, the cheapest first:',
          markdownTable(['State', 'Endpoints', 'Why', 'What settles it', 'What it takes', 'Such as'], inTheWay),
        ]
      : []),
  ]
}

/** Of a long projection what counts when a soak ends, and its two ends. */
function soakEnds({ projection, waves: all }: PlanDocument): PlanDocument['projection'] {
  const days = new Set(all.map(({ soakUntil }) => soakUntil))
  return projection.filter(({ date }, index) => index === 0 || index === projection.length - 1 || days.has(date))
}

function moved(plan: PlanDocument): string[] {
  const rows = openWaves(plan)
    .flatMap(movedDatesOf)
    .map(({ wave, what, from, to, why }) => [markdownText(wave), what, from, to, markdownText(why)])
  return rows.length === 0 ? [] : [markdownTable(['Wave', 'What', 'From', 'To', 'Because'], rows)]
}

function repair({ repair: endpoints }: PlanDocument): string[] {
  if (endpoints.length === 0) return []
  const rows = endpoints
    .slice(0, mostRepair)
    .map(({ id, wave, state, code }) => [
      cellCode(id),
      markdownText(wave),
      state,
      code === undefined ? '' : markdownText(`${meaningOf(code).why}: ${meaningOf(code).todo}`),
    ])
  const more = endpoints.length - rows.length
  return [
    `${numbered(endpoints.length, 'endpoint')} of waves that have soaked ${endpoints.length === 1 ? 'is' : 'are'} not ready.`,
    markdownTable(['Endpoint', 'Wave', 'State', 'Why'], rows),
    ...(more > 0 ? [`And ${countText(more)} more, all in plan.json.`] : []),
  ]
}

function difference({ previous }: PlanDocument): string[] {
  if (previous === undefined) return []
  const {
    finished: done,
    running,
    dropped,
    joined,
    left,
    moved: others,
    dates,
    settings: changed,
  } = previous.difference
  const names = (all: readonly string[]) => all.map(markdownText).join(', ')
  return [
    markdownList([
      `Previous plan: ${previous.asOf.slice(0, 10)}, ${codeSpan(previous.digest)}`,
      ...(done.length > 0 ? [`Finished, and kept as they were: ${names(done)}`] : []),
      ...(running.length > 0 ? [`Running, and only smaller: ${names(running)}`] : []),
      ...(dropped.length > 0 ? [`No longer planned: ${names(dropped)}`] : []),
      `Endpoints that joined: ${countText(joined)}`,
      ...left.map(
        ({ why, endpoints }) => `Endpoints that left: ${countText(endpoints)}, ${markdownText(leftText(why))}`,
      ),
      `Endpoints in another wave than before: ${countText(others)}`,
      ...dates.map(({ wave, from, to }) => `${markdownText(wave)} starts on ${to}, not on ${from}`),
      ...changed.map(
        ({ key, from, to }) =>
          `${markdownText(key)}: ${markdownText(settingText(to))}, was ${markdownText(settingText(from))}`,
      ),
    ]),
  ]
}

function warnings({ warnings: all }: PlanDocument): string[] {
  return all.length === 0
    ? []
    : [markdownList(all.map(({ code, message }) => `${markdownText(code)}: ${markdownText(message)}`))]
}

function settings({ settings: all }: PlanDocument): string[] {
  const rows = all.map(({ key, value, from, why }) => [
    cellCode(key),
    markdownText(settingText(value)),
    from,
    markdownText(why),
  ])
  return [markdownTable(['Setting', 'Value', 'From', 'Why'], rows)]
}

function digests({ policy, scan, rules, previous }: PlanDocument): string {
  return markdownList([
    `Policy: ${codeSpan(policy.digest)}${policy.file === undefined ? ', defaults' : `, ${codeSpan(policy.file)}`}`,
    `Scan: ${codeSpan(scan.digest)}, as of ${scan.asOf}, judged by the policy ${codeSpan(scan.policy)}`,
    `What counts as ready: ${codeSpan(rules)}`,
    ...(previous === undefined ? [] : [`Previous plan: ${codeSpan(previous.digest)}`]),
  ])
}
