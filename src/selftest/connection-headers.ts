import { isRecord } from '../bundle/is-record.js'
import { endpointPlaces } from '../bundle/places.js'
import { Failure } from '../platform/failure.js'
import type { Machine } from '../platform/machine.js'
import { type Environment, resolveSecret, Secret } from '../policy/secret-reference.js'
import type { Telemetry } from '../policy/telemetry.js'

/** The headers that a client would send, or why they cannot be had. */
export type HeadersToSend =
  | { readonly kind: 'known'; readonly headers: ReadonlyMap<string, Secret>; readonly from: string }
  | { readonly kind: 'missing'; readonly why: string }

/** Where headers may come from besides the machine's own places. */
export interface HeaderPlaces {
  /** The environment of the settings in force. */
  readonly settings: Environment
  /** What `env:` references of the policy are looked up in, and the folder their files start from. */
  readonly environment: Environment
  readonly folder: string
}

const largestFile = 64 * 1024

/**
 * The headers for the collector, as a client gets them: those of the settings in force, else those of the headers file,
 * else what the references of the policy give here. The helper is never run. Values stay secrets.
 */
export async function headersToSend(
  telemetry: Telemetry,
  machine: Machine,
  places: HeaderPlaces,
): Promise<HeadersToSend> {
  const entries = Object.entries(telemetry.headers)
  const secret = entries.filter(([, value]) => !value.startsWith('plain:'))
  if (entries.length === 0) return { kind: 'known', headers: new Map(), from: 'the policy has none' }
  if (secret.length === 0) return checked(plainOf(telemetry), 'the policy')
  const names = secret.map(([name]) => name)
  const set = places.settings.OTEL_EXPORTER_OTLP_HEADERS
  if (set !== undefined && set !== '') return complete(pairsOf(set), names, 'the settings in force')
  const { headersFile } = endpointPlaces[machine.platform]
  const file = await readHeadersFile(machine, headersFile)
  if (file.kind === 'headers') return complete(file.headers, names, headersFile)
  if (file.kind === 'refused') return { kind: 'missing', why: file.why }
  const resolved = await resolveAll(secret, places)
  if (resolved === undefined) {
    const references = secret.map(([, value]) => value).join(', ')
    return { kind: 'missing', why: `${file.why}, and ${references} of the policy gives nothing here` }
  }
  return checked(new Map([...plainOf(telemetry), ...resolved]), `the references of the policy, since ${file.why}`)
}

function plainOf({ headers }: Telemetry): Map<string, Secret> {
  const plain = Object.entries(headers).filter(([, value]) => value.startsWith('plain:'))
  return new Map(plain.map(([name, value]) => [name, new Secret(value.slice('plain:'.length))]))
}

async function resolveAll(
  entries: readonly (readonly [string, string])[],
  { environment, folder }: HeaderPlaces,
): Promise<readonly [string, Secret][] | undefined> {
  try {
    return await Promise.all(
      entries.map(
        async ([name, reference]): Promise<[string, Secret]> => [
          name,
          await resolveSecret(reference, environment, folder),
        ],
      ),
    )
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** `name=value` pairs parted by commas, as clients send them. */
function pairsOf(text: string): Map<string, Secret> {
  const pairs = text.split(',').filter((pair) => pair.includes('='))
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), new Secret(pair.slice(at + 1).trim())]
    }),
  )
}

type FileOfHeaders =
  | { readonly kind: 'headers'; readonly headers: Map<string, Secret> }
  /** `refused`: there, and no client gets headers from it; `unseen`: not there, or not for us to see. */
  | { readonly kind: 'refused' | 'unseen'; readonly why: string }

/** Reads it under the same conditions as the helper: otherwise clients get nothing from it. */
async function readHeadersFile(machine: Machine, path: string): Promise<FileOfHeaders> {
  const posix = machine.platform !== 'windows'
  const read = await machine.read(path, { most: largestFile, ...(posix && { owner: machine.administratorId }) })
  switch (read.kind) {
    case 'absent':
      return { kind: 'unseen', why: `${path} is not there` }
    case 'denied':
      return { kind: 'unseen', why: `${path} cannot be read by this user` }
    case 'not-a-file':
      return { kind: 'refused', why: `${path} is no regular file` }
    case 'foreign':
      return { kind: 'refused', why: `${path} does not belong to root, so the helper refuses it` }
    case 'too-large':
      return { kind: 'refused', why: `${path} is too large` }
    case 'bytes':
  }
  const look = await machine.look(path)
  if (posix && ((look?.mode ?? 0) & 0o022) !== 0)
    return { kind: 'refused', why: `others can write to ${path}, so the helper refuses it` }
  const headers = headersIn(read.bytes)
  return headers === undefined
    ? { kind: 'refused', why: `${path} holds no JSON object of texts` }
    : { kind: 'headers', headers }
}

function headersIn(bytes: Uint8Array): Map<string, Secret> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!isRecord(value)) return undefined
    const entries = Object.entries(value)
    if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined
    return new Map(entries.map(([name, text]) => [name, new Secret(text)]))
  } catch {
    return undefined
  }
}

function complete(headers: Map<string, Secret>, names: readonly string[], from: string): HeadersToSend {
  const there = new Set([...headers.keys()].map((name) => name.toLowerCase()))
  const missing = names.filter((name) => !there.has(name.toLowerCase()))
  if (missing.length > 0) return { kind: 'missing', why: `${from} has no ${missing.join(', ')}` }
  return checked(headers, from)
}

/** HTTP refuses other names and values, and would say which. */
function checked(headers: Map<string, Secret>, from: string): HeadersToSend {
  const usable = [...headers].every(
    ([name, value]) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value.reveal()),
  )
  if (!usable) return { kind: 'missing', why: `a header of ${from} holds a character that HTTP does not allow` }
  return { kind: 'known', headers, from }
}
