import type { Selector } from '../policy/selector.js'
import type { Blackout, SiteLink, Stratum, Weekday } from '../policy/waves.js'

/** Sizes of the automatic waves: a preset, shares in percent that add up to 100, or numbers of endpoints. */
export type Sizes = 'autopatch' | 'fleet' | 'two-phase' | readonly string[] | readonly number[]

export interface GateThresholds {
  /** In percent of the endpoints that reported. */
  readonly success: number
  readonly minimumSucceeded: number
  /** In percent of the attempted endpoints. */
  readonly minimumReported: number
  /** In percent of the endpoints that reported. */
  readonly failureLimit: number
}

/** On which days something may happen; days are texts such as `2026-11-30`. */
export interface CalendarRules {
  readonly workingDays: readonly Weekday[]
  readonly noStartOn: readonly Weekday[]
  readonly holidays: readonly string[]
  readonly blackouts: readonly Blackout[]
  readonly soakDays: number
}

/** How many endpoints can be attempted on one day. */
export interface Capacity {
  readonly perDay?: number | undefined
  readonly perDepartment?: number | undefined
  readonly installerMegabytes?: number | undefined
  /** By the name of the site. */
  readonly links: Readonly<Record<string, SiteLink>>
}

/** Everything that shapes a plan, with nothing left open but the first day. */
export interface WaveSettings {
  readonly campaign: string
  readonly sizes: Sizes
  readonly pinned: readonly Selector[]
  readonly last: readonly Selector[]
  readonly strata: { readonly by: readonly Stratum[]; readonly minimum: number }
  readonly start?: string | undefined
  /** Such as `09:00`. */
  readonly startTime: string
  readonly timeZone: string
  /** By the name of the site. */
  readonly timeZones: Readonly<Record<string, string>>
  readonly calendar: CalendarRules
  readonly capacity: Capacity
  /** In percent. */
  readonly expectedSuccess: number
  readonly gate: GateThresholds
  readonly target: { readonly coverage: number; readonly by?: string | undefined }
}
