import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a free loopback port, and what it has recorded so far. */
export interface RunningServer<Record> {
  readonly port: number
  readonly url: string
  readonly record: Record
  stop(): Promise<void>
}

/** Listens on 127.0.0.1 only, so that nothing of a session leaves the machine. */
export async function listen<Record>(server: Server, record: Record): Promise<RunningServer<Record>> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port, url: `http://127.0.0.1:${port}`, record, stop }
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
