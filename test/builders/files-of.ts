import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every file below a folder, by its path with `/`, in order. */
export async function filesOf(root: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(path.slice(root.length + 1).replaceAll('\\', '/'), await readFile(path))
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}
