import type { RedactionSection } from '../../telemetry/sections/redaction.js'
import { numbered } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines, textTable } from '../text-table.js'
import { countText } from '../words.js'
import { canaryText } from './canary-text.js'
import { cutTable, exampleText, nameText } from './cut-table.js'

const longestName = 28

/** Whether the redaction holds, on a terminal: the verdict, then content, identity and the canary. */
export function redactionText(section: RedactionSection, look: TerminalLook): string {
  const parts = [
    verdictText(section, look),
    unreadText(section, look),
    fieldsText(section, look),
    identityText(section, look),
    section.canary === undefined ? '' : canaryText(section.canary, look),
  ]
  return [look.paint.strong('Redaction'), ...parts.filter((part) => part !== '')].join('\n')
}

const problems: Readonly<Record<NonNullable<RedactionSection['problem']>, string>> = {
  'no-policy': 'not judged: the policy has no section telemetry, so nothing says what may be collected',
  'no-records': 'not judged: there are no records',
  'not-all-read': 'not judged: nothing was found that must not be there, but part of the input could not be looked at',
  'identity-not-judged':
    'not judged: no content above the policy was found, but the policy has no section collector, so nothing says whether identity has to be hashed',
  'canary-unknown': 'not proven: the canary proves nothing, see below',
}

function verdictText({ verdict, problem, tier, records }: RedactionSection, { width, paint }: TerminalLook): string {
  const looked = `${numbered(records.now, 'log record')} looked at${records.before === undefined ? '' : `, ${countText(records.before)} upstream`}`
  const allowed = tier === undefined ? '' : `; the policy allows ${tier}`
  const [text, colour] =
    verdict === 'leak'
      ? (['LEAK: the data holds what the policy does not allow', paint.bad] as const)
      : verdict === 'clean'
        ? ([
            'clean: nothing above the policy was found in the attributes that clients are documented to send',
            paint.good,
          ] as const)
        : ([problems[problem ?? 'no-records'], paint.doubtful] as const)
  return `${textLines(text, width, 2, colour)}\n${textLines(looked + allowed, width, 2, paint.faint)}`
}

const mostReasons = 5

/** What was not looked at, and what that means. */
function unreadText({ unread, records }: RedactionSection, { width, paint }: TerminalLook): string {
  const { outsideWindow, ofOtherServices } = records
  const reasons = unread.rows.slice(0, mostReasons)
  const more = unread.of - reasons.length
  return [
    ...reasons.map((reason) => textLines(`Not looked at: ${reason}`, width, 2, paint.doubtful)),
    ...(more > 0 ? [textLines(`and ${countText(more)} more reasons`, width, 2, paint.faint)] : []),
    ...(outsideWindow > 0
      ? [textLines(`${numbered(outsideWindow, 'log record')} outside the window: not looked at`, width, 2, paint.faint)]
      : []),
    ...(ofOtherServices > 0
      ? [
          textLines(
            `${numbered(ofOtherServices, 'log record')} of services that fleet does not know: whether they hold content cannot be told`,
            width,
            2,
            paint.faint,
          ),
        ]
      : []),
  ].join('\n')
}

function fieldsText({ fields, records }: RedactionSection, look: TerminalLook): string {
  const { paint } = look
  const hasBefore = records.before !== undefined
  // A copy that counts once is in no other number, and has leaked all the same.
  const hasCopies = fields.some(({ presentInCopies }) => presentInCopies > 0)
  const rows = fields.map(({ field, tier, allowed, present, presentInCopies, redacted, places, example, before }) => {
    const isLeak = allowed === false && present + presentInCopies > 0
    const where = places.rows
      .filter((place) => place.present + place.presentInCopies > 0)
      .slice(0, 2)
      .map(({ service, version }) => `${nameText(service, longestName)} ${nameText(version, 20)}`)
    const such = example === undefined ? '' : exampleText(example)
    return [
      { text: field, ...(isLeak && { paint: paint.bad }) },
      tier,
      { text: countText(present), ...(isLeak && { paint: paint.bad }) },
      ...(hasCopies ? [{ text: countText(presentInCopies), ...(isLeak && { paint: paint.bad }) }] : []),
      countText(redacted),
      ...(hasBefore ? [countText(before?.present ?? 0)] : []),
      [where.join(', '), such].filter((part) => part !== '').join('; '),
    ]
  })
  const columns = [
    { head: 'field' },
    { head: 'allowed from' },
    { head: 'records', align: 'right' as const },
    ...(hasCopies ? [{ head: 'in copies', align: 'right' as const }] : []),
    { head: 'redacted', align: 'right' as const },
    ...(hasBefore ? [{ head: 'before', align: 'right' as const }] : []),
    { head: 'from, such as', flexible: true },
  ]
  return cutTable('Records with content', columns, rows, rows.length, look)
}

type IdentityShare = RedactionSection['identity']['attributes'][number]['clear']

function shareText({ records, inCopies, metricSenders }: IdentityShare): string {
  return `${countText(records)}${metricSenders > 0 && records + inCopies === 0 ? ' (metrics)' : ''}`
}

function isThere({ records, inCopies, metricSenders }: IdentityShare): boolean {
  return records + inCopies + metricSenders > 0
}

function identityText({ identity, records }: RedactionSection, look: TerminalLook): string {
  const { width, paint } = look
  const { expected, attributes } = identity
  const seen = attributes.filter(({ clear, hashed }) => isThere(clear) || isThere(hashed))
  if (seen.length === 0) return ''
  const hasBefore = records.before !== undefined
  const hasCopies = seen.some(({ clear }) => clear.inCopies > 0)
  const title =
    expected === undefined
      ? 'Identity (not judged: the policy has no section collector)'
      : expected === 'hashed'
        ? 'Identity: the collector has to hash it'
        : 'Identity: stored as it comes, as the policy says'
  const rows = seen.map(({ attribute, clear, hashed, clearFrom, before }) => {
    const colour = expected === 'hashed' && isThere(clear) ? { paint: paint.bad } : {}
    const from = clearFrom.rows
      .slice(0, 2)
      .map(({ service, version }) => `${nameText(service, longestName)} ${nameText(version, 20)}`)
    return [
      { text: attribute, ...colour },
      { text: shareText(clear), ...colour },
      ...(hasCopies ? [{ text: countText(clear.inCopies), ...colour }] : []),
      shareText(hashed),
      ...(hasBefore ? [before ? shareText(before.clear) : ''] : []),
      from.join(', '),
    ]
  })
  const columns = [
    { head: 'attribute' },
    { head: 'clear', align: 'right' as const },
    ...(hasCopies ? [{ head: 'in copies', align: 'right' as const }] : []),
    { head: 'hashed', align: 'right' as const },
    ...(hasBefore ? [{ head: 'clear before', align: 'right' as const }] : []),
    { head: 'in clear from', flexible: true },
  ]
  return `${textLines(title, width, 2)}\n${textTable(columns, rows, width, paint)}`
}
