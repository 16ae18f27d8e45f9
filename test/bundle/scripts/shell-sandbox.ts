import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface ShellResult {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ShellOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  /** Another user, where the tests run as root. */
  readonly asNobody?: boolean
  readonly shell?: readonly string[]
}

/** The shells of this machine that a POSIX script must run under. */
export const shells: readonly (readonly string[])[] = [
  ['sh'],
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
  ['ksh'],
  ['zsh', '--emulate', 'sh'],
].filter(([name = '', ...flags]) => spawnSync(name, [...flags, '-c', 'exit 0']).status === 0)

export const isRoot = process.getuid?.() === 0

/** An empty folder to install below, and one to run in: whatever turns up there was not meant to. */
export interface Sandbox {
  readonly root: string
  readonly run: (script: string, parameters: readonly string[], options?: ShellOptions) => ShellResult
  /** Files in the folder that scripts run in. */
  readonly strayFiles: () => readonly string[]
}

export function sandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-shell-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [root, here, temporary] = ['root', 'here', 'temporary'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [root, here, temporary]) mkdirSync(path)
  chmodSync(temporary, 0o777)
  return {
    root,
    strayFiles: () => [...readdirSync(here), ...readdirSync(temporary)],
    run: (script, parameters, { environment = {}, input, asNobody = false, shell = ['sh'] } = {}) => {
      const file = join(folder, 'script.sh')
      writeFileSync(file, script)
      chmodSync(file, 0o644)
      const [name = 'sh', ...flags] = shell
      const { status, signal, stdout, stderr } = spawnSync(name, [...flags, file, ...parameters], {
        cwd: here,
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TMPDIR: temporary, ...environment },
        encoding: 'utf8',
        timeout: 30_000,
        input: input ?? '',
        ...(asNobody && isRoot && { uid: 65534, gid: 65534 }),
      })
      return { status, signal, stdout, stderr }
    },
  }
}

const toolFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/**
 * A script that finds only the tools that are named, and the fake ones first. Scripts set their PATH themselves, so
 * that line is changed.
 */
export function withTools(
  script: string,
  tools: readonly string[],
  fakes: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-tools-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  for (const tool of tools) {
    const path = toolFolders.map((place) => join(place, tool)).find((candidate) => existsSync(candidate))
    if (path !== undefined && !Object.hasOwn(fakes, tool)) symlinkSync(path, join(folder, tool))
  }
  for (const [name, body] of Object.entries(fakes)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const changed = script.replace(/^PATH=.*$/m, `PATH=${folder}`)
  if (changed === script) throw new Error('The script sets no PATH.')
  return changed
}

/** What the scripts use, without base64 and SHA-256. */
export const commonTools = [
  'awk',
  'cat',
  'chmod',
  'chown',
  'cut',
  'dirname',
  'find',
  'id',
  'ls',
  'mkdir',
  'mktemp',
  'mv',
  'rm',
  'sed',
  'sh',
  'sync',
  'tr',
  'uname',
  'wc',
]
