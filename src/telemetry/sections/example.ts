import * as z from 'zod'
import { isoTime } from '../../platform/clock.js'
import type { Example } from '../tables.js'

/** One record as a receipt: session, sequence and time name it in the files and in a database alike. */
export const ExampleEntry = z.object({
  session: z.string().optional(),
  sequence: z.int().min(0).optional(),
  prompt: z.string().optional(),
  at: z.iso.datetime(),
})
export type ExampleEntry = z.infer<typeof ExampleEntry>

export function exampleEntry({ session, sequence, prompt, at }: Example): ExampleEntry {
  return {
    ...(session !== '' && { session }),
    ...(sequence >= 0 && { sequence }),
    ...(prompt !== '' && { prompt }),
    at: isoTime(at),
  }
}
