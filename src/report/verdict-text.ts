import { safeJson } from '../platform/safe-text.js'
import type { State } from '../readiness/verdict.js'
import type { VerdictDocument } from '../waves/verdict-document.js'
import { paintState } from './paint.js'
import { cutText, daysText, numbered, shareText } from './plan-words.js'
import type { TerminalLook } from './terminal-look.js'
import { type TextCell, type TextColumn, textLines, textTable } from './text-table.js'
import { type VerdictFiles, verdictSteps } from './verdict-steps.js'
import { countText, meaningOf } from './words.js'

type Row = readonly (string | TextCell)[]
type Section = (verdict: VerdictDocument, look: TerminalLook) => string

const mostFailures = 10
const longestName = 40

/** The verdict as JSON. */
export function verdictJson(verdict: VerdictDocument): string {
  return `${safeJson(verdict, 2)}\n`
}

/**
 * The verdict as an administrator reads it on a terminal: may the next wave start, why, and what to do. `files` are the plan
 * and the scan as they were named, for the commands to copy.
 */
export function verdictText(verdict: VerdictDocument, look: TerminalLook, files?: VerdictFiles): string {
  const sections = [headline, reasons, numbers, platforms, controlGroup, failures]
  const texts = sections.map((section) => section(verdict, look)).filter((text) => text !== '')
  return `${[...texts, nextSteps(verdict, look, files)].join('\n\n')}\n`
}

const headline: Section = ({ verdict, wave, next, asOf, plan }, { width, paint }) => {
  const name = cutText(wave.name, longestName)
  const following = next && cutText(next.name, longestName)
  const texts = {
    advance: `ADVANCE: ${name} is well, ${following ? `${following} may start` : 'and it was the last wave'}`,
    hold: `HOLD: ${name} is not settled${following ? `, ${following} has to wait` : ''}`,
    halt: `HALT: stop the rollout at ${name}`,
  }
  const colours = { advance: paint.good, hold: paint.doubtful, halt: paint.bad }
  return [
    textLines(texts[verdict], width, 0, colours[verdict]),
    textLines(
      `${numbered(wave.size, 'endpoint')}, rollout ${daysText(wave.start, wave.end)}, soak until ${wave.soakUntil}`,
      width,
      0,
    ),
    textLines(
      `campaign ${plan.campaign}; scan of ${asOf}, plan of ${plan.asOf.slice(0, 10)}, ${plan.digest.slice(0, 19)}`,
      width,
      0,
      paint.faint,
    ),
  ].join('\n')
}

const reasons: Section = ({ reasons: found }, look) => {
  const { paint } = look
  const colours = { advance: paint.good, hold: paint.doubtful, halt: paint.bad }
  const rows = found.map(
    ({ code, effect, message }): Row => [{ text: effect, paint: colours[effect] }, code, together(message)],
  )
  return table('Why', [{ head: '' }, { head: '', whole: true }, { head: '', flexible: true }], rows, look)
}

const numbers: Section = (verdict, look) => {
  const { attempted, reported, succeeded, failed, pending, withdrawn, notYetAttempted, thresholds } = verdict
  const { success, minimumSucceeded, minimumReported, failureLimit } = thresholds
  const silent = attempted - reported
  const someRows = (count: number, name: string, what: string): Row[] =>
    count === 0 ? [] : [[name, countText(count), '', what]]
  const rows: Row[] = [
    ...someRows(notYetAttempted, 'not yet attempted', ''),
    ...someRows(withdrawn, 'withdrawn', 'left out by the policy since'),
    ['attempted', countText(attempted), '', ''],
    ['reported', countText(reported), share(reported, attempted), `at least ${minimumReported} % of the attempted`],
    [
      'ready',
      countText(succeeded),
      share(succeeded, reported),
      `at least ${success} % of the reported, and ${numbered(Math.min(minimumSucceeded, attempted), 'endpoint')}`,
    ],
    ['failed', countText(failed), share(failed, reported), `at most ${failureLimit} % of the reported, else halt`],
    ...someRows(
      pending,
      'pending',
      verdict.reasons.some(({ code }) => code === 'soak-not-over')
        ? 'not ready yet, while the soak goes on'
        : 'not ready by an app list without a date',
    ),
    ['silent', countText(silent), share(silent, attempted), silentText(verdict)],
  ]
  const columns: TextColumn[] = [
    { head: '' },
    { head: 'endpoints', align: 'right' },
    { head: 'share', align: 'right' },
    { head: 'the gate wants', flexible: true },
  ]
  return table('Numbers', columns, rows, look)
}

function silentText({ silent }: VerdictDocument): string {
  const words = {
    missing: 'not in the scan',
    stale: 'stale',
    unknown: 'unknown',
    'no-report-since': 'no report since the attempt',
  }
  return silent.map(({ why, endpoints }) => `${countText(endpoints)} ${words[why]}`).join(', ')
}

