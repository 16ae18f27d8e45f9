/**
 * Limits for `findInputs`. Telemetry is read as a stream in bounded memory, so that a bomb costs time and not the
 * machine; it ends at `inputBytes`. Lines of many sessions shrink to 1/36 (zstd -3), 1/46 (zstd -19) and 1/34 (gzip -9),
 * but 20,000 times the same request, as an idle machine or a collector that sends again writes it, to 1/11,000 under zstd
 * and 1/162 under gzip (measured on recorded lines, 2026-11-21). Only blocks that are all one byte go above the limit.
 */
export const telemetryInputLimits = { inflationRatio: 20_000 } as const

/** Bytes of one line or message: the Collector's batches stay below 1 MB, and a line has to fit into memory. */
export const mostLineBytes = 64 * 2 ** 20
