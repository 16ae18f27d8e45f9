import * as z from 'zod'

/** The section `history`: where scans are remembered, or `false` where they are not. */
export const HistorySettings = z.union([
  z.strictObject({
    /** Relative to the policy file; `.fleet/history` in the current folder when left out. */
    folder: z.string().min(1).optional(),
    /** What `fleet history prune` keeps when no flag says otherwise. */
    keepDays: z.int().min(1).max(36_500).optional(),
  }),
  z.literal(false, { error: 'must be false, or have the keys folder or keepDays' }),
])
export type HistorySettings = z.infer<typeof HistorySettings>
