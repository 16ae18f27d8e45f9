import { compare } from 'semver'
import { parseVersion } from '../gates/version.js'
import { byText } from '../platform/by-text.js'
import { exitCode, Failure } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import type { Policy } from '../policy/policy.js'
import type { EndpointField } from '../policy/telemetry.js'
import { readScan } from '../readiness/read-scan.js'
import type { ScanHead } from '../readiness/scan-document.js'
import type { BundleGroup, BundleWarning, LowestVersion } from './plan.js'

/** What a scan tells a bundle. */
export interface ScanFacts {
  readonly head: ScanHead
  /** Rising by folder; empty when no field was asked for. */
  readonly groups: readonly BundleGroup[]
  /** Endpoints without a value in the field. */
  readonly withoutValue: number
}

// Twenty files each: what a person can still look through, and a linter too.
const mostGroups = 400

/** Reads the head of a scan, and its endpoints by one field. Throws a Failure when it is no scan, or too many groups. */
export async function readScanFacts(file: string, per: EndpointField | undefined): Promise<ScanFacts> {
  const members = new Map<string, { serial?: string | undefined; hostname?: string | undefined }[]>()
  let withoutValue = 0
  const head = await readScan(file, (endpoint) => {
    if (per === undefined) return
    const value = textOf(endpoint, per)
    if (value === undefined) {
      withoutValue++
      return
    }
    const list = members.get(value) ?? []
    list.push({ serial: textOf(endpoint, 'serial'), hostname: textOf(endpoint, 'hostname') })
    members.set(value, list)
  })
  if (members.size > mostGroups)
    throw new Failure(
      exitCode.inputRefused,
      'too-many-groups',
      `The scan has ${members.size} values of that field; a bundle has at most ${mostGroups} groups.`,
      {
        where: { file },
        tryThis: [
          'Use a field with fewer values, such as department; a serial number comes from payload variables and install scripts.',
        ],
      },
    )
  const groups = [...members]
    .map(([value, endpoints]) => ({ field: per!, value, folder: folderFor(value), endpoints }))
    .sort((a, b) => byText(a.folder, b.folder))
  return { head, groups, withoutValue }
}

function textOf(endpoint: unknown, field: EndpointField): string | undefined {
  if (typeof endpoint !== 'object' || endpoint === null || !Object.hasOwn(endpoint, field)) return undefined
  const value: unknown = (endpoint as Record<string, unknown>)[field]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Readable, and different for values that differ only in what a folder name cannot hold. */
function folderFor(value: string): string {
  const plain = value
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
  const digest = sha256(value).slice(0, 8)
  return plain === '' ? digest : `${plain}-${digest}`
}

/**
 * The lowest versions a bundle must suit: what the policy promises, else the lowest that the scan has seen on any
 * endpoint, excluded and stale ones too, since they may come back. Versions below the promise, and those that cannot be
 * read, are told through `warn`.
 */
export function lowestVersions(
  policy: Policy,
  head: ScanHead | undefined,
  warn: (warning: BundleWarning) => void,
): { desktop?: LowestVersion | undefined; code?: LowestVersion | undefined } {
  const choose = (
    product: 'claude-desktop' | 'claude-code',
    promised: string | undefined,
  ): LowestVersion | undefined => {
    const seen = versionsOf(head, product)
    const [lowest] = seen
    const unreadable = (head?.versions ?? [])
      .filter((entry) => entry.product === product && !entry.readable)
      .reduce((sum, entry) => sum + entry.endpoints, 0)
    if (unreadable > 0)
      warn({
        code: 'version-unreadable',
        message: `The scan has ${unreadable} ${unreadable === 1 ? 'endpoint' : 'endpoints'} with a version of ${product} that cannot be read: it may be older than what this bundle is made for.`,
      })
    if (promised === undefined) return lowest === undefined ? undefined : { normal: lowest, from: 'scan' }
    const below = seen.filter((version) => compare(version, promised) < 0)
    if (below.length > 0)
      warn({
        code: 'below-promise',
        message: `The policy promises ${product} ${promised}, and the scan has ${below.length} ${below.length === 1 ? 'version' : 'versions'} below it, the lowest ${below[0]}: those endpoints may ignore parts of this bundle.`,
      })
    return { normal: promised, from: 'policy' }
  }
  return {
    desktop: choose('claude-desktop', policy.claudeDesktop?.minimumVersion),
    code: choose('claude-code', policy.claudeCode?.minimumVersion),
  }
}

/** The readable versions of a product in a scan, in their normal form, rising. */
export function versionsOf(head: ScanHead | undefined, product: 'claude-desktop' | 'claude-code'): string[] {
  const normals = (head?.versions ?? [])
    .filter((entry) => entry.product === product)
    .flatMap(({ version }) => {
      const parsed = parseVersion(version)
      return parsed.kind === 'version' ? [parsed.normal] : []
    })
  return [...new Set(normals)].sort(compare)
}
