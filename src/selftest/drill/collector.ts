import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { answering, listen, type RunningServer, readBody } from './loopback.js'

export type AttributeValue = string | number | boolean | null

/** One log record of the client: its event name and its attributes. */
export interface ReceivedEvent {
  readonly name: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Attributes of the resource that sent it. */
  readonly resource: Readonly<Record<string, AttributeValue>>
}

/** One OTLP request as it came in. */
export interface ReceivedRequest {
  readonly path: string
  readonly contentType: string
  readonly bytes: number
  readonly headers: Readonly<Record<string, string>>
}

/** Everything the receiver was sent. */
export interface CollectorRecord {
  readonly requests: ReceivedRequest[]
  readonly events: ReceivedEvent[]
  readonly metrics: Set<string>
  /** Attributes of each resource that sent logs or metrics, as they arrived. */
  readonly resources: Readonly<Record<string, AttributeValue>>[]
}

export type Collector = RunningServer<CollectorRecord>

interface Value {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: unknown
  readonly kvlistValue?: unknown
}
type KeyValues = readonly { readonly key: string; readonly value?: Value }[]
interface Resource {
  readonly attributes?: KeyValues
}
interface ExportRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: Resource
    readonly scopeLogs?: readonly { readonly logRecords?: readonly LogRecord[] }[]
  }[]
  readonly resourceMetrics?: readonly {
    readonly resource?: Resource
    readonly scopeMetrics?: readonly { readonly metrics?: readonly { readonly name: string }[] }[]
  }[]
}
interface LogRecord {
  readonly body?: Value
  readonly attributes?: KeyValues
}

/** No session of a drill sends more; somebody else on the machine might. */
const mostKept = 10_000
const largestInflated = 32 * 1024 * 1024

/**
 * Starts an OTLP/HTTP receiver on loopback, on a free port when none is named. JSON bodies are read; of protobuf bodies only the size is kept.
 * It answers every path, so that a client that appends or forgets a path is seen and not just missed.
 * @throws the system's error when the port is taken.
 */
export async function startCollector(port = 0): Promise<Collector> {
  const record: CollectorRecord = { requests: [], events: [], metrics: new Set(), resources: [] }
  const server = createServer(
    answering(async (request, response) => {
      const sent = await readBody(request)
      const body =
        request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent, { maxOutputLength: largestInflated }) : sent
      const contentType = (request.headers['content-type'] ?? '').split(';')[0]!.trim()
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : `${value}`,
        ]),
      )
      if (record.requests.length >= mostKept) throw new Error('too many requests')
      record.requests.push({ path: request.url ?? '', contentType, bytes: body.length, headers })
      if (contentType === 'application/json') keep(JSON.parse(body.toString('utf8')) as ExportRequest, record)
      response.writeHead(200, { 'content-type': contentType || 'application/json' })
      response.end(contentType === 'application/json' ? '{}' : '')
    }),
  )
  return listen(server, record, port)
}

function keep(request: ExportRequest, record: CollectorRecord): void {
  for (const { resource, scopeLogs } of request.resourceLogs ?? []) {
    const sender = attributesOf(resource?.attributes)
    record.resources.push(sender)
    for (const { body, attributes } of (scopeLogs ?? []).flatMap((scope) => scope.logRecords ?? [])) {
      const values = attributesOf(attributes)
      record.events.push({
        name: String(values['event.name'] ?? body?.stringValue ?? ''),
        attributes: values,
        resource: sender,
      })
    }
  }
  for (const { resource, scopeMetrics } of request.resourceMetrics ?? []) {
    record.resources.push(attributesOf(resource?.attributes))
    for (const metric of (scopeMetrics ?? []).flatMap((scope) => scope.metrics ?? [])) record.metrics.add(metric.name)
  }
}

function attributesOf(pairs: KeyValues | undefined): Record<string, AttributeValue> {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue(value: Value | undefined): AttributeValue {
  if (value === undefined) return null
  if (value.intValue !== undefined) return Number(value.intValue)
  const plain = value.stringValue ?? value.doubleValue ?? value.boolValue
  return plain ?? JSON.stringify(value.arrayValue ?? value.kvlistValue ?? null)
}
