import * as z from 'zod'
import { Name } from './name.js'
import { Selector } from './selector.js'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

export const wavePresets = ['autopatch', 'fleet', 'two-phase'] as const
export const strata = ['platform', 'department', 'site', 'version'] as const
export type Stratum = (typeof strata)[number]

/** A day of the years a rollout can be planned for. */
const Day = z.iso.date().refine((day) => day >= '2020-01-01' && day <= '2100-12-31', {
  error: 'is not a day of the years 2020 to 2100',
})
const Percent = z.number().min(0).max(100)

const Sizes = z
  .array(
    z.union([z.string(), z.number()]).refine(isSize, {
      error: 'is neither a share such as "5%" nor a number of endpoints such as 50',
    }),
  )
  .min(1)
  .max(50)
  .refine((sizes) => new Set(sizes.map((size) => typeof size)).size === 1, {
    error: 'mixes shares and numbers of endpoints: use one kind, such as ["5%", "15%", "80%"] or [10, 50, 200]',
  })
  .refine((sizes) => typeof sizes[0] === 'number' || Math.abs(sumOfShares(sizes) - 100) < 1e-6, {
    error: 'the shares must add up to 100 %',
  })

function isSize(size: string | number): boolean {
  if (typeof size === 'string') return /^\d{1,3}(?:\.\d{1,4})?\s?%$/.test(size)
  return Number.isSafeInteger(size) && size >= 1 && size <= 10_000_000
}

function sumOfShares(sizes: readonly (string | number)[]): number {
  return sizes.reduce<number>((sum, size) => sum + Number.parseFloat(String(size)), 0)
}

const TimeZone = z.string().refine(isTimeZone, { error: 'is not a time zone such as Europe/Berlin' })

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 know no summer time.
    return (
      /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/.test(name) &&
      Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
    )
  } catch {
    return false
  }
}

const Blackout = z
  .strictObject({ from: Day, to: Day, reason: Name })
  .refine(({ from, to }) => from <= to, { error: 'ends before it begins' })
export type Blackout = z.infer<typeof Blackout>

const SiteLink = z.strictObject({
  /** What rollouts may use of the link of a site. */
  megabitsPerSecond: z.number().positive().max(1_000_000),
  hoursPerDay: z.number().positive().max(24).optional(),
})
export type SiteLink = z.infer<typeof SiteLink>

/** The section `waves`. Nothing is filled in here: `src/waves/setting-table.ts` has the defaults, each with its reason. */
export const Waves = z.strictObject({
  /** Names the campaign, and is the salt of its order: another name moves the canaries. */
  campaign: Name.optional(),
  preset: z.union([z.enum(wavePresets), Sizes]).optional(),
  /** First of all: a named pilot list, volunteers. */
  pinned: z.array(Selector).optional(),
  /** Last of all: VIPs, shared computers. */
  last: z.array(Selector).optional(),
  strata: z
    .strictObject({
      by: z.array(z.enum(strata)).optional(),
      /** A stratum of at least so many endpoints has one in the first automatic wave. */
      minimum: z.int().min(1).max(1_000_000).optional(),
    })
    .optional(),
  start: Day.optional(),
  startTime: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'is not a time such as "09:00"' })
    .optional(),
  /** Working days between the last installation of a wave and the next wave. */
  soakDays: z.int().min(0).max(60).optional(),
  workingDays: z.array(z.enum(weekdays)).min(1).optional(),
  noStartOn: z.array(z.enum(weekdays)).optional(),
  holidays: z.array(Day).optional(),
  blackouts: z.array(Blackout).optional(),
  timeZone: TimeZone.optional(),
  /** By the name of the site. */
  timeZones: z.record(Name, TimeZone).optional(),
  capacity: z
    .strictObject({
      perDay: z.int().min(1).optional(),
      perDepartment: z.int().min(1).optional(),
      installerMegabytes: z.number().positive().max(100_000).optional(),
      /** By the name of the site. */
      links: z.record(Name, SiteLink).optional(),
    })
    .refine(({ installerMegabytes, links }) => links === undefined || installerMegabytes !== undefined, {
      error: 'has links, and lacks installerMegabytes: what one installation downloads',
    })
    .optional(),
  /** Percent of attempted endpoints that become ready. */
  expectedSuccess: Percent.optional(),
  gate: z
    .strictObject({
      /** Percent of the reporting endpoints that must be ready. */
      success: Percent.optional(),
      minimumSucceeded: z.int().min(1).optional(),
      /** Percent of the attempted endpoints that must report. */
      minimumReported: Percent.optional(),
      /** Percent of the reporting endpoints that may fail before the rollout is halted. */
      failureLimit: Percent.optional(),
    })
    .optional(),
})
export type Waves = z.infer<typeof Waves>
