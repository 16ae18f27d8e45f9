import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The text of a file in `templates` of this package, such as `report/report.css`. */
export function readTemplate(path: string): string {
  // A clone on Windows may have turned the line ends.
  return readFileSync(join(templateFolder(), path), 'utf8').replaceAll('\r\n', '\n')
}

let knownFolder: string | undefined

/** `templates` of this package; how far above this module it is depends on whether it runs bundled. */
function templateFolder(): string {
  if (knownFolder !== undefined) return knownFolder
  let folder = dirname(fileURLToPath(import.meta.url))
  while (true) {
    const candidate = join(folder, 'templates')
    if (existsSync(join(candidate, 'scripts', 'endpoint-files.sh'))) {
      knownFolder = candidate
      return candidate
    }
    const above = dirname(folder)
    if (above === folder) throw new Error('The templates of this package are missing.')
    folder = above
  }
}
