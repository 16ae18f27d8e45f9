import { compare } from 'semver'
import { parseVersion } from '../gates/version.js'
import { byText } from '../platform/by-text.js'
import { type Selector, selects } from '../policy/selector.js'
import { getOrAdd } from '../readiness/get-or-add.js'
import type { ScanHead } from '../readiness/scan-document.js'
import type { Candidate, Work } from './candidate.js'
import { membershipOf, type PlanningEndpoint } from './planning-scan.js'

const plannable: ReadonlySet<string> = new Set<Work['action']>(['install', 'upgrade', 'repair'])

/** Gathers the endpoints that waves can make ready, while a scan is read. */
export interface CandidateIntake {
  readonly add: (endpoint: PlanningEndpoint) => void
  /** Rising by id. Whoever shares its serial number with another machine has no identity of its own. */
  readonly candidates: (head: ScanHead) => readonly Candidate[]
  /** Selectors that name no endpoint of the scan, candidate or not: most likely misspelt. */
  readonly idle: () => readonly { readonly list: 'pinned' | 'last'; readonly selector: Selector }[]
}

/** An intake for these selectors; where both lists name an endpoint, it goes last. */
export function candidateIntake(selectors: {
  readonly pinned: readonly Selector[]
  readonly last: readonly Selector[]
}): CandidateIntake {
  const found: Candidate[] = []
  const used = new Set<Selector>()
  const works = new Map<string, readonly Work[]>()
  const texts = new Map<string, string>()
  // A department stands on thousands of endpoints, and is kept once.
  const once = (text: string) => getOrAdd(texts, text, () => text)
  const named = (list: readonly Selector[], endpoint: PlanningEndpoint) => {
    let any = false
    for (const selector of list) {
      if (!selects(selector, endpoint)) continue
      used.add(selector)
      any = true
    }
    return any
  }
  return {
    add(endpoint) {
      const [isPinned, isLast] = [named(selectors.pinned, endpoint), named(selectors.last, endpoint)]
      if (!plannable.has(endpoint.state)) return
      const work = workOf(endpoint)
      const key = JSON.stringify(work)
      const { id, serial, hostname, user, email } = endpoint
      const { platform, department, site, version } = membershipOf(endpoint)
      found.push({
        id,
        serial,
        hostname,
        user,
        email,
        platform: once(platform),
        department: once(department),
        site: once(site),
        version: once(version),
        work: getOrAdd(works, key, () => work),
        place: isLast ? 'last' : isPinned ? 'pinned' : 'automatic',
        deviceIds: deviceIdsOf(endpoint),
      })
    },
    candidates(head) {
      const shared = new Set(head.sharedIdentities.flatMap(({ kind, value }) => (kind === 'serial' ? [value] : [])))
      return found
        .map((candidate) =>
          candidate.serial === undefined || shared.has(candidate.serial)
            ? { ...candidate, place: 'no-identity' as const }
            : candidate,
        )
        .sort((a, b) => byText(a.id, b.id))
    },
    idle: () =>
      (['pinned', 'last'] as const).flatMap((list) =>
        selectors[list].filter((selector) => !used.has(selector)).map((selector) => ({ list, selector })),
      ),
  }
}

/** One action for each product; of several gates that fail, the highest version serves all. */
function workOf({ state, reasons }: PlanningEndpoint): readonly Work[] {
  const action = state as Work['action']
  const highest = new Map<string | undefined, string | undefined>()
  for (const { product, upgradeTo, code } of reasons) {
    // What an upgrade leaves open, such as an unknown version of another product, is not its work.
    if (action === 'upgrade' && !['below-gate', 'above-gate', 'known-bad'].includes(code)) continue
    highest.set(product, higher(highest.get(product), upgradeTo))
  }
  if (highest.size === 0) return [{ action }]
  return [...highest]
    .map(([product, to]) => ({ action, ...(product && { product }), ...(to && { to }) }))
    .sort((a, b) => byText(a.product ?? '', b.product ?? ''))
}

function higher(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const [first, second] = [parseVersion(a), parseVersion(b)]
  if (first.kind !== 'version' || second.kind !== 'version') return byText(a, b) >= 0 ? a : b
  return compare(first.normal, second.normal) >= 0 ? a : b
}

function deviceIdsOf({ records }: PlanningEndpoint): Candidate['deviceIds'] {
  const ids: Partial<Record<PlanningEndpoint['records'][number]['product'], string>> = {}
  // The freshest record comes first; an older one may be of a former enrolment.
  for (const { product, deviceId } of records) if (deviceId !== undefined) ids[product] ??= deviceId
  return ids
}
