/** ISO 8601, UTC, whole seconds; undefined for a time that cannot be written so. */
export function timeText(seconds: number | undefined): string | undefined {
  if (seconds === undefined || !(seconds >= 0 && seconds < 253_402_300_800)) return undefined
  return new Date(Math.floor(seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The latest of some times; undefined without any. */
export function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
