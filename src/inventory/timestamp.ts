/** Order of day and month in dates such as 03/04/2026; `unknown` until a value of the column proves it. */
export type DateOrder = 'day-first' | 'month-first' | 'unknown'

export type TimestampProblem = 'never' | 'ambiguous' | 'unreadable' | 'future'

/** Milliseconds since 1970 UTC, or why there are none. `zoned` is false where the text names no zone and UTC was assumed. */
export type Timestamp =
  | { readonly time: number; readonly zoned: boolean }
  | { readonly time: undefined; readonly problem: TimestampProblem }

const iso =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)? ?(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i
const calendar =
  /^[A-Z][a-z]{2} (?<monthName>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) (?<year>\d{4})(?: (?<zone>UTC|GMT))?$/
const slashed =
  /^(?<first>\d{1,2})(?<separator>[/.])(?<second>\d{1,2})\k<separator>(?<year>\d{4})(?:,? (?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<seconds>\d{2}))?(?: ?(?<half>[AP]M))?)?$/i
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Dates before this year are sentinels (0001-01-01, 1970-01-01), not check-ins. */
const firstYear = 2000
const day = 86_400_000

/**
 * Reads the date styles that MDM exports use: ISO 8601 with or without zone (also `+0000`), blanks for `T`, seven
 * fraction digits, epoch seconds and milliseconds, `Mon Jan  8 14:51:55 2018 UTC`, and slashed or dotted dates whose
 * order is known. Nothing is guessed: what cannot be read for certain has no time.
 */
export function parseTimestamp(text: string, order: DateOrder, asOf: number): Timestamp {
  const reading = text.length > 40 ? undefined : read(text.trim(), order)
  if (reading === undefined) return { time: undefined, problem: 'unreadable' }
  if (reading === 'ambiguous') return { time: undefined, problem: 'ambiguous' }
  const { time, zoned } = reading
  if (Number.isNaN(time)) return { time: undefined, problem: 'unreadable' }
  const year = new Date(time).getUTCFullYear()
  if (year < firstYear || year === 9999) return { time: undefined, problem: 'never' }
  if (time > asOf + day) return { time: undefined, problem: 'future' }
  return { time, zoned }
}

/** What a slashed or dotted date proves about the order of its column: a first number above 12 is a day. */
export function provenOrder(text: string): DateOrder {
  const groups = slashed.exec(text.trim())?.groups
  if (!groups) return 'unknown'
  // Dots are only used where the day stands first (DIN 5008, and the locales of central and eastern Europe).
  if (groups.separator === '.' || Number(groups.first) > 12) return 'day-first'
  return Number(groups.second) > 12 ? 'month-first' : 'unknown'
}

function read(text: string, order: DateOrder): { time: number; zoned: boolean } | 'ambiguous' | undefined {
  const isoGroups = iso.exec(text)?.groups
  if (isoGroups) {
    const { year, month, day: dayOfMonth, hour, minute, second, fraction, zone } = isoGroups
    const time = utc(year, Number(month), dayOfMonth, hour, minute, second, fraction)
    return { time: time - offsetOf(zone), zoned: zone !== undefined }
  }
  if (/^\d{9,10}$/.test(text)) return { time: Number(text) * 1000, zoned: true }
  if (/^\d{12,13}$/.test(text)) return { time: Number(text), zoned: true }
  const calendarGroups = calendar.exec(text)?.groups
  if (calendarGroups) {
    const { year, monthName, day: dayOfMonth, hour, minute, second, zone } = calendarGroups
    const month = months.indexOf(monthName ?? '') + 1
    return { time: utc(year, month, dayOfMonth, hour, minute, second), zoned: zone !== undefined }
  }
  const slashedGroups = slashed.exec(text)?.groups
  if (!slashedGroups) return text === '0' || text === '-1' ? { time: 0, zoned: true } : undefined
  const { first, second, year, hour, minute, seconds, half } = slashedGroups
  const proven = provenOrder(text)
  const known = proven === 'unknown' ? order : proven
  if (known === 'unknown' && first !== second) return 'ambiguous'
  const [dayOfMonth, month] = known === 'day-first' ? [first, second] : [second, first]
  if (half && (Number(hour) < 1 || Number(hour) > 12)) return undefined
  const hourOfDay = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour ?? 0)
  return { time: utc(year, Number(month), dayOfMonth, String(hourOfDay), minute, seconds), zoned: false }
}

function utc(
  year: string | undefined,
  month: number,
  dayOfMonth: string | undefined,
  hour = '0',
  minute = '0',
  second = '0',
  fraction = '0',
): number {
  const date = new Date(0)
  // setUTCFullYear, since Date.UTC reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(Number(year), month - 1, Number(dayOfMonth))
  const valid =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === Number(dayOfMonth) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) <= 60
  if (!valid) return Number.NaN
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000)
  return date.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds
}

function offsetOf(zone: string | undefined): number {
  const groups = /^(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})$/.exec(zone ?? '')?.groups
  if (!groups) return 0
  const minutes = Number(groups.hours) * 60 + Number(groups.minutes)
  // The zones of the world end at 14 hours.
  if (minutes > 14 * 60 || Number(groups.minutes) > 59) return Number.NaN
  return (groups.sign === '-' ? -minutes : minutes) * 60_000
}

/**
 * The time of `2026-11-17T18:59:50.0271234Z`, with a blank for `T` and without fraction or zone where they are missing,
 * read from bytes without making a text; NaN for every other style. Nearly all dates of exports are written so.
 */
export function plainIsoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || end - start > 30) return Number.NaN
  const separators =
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    (bytes[start + 10] === 0x54 || bytes[start + 10] === 0x20) &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a
  if (!separators) return Number.NaN
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const dayOfMonth = twoDigits(bytes, start + 8)
  const hour = twoDigits(bytes, start + 11)
  const minute = twoDigits(bytes, start + 14)
  const second = twoDigits(bytes, start + 17)
  let milliseconds = 0
  let position = start + 19
  if (position < end && bytes[position] === 0x2e) {
    let unit = 100
    const first = position + 1
    for (position++; position < end && bytes[position] !== 0x5a; position++) {
      const digit = bytes[position]! - 0x30
      if (digit < 0 || digit > 9) return Number.NaN
      milliseconds += digit * unit
      unit = unit === 1 ? 0 : unit / 10
    }
    if (position === first || position > first + 9) return Number.NaN
  }
  if (position < end && !(bytes[position] === 0x5a && position === end - 1)) return Number.NaN
  if (!(year > firstYear && year < 9999 && month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 28))
    return Number.NaN
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN
  // Days since 1970 by counting years from March (Howard Hinnant, "chrono-compatible low-level date algorithms").
  const years = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1
  const days =
    years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + dayOfYear - 719_468
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milliseconds
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30
  const ones = bytes[at + 1]! - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}
