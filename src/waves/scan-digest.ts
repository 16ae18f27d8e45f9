import { createHash, hash } from 'node:crypto'
import type * as z from 'zod'
import { byText } from '../platform/by-text.js'
import { canonicalJson } from '../platform/canonical-json.js'
import { exitCode, Failure, type Place } from '../platform/failure.js'
import { sha256 } from '../platform/sha256.js'
import type { ScanHead } from '../readiness/scan-document.js'

const digestBytes = 32

/** The digest by which a plan names its scan: of the head and of the bytes of all endpoints, whatever their order. */
export class ScanDigest {
  readonly #ids: string[] = []
  #digests: Buffer = Buffer.alloc(1024 * digestBytes)

  constructor(private readonly file: string) {}

  /**
   * For `readScan`: takes each endpoint with its bytes as they stand in the document, and shows it to `visit` as the schema
   * reads it. Throws a Failure for one that is not as the schema wants it.
   */
  visiting<T extends { readonly id: string }>(
    schema: z.ZodType<T>,
    visit: (endpoint: T) => void,
  ): (value: unknown, bytes: () => Uint8Array) => void {
    return (value, bytes) => {
      const endpoint = schema.safeParse(value)
      if (!endpoint.success) throw damagedEndpoint(this.file, this.#ids.length + 1)
      this.#add(endpoint.data.id, bytes())
      visit(endpoint.data)
    }
  }

  #add(id: string, bytes: Uint8Array): void {
    const at = this.#ids.push(id) * digestBytes
    if (at > this.#digests.length) this.#digests = Buffer.concat([this.#digests], 2 * this.#digests.length)
    hash('sha256', bytes, 'buffer').copy(this.#digests, at - digestBytes)
  }

  /** The digest. Throws a Failure when an endpoint is there twice. */
  end(head: ScanHead): string {
    const ids = this.#ids
    const digest = createHash('sha256').update(canonicalJson(head))
    const order = byId(ids)
    if (order.some((index, rank) => rank > 0 && ids[index] === ids[order[rank - 1]!]))
      throw refused({ file: this.file }, 'endpoint-twice', 'The scan has an endpoint twice, so its numbers are wrong.')
    for (const index of order) digest.update(this.#digests.subarray(index * digestBytes, (index + 1) * digestBytes))
    return `sha256:${digest.digest('hex')}`
  }
}

/** Indexes of ids, rising by id: that is how a scan stands, so mostly nothing is to be sorted. */
function byId(ids: readonly string[]): Uint32Array {
  const order = new Uint32Array(ids.length).map((_, index) => index)
  const isSorted = ids.every((id, index) => index === 0 || ids[index - 1]! < id)
  return isSorted ? order : order.sort((a, b) => byText(ids[a]!, ids[b]!))
}

/** An endpoint that is not as the document wants it. */
function damagedEndpoint(file: string, record: number): Failure {
  return refused(
    { file, record },
    'not-a-scan',
    'This is not a whole fleet.scan/v1 document: an endpoint in it cannot be read.',
  )
}

function refused(where: Place, code: string, message: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, {
    where,
    tryThis: ['Make it again with: fleet scan exports --output scan.json'],
  })
}

/** Digest of what a scan was judged by: two scans can be compared only when "ready" means the same in both. */
export function rulesOf({ gates, policy }: ScanHead): string {
  const required = gates
    .filter(({ level }) => level === 'required')
    .map(({ id, product, platforms, requires, except, from, until }) => ({
      id,
      product,
      platforms,
      requires,
      except: except.map(({ range, platforms: where }) => ({ range, where })),
      from,
      until,
    }))
  const { staleAfterDays, expectDesktop } = policy
  return `sha256:${sha256(canonicalJson({ required, staleAfterDays, expectDesktop }))}`
}
