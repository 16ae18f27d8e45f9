import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A connection of chdb, ClickHouse's own engine inside the process; its settings and parameters are its own. */
interface Session {
  query(sql: string, format?: string): string
  queryAsync(sql: string, options?: { format?: string }): Promise<{ bytes(): Uint8Array }>
  insert(rows: { table: string; values: Uint8Array; format: 'JSONEachRow' }): Promise<unknown>
  close(): void
}

export interface Engine {
  open(folder: string): Session
  readonly version: string
}

/**
 * The engine, or why there is none. It is an npm package of 545 MB and no dependency: `FLEET_CHDB` names the
 * `node_modules` it was installed in.
 */
export function findEngine(): Engine | string {
  const folder = process.env.FLEET_CHDB
  const from = folder === undefined ? import.meta.url : join(folder, 'none.js')
  try {
    const { Session: Opened, version } = createRequire(from)('chdb') as {
      Session: new (folder: string) => Session
      version(): { libchdb: string }
    }
    return { open: (path) => new Opened(path), version: version().libchdb }
  } catch {
    return `no chdb ${folder === undefined ? 'in node_modules: set FLEET_CHDB to a node_modules that has it' : 'where FLEET_CHDB says'}`
  }
}

export type { Session }
