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

/** What the hook that fleet ships refuses: a tool by name, and optionally only input that holds a text. */
const DenyRule = z.strictObject({
  /** The name of a tool such as Bash or mcp__github__delete_repo; a `*` at the end stands for any rest. */
  tool: z
    .string()
    .regex(/^(?:[A-Za-z0-9_.-]{1,100}\*?|\*)$/, { error: 'is not the name of a tool, such as Bash or mcp__*' }),
  /** Text that the event must hold; another spelling of the same command is not found. Left out: any event. */
  contains: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[ -~]+$/, { error: 'must be printable ASCII' })
    .optional(),
})
export type DenyRule = z.infer<typeof DenyRule>

const PosixFile = z
  .string()
  .max(300)
  .regex(/^(?:\/[A-Za-z0-9._-]+){2,}$/, {
    error: 'must be an absolute path of plain characters, such as /etc/fleet/hook-authorization',
  })
const WindowsFile = z
  .string()
  .max(300)
  .regex(/^[A-Za-z]:(?:\\[A-Za-z0-9._ -]*[A-Za-z0-9_-])+$/, {
    error: 'must be an absolute path of plain characters, such as C:\\ProgramData\\Fleet\\hook-authorization',
  })

/** How the hook that fleet ships (fleet probe build) decides. Its command stands in `required`, as any other. */
const Guard = z.strictObject({
  deny: z.array(DenyRule).max(200).default([]),
  /** Where the hook asks; it sends event, tool, session and sizes, never what people typed. */
  evaluate: z
    .strictObject({
      url: CollectorUrl,
      timeoutSeconds: z.int().min(1).max(60).default(5),
      /** A file on the endpoint with the value of the Authorization header, by platform. */
      authorizationFile: z
        .strictObject({ macos: PosixFile.optional(), linux: PosixFile.optional(), windows: WindowsFile.optional() })
        .optional(),
    })
    .optional(),
  /** What happens when the hook cannot decide: its configuration cannot be read, or nobody answers. */
  whenUnsure: z.enum(['allow', 'deny']).default('allow'),
  /** How many invocations it remembers. */
  keep: z.int().min(1).max(500).default(100),
})
export type Guard = z.infer<typeof Guard>

/** The section `hooks`. */
export const Hooks = z.strictObject({
  required: z.array(RequiredHook).max(100).default([]),
  /** Only managed hooks run: users, projects and plugins that are not forced cannot add any. */
  managedOnly: z.boolean().default(true),
  /** True: a hook of your own writes the record that probes read (templates/hook/README.md). The hook of fleet always does. */
  records: z.boolean().optional(),
  guard: Guard.optional(),
})
export type Hooks = z.infer<typeof Hooks>
