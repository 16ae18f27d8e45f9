import { Command, Flags, type Interfaces } from '@oclif/core'
import { type ExitCode, exitCode, Failure } from './failure.js'
import { jsonAndFormat } from './json-and-format.js'
import { writeOut } from './output.js'
import { safeJson, safeText } from './safe-text.js'

/** What every command says about its exit codes. */
export const exitCodesHelp = `Exit codes: 0 done and passing, 1 a bug in fleet, 2 wrong use, 3 a threshold failed, 4 input refused, 5 output failed, 130/143 interrupted.`

/** What oclif allows as the parsed flags and arguments of a command; it does not export its own name for it. */
// biome-ignore lint/suspicious/noExplicitAny: it is the constraint of oclif
type Outputs = Record<string, any>

/**
 * The base of all commands: one document on stdout under --json, also on failure; fixed texts for failures; and exit
 * codes by the design. The process is never ended here, so that nothing pending on stdout is cut off.
 */
export abstract class FleetCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({ description: 'Print one JSON document on stdout, also on failure.', helpGroup: 'GLOBAL' }),
  }

  /** Parses what was typed. A form that stdout cannot have beside the document of `--json` is wrong use, never dropped. */
  protected override async parse<F extends Outputs, B extends Outputs, A extends Outputs>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv)
    const { json, format, output } = parsed.flags as Partial<Record<string, unknown>>
    if (json === true && typeof format === 'string' && format !== 'json' && output === undefined)
      throw jsonAndFormat(format, 'output' in this.ctor.flags)
    return parsed
  }

  /** Writes the result. A reader that has gone (`| head`) is no error. */
  protected async print(chunks: Iterable<string> | string): Promise<void> {
    await writeOut(process.stdout, typeof chunks === 'string' ? [chunks] : chunks)
  }

  /** One line for the administrator, beside the result. */
  protected note(text: string): void {
    process.stderr.write(`${safeText(text)}\n`)
  }

  protected endWith(code: ExitCode): void {
    process.exitCode = code
  }

  protected override async catch(error: Error): Promise<void> {
    await showFailure(error, this.argv)
  }
}

/** Shows what went wrong (as a document under `--json`) and sets the exit code; never ends the process. */
export async function showFailure(error: unknown, words: readonly string[]): Promise<void> {
  const described = describe(error instanceof Error ? error : new Error(String(error)))
  process.exitCode = described.exit
  if (described.code === 'EEXIT') return
  if (words.includes('--json')) {
    const { exit, code, message, where, tryThis } = described
    const document = `${safeJson({ error: { code, message, where, tryThis, exit } }, 2)}\n`
    const written = await writeOut(process.stdout, [document]).catch(() => undefined)
    // A full disk takes no document either; somebody must be told.
    if (written !== undefined) return
  }
  await writeOut(process.stderr, [errorText(described)]).catch(() => {})
  if (described.exit === exitCode.bug && process.env.FLEET_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`)
}

interface Described {
  readonly exit: number
  readonly code: string
  readonly message: string
  readonly where?: Failure['details']['where'] | undefined
  readonly tryThis?: readonly string[] | undefined
}

function describe(error: Error & { oclif?: { exit?: number } }): Described {
  if (error instanceof Failure) return { exit: error.exit, code: error.code, message: error.message, ...error.details }
  if (error.name === 'ExitPromptError')
    return { exit: exitCode.interrupted, code: 'interrupted', message: 'Stopped at a question.' }
  // `exit()` of oclif's own commands.
  if ('code' in error && error.code === 'EEXIT') return { exit: error.oclif?.exit ?? 0, code: 'EEXIT', message: '' }
  if (error.oclif?.exit !== undefined) {
    // oclif's own messages repeat what was typed: they are wrong use, never a fault of ours. They are laid out with tabs.
    const [message = '', ...rest] = error.message
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .filter((line) => line !== '')
    return { exit: exitCode.usage, code: 'wrong-use', message, tryThis: rest }
  }
  return {
    exit: exitCode.bug,
    code: 'bug',
    message: 'This is a fault in fleet, not in your files.',
    tryThis: ['Run it again with FLEET_DEBUG=1 and report what it prints, without the names in it.'],
  }
}

/** A failure as text: what, where, and what to do. */
export function errorText({ message, where, tryThis }: Pick<Described, 'message' | 'where' | 'tryThis'>): string {
  const place = where
    ? [where.file, where.line && `line ${where.line}`, where.record && `record ${where.record}`, where.path]
        .filter(Boolean)
        .join(', ')
    : undefined
  const lines = [`Error: ${safeText(message)}`]
  if (place) lines.push(`  in ${safeText(place)}`)
  for (const hint of tryThis ?? []) lines.push(`  → ${safeText(hint)}`)
  return `${lines.join('\n')}\n`
}
