import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, expect } from 'vitest'
import type { ScanDocument } from '../../src/readiness/scan-document.js'

/** The folder of the project; `npm test` has built it before any test runs. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** What `fleet` starts. */
export const program = join(root, 'bin', 'run.js')

/** A day that suits the fixtures. */
export const asOf = ['--as-of', '2026-11-20']

/** What one run of the program gave. */
export interface Run {
  readonly exit: number | undefined
  readonly out: string
  readonly err: string
}

/** How one run differs from the usual one. */
export interface RunOptions {
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

const own: string[] = []
afterAll(() => {
  for (const folder of own.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
  own.push(folder)
  return folder
}

/** Writes files, with their folders, into a new folder. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

let home: string | undefined

/** The environment of a run: nothing of the developer's own, so that the result does not depend on it. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  home ??= temporaryFolder()
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    NODE_ENV: 'production',
    NO_COLOR: '1',
    TZ: 'UTC',
    ...more,
  }
}

/** Runs the built program to its end. Whatever it is given, it shows no stack trace and nothing a terminal acts on. */
export async function fleet(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const run = await start(process.execPath, [program, ...args], options)
  expectQuietTerminal(run)
  return run
}

/** Runs a shell script in which `fleet` is the built program. */
export async function shell(script: string, options: RunOptions = {}): Promise<Run> {
  const env = { ...options.env, FLEET_NODE: process.execPath, FLEET_PROGRAM: program }
  const prelude = 'fleet() { "$FLEET_NODE" "$FLEET_PROGRAM" "$@"; }'
  return await start('bash', ['-c', `${prelude}\n${script}`], { ...options, env })
}

async function start(file: string, args: readonly string[], { cwd, input, env }: RunOptions): Promise<Run> {
  const result = await execa(file, [...args], {
    cwd: cwd ?? temporaryFolder(),
    env: environment(env),
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    timeout: 50_000,
    maxBuffer: 200_000_000,
  })
  const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  return { exit: result.exitCode, out: text(result.stdout), err: text(result.stderr) }
}

/** No stack trace; no control character but line feeds (a CSV has CR LF line ends); nothing that hides or reorders text. */
export function expectQuietTerminal({ out, err }: Run): void {
  const shown = out.startsWith('\ufeff') ? out.slice(1).replaceAll('\r\n', '\n') : out
  expect(unsafeIn(shown), 'unsafe characters on stdout').toEqual([])
  expect(unsafeIn(err), 'unsafe characters on stderr').toEqual([])
  expect(`${out}\n${err}`).not.toMatch(/^ {2,}at .*[(:]\d+:\d+\)?$|node:internal|file:\/\/\/[^"\n]*:\d+/m)
}

/** C0 but LF, DEL, C1, bidi controls, zero-width characters, line separators, tags and lone surrogates. */
function unsafeIn(text: string): string[] {
  const found =
    text.match(
      /[\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{e0000}-\u{e007f}\p{Surrogate}]/gu,
    ) ?? []
  return [...new Set(found)].map((character) => `U+${character.codePointAt(0)!.toString(16).padStart(4, '0')}`).sort()
}

/** The document that `--json` printed; it is the only thing on stdout. */
export function documentOf(run: Run): ScanDocument {
  expect(run.err).toBe('')
  return JSON.parse(run.out) as ScanDocument
}

/** What `--json` prints when a command fails. */
export interface Failed {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly exit: number
    readonly where?: { readonly file?: string; readonly path?: string; readonly line?: number }
    readonly tryThis?: readonly string[]
  }
}

/** The failure that `--json` printed: one document, nothing on stderr, the exit code in both. */
export function failureOf(run: Run): Failed['error'] {
  expect(run.err).toBe('')
  const { error } = JSON.parse(run.out) as Failed
  expect(error.exit).toBe(run.exit)
  return error
}

/** The state of every endpoint by its id. */
export function statesOf(document: ScanDocument): Record<string, string> {
  return Object.fromEntries(document.endpoints.map(({ id, state }) => [id, state]))
}
