/** What an input may be at most; a refusal names the limit and its value. */
export const inputLimits = {
  /** Bytes of one input after decompression. */
  inputBytes: 64 * 2 ** 30,
  /** Bytes of all entries of one archive after decompression. */
  archiveBytes: 64 * 2 ** 30,
  /** Entries of one archive, folders and system files included. */
  archiveEntries: 1000,
  /** How many bytes one compressed byte may become; exports stay below 50, bombs are above 1000. */
  inflationRatio: 200,
  /** The ratio counts from here on: a short run of blanks may well be above it. */
  inflationFrom: 10 * 2 ** 20,
  /** Files in one folder and the folders below it. */
  folderFiles: 100_000,
} as const

/** Limits by name; see `inputLimits`. */
export type InputLimits = { readonly [name in keyof typeof inputLimits]: number }

/** How much of an input `readHead` may look at before stdin can no longer be read from its beginning. */
export const headLimit = 256 * 1024
