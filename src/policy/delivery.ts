import * as z from 'zod'
import { parseVersion } from '../gates/version.js'
import { writeInQuotes, wrongKind } from './policy-texts.js'
import { SecretReference } from './secret-reference.js'

/**
 * Read by the strict parser of the gates: a client drops a version it cannot read, and then has no floor at all. Plain
 * numbers only: a floor on a pre-release says nothing that an administrator can roll out.
 */
const version = (example: string) =>
  z.string({ error: writeInQuotes(`three numbers such as "${example}"`) }).refine(
    (text) => {
      const parsed = parseVersion(text)
      return parsed.kind === 'version' && parsed.normal === text && parsed.preRelease === undefined
    },
    { error: `is not a version of three numbers, such as ${example}` },
  )
const CodeVersion = version('2.1.240')
const DesktopVersion = version('1.24012.9')

/** Values that settings can have; YAML knows more. */
const FurtherSettings = z.record(z.string(), z.json({ error: 'is no value that JSON can hold' })).default({})

/** The section `claudeCode`. */
export const ClaudeCode = z.strictObject({
  /** Older clients refuse to start (from 2.1.163 on; still older ones ignore it). */
  minimumVersion: CodeVersion.optional(),
  maximumVersion: CodeVersion.optional(),
  /** Further managed settings, as Claude Code writes them. */
  settings: FurtherSettings,
})
export type ClaudeCode = z.infer<typeof ClaudeCode>

/** The section `claudeDesktop`. */
export const ClaudeDesktop = z.strictObject({
  /** The lowest version that is promised to be out there; keys that came later are left out of the bundle. */
  minimumVersion: DesktopVersion.optional(),
  /** `first-party`: people sign in with Claude.ai. `third-party`: a gateway, Bedrock, Vertex or Foundry. */
  deployment: z.enum(['first-party', 'third-party']).default('first-party'),
  /** Policy keys of Claude Desktop. */
  settings: FurtherSettings,
})
export type ClaudeDesktop = z.infer<typeof ClaudeDesktop>

export const mdms = ['jamf-pro', 'intune', 'iru', 'fleetdm', 'workspace-one', 'group-policy', 'linux'] as const
export type Mdm = (typeof mdms)[number]

const AbsolutePath = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9._/-]+$/, { error: 'must be an absolute path of plain characters' })

/** The section `collector`: the OpenTelemetry Collector that clients report to. */
export const Collector = z.strictObject({
  /** Folder on the collector's host that `fleet evidence` reads from. */
  archive: AbsolutePath.default('/var/lib/otelcol/fleet'),
  /** Certificate and key of the collector; without them the receiver expects a proxy in front that ends TLS. */
  tls: z
    .strictObject({ certificate: AbsolutePath, key: AbsolutePath, clientAuthority: AbsolutePath.optional() })
    .optional(),
  /** Replace e-mail addresses and account ids by a keyed hash before anything is stored. */
  hashIdentity: z.boolean().default(true),
  /** Attributes that every record must have; records without them go to a file of their own. */
  requiredAttributes: z
    .array(z.string().regex(/^[a-z][a-z0-9._-]{0,99}$/, { error: 'a key is lower-case letters, digits, . _ or -' }))
    .max(50)
    .default([]),
  clickhouse: z
    .strictObject({
      endpoint: z
        .string()
        .max(500)
        .regex(/^(?:tcp|https?|clickhouse):\/\/[A-Za-z0-9.[\]:_-]+(?:\/[A-Za-z0-9_/-]*)?$/, {
          error: 'must be tcp://host:9000 or https://host:8443',
        }),
      database: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, { error: 'must be at most 63 letters, digits or _, no digit first' })
        .default('otel'),
      username: SecretReference.optional(),
      password: SecretReference.optional(),
      retentionDays: z.int().min(1).max(3650).default(90),
    })
    .optional(),
})
export type Collector = z.infer<typeof Collector>

/** The section `delivery`: which tools carry the bundle to the endpoints. */
export const Delivery = z.strictObject({
  mdm: z
    .array(z.enum(mdms), {
      error: wrongKind('must be a list, such as [ jamf-pro, intune ]'),
    })
    .min(1)
    .max(mdms.length)
    .refine((list) => new Set(list).size === list.length, { error: 'names one twice' })
    .default([...mdms]),
})
export type Delivery = z.infer<typeof Delivery>
