import { compareVersions, type ParsedVersion, parseVersion } from '../gates/version.js'
import { byText } from '../platform/by-text.js'
import type { Install, ProductStatus, Receipt } from './endpoint.js'
import type { AppListProblem } from './observation.js'
import { claudeProducts, type ObservationStore, statedAbsent } from './observation-store.js'

const day = 86_400_000

/** What the app lists of one endpoint are judged against. */
export interface ListFreshness {
  /** Milliseconds since 1970 UTC. */
  readonly asOf: number
  /** A list older than this says nothing any more, whatever it contains. */
  readonly maximumAgeDays: number
}

/** Parsed versions by their number in the store: a fleet has a few hundred versions, not a million. */
export type VersionCache = Map<number, ParsedVersion>

/** Reasons for not knowing, the one that explains most first. */
const problemOrder: readonly AppListProblem[] = [
  'app-list-too-old',
  'personal-device',
  'name-only',
  'error-text',
  'report-clipped',
  'history-incomplete',
  'section-not-requested',
  'no-version-given',
  'filtered-list',
  'partial-list',
  'no-app-list',
]

interface Answer {
  readonly row: number
  readonly installs: readonly number[]
  readonly asOf: number
}

interface Problem {
  readonly problem: AppListProblem
  readonly row: number
}

/**
 * What is known of one product on one endpoint. The newest list decides; where two cannot be put in order, the worse
 * answer stands: an install before an absence, the older version before the newer.
 */
export function productStatus(
  store: ObservationStore,
  rows: readonly number[],
  product: number,
  freshness: ListFreshness,
  versions: VersionCache,
): ProductStatus {
  const problems: Problem[] = []
  const answers: Answer[] = []
  let personal = false
  for (const row of rows) {
    const statement = store.apps(row)
    if (statement === 'none') continue
    if (statement === 'unknown') {
      const problem = store.appsProblem(row)
      if (problem === 'personal-device') personal = true
      problems.push({ problem, row })
    }
    const asOf = store.appsAsOf(row)
    if (freshness.asOf - asOf > freshness.maximumAgeDays * day) {
      problems.push({ problem: 'app-list-too-old', row })
      continue
    }
    const installs = installsOf(store, row, product)
    // A copy that nobody can start shows neither that the product is there nor that it is not.
    if (installs.some((install) => store.install(install).startable)) answers.push({ row, installs, asOf })
    else if (statement === 'unknown') continue
    else if (statement === 'complete' && !store.file(row).filtered) answers.push({ row, installs, asOf })
    else problems.push({ problem: statement === 'complete' ? 'filtered-list' : 'partial-list', row })
  }
  const candidates = newest(answers)
  const installed = installedStatus(store, candidates, versions)
  if (installed) return installed
  const [absent] = candidates
  if (absent && !personal) {
    const asOf = Number.isNaN(absent.asOf) ? undefined : absent.asOf
    return { status: 'absent', receipt: absenceReceipt(store, absent), asOf, disagreement: false }
  }
  const worst = problems.sort((a, b) => problemOrder.indexOf(a.problem) - problemOrder.indexOf(b.problem))[0]
  if (!worst) return { status: 'unknown', reason: 'no-app-list' }
  return { status: 'unknown', reason: worst.problem, receipt: listReceipt(store, worst.row, worst.problem) }
}

/** The status of a product that one of the lists names, or undefined. */
function installedStatus(
  store: ObservationStore,
  candidates: readonly Answer[],
  versions: VersionCache,
): ProductStatus | undefined {
  const copies: Install[] = []
  let asOf: number | undefined
  for (const candidate of candidates) {
    asOf ??= Number.isNaN(candidate.asOf) ? undefined : candidate.asOf
    for (const install of candidate.installs) {
      if (store.installVersion(install) !== statedAbsent)
        copies.push(readInstall(store, install, candidate.row, versions))
    }
  }
  if (copies.length > 1) copies.sort(compareInstalls)
  const deciding = copies.find((copy) => copy.startable)
  if (!deciding) return undefined
  return {
    status: 'installed',
    deciding,
    copies,
    unreadable: copies.some((copy) => copy.startable && copy.parsed.kind === 'unknown'),
    asOf,
    disagreement: candidates.length > 1 && disagree(store, candidates, versions),
  }
}

