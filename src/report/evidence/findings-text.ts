import type { Finding } from '../../telemetry/evidence-findings.js'
import type { TerminalLook } from '../terminal-look.js'
import { textTable } from '../text-table.js'
import { countText } from '../words.js'

const grave = new Set<Finding['code']>(['content-above-tier', 'identity-in-clear', 'canary-leaked'])

const meanings: Readonly<Record<Finding['code'], (count: string) => string>> = {
  'content-above-tier': (count) => `${count} records hold content that the policy does not allow`,
  'identity-in-clear': (count) => `${count} records name a person in clear, and the policy wants hashes`,
  'canary-leaked': (count) => `${count} tokens of the canary got through`,
  'canary-unproven': () => 'the canary proves nothing: not all of it arrived',
  'machines-unknown': (count) => `${count} machines report that no inventory knows`,
  'accounts-unknown': (count) => `${count} accounts report that no inventory knows`,
  'not-attributable': (count) => `${count} records name no endpoint for certain`,
  'dark-since': (count) => `${count} endpoints fell silent with an upgrade`,
  'other-policy': (count) => `${count} records bear the stamp of another policy`,
  'no-stamp': (count) => `${count} records bear no stamp: the managed settings are not in force there`,
  'settings-refused': (count) => `${count} times the managed settings were refused or not read`,
  'hook-missing': () => 'a required hook is not registered everywhere',
  'hook-unseen': (count) => `${count} uses of tools, and no required hook ran`,
  'hook-failing-open': (count) => `${count} hooks failed or timed out, and the tool ran all the same`,
  'foreign-hook': () => 'hooks of users or projects, where only managed ones may be',
  'not-approved': (count) => `${count} uses that the policy does not approve`,
  'mode-forbidden': (count) => `${count} changes to a permission mode that the policy forbids`,
  'approval-forbidden': (count) => `${count} calls by a permanent approval that must not count`,
  anomaly: (count) => `${count} numbers of last week stand out from the weeks before`,
}

/** What somebody should look at, one line each; the sections have the rest. */
export function findingsText(findings: readonly Finding[], { width, paint }: TerminalLook): string {
  if (findings.length === 0) return `${paint.strong('Findings')}\n  ${paint.good('none besides what stands above')}`
  const rows = findings.map(({ code, section, count, endpoints, installations, names }) => [
    { text: section, paint: grave.has(code) ? paint.bad : paint.doubtful },
    `${meanings[code](countText(count))}${names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    whereText(endpoints, installations),
  ])
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
  const known =
    endpoints > 0 || others === 0 ? `${countText(endpoints)} ${endpoints === 1 ? 'endpoint' : 'endpoints'}` : ''
  return [known, others > 0 ? `${countText(others)} others` : ''].filter(Boolean).join(', ')
}
