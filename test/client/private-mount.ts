import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

/** A file that exists only inside a session. */
export interface SessionFile {
  readonly content: string | Uint8Array
  /** Permission bits; 0o644 when absent. */
  readonly mode?: number | undefined
}

/**
 * Says why sessions cannot run here, or nothing when they can. The client reads managed settings from a fixed path, so
 * a private mount namespace is the only way to give it some without touching the machine's own.
 */
export async function whySessionsCannotRun(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `it needs Linux on x64, this is ${process.platform} on ${process.arch}`
  }
  if (process.getuid?.() !== 0) return 'it needs root to make a private mount namespace'
  try {
    await execa('unshare', ['--mount', '--propagation', 'private', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
    return undefined
  } catch {
    return 'unshare cannot make a private mount namespace here'
  }
}

/**
 * Runs inside the namespace: lays every named top folder (`etc`, `usr` …) under an overlay, puts the session's files
 * there, then becomes the client. `/etc` alone is small enough to be copied where overlays are not allowed. The marker
 * proves that a folder is ours before anything in it is written.
 */
const insideNamespace = `
set -eu
stage=$1; folders=$2; shift 2
mount -t tmpfs tmpfs "$stage/layers"
for folder in $folders; do
  upper="$stage/layers/$folder"; mkdir "$upper" "$upper.work"; : > "$upper/.fleet-session"
  if mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$upper,workdir=$upper.work" "/$folder" 2>/dev/null; then :
  elif [ "$folder" = etc ]; then cp -a /etc/. "$upper/"; mount --bind "$upper" /etc
  fi
  if [ ! -e "/$folder/.fleet-session" ]; then echo "fleet: /$folder cannot be overlaid" >&2; exit 97; fi
done
rm -rf /etc/claude-code
for folder in $folders; do cp -R --preserve=mode "$stage/files/$folder/." "/$folder/"; done
exec "$@"
`

/** Laying these under an overlay would hide the session's own folders or the kernel's files. */
const neverOverlaid = new Set(['dev', 'proc', 'run', 'sys', 'tmp'])

/**
 * Stages `files` (absolute path to file) below the folder `stage` and returns the command that runs `command` in a
 * mount namespace where they exist, and where no other file of `/etc/claude-code` does.
 * @throws Error when a path is not absolute or its top folder cannot be overlaid.
 */
export async function inPrivateMount(
  stage: string,
  files: Readonly<Record<string, SessionFile>>,
  command: readonly string[],
): Promise<readonly string[]> {
  const folders = new Set(['etc'])
  await mkdir(join(stage, 'layers'), { recursive: true })
  await mkdir(join(stage, 'files', 'etc'), { recursive: true })
  for (const [path, file] of Object.entries(files)) {
    const top = /^\/(?<top>[a-z0-9]+)\/(?!.*\.\.)/.exec(path)?.groups?.top
    if (top === undefined || neverOverlaid.has(top)) throw new Error(`a session file cannot be at ${path}`)
    folders.add(top)
    const staged = join(stage, 'files', path)
    await mkdir(dirname(staged), { recursive: true })
    await writeFile(staged, file.content)
    await chmod(staged, file.mode ?? 0o644)
  }
  const shell = ['sh', '-c', insideNamespace, 'sh', stage, [...folders].join(' ')]
  return ['unshare', '--mount', '--propagation', 'private', ...shell, ...command]
}
