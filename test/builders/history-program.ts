import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/** A process that works on a history. */
export interface HistoryProcess {
  readonly pid: number
  /** Lines it has printed so far: runs that it was told are safe, or the step at which it stands still. */
  readonly safe: () => readonly string[]
  /** SIGKILL: nothing of the process runs any more, no clean-up either. */
  kill(): void
  /** Gives the exit code; undefined when it was killed. */
  readonly ended: Promise<number | undefined>
}

/** The programs `append` and `prune` as files of their own, in a new folder that the caller removes. */
export async function historyPrograms(): Promise<{
  readonly folder: string
  readonly start: (program: 'append' | 'prune', ...args: readonly (string | number)[]) => HistoryProcess
}> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-history-programs-'))
  await build({
    entryPoints: ['append', 'prune'].map((name) => resolve(import.meta.dirname, 'programs', `${name}-history.ts`)),
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return {
    folder,
    start(program, ...args) {
      const child = spawn(process.execPath, [join(folder, `${program}-history.mjs`), ...args.map(String)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      child.stdout.setEncoding('utf8')
      child.stdout.on('data', (text: string) => {
        out += text
      })
      return {
        pid: child.pid!,
        safe: () => out.split('\n').slice(0, -1),
        kill: () => void child.kill('SIGKILL'),
        ended: once(child, 'close').then(([code]) => (code as number | null) ?? undefined),
      }
    },
  }
}
