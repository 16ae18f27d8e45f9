import * as z from 'zod'
import { PolicyGate } from '../gates/catalogue.js'
import { Mapping } from '../sources/mapping.js'
import { Mcp, Permissions } from './access.js'
import { ClaudeCode, ClaudeDesktop, Collector, Delivery } from './delivery.js'
import { Evidence } from './evidence.js'
import { HistorySettings } from './history.js'
import { Hooks } from './hooks.js'
import { Name } from './name.js'
import { Plugins } from './plugins.js'
import { Probe } from './probe.js'
import { selectorShape } from './selector.js'
import { Telemetry } from './telemetry.js'
import { Waves } from './waves.js'

/** One rule that leaves endpoints out: all named attributes must match, without regard to case. */
export const Exclusion = z
  .strictObject({
    ...selectorShape,
    /** Shown with every endpoint it leaves out. */
    reason: Name,
    /** The last day (UTC) on which the rule holds. */
    until: z.iso.date().optional(),
  })
  .refine((rule) => Object.keys(rule).some((key) => key !== 'reason' && key !== 'until'), {
    message: 'names nothing to leave out: add group, department, site, platform, serial, hostname or email',
  })
export type Exclusion = z.infer<typeof Exclusion>

const Scope = z.strictObject({
  /** An endpoint whose last check-in is older than this many days is stale. */
  staleAfterDays: z.int().min(1).max(3650).default(30),
  /** An app list older than this many days says nothing any more. */
  appListMaximumAgeDays: z.int().min(1).max(3650).default(30),
  /** True: Claude Desktop belongs on every endpoint; where it is absent, the state is `install`. */
  expectDesktop: z.boolean().default(false),
  exclude: z.array(Exclusion).default([]),
})

const Target = z.strictObject({
  /** Percent of endpoints in scope that must be ready. */
  coverage: z.number().min(0).max(100).default(95),
  by: z.iso.date().optional(),
})

const Sources = z.strictObject({
  /** The folder that `fleet scan` reads when no file is named; relative to the policy file. */
  path: z.string().min(1).optional(),
  /** Lists of no known format: which column is which. Tried before the known formats. */
  map: z.array(Mapping).default([]),
})

/** Sections that `fleet settings` turns into a bundle. */
const sectionsOfSettings = {
  telemetry: Telemetry.optional(),
  hooks: Hooks.optional(),
  plugins: Plugins.optional(),
  permissions: Permissions.optional(),
  mcp: Mcp.optional(),
  claudeCode: ClaudeCode.optional(),
  claudeDesktop: ClaudeDesktop.optional(),
  collector: Collector.optional(),
  delivery: Delivery.optional(),
}

/**
 * Sections whose effect one might look for in a scan, and that it does not judge: it says so. Probes show whether hooks
 * and plugins are in order, evidence whether telemetry arrives.
 */
const sectionsScanLeavesAlone = {
  telemetry: 'without-evidence',
  evidence: 'without-evidence',
  hooks: 'without-probe',
  plugins: 'without-probe',
} as const

/** `fleet.yaml`: what should be true. Every key has a default good enough to scan without a policy. */
export const Policy = z.strictObject({
  organization: Name.optional(),
  scope: Scope.prefault({}),
  target: Target.prefault({}),
  /** Ids of the catalogue, or gates of your own. The gates named here are required; without this key `cowork-otel` is. */
  gates: z.array(PolicyGate).optional(),
  sources: Sources.prefault({}),
  ...sectionsOfSettings,
  probe: Probe.optional(),
  evidence: Evidence.optional(),
  waves: Waves.optional(),
  history: HistorySettings.optional(),
})
export type Policy = z.infer<typeof Policy>

/** The keys that are known at a place of the policy, such as `scope`, `exclude`, 0; undefined where any may stand. */
export function keysAt(place: readonly PropertyKey[]): readonly string[] | undefined {
  let schemas = formsOf(Policy)
  for (const part of place) schemas = schemas.flatMap((schema) => schemasBelow(schema, part)).flatMap(formsOf)
  const keys = new Set(schemas.flatMap(ownKeys))
  return keys.size === 0 ? undefined : [...keys]
}

/** What a value may be, without the wrappers that give defaults. */
function formsOf(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return formsOf(schema.unwrap())
  return schema instanceof z.ZodUnion ? schema.options.flatMap(formsOf) : [schema]
}

function ownKeys(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  const names: unknown = schema instanceof z.ZodRecord ? schema.keyType : undefined
  return names instanceof z.ZodEnum ? names.options.map(String) : []
}

function schemasBelow(schema: unknown, part: PropertyKey): unknown[] {
  if (schema instanceof z.ZodArray) return [schema.element]
  if (!(schema instanceof z.ZodObject)) return []
  const shape: Readonly<Record<PropertyKey, unknown>> = schema.shape
  return Object.hasOwn(shape, part) ? [shape[part]] : []
}

/** The sections of a policy that a scan does not judge, with or without the telemetry that arrived. */
export function unusedSections(policy: Policy, hasEvidence: boolean): string[] {
  const sections = Object.entries(sectionsScanLeavesAlone) as [keyof typeof sectionsScanLeavesAlone, string][]
  return sections
    .filter(
      ([section, when]) =>
        policy[section] !== undefined && (when === 'without-evidence' ? !hasEvidence : policy.probe === undefined),
    )
    .map(([section]) => section)
}