const platforms: Section = ({ platforms: found, pending, silent }, look) => {
  const missing = silent.find(({ why }) => why === 'missing')?.endpoints
  // The document has those missing from the scan under `unknown`: here they are called so when nobody else is there.
  const isMissing = ({ platform, attempted }: (typeof found)[number]) => platform === 'unknown' && attempted === missing
  const rows = found.map(
    (row): Row => [
      isMissing(row) ? 'not in the scan' : cutText(row.platform, longestName),
      countText(row.attempted),
      countText(row.reported),
      countText(row.succeeded),
      share(row.succeeded, row.reported),
      row.failed > 0 ? { text: countText(row.failed), paint: look.paint.bad } : '0',
      ...(pending > 0 ? [countText(row.pending)] : []),
    ],
  )
  const columns: TextColumn[] = [
    { head: 'platform', flexible: true },
    { head: 'attempted', align: 'right' },
    { head: 'reported', align: 'right' },
    { head: 'ready', align: 'right' },
    { head: 'share', align: 'right' },
    { head: 'failed', align: 'right' },
    ...(pending > 0 ? [{ head: 'pending', align: 'right' as const }] : []),
  ]
  return table('Platforms', columns, rows, look)
}

const controlGroup: Section = ({ control, treated, regressed, thresholds }, { width, paint }) => {
  const { endpoints, reported, wereReady, regressed: lost, waiting } = control
  const known = `${numbered(endpoints, 'endpoint')} that no wave has touched; the scan knows ${countText(reported)} of them (${share(reported, endpoints)}, at least ${thresholds.minimumReported} %).`
  const kept =
    wereReady === 0
      ? 'None of them was ready before and has reported since: an outage could not be told from a fault of the wave.'
      : `${countText(wereReady)} of them were ready and have reported since; ${countText(lost)} are ready no longer (${share(lost, wereReady)}).`
  const some = regressed.examples.map((id) => cutText(id, longestName)).join(', ')
  const lines = [
    ...(endpoints === 0 ? ['None: an outage could not be told from a fault of the wave.'] : [known, kept]),
    ...(waiting.endpoints > 0
      ? [
          `Of waves to come ${countText(waiting.silent)} of ${numbered(waiting.endpoints, 'endpoint')} are missing, stale or unknown (${share(waiting.silent, waiting.endpoints)}). The gate holds when that share of this wave is clearly larger, by more than ${thresholds.failureLimit} points.`,
        ]
      : []),
    ...(treated.endpoints > 0
      ? [
          `Made ready by earlier waves: ${numbered(treated.endpoints, 'endpoint')}; the scan knows ${countText(treated.reported)} of them (${share(treated.reported, treated.endpoints)}, at least ${thresholds.minimumReported} %), ${countText(regressed.treated)} of them ready no longer.`,
        ]
      : []),
    ...(some === '' ? [] : [`Ready no longer, such as: ${some}.`]),
  ]
  return [paint.strong('Control group'), ...lines.map((line) => textLines(together(line), width, 2))].join('\n')
}

const failures: Section = ({ failures: listed, failed }, look) => {
  const rows = listed
    .slice(0, mostFailures)
    .map(
      ({ id, platform, state, code }): Row => [
        cutText(id, longestName),
        cutText(platform, longestName),
        { text: state, paint: (text) => paintState(look.paint, state as State, text) },
        code === undefined ? '' : meaningOf(code).why,
      ],
    )
  const columns: TextColumn[] = [
    { head: 'endpoint', whole: true },
    { head: 'platform' },
    { head: 'state' },
    { head: 'why', flexible: true },
  ]
  const more = failed - rows.length
  const rest =
    more > 0 ? `\n${textLines(`… and ${countText(more)} more; --json lists up to 100 of them`, look.width, 2)}` : ''
  const text = table('Failures', columns, rows, look)
  return text === '' ? '' : text + rest
}

function nextSteps(verdict: VerdictDocument, { width, paint }: TerminalLook, files: VerdictFiles | undefined): string {
  const lines = verdictSteps(verdict, files).map((paragraphs, index) =>
    paragraphs
      // A command that is broken could not be copied: the terminal wraps it.
      .map((text) => textLines(text, text.startsWith('fleet ') ? Number.POSITIVE_INFINITY : width, 5))
      .join('\n')
      .replace(/^ {5}/, `${index + 1}. `.padStart(5)),
  )
  return [paint.strong('What next'), ...lines].join('\n')
}

function table(title: string, columns: readonly TextColumn[], rows: readonly Row[], { width, paint }: TerminalLook) {
  return rows.length === 0 ? '' : `${paint.strong(title)}\n${textTable(columns, rows, width, paint)}`
}

function share(part: number, whole: number): string {
  return shareText(whole === 0 ? null : (part * 100) / whole)
}

/** No line break between a number and its percent sign. */
function together(text: string): string {
  return text.replace(/(?<=\d) %/g, '\u{a0}%')
}
