import type { TelemetryBatch } from '../batch.js'

/** The record that is being counted; one object for all, filled anew for each. */
export interface CurrentRecord {
  batch: TelemetryBatch
  row: number
  /** Where its words begin in the batch. */
  start: number
  time: number
  /** Word; 0 = none. */
  session: number
  /** -1 = none. */
  sequence: number
  sender: number
}
