import { readFile, stat } from 'node:fs/promises'
import * as z from 'zod'
import { exitCode, Failure } from '../../platform/failure.js'
import { sha256 } from '../../platform/sha256.js'
import { bodyText } from '../content-fields.js'
import { type Canary, type CanaryRecord, type CanaryToken, carrierForm, largestCanary, tokenForm } from './canary.js'

const Attributes = z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) }))
const Described = z.object({ attributes: Attributes })
const LogRecord = z.object({ body: z.object({ stringValue: z.string() }), attributes: Attributes })
const Span = z.object({ name: z.string(), attributes: Attributes, events: z.array(Described) })
const Request = z.object({
  resourceLogs: z
    .array(z.object({ resource: Described, scopeLogs: z.array(z.object({ logRecords: z.array(LogRecord) })) }))
    .min(1),
  resourceSpans: z
    .array(z.object({ resource: Described, scopeSpans: z.array(z.object({ spans: z.array(Span) })) }))
    .optional(),
})
type Attributes = z.infer<typeof Attributes>

/** Reads what `fleet evidence canary` wrote. Throws a Failure when the file is not there, or is no canary. */
export async function readCanary(file: string): Promise<Canary> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile())
    throw new Failure(exitCode.inputRefused, 'canary-not-found', 'The canary is not there, or is no file.', {
      where: { file },
    })
  const text = found.size > largestCanary ? undefined : await readFile(file, 'utf8').catch(() => undefined)
  const canary = text === undefined ? undefined : canaryOf(text)
  if (canary === undefined)
    throw new Failure(exitCode.inputRefused, 'not-a-canary', 'The file is not what fleet evidence canary writes.', {
      where: { file },
      tryThis: ['Write one with fleet evidence canary, send it, and give the same file here.'],
    })
  return canary
}

/** The canary in a text; undefined where it is none. */
export function canaryOf(text: string): Canary | undefined {
  const request = Request.safeParse(parsed(text)).data
  if (request === undefined) return undefined
  const records: CanaryRecord[] = []
  const tokens: CanaryToken[] = []
  for (const { resource, scopeLogs } of request.resourceLogs) {
    const service = textOf(resource.attributes, 'service.name')
    const from = records.length
    for (const { body, attributes } of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
      const carrier = textOf(attributes, 'session.id')
      const about = { signal: 'log', service, event: textOf(attributes, 'event.name') } as const
      records.push({ ...about, carrier })
      const fields = [...attributes, { key: bodyText, value: body }]
      tokens.push(...tokensIn(fields, { ...about, place: 'record', carriers: [carrier] }))
    }
    const carriers = records.slice(from).map(({ carrier }) => carrier)
    tokens.push(...tokensIn(resource.attributes, { signal: 'log', service, event: '', place: 'resource', carriers }))
  }
  for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
    const service = textOf(resource.attributes, 'service.name')
    const from = records.length
    for (const { name, attributes, events } of scopeSpans.flatMap(({ spans }) => spans)) {
      const carrier = textOf(attributes, 'session.id')
      const about = { signal: 'span', service, event: name } as const
      records.push({ ...about, carrier })
      const fields = [...attributes, ...events.flatMap((event) => event.attributes)]
      tokens.push(...tokensIn(fields, { ...about, place: 'record', carriers: [carrier] }))
    }
    const carriers = records.slice(from).map(({ carrier }) => carrier)
    tokens.push(...tokensIn(resource.attributes, { signal: 'span', service, event: '', place: 'resource', carriers }))
  }
  const valid = tokens.length > 0 && records.every(({ carrier }) => carrierForm.test(carrier))
  return valid ? { records, tokens, digest: sha256(text) } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(attributes: Attributes, key: string): string {
  return attributes.find((attribute) => attribute.key === key)?.value.stringValue ?? ''
}

function tokensIn(attributes: Attributes, about: Omit<CanaryToken, 'token' | 'value' | 'field'>): CanaryToken[] {
  return attributes.flatMap(({ key, value: { stringValue = '' } }) => {
    const [token] = tokenForm.exec(stringValue) ?? []
    return token === undefined ? [] : [{ ...about, token, value: stringValue, field: key }]
  })
}
