import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { isoTime } from '../../platform/clock.js'
import { noName } from '../../readiness/coverage.js'
import { getOrAdd } from '../../readiness/get-or-add.js'
import { states } from '../../readiness/verdict.js'
import { firstRecord, lastRecord } from '../record-times.js'
import { surfaceNames } from '../surfaces/index.js'
import type { EvidenceView, KnownEndpoint } from '../view.js'
import { cutList, cutOf, percentOf } from './cut-list.js'
import { silenceRule } from './endpoint-silence.js'
import { reasonCodes } from './endpoint-status.js'
import { type EndpointEvidence, endpointStatuses } from './endpoints.js'

const count = z.int().min(0)
const time = z.iso.datetime()
const share = z.object({ of: count, percent: z.number().nullable() })
const statuses = { proven: count, silent: count, contradicted: count, unknown: count }
const products = ['claude-desktop', 'claude-code'] as const
type Product = (typeof products)[number]

/** Endpoints that should report, by status, and the share of proven ones. */
const Group = z.object({ shouldReport: count, ...statuses, percent: z.number().nullable() })

const mostIds = 20

/** How many of the endpoints that should report are proven to do so. */
export const CoverageSection = z.object({
  /** Endpoints that should report and are proven to. */
  proven: count,
  shouldReport: share,
  /** The three denominators of every coverage: all, without the excluded, and also without the stale. */
  managed: share,
  inScope: share,
  active: share,
  silentAfterDays: count,
  /** Why silence cannot be told of anybody. */
  silenceCannotBeTold: z.string().optional(),
  statuses: z.object(statuses),
  /** Endpoints that need not report, by what they sent all the same. */
  notExpected: z.object(statuses),
  /** Why endpoints that should report are not proven; an endpoint may have several reasons. */
  reasons: z.array(
    z.object({
      status: z.enum(endpointStatuses),
      code: z.enum(reasonCodes),
      endpoints: count,
      examples: z.array(z.string()).max(mostIds),
    }),
  ),
  departments: cutOf(Group.extend({ name: z.string() })),
  platforms: z.array(Group.extend({ name: z.string() })),
  /** By the version in the inventory; an endpoint counts for each product it has. */
  versions: cutOf(Group.extend({ product: z.enum(products), version: z.string() })),
  /** Endpoints of any kind that were heard on a surface in the window, and those proven on it. */
  surfaces: z.array(
    z.object({ surface: z.enum(surfaceNames), endpoints: count, proven: count, events: count, last: time.optional() }),
  ),
  /** First and last record of any signal in the window, joined or not. */
  first: time.optional(),
  last: time.optional(),
  /** Versions after whose upgrade endpoints fell silent, of all endpoints that should report with that version. */
  darkSince: cutOf(
    z.object({
      product: z.enum(products),
      version: z.string(),
      dark: count,
      of: count,
      from: z.array(z.string()).max(mostIds),
      endpoints: z.array(z.string()).max(mostIds),
    }),
  ),
})
export type CoverageSection = z.infer<typeof CoverageSection>

type Statuses = Record<EndpointEvidence['status'], number>
const noStatuses = (): Statuses => ({ proven: 0, silent: 0, contradicted: 0, unknown: 0 })

/** `endpoints` is what `endpointsSection` gave for the same view. */
export function coverageSection(view: EvidenceView, endpoints: readonly EndpointEvidence[]): CoverageSection {
  const known = new Map((view.endpoints ?? []).map((endpoint) => [endpoint.id, endpoint]))
  const stateCounts = Object.fromEntries(states.map((state) => [state, 0])) as Record<KnownEndpoint['state'], number>
  const expected = noStatuses()
  const notExpected = noStatuses()
  const departments = new Map<string, Statuses>()
  const platforms = new Map<string, Statuses>()
  const versions = new Map<Product, Map<string, Statuses>>(products.map((product) => [product, new Map()]))
  for (const entry of endpoints) {
    stateCounts[entry.state]++
    if (!entry.expected) {
      notExpected[entry.status]++
      continue
    }
    expected[entry.status]++
    getOrAdd(departments, entry.department ?? noName, noStatuses)[entry.status]++
    getOrAdd(platforms, entry.platform, noStatuses)[entry.status]++
    for (const product of products) {
      const version = versionOf(known.get(entry.id), product)
      if (version !== undefined) getOrAdd(versions.get(product)!, version, noStatuses)[entry.status]++
    }
  }
  const { proven } = expected
  const managed = endpoints.length
  const inScope = managed - stateCounts.excluded
  const rule = silenceRule(view)
  const shareOf = (of: number) => ({ of, percent: percentOf(proven, of) })
  return {
    proven,
    shouldReport: shareOf(sum(expected)),
    managed: shareOf(managed),
    inScope: shareOf(inScope),
    active: shareOf(inScope - stateCounts.stale),
    silentAfterDays: rule.days,
    ...(rule.cannotTell !== undefined && { silenceCannotBeTold: rule.cannotTell }),
    statuses: expected,
    notExpected,
    reasons: reasonsOf(endpoints),
    departments: cutList(groupsOf(departments)),
    platforms: groupsOf(platforms),
    versions: cutList(
      products
        .flatMap((product) =>
          groupsOf(versions.get(product)!).map(({ name, ...row }) => ({ product, version: name, ...row })),
        )
        .sort(
          (a, b) => b.shouldReport - a.shouldReport || byText(a.product, b.product) || byText(a.version, b.version),
        ),
    ),
    surfaces: surfacesOf(endpoints),
    ...spanOf(view),
    darkSince: cutList(darkSince(endpoints, versions)),
  }
}

