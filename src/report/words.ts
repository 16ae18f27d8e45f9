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
}

export function meaningOf(code: string): { readonly why: string; readonly todo: string } {
  return meanings[code] ?? { why: code, todo: 'look at the endpoint' }
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
