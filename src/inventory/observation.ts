import type { AppRow } from './claude-product.js'

/** The products whose exports fleet reads; `custom` is any list mapped by hand. */
export const products = ['intune', 'jamf', 'iru', 'fleetdm', 'osquery', 'custom'] as const
export type Product = (typeof products)[number]

/** Why an app list cannot be used; "not listed" alone never means "not installed". */
export type AppListProblem =
  | 'no-app-list'
  | 'section-not-requested'
  | 'personal-device'
  | 'name-only'
  | 'error-text'
  | 'app-list-too-old'
  | 'filtered-list'
  | 'partial-list'
  | 'history-incomplete'
  | 'no-version-given'
  | 'report-clipped'

/**
 * What one record says about the apps of its endpoint.
 * `complete`: whatever is not in `rows` is absent. `partial`: only what is listed is known.
 */
export type AppStatement =
  | { readonly kind: 'complete' | 'partial'; readonly rows: readonly AppRow[] }
  | { readonly kind: 'unknown'; readonly reason: AppListProblem }

/** A version in a field of its own; texts such as `not installed` are recognised. */
export interface StatedVersion {
  readonly field: string
  readonly version: string
}

/** A text that may hold a probe line, however much is around it. */
export interface StatedProbe {
  /** The column or path it stands in. */
  readonly field: string
  readonly text: string
  /** When the product took it, as given. */
  readonly asOf?: string | undefined
  /** The record it stands in, where that is not the observation's own. */
  readonly record?: number | undefined
  /** True where other texts are usual, such as in a log: no line there is nothing to tell. */
  readonly mayHoldOther?: boolean | undefined
}

/** What one record of one export says about one endpoint; all texts as given. */
export interface Observation {
  /** 1-based number of the record in its file. */
  readonly record: number
  readonly deviceId?: string | undefined
  readonly serial?: string | undefined
  readonly hardwareUuid?: string | undefined
  readonly hostname?: string | undefined
  /** Any text that names the operating system, such as `darwin` or `macOS 15.6.1`. */
  readonly os?: string | undefined
  readonly osVersion?: string | undefined
  readonly user?: string | undefined
  readonly email?: string | undefined
  readonly department?: string | undefined
  readonly site?: string | undefined
  readonly groups?: readonly string[] | undefined
  /** Last check-in, as given. */
  readonly lastSeen?: string | undefined
  /** When the app list was taken, as given; never derived from the check-in. */
  readonly appsAsOf?: string | undefined
  readonly apps?: AppStatement | undefined
  /** Versions that the record states itself, in a field of their own. */
  readonly versions?:
    | { readonly desktop?: StatedVersion | undefined; readonly code?: StatedVersion | undefined }
    | undefined
  /** The path or column that holds an app's version, for the receipt. */
  readonly versionField?: string | undefined
  /** Extension attributes by name, as given. */
  readonly extensionAttributes?: Readonly<Record<string, string>> | undefined
  /** When the extension attributes were collected, as given. */
  readonly attributesAsOf?: string | undefined
  /** Texts with probe lines; of equally new ones the first counts. */
  readonly probes?: readonly StatedProbe[] | undefined
  /** True where the record only adds to what others describe: several of one endpoint are then no duplicates. */
  readonly addsOnly?: boolean | undefined
}

/** Why a record was left out; each one is counted and listed. */
export type RejectReason =
  | 'no-identity'
  | 'too-few-cells'
  | 'too-many-cells'
  | 'text-after-quote'
  | 'unclosed-quote'
  | 'record-too-long'
  | 'not-json'
  | 'not-xml'
  | 'cut-off'
  | 'too-deep'
  | 'element-too-long'
  | 'extra-text'
  | 'not-an-object'
  | 'no-parent-record'
  | 'unknown-table'

/**
 * What a page of an export says of its own completeness. Pages of one export may be spread over several files, so
 * they are judged together when all files are read.
 */
export type PageMarker =
  /** `totalCount` and the like: how many there are in all, and how many distinct ones this page gave. */
  | { readonly kind: 'total'; readonly marker: string; readonly total: number; readonly read: number }
  /** A next link or cursor: `more` says whether another page follows this one. */
  | { readonly kind: 'next'; readonly marker: string; readonly more: boolean }

/** Where a source puts what it reads. Each record it takes in is observed or rejected, exactly once. */
export interface ObservationSink {
  /** Whether a column or attribute of this name holds a probe line. */
  isProbeName(name: string): boolean
  observe(observation: Observation): void
  /** A record that says nothing more than an earlier one already did (a repeated header, a continuation row). */
  absorb(record: number): void
  reject(record: number, reason: RejectReason): void
  warn(code: string, message: string): void
  page(marker: PageMarker): void
}
