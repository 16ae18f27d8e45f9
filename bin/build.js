// Bundles the commands into dist/ and writes oclif's manifest: fewer modules to load halve the time a command takes to
// start. @oclif/core stays outside, because its plugins need the same copy; rare and heavy packages are loaded on demand.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

export async function build() {
  installWhenMissing()
  const { build: bundle } = await import('esbuild')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(root, 'oclif.manifest.json'), { force: true })
  await bundle({
    entryPoints: commandFiles(join(root, 'commands')),
    outbase: join(root, 'commands'),
    outdir: join(root, 'dist', 'commands'),
    chunkNames: '../chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    external: ['@oclif/core', '@inquirer/prompts', 'listr2', 'saxes', 'yaml', 'yauzl', 'execa'],
    banner: {
      js: "import { createRequire as fleetCreateRequire } from 'node:module'; const require = fleetCreateRequire(import.meta.url);",
    },
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
