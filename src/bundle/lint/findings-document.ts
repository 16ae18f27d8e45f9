import * as z from 'zod'
import { isoTime } from '../../platform/clock.js'
import { privacyTiers } from '../../policy/telemetry.js'
import type { ReadSettings } from '../read-settings.js'
import type { Finding } from './lint.js'
import { type Severity, severities } from './rule.js'

const count = z.int().min(0)

const FindingEntry = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  file: z.string(),
  line: z.int().min(1).optional(),
  /** Such as `hooks.PreToolUse[0].matcher`; empty for the whole file. */
  path: z.string(),
  message: z.string(),
  why: z.string(),
  fix: z.string(),
  source: z.string(),
  checked: z.iso.date(),
  /** The lowest client version that it holds for, where the range has a lower end. */
  since: z.string().optional(),
  versions: z
    .object({
      /** Semver range; without this key it holds for every version. */
      range: z.string(),
      /** Versions out there that lie in it; missing where none were given. */
      affected: z.array(z.string()).optional(),
      /** How many versions of this client were given. */
      given: count.optional(),
    })
    .optional(),
})

const VersionsOut = z.object({
  /** Normal forms; empty when none were given: then any version may be out there. */
  known: z.array(z.string()),
  /** Endpoints whose version cannot be read: what holds for other versions may hold there. */
  unreadable: count,
})

/** `fleet.findings/v1`: what `fleet settings lint` found. */
export const FindingsDocument = z.object({
  schema: z.literal('fleet.findings/v1'),
  asOf: z.iso.datetime(),
  policy: z.object({ digest: z.string(), file: z.string().optional() }).optional(),
  versions: z.object({ claudeCode: VersionsOut, claudeDesktop: VersionsOut }),
  /** The privacy tier that was meant to hold, where one was stated. */
  privacy: z.enum(privacyTiers).optional(),
  /** How many rules were applied. */
  rules: count,
  /** Settings that were read; a file with several sets of them is there several times. */
  files: z.array(
    z.object({
      file: z.string(),
      surface: z.enum(['claude-code', 'claude-desktop', 'managed-mcp']),
      channel: z.enum(['server', 'plist', 'hklm', 'file', 'drop-in', 'hkcu', 'user', 'project']),
      format: z.enum(['json', 'plist', 'registry']),
    }),
  ),
  refused: z.array(z.object({ file: z.string(), code: z.string(), message: z.string(), tryThis: z.string() })),
  /** Files of a folder that were not looked into, or that are no settings. */
  passedOver: z.array(z.object({ file: z.string(), reason: z.string() })),
  findings: z.array(FindingEntry),
  counts: z.object({ error: count, warning: count, note: count }),
})
export type FindingsDocument = z.infer<typeof FindingsDocument>

/** What a lint was about, beside files and rules. */
export interface LintFacts {
  readonly asOf: number
  readonly policy?: { readonly digest: string; readonly file?: string | undefined } | undefined
  readonly versions: FindingsDocument['versions']
  readonly privacy?: FindingsDocument['privacy']
}

/** The document of a lint; the findings are in the order they are given in. */
export function findingsDocument(
  read: ReadSettings,
  rules: number,
  findings: readonly Finding[],
  { asOf, policy, versions, privacy }: LintFacts,
): FindingsDocument {
  const number = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  return FindingsDocument.parse({
    schema: 'fleet.findings/v1',
    asOf: isoTime(asOf),
    policy,
    versions,
    privacy,
    rules,
    files: read.files.map(({ file, surface, channel, format }) => ({ file, surface, channel, format })),
    refused: read.refused,
    passedOver: read.passedOver,
    findings,
    counts: { error: number('error'), warning: number('warning'), note: number('note') },
  })
}
