import type { IdentitySection } from '../../telemetry/sections/identity.js'
import { type MatchKind, type MatchProblem, matchKinds, matchProblems } from '../../telemetry/view.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines, textTable } from '../text-table.js'
import { countText, percentText } from '../words.js'

const mostVersions = 8
const mostSystems = 6

type Completeness = IdentitySection['total']

/** How much of the telemetry says who sent it, and what it was joined by. */
export function identityText(section: IdentitySection, look: TerminalLook): string {
  if (section.total.events === 0) return ''
  const { versions, systems, surfaces, total } = section
  const rows = [
    ...surfaces.map(({ surface, ...row }) => completenessRow(surface, row)),
    ...versions.rows
      .slice(0, mostVersions)
      .map(({ surface, version, ...row }) => completenessRow(`${surface} ${version === '' ? '(none)' : version}`, row)),
    ...systems.rows
      .slice(0, mostSystems)
      .map(({ system, version, ...row }) => completenessRow(`${system} ${version}`.trim() || '(no system)', row)),
    completenessRow('all', total),
  ]
  const { width, paint } = look
  const columns = [
    { head: 'records of', flexible: true },
    { head: 'events', align: 'right' as const },
    { head: 'e-mail', align: 'right' as const },
    { head: 'hashed', align: 'right' as const },
    { head: 'organization', align: 'right' as const },
    { head: 'endpoint', align: 'right' as const },
    { head: 'unfilled', align: 'right' as const },
  ]
  const more = versions.of + systems.of - Math.min(versions.of, mostVersions) - Math.min(systems.of, mostSystems)
  return [
    paint.strong('Who the telemetry says it is from'),
    textTable(columns, rows, width, paint),
    ...(more > 0 ? [textLines(`… and ${countText(more)} more versions, in --json`, width, 2, paint.faint)] : []),
    ...attributesText(section, look),
    ...(section.problem === undefined ? ['', matchesText(section, look)] : []),
  ].join('\n')
}

function completenessRow(name: string, { events, email, organization, endpoint }: Completeness): string[] {
  return [
    name,
    countText(events),
    percentText(email.percent),
    countText(email.hashed),
    percentText(organization.percent),
    percentText(endpoint.percent),
    countText(endpoint.unfilled),
  ]
}

/** Attributes whose values are worth nothing: a variable that stayed, or a serial number that is none. */
function attributesText({ attributes }: IdentitySection, { width, paint }: TerminalLook): string[] {
  return attributes
    .filter(({ unfilled, placeholder }) => unfilled + placeholder > 0)
    .map(({ key, unfilled, placeholder }) =>
      textLines(
        `${key}: ${countText(unfilled)} events with a variable that nobody filled in, ${countText(placeholder)} with a placeholder`,
        width,
        2,
        paint.doubtful,
      ),
    )
}

const matchWords: Readonly<Record<MatchKind | MatchProblem, string>> = {
  serial: 'by serial number',
  attribute: 'by host name or login',
  email: 'by an address that one endpoint has',
  'no-identity': 'not: nothing names an endpoint',
  hashed: 'not: only a hash, and no key',
  'several-endpoints': 'not: fits several endpoints',
  disagreement: 'not: two things name different endpoints',
  'unknown-machine': 'not: a machine that the inventory does not have',
  'unknown-account': 'not: an account that the inventory does not have',
}

function matchesText({ matches, joined, total }: IdentitySection, { width, paint }: TerminalLook): string {
  const share = (events: number) =>
    percentText(total.events === 0 ? null : Math.floor((events * 1000) / total.events) / 10)
  const rows = [...matchKinds, ...matchProblems]
    .filter((name) => matches[name] > 0)
    .map((name) => [matchWords[name], countText(matches[name]), share(matches[name])])
  const columns = [
    { head: 'joined to an endpoint', flexible: true },
    { head: 'events', align: 'right' as const },
    { head: 'share', align: 'right' as const },
  ]
  return `${paint.strong(`Joined to the inventory: ${percentText(joined.percent)} of the events`)}\n${textTable(columns, rows, width, paint)}`
}