/** The newest answers: those with the latest date, and all without a date, since those cannot be put in order. */
function newest(answers: readonly Answer[]): readonly Answer[] {
  if (answers.length < 2) return answers
  const latest = Math.max(...answers.map(({ asOf }) => (Number.isNaN(asOf) ? Number.NEGATIVE_INFINITY : asOf)))
  return answers.filter(({ asOf }) => Number.isNaN(asOf) || asOf === latest)
}

/** Whether lists name different versions, however they write them: 1.1.4173.0 is 1.1.4173. */
function disagree(store: ObservationStore, candidates: readonly Answer[], versions: VersionCache): boolean {
  const read = (id: number) => {
    if (id === statedAbsent) return ''
    const parsed = parsedVersion(store, id, versions)
    return parsed.kind === 'version' ? parsed.normal : store.texts.text(id)
  }
  const versionsOf = ({ installs }: Answer) =>
    [...new Set(installs.map((install) => read(store.installVersion(install))))].sort().join(' ')
  return new Set(candidates.map(versionsOf)).size > 1
}

const noInstalls: readonly number[] = []

function installsOf(store: ObservationStore, row: number, product: number): readonly number[] {
  let installs: number[] | undefined
  for (let install = store.firstInstall(row); install >= 0; install = store.nextInstall(install)) {
    if (store.installProduct(install) !== product) continue
    installs ??= []
    installs.push(install)
  }
  return installs ?? noInstalls
}

function readInstall(store: ObservationStore, install: number, row: number, versions: VersionCache): Install {
  const { product, version: id, path, startable, notes, record, field } = store.install(install)
  const version = store.texts.text(id)
  return {
    product: claudeProducts[product]!,
    version,
    parsed: parsedVersion(store, id, versions),
    path: path < 0 ? undefined : store.names.text(path),
    startable,
    notes: notes < 0 ? [] : store.texts.text(notes).split('\u001f'),
    receipt: { file: store.file(row).name, record, field: store.texts.text(field), value: version },
  }
}

function parsedVersion(store: ObservationStore, id: number, versions: VersionCache): ParsedVersion {
  const known = versions.get(id)
  if (known !== undefined) return known
  const parsed = parseVersion(store.texts.text(id))
  versions.set(id, parsed)
  return parsed
}

/** Oldest first; versions that cannot be read come last, and ties are settled by what they say, never by file order. */
function compareInstalls(a: Install, b: Install): number {
  if (a.parsed.kind === 'version' && b.parsed.kind === 'version') {
    const order = compareVersions(a.parsed, b.parsed)
    if (order !== 0) return order
  } else if (a.parsed.kind !== b.parsed.kind) return a.parsed.kind === 'version' ? -1 : 1
  return (
    byText(a.version, b.version) ||
    byText(a.path ?? '', b.path ?? '') ||
    byText(a.notes.join(), b.notes.join()) ||
    byText(a.receipt.file, b.receipt.file) ||
    a.receipt.record - b.receipt.record
  )
}

function absenceReceipt(store: ObservationStore, { row, installs }: Answer): Receipt {
  const stated = installs.find((install) => store.installVersion(install) === statedAbsent)
  if (stated === undefined) return listReceipt(store, row, 'not listed')
  const { record, field } = store.install(stated)
  return { file: store.file(row).name, record, field: store.texts.text(field), value: 'not installed' }
}

function listReceipt(store: ObservationStore, row: number, value: string): Receipt {
  return { file: store.file(row).name, record: store.record(row), field: 'app list', value }
}
