import type { Finding } from '../../telemetry/evidence-findings.js'
import { numbered } from '../plan-words.js'
import type { TerminalLook } from '../terminal-look.js'
import { textTable } from '../text-table.js'

const grave = new Set<Finding['code']>(['content-above-tier', 'identity-in-clear', 'canary-leaked'])

const unproven: Readonly<Record<NonNullable<Finding['problem']>, string>> = {
  'not-arrived': 'nothing of it arrived',
  'arrived-in-part': 'not all of it arrived',
  'not-searched': 'not all inputs could be searched',
  'no-policy': 'there is no policy to hold it against',
  'identity-not-judged': 'the policy does not say whether people may be named',
}

const meanings: Readonly<Record<Finding['code'], (count: number, finding: Finding) => string>> = {
  'content-above-tier': (count) => `content that the policy does not allow, in at least ${numbered(count, 'record')}`,
  'identity-in-clear': (count) =>
    `people named in clear, at least ${numbered(count, 'time')}, and the policy wants hashes`,
  'canary-leaked': (count) => `${numbered(count, 'token')} of the canary got through`,
  'canary-unproven': (_, { problem }) =>
    `the canary proves nothing${problem === undefined ? '' : `: ${unproven[problem]}`}`,
  'machines-unknown': (count) => `${numbered(count, 'machine')} that no inventory knows`,
  'accounts-unknown': (count) => `${numbered(count, 'account')} that no inventory knows`,
  'not-attributable': (count) => `${numbered(count, 'record')} that name no endpoint for certain`,
  'dark-since': (count) => `${numbered(count, 'endpoint')} fell silent with an upgrade`,
  'other-policy': (count) => `the stamp of another policy, on ${numbered(count, 'record')}`,
  'no-stamp': (count) => `no stamp, on ${numbered(count, 'record')}: the managed settings are not in force there`,
  'settings-refused': (count) => `managed settings refused or not read, in ${numbered(count, 'record')}`,
  'hook-missing': () => 'a required hook is not registered everywhere',
  'hook-unseen': (count) => `${numbered(count, 'tool event')}, and no hook of the managed settings ran`,
  'hook-failing-open': (count) => `${numbered(count, 'hook')} failed or timed out, and the tool ran all the same`,
  'foreign-hook': (count) =>
    `hooks of users, projects or plugins where only managed ones may be, registered ${numbered(count, 'time')}`,
  'not-approved': (count) => `${numbered(count, 'thing')} used that the policy does not approve`,
  'mode-forbidden': (count) => `${numbered(count, 'change')} to or from a permission mode that the policy forbids`,
  'approval-forbidden': (count) => `${numbered(count, 'call')} by a permanent approval that must not count`,
  anomaly: (count) => `${numbered(count, 'number')} of the last full week out of line with the weeks before`,
}

/** A finding in words, with the names it gives. */
export function findingText(finding: Finding): string {
  const { code, count, names } = finding
  return `${meanings[code](count, finding)}${names.length === 0 ? '' : `: ${names.join(', ')}`}`
}

/** Whether something got out that must not: the others are doubts and omissions. */
export function isGrave({ code }: Finding): boolean {
  return grave.has(code)
}

/** What somebody should look at, one line each; the sections have the rest. */
export function findingsText(findings: readonly Finding[], { width, paint }: TerminalLook): string {
  if (findings.length === 0) return `${paint.strong('Findings')}\n  ${paint.good('none besides what stands above')}`
  const rows = findings.map((finding) => {
    const { section, endpoints, installations } = finding
    return [
      { text: section, paint: isGrave(finding) ? paint.bad : paint.doubtful },
      findingText(finding),
      whereText(endpoints, installations),
    ]
  })
  return `${paint.strong('Findings')}\n${textTable(
    [{ head: 'section', whole: true }, { head: 'what', flexible: true }, { head: 'on' }],
    rows,
    width,
    paint,
  )}`
}

function whereText(endpoints: number | undefined, installations: number | undefined): string {
  if (endpoints === undefined) return ''
  const others = installations ?? 0
  const known = endpoints > 0 || others === 0 ? numbered(endpoints, 'endpoint') : ''
  return [known, others > 0 ? numbered(others, 'other') : ''].filter(Boolean).join(', ')
}
