import { Failure } from '../../platform/failure.js'
import { type Input, readHead } from '../../platform/input.js'
import { sha256 } from '../../platform/sha256.js'
import type { Policy } from '../../policy/policy.js'
import type { ClickHouse } from '../clickhouse/connection.js'
import { exporterTables } from '../clickhouse/schema.js'
import { otlpLines } from '../otlp/otlp-lines.js'
import { type Canary, largestCanary, tokenStart } from './canary.js'
import type { CanaryResult } from './canary-result.js'
import { type CanarySearch, judgeCanary } from './judge-canary.js'
import { TokenSearch } from './token-search.js'

/**
 * Looks for a canary in every byte of the inputs, whatever they are, or in the tables of a database, and judges what
 * survived by the policy. An input that can be read only once (stdin), or that breaks off, leaves the result unknown.
 */
export async function findCanary(
  source: readonly Input[] | ClickHouse,
  canary: Canary,
  policy: Policy,
): Promise<CanaryResult> {
  const search = 'rows' in source ? await searchDatabase(source, canary) : await searchInputs(source, canary)
  return judgeCanary(canary, search, policy)
}

interface Searches {
  readonly tokens: TokenSearch
  readonly carriers: TokenSearch
}

function searchesFor(canary: Canary): Searches {
  const run = canary.records[0]?.carrier.replace(/-\d{4}$/, '') ?? ''
  return {
    tokens: new TokenSearch(canary.tokens, { commonStart: tokenStart, near: run, isEncoded: true }),
    carriers: new TokenSearch(
      canary.records.map(({ carrier }) => ({ token: carrier, value: carrier })),
      { commonStart: run, near: run, isEncoded: false },
    ),
  }
}

function addPiece({ tokens, carriers }: Searches, piece: Uint8Array): void {
  tokens.add(piece)
  carriers.add(piece)
}

/** One message or row: what of it stands at its end belongs to no other. */
function addWhole({ tokens, carriers }: Searches, bytes: Buffer): void {
  tokens.addWhole(bytes)
  carriers.addWhole(bytes)
}

function endPieces({ tokens, carriers }: Searches): void {
  tokens.endInput()
  carriers.endInput()
}

function resultOf({ tokens, carriers }: Searches, unsearched: readonly string[]): CanarySearch {
  return { arrived: new Set(carriers.found.keys()), found: tokens.found, unsearched }
}

async function searchInputs(inputs: readonly Input[], canary: Canary): Promise<CanarySearch> {
  const searches = searchesFor(canary)
  const unsearched: string[] = []
  for (const input of inputs) {
    try {
      // Stdin has been read by now, and cannot be read again.
      if (input.file === undefined) unsearched.push(input.name)
      else if (!(await isCanaryItself(input, canary))) {
        for await (const piece of input.open()) addPiece(searches, piece)
        endPieces(searches)
        // The Collector can compress each message by itself, behind a length: such bytes say nothing as they are.
        if (await holdsMessages(input)) {
          const onBad = () => unsearched.push(input.name)
          for await (const { buffer, byteOffset, length } of otlpLines(input, onBad))
            addWhole(searches, Buffer.from(buffer, byteOffset, length))
        }
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      unsearched.push(input.name)
    }
    endPieces(searches)
  }
  return resultOf(searches, [...new Set(unsearched)])
}

/** The file that was sent may lie among what is searched: it holds all tokens, and proves nothing. */
async function isCanaryItself(input: Input, { digest }: Canary): Promise<boolean> {
  const { head, whole } = await readHead(input, largestCanary)
  return whole && sha256(head) === digest
}

async function holdsMessages(input: Input): Promise<boolean> {
  const { head } = await readHead(input, 512)
  return head[0] === 0
}

/** Rows with anything of the canary in them, in whatever column, are searched like bytes of a file. */
async function searchDatabase(clickhouse: ClickHouse, canary: Canary): Promise<CanarySearch> {
  const searches = searchesFor(canary)
  const { logs, points, spans } = await exporterTables(clickhouse)
  for (const table of [logs, ...points, ...(spans === undefined ? [] : [spans])]) {
    const sql = `SELECT formatRow('JSONEachRow', *) AS row FROM ${table.sql} WHERE multiSearchAny(row, {starts:Array(String)})`
    for await (const { row } of clickhouse.rows(sql, { starts: searches.tokens.starts })) {
      addWhole(searches, Buffer.from(String(row)))
    }
  }
  return resultOf(searches, [])
}
