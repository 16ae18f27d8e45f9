import * as z from 'zod'
import { Name } from './name.js'

const Pattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}*]*\*?$/u, { error: 'is a name; a * may stand at its end only' })
const Patterns = z.array(Pattern).max(1000)

/** What a group of people may use. Without department and group the rule is for everybody. */
const ApprovedUse = z
  .strictObject({
    department: Name.optional(),
    group: Name.optional(),
    /** Names of tools, such as Bash or mcp__github__*. */
    tools: Patterns.optional(),
    mcpServers: Patterns.optional(),
    skills: Patterns.optional(),
  })
  .refine(({ tools, mcpServers, skills }) => tools !== undefined || mcpServers !== undefined || skills !== undefined, {
    error: 'approves nothing: add tools, mcpServers or skills',
  })
export type ApprovedUse = z.infer<typeof ApprovedUse>

/** The section `evidence`: what telemetry must show. */
export const Evidence = z.strictObject({
  /** An endpoint that should report and did not for so many days is silent. */
  silentAfterDays: z.int().min(1).max(365).default(14),
  /** Each of these must have reported; without any, one of the three is enough. */
  requires: z
    .array(z.enum(['claude-code', 'claude-code-desktop', 'cowork']))
    .max(3)
    .default([]),
  /** A kind of use that no rule mentions is not judged. Plugins are judged by `plugins.approved`, MCP servers also by `mcp`. */
  approved: z.array(ApprovedUse).max(500).default([]),
  /** How many anomalies in a report may be there by chance alone, on average. */
  falseAlarms: z.number().gt(0).max(1).default(0.1),
})
export type Evidence = z.infer<typeof Evidence>
