import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import type { Secret } from '../policy/secret-reference.js'
import { ConnectionEnd, type Deadline, errorCode } from './connection-step.js'

/** An empty OTLP request. */
export interface OtlpRequest {
  readonly endpoint: URL
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  readonly headers: ReadonlyMap<string, Secret>
}

/**
 * Sends logs without a record, and gives what was seen of the answer. Throws a ConnectionEnd where it is no acceptance.
 * Any OTLP receiver accepts it: https://opentelemetry.io/docs/specs/otlp/ (2026-11-21).
 */
export async function sendEmptyRequest(socket: Socket, asked: OtlpRequest, deadline: Deadline): Promise<string> {
  const answer = asked.protocol === 'grpc' ? askGrpc(socket, asked) : askHttp(socket, asked)
  return await deadline.within(answer, () => new ConnectionEnd('timeout', 'connected, and no answer in time'))
}

/** In protobuf an empty message has no bytes. */
const emptyBody = { 'http/protobuf': '', 'http/json': '{"resourceLogs":[]}' } as const
const contentType = { 'http/protobuf': 'application/x-protobuf', 'http/json': 'application/json' } as const

async function askHttp(socket: Socket, { endpoint, protocol, headers }: OtlpRequest): Promise<string> {
  const form = protocol === 'http/json' ? 'http/json' : 'http/protobuf'
  const body = emptyBody[form]
  const path = `${endpoint.pathname.replace(/\/+$/, '')}/v1/logs`
  const { status, type } = await new Promise<{ status: number; type: string }>((done, fail) => {
    const asking = request({
      createConnection: () => socket,
      method: 'POST',
      path,
      headers: {
        ...revealed(headers),
        host: endpoint.host,
        connection: 'close',
        'content-type': contentType[form],
        'content-length': Buffer.byteLength(body),
      },
    })
    asking.once('response', (response) => {
      done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '' })
      // The status and the type of the answer tell enough; its text is not read.
      response.on('error', () => {})
      response.destroy()
    })
    asking.on('error', (error) => fail(requestEnd(error)))
    asking.end(body)
  })
  return judgeStatus(status, type)
}

function judgeStatus(status: number, type: string): string {
  const answered = `answered ${status}`
  if (status === 401 || status === 403) throw new ConnectionEnd('unauthorised', answered)
  if (status === 407) throw new ConnectionEnd('proxy', `${answered}: a proxy on the way wants a login`)
  if (status >= 300 && status <= 399)
    throw new ConnectionEnd('rejected', `${answered}: sent elsewhere, as a login page does`)
  if (status < 200 || status > 299) throw new ConnectionEnd('rejected', answered)
  // A login or block page comes with 200 as well.
  if (/^text\/html\b/i.test(type)) throw new ConnectionEnd('rejected', `${answered} with a web page: not a collector`)
  return `${answered} to an empty request`
}

/** Codes of gRPC: https://grpc.io/docs/guides/status-codes/ (2026-11-21). */
const grpcStatus = { ok: 0, permissionDenied: 7, unauthenticated: 16 } as const

/** A gRPC message: not compressed, length 0. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (2026-11-21). */
const emptyGrpcMessage = Buffer.alloc(5)

async function askGrpc(socket: Socket, { endpoint, headers }: OtlpRequest): Promise<string> {
  const { status, grpc } = await new Promise<{ status: number; grpc: number | undefined }>((done, fail) => {
    const session = connectHttp2(endpoint.origin, { createConnection: () => socket })
    session.on('error', (error) => fail(requestEnd(error)))
    const asking = session.request({
      ...revealed(headers),
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    let status = 0
    let grpc: number | undefined
    const read = (fields: Record<string, unknown>) => {
      if (typeof fields[':status'] === 'number') status = fields[':status']
      if (typeof fields['grpc-status'] === 'string' && /^\d{1,3}$/.test(fields['grpc-status']))
        grpc = Number(fields['grpc-status'])
    }
    asking.on('response', read)
    asking.on('trailers', read)
    asking.on('error', (error) => fail(requestEnd(error)))
    asking.once('close', () => {
      session.destroy()
      if (status === 0) fail(new ConnectionEnd('rejected', 'the connection was cut before an answer'))
      else done({ status, grpc })
    })
    asking.resume()
    asking.end(emptyGrpcMessage)
  })
  if (status < 200 || status > 299) return judgeStatus(status, '')
  const answered = grpc === undefined ? `answered ${status} without a gRPC status` : `answered gRPC status ${grpc}`
  if (grpc === grpcStatus.unauthenticated || grpc === grpcStatus.permissionDenied)
    throw new ConnectionEnd('unauthorised', answered)
  if (grpc !== grpcStatus.ok) throw new ConnectionEnd('rejected', answered)
  return `${answered} to an empty request`
}

/** HTTP/2 has lower-case names only, and HTTP/1 does not mind. */
function revealed(headers: ReadonlyMap<string, Secret>): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value.reveal()]))
}

function requestEnd(error: unknown): ConnectionEnd {
  const code = errorCode(error)
  if (/CERTIFICATE_REQUIRED/.test(code))
    // Clients may have one (CLAUDE_CODE_CLIENT_CERT): what they get stays open.
    return new ConnectionEnd(undefined, 'the server wants a client certificate, which this check does not give')
  if (/^ERR_SSL|^EPROTO$/.test(code)) return new ConnectionEnd('tls', 'the TLS connection failed')
  if (/^HPE_|^ERR_HTTP2/.test(code)) return new ConnectionEnd('rejected', 'what answers does not speak HTTP')
  return new ConnectionEnd('rejected', 'the connection was cut before an answer')
}
