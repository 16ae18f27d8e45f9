import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a loopback port, and what it has recorded so far. */
export interface RunningServer<Record> {
  readonly port: number
  readonly url: string
  readonly record: Record
  stop(): Promise<void>
}

/**
 * Listens on 127.0.0.1 only, so that nothing of a session leaves the machine; on a free port when none is named.
 * @throws the system's error when the port is taken or not ours to use.
 */
export async function listen<Record>(server: Server, record: Record, port = 0): Promise<RunningServer<Record>> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: address.port, url: `http://127.0.0.1:${address.port}`, record, stop }
}

/** A request to the model holds the whole conversation and all tools: a few hundred kilobytes. */
const largestBody = 32 * 1024 * 1024

/**
 * The whole body of a request.
 * @throws Error when it is larger than any client sends.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > largestBody) throw new Error('the body of a request is too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

/** A listener for requests that answers 400 where `answer` throws: any program of the machine may knock on a loopback port. */
export function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(400).end()
    })
  }
}
