import * as z from 'zod'
import { exitCode, Failure, type Place } from '../platform/failure.js'
import { getOrAdd } from '../readiness/get-or-add.js'
import { readScan } from '../readiness/read-scan.js'
import type { ScanHead } from '../readiness/scan-document.js'
import { states } from '../readiness/verdict.js'
import type { KnownEndpoint, KnownProduct } from './view.js'

const time = z.iso.datetime()
const ProductEntry = z.object({
  status: z.enum(['installed', 'absent', 'unknown']),
  normal: z.string().optional(),
  asOf: time.optional(),
})

/** What evidence wants of an endpoint of a scan; the rest of an entry is passed over. */
const Entry = z.object({
  id: z.string().min(1),
  serial: z.string().optional(),
  hostname: z.string().optional(),
  user: z.string().optional(),
  email: z.string().optional(),
  department: z.string().optional(),
  site: z.string().optional(),
  groups: z.array(z.string()).optional(),
  platform: z.enum(['macos', 'windows', 'linux', 'other', 'unknown']),
  state: z.enum(states),
  reasons: z.array(z.object({ code: z.string() })),
  lastSeen: time.optional(),
  desktop: ProductEntry,
  code: ProductEntry,
})
type Entry = z.infer<typeof Entry>

/**
 * The endpoints of a `fleet.scan/v1` document, as far as evidence needs them, with its head; read in one pass. Texts and
 * lists that many endpoints share are kept once. `onRead` is told of every chunk. Throws a Failure when the file is no
 * whole scan, or has an endpoint twice.
 */
export async function readKnownEndpoints(
  file: string,
  onRead?: (bytes: number) => void,
): Promise<{ head: ScanHead; endpoints: readonly KnownEndpoint[] }> {
  const endpoints: KnownEndpoint[] = []
  const ids = new Set<string>()
  const once = new Once()
  const head = await readScan(
    file,
    (value) => {
      const record = endpoints.length + 1
      const entry = Entry.safeParse(value)
      if (!entry.success)
        throw refused(
          { file, record },
          'not-a-scan',
          'This is not a whole fleet.scan/v1 document: an endpoint in it cannot be read.',
        )
      if (ids.has(entry.data.id))
        throw refused({ file, record }, 'endpoint-twice', 'The scan has an endpoint twice, so its numbers are wrong.')
      ids.add(entry.data.id)
      endpoints.push(once.endpoint(entry.data))
    },
    onRead,
  )
  const counted = states.reduce((sum, state) => sum + head.states[state], 0)
  if (counted !== endpoints.length)
    throw refused({ file }, 'scan-incomplete', `The scan counts ${counted} endpoints, and has ${endpoints.length}.`)
  return { head, endpoints }
}

function refused(where: Place, code: string, message: string): Failure {
  return new Failure(exitCode.inputRefused, code, message, {
    where,
    tryThis: ['Make it again with: fleet scan exports --output scan.json'],
  })
}

/** Makes endpoints whose repeated parts are the same object: a fleet has few departments, groups and versions. */
class Once {
  readonly #texts = new Map<string, string>()
  readonly #lists = new Map<string, readonly string[]>()
  readonly #products = new Map<string, KnownProduct>()

  endpoint(entry: Entry): KnownEndpoint {
    const { id, serial, hostname, user, email, platform, state } = entry
    return {
      id,
      // Most ids are the serial number: one text for both.
      serial: serial === id ? id : serial,
      hostname,
      user,
      email,
      department: this.#text(entry.department),
      site: this.#text(entry.site),
      groups: this.#list(entry.groups ?? []),
      platform,
      state,
      reasons: this.#list(entry.reasons.map(({ code }) => code)),
      lastSeen: milliseconds(entry.lastSeen),
      desktop: this.#product(entry.desktop),
      code: this.#product(entry.code),
    }
  }

  #text(text: string | undefined): string | undefined {
    return text === undefined ? undefined : getOrAdd(this.#texts, text, () => text)
  }

  #list(list: readonly string[]): readonly string[] {
    return getOrAdd(this.#lists, JSON.stringify(list), () => list.map((text) => this.#text(text)!))
  }

  #product({ status, normal, asOf }: Entry['desktop']): KnownProduct {
    return getOrAdd(this.#products, `${status} ${asOf ?? ''} ${normal ?? ''}`, () => ({
      status,
      version: normal,
      asOf: milliseconds(asOf),
    }))
  }
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
