import * as z from 'zod'
import { hasUnquotedBlank } from './command-line.js'
import { CollectorUrl } from './telemetry.js'

const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u, { error: 'holds a control character or line break' })

const quoting = { error: 'has a blank in its path: put the path in double quotes, as a shell wants it' }
const posixCommand = text(2000)
  .regex(/^"?\//, { error: 'must start with an absolute path' })
  .refine((command) => !hasUnquotedBlank(command), quoting)
const windowsCommand = text(2000)
  .regex(/^"?[A-Za-z]:\\|^powershell(?:\.exe)? /i, {
    error: 'must start with an absolute path such as "C:\\Program Files\\…", or with powershell.exe',
  })
  .refine((command) => !hasUnquotedBlank(command), quoting)

/** One command for macOS and Linux, or one for each platform. A platform without one has no such hook. */
const Command = z.union([
  posixCommand,
  z
    .strictObject({
      macos: posixCommand.optional(),
      linux: posixCommand.optional(),
      windows: windowsCommand.optional(),
    })
    .refine((commands) => Object.keys(commands).length > 0, { error: 'names no platform' }),
])

/** One managed hook of Claude Code. */
const RequiredHook = z
  .strictObject({
    event: text(64).regex(/^[A-Z][A-Za-z]+$/, { error: 'is not the name of an event, such as PreToolUse' }),
    matcher: z
      .string()
      .max(500)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'holds a control character or line break' })
      .optional(),
    command: Command.optional(),
    /** Instead of a command: where the event is posted to. */
    url: CollectorUrl.optional(),
    timeoutSeconds: z.int().min(1).max(3600).optional(),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), {
    error: 'needs either command or url',
  })
export type RequiredHook = z.infer<typeof RequiredHook>

/** The section `hooks`. */
export const Hooks = z.strictObject({
  required: z.array(RequiredHook).max(100).default([]),
  /** Only managed hooks run: users, projects and plugins that are not forced cannot add any. */
  managedOnly: z.boolean().default(true),
})
export type Hooks = z.infer<typeof Hooks>