function versionOf(endpoint: KnownEndpoint | undefined, product: Product): string | undefined {
  const { status, version } = (product === 'claude-code' ? endpoint?.code : endpoint?.desktop) ?? {}
  return status === 'installed' ? version : undefined
}

function sum(counts: Statuses): number {
  return endpointStatuses.reduce((total, status) => total + counts[status], 0)
}

function groupsOf(groups: ReadonlyMap<string, Statuses>) {
  return [...groups]
    .map(([name, counts]) => {
      const shouldReport = sum(counts)
      return { name, shouldReport, ...counts, percent: percentOf(counts.proven, shouldReport) }
    })
    .sort((a, b) => b.shouldReport - a.shouldReport || byText(a.name, b.name))
}

function reasonsOf(endpoints: readonly EndpointEvidence[]): CoverageSection['reasons'] {
  const rows = new Map<string, CoverageSection['reasons'][number]>()
  for (const { id, status, expected, reasons } of endpoints) {
    if (!expected) continue
    for (const code of new Set(reasons.map((reason) => reason.code))) {
      const row = getOrAdd(rows, `${status} ${code}`, () => ({ status, code, endpoints: 0, examples: [] }))
      row.endpoints++
      if (row.examples.length < mostIds) row.examples.push(id)
    }
  }
  return [...rows.values()].sort(
    (a, b) => b.endpoints - a.endpoints || byText(a.status, b.status) || byText(a.code, b.code),
  )
}

function surfacesOf(endpoints: readonly EndpointEvidence[]): CoverageSection['surfaces'] {
  const rows = new Map(surfaceNames.map((surface) => [surface, { endpoints: 0, proven: 0, events: 0, last: '' }]))
  for (const entry of endpoints)
    for (const { surface, status, events, last } of entry.surfaces) {
      const row = rows.get(surface)!
      row.endpoints++
      row.events += events
      if (status === 'proven') row.proven++
      if (row.last === '' || Date.parse(last) > Date.parse(row.last)) row.last = last
    }
  return [...rows].map(([surface, { last, ...row }]) => ({ surface, ...row, ...(last !== '' && { last }) }))
}

function spanOf({ tables }: EvidenceView): Pick<CoverageSection, 'first' | 'last'> {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const sender of tables.senders) {
    first = Math.min(first, firstRecord(sender) ?? first)
    last = Math.max(last, lastRecord(sender))
  }
  return last === 0 ? {} : { first: isoTime(first), last: isoTime(last) }
}

type DarkRow = CoverageSection['darkSince']['rows'][number]

function darkSince(
  endpoints: readonly EndpointEvidence[],
  versions: ReadonlyMap<Product, ReadonlyMap<string, Statuses>>,
): DarkRow[] {
  const rows = new Map<string, DarkRow & { readonly froms: Set<string> }>()
  for (const { id, expected, dark } of endpoints) {
    if (!expected || dark === undefined) continue
    const { product, from, to: version } = dark
    const counts = versions.get(product)!.get(version)
    const row = getOrAdd(rows, `${product} ${version}`, () => ({
      ...{ product, version, dark: 0, of: counts === undefined ? 0 : sum(counts) },
      ...{ from: [], endpoints: [], froms: new Set<string>() },
    }))
    row.dark++
    row.froms.add(from)
    if (row.endpoints.length < mostIds) row.endpoints.push(id)
  }
  return [...rows.values()]
    .map(({ froms, ...row }) => ({ ...row, from: [...froms].sort(byText).slice(0, mostIds) }))
    .sort((a, b) => b.dark - a.dark || byText(a.product, b.product) || byText(a.version, b.version))
}
