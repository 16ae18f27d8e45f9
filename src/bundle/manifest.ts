import * as z from 'zod'
import { checksumText } from '../platform/publish-folder.js'
import { sha256 } from '../platform/sha256.js'
import { bundlePaths } from './places.js'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** A path inside a bundle: plain segments, so that no manifest can point outside its folder. */
const Path = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/)
  .refine((path) => path.split('/').every((part) => part !== '.' && part !== '..'))

/** `manifest.json` of a bundle, `fleet.bundle/v1`: what was built, from what, and the digest of every file. */
export const BundleManifest = z.object({
  schema: z.literal('fleet.bundle/v1'),
  organization: z.string().optional(),
  policy: z.object({ digest: z.string(), stamp: z.string() }),
  lowest: z.object({
    desktop: z.object({ version: z.string(), from: z.enum(['scan', 'policy']) }).optional(),
    code: z.object({ version: z.string(), from: z.enum(['scan', 'policy']) }).optional(),
  }),
  groups: z
    .array(z.object({ field: z.string(), value: z.string(), folder: Path, endpoints: z.int().min(0) }))
    .optional(),
  /** True: secrets were written into the files marked so. */
  secrets: z.boolean(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  files: z.array(
    z.object({
      path: Path,
      size: z.int().min(0),
      sha256: digest,
      /** Octal, as `chmod` takes it. */
      mode: z.enum(['0600', '0644', '0755']),
      secret: z.boolean(),
      about: z.string(),
    }),
  ),
})
export type BundleManifest = z.infer<typeof BundleManifest>

/** The lines of `SHA256SUMS`, for `sha256sum -c`: every file of the manifest and the manifest itself. */
export function checksumLines(manifest: BundleManifest, manifestText: string): string {
  const entries = manifest.files.map(({ path, sha256: sum }) => ({ path, sum }))
  entries.push({ path: bundlePaths.manifest, sum: sha256(manifestText) })
  return checksumText(entries)
}
