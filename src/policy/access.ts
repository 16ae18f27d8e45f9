import * as z from 'zod'

const Rule = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u, { error: 'holds a control character' })
const Rules = z.array(Rule).max(1000).default([])

/** The section `permissions`: rules in the syntax of Claude Code. */
export const Permissions = z.strictObject({
  allow: Rules,
  ask: Rules,
  deny: Rules,
  /** Rules of users and projects do not count. */
  managedOnly: z.boolean().default(false),
  /** Nobody can switch permission checks off. */
  forbidBypass: z.boolean().default(true),
  /** Nobody can let a classifier decide. */
  forbidAuto: z.boolean().default(false),
})
export type Permissions = z.infer<typeof Permissions>

const McpServer = z.union(
  [
    z.strictObject({
      name: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be letters, digits, - or _' }),
    }),
    z.strictObject({ command: z.array(Rule).min(1).max(50) }),
    z.strictObject({
      url: z
        .string()
        .min(1)
        .max(500)
        .regex(/^https?:\/\/[\x21-\x7e]+$|^\*[\x21-\x7e]*$/, { error: 'must be a URL pattern' }),
    }),
  ],
  { error: 'takes one of name, url, command' },
)
export type McpServer = z.infer<typeof McpServer>

/** The section `mcp`: which MCP servers may be used. Names are labels that a user can choose; URLs and commands hold. */
export const Mcp = z.strictObject({
  /** Without this key every server is allowed; an empty list allows none. */
  allowed: z.array(McpServer).max(1000).optional(),
  denied: z.array(McpServer).max(1000).default([]),
  /** Users cannot widen the list. */
  managedOnly: z.boolean().default(true),
})
export type Mcp = z.infer<typeof Mcp>
