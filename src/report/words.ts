import { diagnosis, diagnosisCodes } from '../health/diagnoses.js'
import type { ScanHead } from '../readiness/scan-document.js'

type ReasonRow = ScanHead['reasons'][number]

/** What a reason means, and what to do about it, in words for an administrator. */
const meanings: Readonly<Record<string, { readonly why: string; readonly todo: string }>> = {
  'excluded-by-policy': { why: 'left out by the policy', todo: 'nothing' },
  'not-a-computer': { why: 'a phone, tablet or other device without Claude Desktop', todo: 'nothing' },
  'not-installed': { why: 'not installed', todo: 'nothing, unless the policy wants it there (scope.expectDesktop)' },
  'check-in-too-old': { why: 'last check-in too old', todo: 'bring it online, or retire it in the MDM' },
  'no-check-in': {
    why: 'no check-in date in any export',
    todo: 'add the devices export, or the column with the last check-in',
  },
  'no-app-list': { why: 'no app list in any export', todo: 'export the app inventory too' },
  'section-not-requested': {
    why: 'the export was made without its app section',
    todo: 'export again with applications',
  },
  'personal-device': {
    why: 'a personal device: its app list shows managed apps only',
    todo: 'deploy Claude Desktop as a managed app, or exclude personal devices',
  },
  'name-only': {
    why: 'an app is named like Claude, and nothing else tells what it is',
    todo: 'export the publisher or bundle id too',
  },
  'error-text': { why: 'the app list is an error text', todo: 'repair the inventory agent' },
  'app-list-too-old': {
    why: 'the app list is too old, or its date cannot be read',
    todo: 'make the endpoint send its inventory',
  },
  'filtered-list': {
    why: 'the app export was filtered: an app that is not in it may still be installed',
    todo: 'export the app inventory without a filter',
  },
  'partial-list': {
    why: 'the export lists only some apps',
    todo: 'export the whole app inventory, or a column with the version of Claude Desktop',
  },
  'history-incomplete': {
    why: 'the result log lacks its first lines, so the app list is incomplete',
    todo: 'add the older log files, or a snapshot query',
  },
  'no-version-given': { why: 'no version is given', todo: 'add the version column' },
  'report-clipped': { why: 'the report was clipped by the product', todo: 'narrow the query and export again' },
  'version-unknown': { why: 'installed, but its version cannot be read', todo: 'look at the endpoint' },
  'copy-unreadable': { why: 'one of several copies has a version that cannot be read', todo: 'remove that copy' },
  'platform-unknown': { why: 'the operating system is not known', todo: 'add the column with the operating system' },
  'below-gate': { why: 'below a required version', todo: 'upgrade' },
  'above-gate': { why: 'above every allowed version', todo: 'install an allowed version' },
  'known-bad': { why: 'a build known to be bad', todo: 'upgrade' },
  'no-probe': {
    why: 'no probe in any export',
    todo: 'deploy the probe (fleet probe build), and add the export that carries its line',
  },
  'probe-cut': {
    why: 'the line of the probe is cut off or damaged',
    todo: 'export it where it is whole; see the run-book',
  },
  'probe-newer': { why: 'the line of the probe is of a newer form', todo: 'update fleet' },
  'probe-too-old': {
    why: 'the probe is much older than the last check-in',
    todo: 'see why it does not run any more; the run-book of the MDM says how often it does',
  },
  'probe-in-future': { why: 'the probe is dated in the future', todo: 'set the clock of the endpoint' },
  'probe-other-platform': {
    why: 'the probe is of another platform than the endpoint',
    todo: 'look at how its line came to this endpoint',
  },
  'stage-not-proven': {
    why: 'a required stage of the delivery chain is not proven',
    todo: 'look at what fleet explain says of the stage',
  },
  'telemetry-silent': {
    why: 'should report, and no telemetry arrives',
    todo: 'see whether anybody uses Claude there; then run fleet selftest --connect on the endpoint',
  },
  'telemetry-unknown': {
    why: 'its telemetry proves nothing',
    todo: 'see fleet evidence --section endpoints, and gather it again',
  },
  'telemetry-contradicted': {
    why: 'its telemetry speaks against the inventory or the policy',
    todo: 'look at what fleet explain says of its telemetry, then deploy the settings again or take a new inventory',
  },
  ...Object.fromEntries(
    diagnosisCodes.map((code) => {
      const { title, remediation } = diagnosis(code)
      return [code, { why: lowerFirst(title), todo: lowerFirst(remediation.replace(/\.$/, '')) }]
    }),
  ),
}

/** The start of a sentence as it stands inside one; names keep their capitals. */
function lowerFirst(text: string): string {
  return /^(?:[A-Z]{2}|Claude|Cowork|DNS|\w+[A-Z])/.test(text)
    ? text
    : `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

export function meaningOf(code: string): { readonly why: string; readonly todo: string } {
  return Object.hasOwn(meanings, code) ? meanings[code]! : { why: code, todo: 'look at the endpoint' }
}

/** Why endpoints are in a state, in words, with what tells them apart. */
export function reasonText(row: Pick<ReasonRow, 'code' | 'detail'>): string {
  const { why } = meaningOf(row.code)
  return row.detail ? `${why}: ${row.detail}` : why
}

/** `66.1 %`, or a dash where there is nothing to take a share of. */
export function percentText(percent: number | null): string {
  return percent === null ? '–' : `${percent.toFixed(1)} %`
}

/** `1,234`: digits in groups, the same in every locale. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** How many endpoints have a probe, how many have none, and which probes say nothing, in one line. */
export function probedText(health: NonNullable<ScanHead['health']>): string {
  const silent = [
    health.withoutProbe > 0 && `${countText(health.withoutProbe)} without a probe`,
    ...Object.entries(health.problems).map(
      ([code, endpoints]) => endpoints > 0 && `${countText(endpoints)}: ${meaningOf(code).why}`,
    ),
  ].filter((part) => part !== false)
  return `${countText(health.judged)} endpoints with a probe${silent.length > 0 ? `; ${silent.join('; ')}` : ''}`
}

/** What it means that the telemetry of an endpoint is proven, silent and so on. */
export const telemetryMeanings = {
  proven: 'reports, and nothing speaks against it',
  silent: 'should report, and nothing arrives',
  contradicted: 'reports, and speaks against inventory or policy',
  unknown: 'cannot be told; no pass',
  missing: 'not in the evidence',
} as const
