import { safeJson } from '../../platform/safe-text.js'
import type { CanaryResult } from '../../telemetry/canary/canary-result.js'
import { numbered } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { textLines } from '../text-table.js'
import { countText } from '../words.js'
import { cutTable, nameText } from './cut-table.js'

const problems: Readonly<Record<NonNullable<CanaryResult['problem']>, string>> = {
  'not-arrived': 'Canary: nothing is proven, it did not arrive. Send it, wait, and look again.',
  'arrived-in-part': 'Canary: nothing leaked, but not all of it arrived, so not all is proven.',
  'not-searched': 'Canary: not all of the input could be searched, so nothing is proven.',
  'no-policy': 'Canary: the policy has no section telemetry, so nothing says which tokens may be stored.',
  'identity-not-judged':
    'Canary: no content leaked; identity is not judged, since the policy has no section collector.',
}

/** What became of a canary: whether it arrived, and which tokens are where they must not be. */
export function canaryText(result: CanaryResult, look: TerminalLook): string {
  const { width, paint } = look
  const { verdict, problem, records, tokens, missing, survivors, moreSurvivors, unsearched } = result
  const [text, colour] =
    verdict === 'leak'
      ? ([
          `Canary: LEAK, ${countText(tokens.leaked)} of its ${numbered(tokens.sent, 'token')} must not be there.`,
          paint.bad,
        ] as const)
      : verdict === 'clean'
        ? (['Canary: clean, all of it arrived and nothing in it that must not.', paint.good] as const)
        : ([problems[problem ?? 'not-arrived'], paint.doubtful] as const)
  const rows = fieldsOf(survivors).map(({ survivor, places }) => {
    const { field, kind, tier, service, signal, event, forms, allowed } = survivor
    const word = allowed === null ? 'not judged' : allowed ? 'allowed' : 'LEAK'
    const painter = allowed === null ? paint.doubtful : allowed ? paint.faint : paint.bad
    const more = places > 1 ? ` and ${countText(places - 1)} more` : ''
    return [
      { text: word, paint: painter },
      field,
      kind === 'identity' ? 'identity' : (tier ?? ''),
      forms.join(', '),
      `${service} ${signal} ${event === undefined ? '(resource)' : nameText(event, 40)}${more}`,
    ]
  })
  const columns = [
    { head: '' },
    { head: 'field' },
    { head: 'allowed from' },
    { head: 'found as' },
    { head: 'sent in', flexible: true },
  ]
  const lost = missing.slice(0, 5).map(({ service, event }) => `${service} ${event}`)
  const more = missing.length - lost.length
  return [
    textLines(text, width, 2, colour),
    textLines(
      `${countText(records.arrived)} of ${numbered(records.sent, 'record')} arrived, ${countText(tokens.survived)} of ${numbered(tokens.sent, 'token')} survived.`,
      width,
      2,
    ),
    ...(lost.length > 0 && records.arrived > 0
      ? [
          textLines(
            `Did not arrive: ${lost.join(', ')}${more > 0 ? ` and ${countText(more)} more` : ''}`,
            width,
            2,
            paint.doubtful,
          ),
        ]
      : []),
    ...(unsearched.length > 0
      ? [textLines(`Not searched: ${unsearched.slice(0, 5).join(', ')}`, width, 2, paint.bad)]
      : []),
    cutTable('Tokens that survived', columns, rows, rows.length, look),
    moreSurvivors > 0 ? textLines(`and tokens in ${countText(moreSurvivors)} more places`, width, 2, paint.faint) : '',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** Survivors that differ in their place only, as one; they come sorted by field. */
function fieldsOf(
  survivors: CanaryResult['survivors'],
): { survivor: CanaryResult['survivors'][number]; places: number }[] {
  const groups = new Map<string, { survivor: CanaryResult['survivors'][number]; places: number }>()
  for (const survivor of survivors) {
    const { field, allowed, forms } = survivor
    const key = JSON.stringify([field, allowed, forms])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { survivor, places: 1 })
    else group.places++
  }
  return [...groups.values()]
}

/** What `fleet evidence canary` wrote, and how to send it. */
export interface WrittenCanary {
  readonly file: string
  readonly session: string
  readonly records: number
  readonly tokens: number
  readonly commands: readonly string[]
}

export function writtenCanaryJson(canary: WrittenCanary): string {
  return `${safeJson({ schema: 'fleet.canary/v1', ...canary }, 2)}\n`
}

export function writtenCanaryText(canary: WrittenCanary, { width, paint }: TerminalLook): string {
  const { file, records, tokens, commands, session } = canary
  return `${[
    textLines(`Wrote ${file}: ${numbered(tokens, 'token')} in ${numbered(records, 'record')}.`, width, 0, paint.strong),
    textLines(`Its session ids begin with ${session}; fleet evidence never counts them as telemetry.`, width, 0),
    '',
    paint.strong('Send it to the collector, with the header that your clients send:'),
    // To be copied: never wrapped.
    ...commands.map((command) => `  ${command}`),
    '',
    textLines('When the collector has written it, look for what survived:', width, 0, paint.strong),
    `  fleet evidence /var/lib/otelcol/fleet --canary ${file}`,
  ].join('\n')}\n`
}
