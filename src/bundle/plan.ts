import type { Mdm } from '../policy/delivery.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { Secret } from '../policy/secret-reference.js'
import type { EndpointField } from '../policy/telemetry.js'

/** Something the administrator must know about the bundle; the build prints it and the bundle's README repeats it. */
export interface BundleWarning {
  /** Stable code, such as `attribute-not-in-channel`. */
  readonly code: string
  /** With `{places}` where `place` belongs, so that one thing that holds in several places is told once. */
  readonly message: string
  readonly place?: string
}

/** Warnings as they are shown: those that differ in their place only are one, in the order they came. */
export function joinedWarnings(warnings: readonly BundleWarning[]): { code: string; message: string }[] {
  const joined = new Map<string, { code: string; message: string; places: Set<string> }>()
  for (const { code, message, place } of warnings) {
    const entry = joined.get(`${code}\n${message}`) ?? { code, message, places: new Set() }
    if (place !== undefined) entry.places.add(place)
    joined.set(`${code}\n${message}`, entry)
  }
  return [...joined.values()].map(({ code, message, places }) => ({
    code,
    message: message.replace('{places}', listed([...places])),
  }))
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

/** The lowest version that the bundle must suit, in the normal form of `parseVersion`, and who says so. */
export interface LowestVersion {
  readonly normal: string
  readonly from: 'scan' | 'policy'
}

/** The endpoints that one group bundle is for. */
export interface BundleGroup {
  readonly field: EndpointField
  /** As in the inventory. */
  readonly value: string
  /** Safe as a folder name. */
  readonly folder: string
  readonly endpoints: readonly { readonly serial?: string | undefined; readonly hostname?: string | undefined }[]
}

/** Everything an artifact is made from. */
export interface BundlePlan {
  readonly loaded: LoadedPolicy
  /** Sixteen hexadecimal digits over the sections that shape settings: the value of `fleet.policy` in telemetry. */
  readonly stamp: string
  /** Undefined where neither scan nor policy says anything. */
  readonly lowest: { readonly desktop?: LowestVersion | undefined; readonly code?: LowestVersion | undefined }
  readonly mdms: readonly Mdm[]
  readonly group?: BundleGroup | undefined
  /** The field of the groups that this bundle has, also in the plan of the part outside `groups/`. */
  readonly groupedBy?: EndpointField | undefined
  /** Header name to value, only with `--resolve-secrets`. Plain headers are in the policy. */
  readonly secrets?: ReadonlyMap<string, Secret> | undefined
  readonly warn: (warning: BundleWarning) => void
}

/** Rights of a file with settings: for its owner alone once secrets are in it. */
export function settingsMode(plan: BundlePlan): { readonly mode: 0o600 | 0o644; readonly secret: boolean } {
  const secret = (plan.secrets?.size ?? 0) > 0
  return { mode: secret ? 0o600 : 0o644, secret }
}
