import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A throw-away folder that only its owner can look into, with a home, a place to work and one for temporary files. */
export interface DrillFolder {
  readonly path: string
  readonly home: string
  readonly work: string
  readonly temporary: string
  /** Whether nothing is left. */
  remove(): boolean
}

/** Makes the folder below the system's temporary folder. */
export function makeDrillFolder(): DrillFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'fleet-drill-'))
  const [home, work, temporary] = ['home', 'work', 'temporary'].map((name) => join(path, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [home, work, temporary]) mkdirSync(folder, { mode: 0o700 })
  const remove = () => {
    try {
      // What was just killed may still be writing.
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    } catch {}
    return !existsSync(path)
  }
  return { path, home, work, temporary, remove }
}
