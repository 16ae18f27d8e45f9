// Bundles the commands into dist/, together with oclif and the packages that every command needs, and writes oclif's
// manifest: loading modules is most of what a command does at its start. Rare and heavy packages are loaded on demand.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Makes `npm test` work as the first command on a fresh clone. */
function installWhenMissing() {
  if (existsSync(join(root, 'node_modules', 'esbuild'))) return
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
}

function commandFiles(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return commandFiles(path)
    return name.endsWith('.ts') ? [path] : []
  })
}

/** `commands/scan.ts` becomes `dist/commands/scan.js`. */
function outputOf(file) {
  return relative(root, file).replace(/\.ts$/, '').split(sep).join('/')
}

/** Names that bundled CommonJS packages expect, and an ES module does not have. */
const commonJsNames = `import { createRequire as createRequireOfBundle } from 'node:module';
import { fileURLToPath as fileUrlToPathOfBundle } from 'node:url';
import { dirname as dirnameOfBundle } from 'node:path';
const require = createRequireOfBundle(import.meta.url);
const __filename = fileUrlToPathOfBundle(import.meta.url);
const __dirname = dirnameOfBundle(__filename);`

export async function build() {
  installWhenMissing()
  const { build: bundle } = await import('esbuild')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(root, 'oclif.manifest.json'), { force: true })
  await bundle({
    entryPoints: [
      ...commandFiles(join(root, 'commands')).map((file) => ({ in: file, out: outputOf(file) })),
      { in: join(root, 'src', 'platform', 'oclif.ts'), out: 'oclif' },
      { in: join(root, 'src', 'platform', 'command-not-found.ts'), out: 'command-not-found' },
      // The program of a thread of its own: found beside the commands by reading-threads.ts.
      { in: join(root, 'src', 'telemetry', 'otlp', 'reading-worker.ts'), out: 'reading-worker' },
    ],
    outdir: join(root, 'dist'),
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    // The first three are optional to oclif, and never wanted here; the last three load or name their parts in a way that
    // cannot be bundled.
    external: [
      ...['typescript', 'tsx', 'ts-node'],
      ...['@inquirer/prompts', 'listr2', 'saxes', 'yauzl', '@clickhouse/client', 'jsonc-parser', 'prom-client'],
    ],
    banner: { js: commonJsNames },
    absWorkingDir: root,
    logLevel: 'warning',
  })
  const { NODE_ENV: _, ...environment } = process.env
  execFileSync(process.execPath, [join(root, 'node_modules', 'oclif', 'bin', 'run.js'), 'manifest'], {
    cwd: root,
    env: { ...environment, NODE_ENV: 'production', OCLIF_SKIP_NEW_VERSION_CHECK: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build()
