import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createHttp2Server, createSecureServer, type Http2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, Socket as TcpSocket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/policy/secret-reference.js'
import { type CollectorConnection, checkCollector } from '../../src/selftest/check-collector.js'
import type { Network } from '../../src/selftest/connection-network.js'
import { chooseProxy } from '../../src/selftest/connection-proxy.js'
import { type Authority, hasOpenssl, makeAuthority } from './certificates.js'

const secretValue = 'Bearer not-a-real-token'
const limits = { step: 400, total: 2000 }

const open: Server[] = []
const sockets = new Set<TcpSocket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))))
})

/** Listens on a free loopback port. */
async function listen(server: Server): Promise<number> {
  open.push(server)
  server.on('connection', (socket: TcpSocket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A listener for requests that answers with a status, and what it was asked. */
function answering(
  status: number,
  headers: Record<string, string> = {},
): { asked: Asked[]; listener: RequestListener } {
  const asked: Asked[] = []
  return {
    asked,
    listener: (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        asked.push({ method: request.method, url: request.url, headers: request.headers, body })
        response.writeHead(status, headers).end()
      })
    },
  }
}

/** Loopback, where every name of this list is at home; no roots of the system, and none of Node's. */
function loopback(more: Partial<Network> = {}): Network {
  return {
    lookup: async (name) => {
      if (/^(?:localhost|collector\.example\.com|proxy\.example\.com)$/.test(name)) return ['127.0.0.1']
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
    },
    connect: (address, port) => {
      if (!address.startsWith('127.')) throw new Error('not loopback')
      return connect({ host: address, port })
    },
    bundledRoots: [],
    systemRoots: async () => [],
    ...more,
  }
}

function connection(endpoint: string, more: Partial<CollectorConnection> = {}): CollectorConnection {
  return {
    endpoint: new URL(endpoint),
    protocol: 'http/protobuf',
    headers: { kind: 'known', headers: new Map([['Authorization', new Secret(secretValue)]]), from: 'the policy' },
    proxy: { kind: 'none', why: 'no proxy is set' },
    namedRoots: [],
    ...more,
  }
}

async function check(asked: CollectorConnection, network = loopback()) {
  const result = await checkCollector(asked, network, limits)
  expect(JSON.stringify(result)).not.toContain('not-a-real')
  return { ...result, last: result.steps.at(-1)! }
}

describe('over http on loopback', () => {
  it('sends an empty request with the headers, as protobuf or JSON, below the path of the endpoint', async () => {
    for (const [protocol, type, body] of [
      ['http/protobuf', 'application/x-protobuf', ''],
      ['http/json', 'application/json', '{"resourceLogs":[]}'],
    ] as const) {
      const { asked, listener } = answering(200)
      const port = await listen(createHttpServer(listener))
      const { answer, steps } = await check(connection(`http://127.0.0.1:${port}/base/`, { protocol }))
      expect(answer).toBe('ok')
      expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
        'headers done',
        'name skipped',
        'port done',
        'proxy skipped',
        'certificate skipped',
        'request done',
      ])
      expect(asked).toMatchObject([
        {
          method: 'POST',
          url: '/base/v1/logs',
          body,
          headers: { authorization: secretValue, 'content-type': type, host: `127.0.0.1:${port}` },
        },
      ])
    }
  })

  it.each([
    [200, {}, 'ok'],
    [202, { 'content-type': 'application/json' }, 'ok'],
    [200, { 'content-type': 'text/html; charset=utf-8' }, 'rejected'],
    [302, { location: 'https://login.example.com/' }, 'rejected'],
    [400, {}, 'rejected'],
    [401, {}, 'unauthorised'],
    [403, {}, 'unauthorised'],
    [404, {}, 'rejected'],
    [407, {}, 'proxy'],
    [415, {}, 'rejected'],
    [500, {}, 'rejected'],
    [503, {}, 'rejected'],
  ] as const)('answers %i %o: %s', async (status, headers, expected) => {
    const port = await listen(createHttpServer(answering(status, headers).listener))
    const { answer, last } = await check(connection(`http://localhost:${port}`))
    expect(answer).toBe(expected)
    expect(last.seen).toContain(String(status))
  })

  it('does not read what a server keeps sending', async () => {
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response
        .writeHead(200)
        .on('drain', more)
        .on('error', () => {})
      more()
    }
    const port = await listen(createHttpServer(endless))
    const began = performance.now()
    expect((await check(connection(`http://127.0.0.1:${port}`))).answer).toBe('ok')
    expect(performance.now() - began).toBeLessThan(limits.step)
    const header = await listen(
      createTcpServer((socket) => {
        const more = setInterval(() => socket.write(`x-more: ${'x'.repeat(1000)}\r\n`), 1)
        socket.on('close', () => clearInterval(more)).write('HTTP/1.1 200 OK\r\n')
      }),
    )
    expect((await check(connection(`http://127.0.0.1:${header}`))).answer).toBe('rejected')
  })

  it('tells a closed port, a silent one, a cut connection and an unknown name apart', async () => {
    const closed = await listen(createTcpServer())
    await new Promise((done) => open.pop()!.close(done))
    expect((await check(connection(`http://127.0.0.1:${closed}`))).answer).toBe('refused')

    const silent = await listen(createTcpServer())
    const began = performance.now()
    expect(await check(connection(`http://127.0.0.1:${silent}`))).toMatchObject({
      answer: 'timeout',
      last: { step: 'request', outcome: 'failed' },
    })
    expect(performance.now() - began).toBeLessThan(limits.total)

    const cut = await listen(createTcpServer((socket) => socket.destroy()))
    expect((await check(connection(`http://127.0.0.1:${cut}`))).answer).toBe('rejected')

    const other = await listen(createTcpServer((socket) => socket.end('220 mail.example.com ESMTP\r\n')))
    expect((await check(connection(`http://127.0.0.1:${other}`))).answer).toBe('rejected')

    expect(await check(connection('https://missing.example.com:4318'))).toMatchObject({
      answer: 'name',
      last: { step: 'name', seen: 'missing.example.com has no address' },
    })
  })

  it('ends in time when neither DNS nor a port answers', async () => {
    const never = new Promise<never>(() => {})
    const unanswered = await check(connection('https://collector.example.com'), loopback({ lookup: () => never }))
    expect(unanswered).toMatchObject({ answer: 'name', isLookingUp: true })
    // A port that drops what it is sent: a socket that stays connecting.
    const dropping = loopback({ connect: () => new TcpSocket() })
    expect((await check(connection('https://collector.example.com'), dropping)).answer).toBe('timeout')
  })

  it('tries the other addresses of a name', async () => {
    const { listener } = answering(200)
    const port = await listen(createHttpServer(listener))
    const network = loopback({ lookup: async () => ['127.0.0.2', '127.0.0.1'] })
    expect((await check(connection(`http://localhost:${port}`), network)).answer).toBe('ok')
  })

  it('sends nothing without its headers, and says so after everything else was tried', async () => {
    const { asked, listener } = answering(200)
    const port = await listen(createHttpServer(listener))
    const headers = { kind: 'missing', why: '/etc/fleet/otel-headers.json is not there' } as const
    const { answer, steps } = await check(connection(`http://127.0.0.1:${port}`, { headers }))
    expect(answer).toBe('no-header')
    expect(asked).toEqual([])
    expect(steps[0]).toEqual({ step: 'headers', outcome: 'failed', seen: headers.why })
    const closed = { ...connection('https://missing.example.com'), headers }
    expect((await check(closed)).answer).toBe('name')
  })
})

describe.runIf(hasOpenssl())('over TLS', () => {
  let own: Authority
  let zscaler: Authority
  beforeAll(() => {
    own = makeAuthority('/O=Example Corporation/CN=Example Internal Root')
    zscaler = makeAuthority('/O=Zscaler Inc./CN=Zscaler Root CA')
  })
  const name = 'collector.example.com'

  async function collector(issued: { cert: string; key: string }, status = 200) {
    const { asked, listener } = answering(status)
    const port = await listen(createHttpsServer(issued, listener))
    return { asked, port, endpoint: `https://${name}:${port}` }
  }

  it('trusts the named authority and sends the request', async () => {
    const { asked, endpoint } = await collector(own.issue(`DNS:${name}`))
    const { answer, steps } = await check(connection(endpoint, { namedRoots: [own.certificate] }))
    expect(answer).toBe('ok')
    expect(asked).toMatchObject([{ headers: { authorization: secretValue } }])
    const seen = steps.find(({ step }) => step === 'certificate')!.seen
    expect(seen).toMatch(
      /^trusted by the named authority; subject collector, issuer Example Internal Root \/ Example Corporation, SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/,
    )
  })

  it("trusts the roots of the system, and says who does not read them; Node's own need no word", async () => {
    const { endpoint } = await collector(own.issue(`DNS:${name}`))
    const seenWith = async (network: Network) => {
      const { answer, steps } = await check(connection(endpoint), network)
      expect(answer).toBe('ok')
      return steps.find(({ step }) => step === 'certificate')!.seen
    }
    expect(await seenWith(loopback({ systemRoots: async () => [own.certificate] }))).toMatch(
      /^trusted by a root of this system/,
    )
    expect(await seenWith(loopback({ bundledRoots: [own.certificate] }))).toMatch(/^subject collector/)
  })

  it('sends nothing where the issuer is not known: inspection or a private authority', async () => {
    const { asked, endpoint } = await collector(own.issue(`DNS:${name}`))
    const { answer, last } = await check(connection(endpoint))
    expect([answer, last.step]).toEqual(['tls-intercepted', 'certificate'])
    expect(last.seen).toContain('a proxy that inspects TLS, or a private authority')
    expect(asked).toEqual([])
    // Where the roots of the system cannot be seen, they may well know it.
    const unseen = await check(connection(endpoint), loopback({ systemRoots: async () => undefined }))
    expect(unseen.answer).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('knows products that inspect by the issuer, trusted or not', async () => {
    const { asked, endpoint } = await collector(zscaler.issue(`DNS:${name}`))
    const unseen = loopback({ systemRoots: async () => undefined })
    const { answer, last } = await check(connection(endpoint), unseen)
    expect(answer).toBe('tls-intercepted')
    expect(last.seen).toContain('inspected by Zscaler, whose root is not trusted here')
    expect(asked).toEqual([])
    const trusted = await check(connection(endpoint), loopback({ systemRoots: async () => [zscaler.certificate] }))
    expect(trusted.answer).toBe('ok')
    expect(trusted.steps.find(({ step }) => step === 'certificate')!.seen).toMatch(/^inspected by Zscaler/)
  })

  it('tells expired and wrong names from unknown issuers', async () => {
    const named = { namedRoots: [own.certificate] }
    const expired = await collector(own.issue(`DNS:${name}`, -1))
    expect(await check(connection(expired.endpoint, named))).toMatchObject({
      answer: 'tls',
      last: { seen: expect.stringMatching(/^expired on \d{4}-\d{2}-\d{2}, or the clock here is wrong/) },
    })
    const other = await collector(own.issue('DNS:other.example.com'))
    expect(await check(connection(other.endpoint, named))).toMatchObject({
      answer: 'tls',
      last: { seen: expect.stringMatching(/^the certificate is for another name/) },
    })
    expect([...expired.asked, ...other.asked]).toEqual([])
    const address = await collector(own.issue('IP:127.0.0.1'))
    expect((await check(connection(`https://127.0.0.1:${address.port}`, named))).answer).toBe('ok')
  })

  it('tells what speaks no TLS, and who does not answer a handshake', async () => {
    const plain = await listen(createHttpServer(answering(200).listener))
    expect((await check(connection(`https://${name}:${plain}`))).answer).toBe('tls')
    const cut = await listen(createTcpServer((socket) => socket.destroy()))
    expect((await check(connection(`https://${name}:${cut}`))).answer).toBe('tls')
    const silent = await listen(createTcpServer())
    expect(await check(connection(`https://${name}:${silent}`))).toMatchObject({
      answer: 'timeout',
      last: { step: 'certificate' },
    })
  })

  it('says when the server wants a client certificate', async () => {
    const { listener } = answering(200)
    const options = { ...own.issue(`DNS:${name}`), requestCert: true, rejectUnauthorized: true, ca: own.certificate }
    const port = await listen(createHttpsServer(options, listener))
    const { answer, last } = await check(connection(`https://${name}:${port}`, { namedRoots: [own.certificate] }))
    expect(answer).toBeUndefined()
    expect(last.seen).toContain('client certificate')
  })

  it('makes what a certificate says safe to show', async () => {
    const hostile = makeAuthority('/CN=Root \u001b[31m\u202ered')
    const { endpoint } = await collector(hostile.issue(`DNS:${name}`))
    const { last } = await check(connection(endpoint))
    expect(last.seen).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(last.seen).toContain('issuer Root ')
  })

  it('says what is to be said of the file with the authority', async () => {
    const { endpoint } = await collector(own.issue(`DNS:${name}`))
    const { last } = await check(connection(endpoint, { rootsNote: '/etc/otel/ca.pem is not there' }))
    expect(last.seen).toMatch(/; \/etc\/otel\/ca\.pem is not there$/)
  })

  describe('gRPC', () => {
    const grpc =
      (fields: Record<string, string | number>, trailers?: Record<string, string>) => (server: Http2Server) => {
        server.on('stream', (stream, asked) => {
          requests.push(asked)
          stream.on('error', () => {})
          const own = { ':status': 200, 'content-type': 'application/grpc', ...fields }
          if (trailers === undefined) return stream.respond(own, { endStream: true })
          stream.respond(own, { waitForTrailers: true })
          stream.on('wantTrailers', () => stream.sendTrailers(trailers))
          stream.end(Buffer.alloc(5))
        })
        return server
      }
    const requests: Record<string, unknown>[] = []

    it.each([
      [{}, { 'grpc-status': '0' }, 'ok'],
      [{ 'grpc-status': '16' }, undefined, 'unauthorised'],
      [{ 'grpc-status': '7' }, undefined, 'unauthorised'],
      [{ 'grpc-status': '12' }, undefined, 'rejected'],
      [{}, {}, 'rejected'],
      [{ ':status': 401 }, undefined, 'unauthorised'],
      [{ ':status': 204 }, undefined, 'rejected'],
      [{ ':status': 503 }, undefined, 'rejected'],
    ] as const)('answers %o %o: %s', async (fields, trailers, expected) => {
      const server = grpc(fields, trailers)(createSecureServer(own.issue(`DNS:${name}`)))
      const port = await listen(server as unknown as Server)
      requests.length = 0
      const asked = connection(`https://${name}:${port}`, { protocol: 'grpc', namedRoots: [own.certificate] })
      expect((await check(asked)).answer).toBe(expected)
      expect(requests).toMatchObject([
        {
          ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
          'content-type': 'application/grpc',
          authorization: secretValue,
        },
      ])
    })

    it('needs HTTP/2, and works without TLS on loopback', async () => {
      const { endpoint } = await collector(own.issue(`DNS:${name}`))
      const asked = connection(endpoint, { protocol: 'grpc', namedRoots: [own.certificate] })
      expect((await check(asked)).answer).toBe('tls')
      const port = await listen(grpc({}, { 'grpc-status': '0' })(createHttp2Server()) as unknown as Server)
      expect((await check(connection(`http://127.0.0.1:${port}`, { protocol: 'grpc' }))).answer).toBe('ok')
      const silent = await listen(createTcpServer())
      expect((await check(connection(`http://127.0.0.1:${silent}`, { protocol: 'grpc' }))).answer).toBe('timeout')
    })
  })

  describe('through a proxy', () => {
    const tunnels: { target: string | undefined; authorization: string | undefined }[] = []

    /** Gives a tunnel to loopback where `status` is 200. */
    async function proxy(status: number, tls?: { cert: string; key: string }) {
      tunnels.length = 0
      const server = tls === undefined ? createHttpServer() : createHttpsServer(tls)
      server.on('connect', (request, socket) => {
        tunnels.push({ target: request.url, authorization: request.headers['proxy-authorization'] })
        if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
        const there = connect({ host: '127.0.0.1', port: Number(request.url?.split(':')[1]) }, () => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
          there.pipe(socket).pipe(there)
        })
        there.on('error', () => socket.destroy())
        socket.on('error', () => there.destroy())
      })
      return await listen(server as unknown as Server)
    }
    const through = (endpoint: string, HTTPS_PROXY: string) =>
      connection(endpoint, {
        proxy: chooseProxy(new URL(endpoint), { HTTPS_PROXY }),
        namedRoots: [own.certificate],
      })

    it('asks for a tunnel, with the login of the address, and never shows it', async () => {
      const { endpoint, port, asked } = await collector(own.issue(`DNS:${name}`))
      const proxyPort = await proxy(200)
      const login = 'reader:not-a-real%40password'
      const { answer, steps } = await check(through(endpoint, `http://${login}@proxy.example.com:${proxyPort}`))
      expect(answer).toBe('ok')
      expect(steps.map(({ step }) => step)).toEqual(['headers', 'proxy', 'certificate', 'request'])
      expect(tunnels).toEqual([
        {
          target: `${name}:${port}`,
          authorization: `Basic ${Buffer.from('reader:not-a-real@password').toString('base64')}`,
        },
      ])
      expect(asked[0]?.headers['proxy-authorization']).toBeUndefined()
      expect(JSON.stringify(steps)).not.toContain('reader')
    })

    it('speaks TLS with a proxy that is https', async () => {
      const { endpoint } = await collector(own.issue(`DNS:${name}`))
      const good = await proxy(200, own.issue('DNS:proxy.example.com'))
      expect((await check(through(endpoint, `https://proxy.example.com:${good}`))).answer).toBe('ok')
      const wrong = await proxy(200, own.issue('DNS:other.example.com'))
      expect((await check(through(endpoint, `https://proxy.example.com:${wrong}`))).answer).toBe('proxy')
    })

    it.each([
      [407, 'wants a login (407)'],
      [403, 'status 403'],
      [502, 'status 502'],
    ])('answers %i', async (status, words) => {
      const { endpoint, asked } = await collector(own.issue(`DNS:${name}`))
      const { answer, last } = await check(through(endpoint, `http://proxy.example.com:${await proxy(status)}`))
      expect([answer, last.step]).toEqual(['proxy', 'proxy'])
      expect(last.seen).toContain(words)
      expect(asked).toEqual([])
    })

    it('blames the proxy when it cannot be reached or is no proxy', async () => {
      const { endpoint } = await collector(own.issue(`DNS:${name}`))
      for (const address of [
        'http://missing.example.com:3128',
        'http://127.0.0.1:1',
        `http://127.0.0.1:${await listen(createTcpServer())}`,
        `http://127.0.0.1:${await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')))}`,
        'socks5://127.0.0.1:1080',
        'no address',
      ])
        expect((await check(through(endpoint, address))).answer, address).toBe('proxy')
    })

    it('looks at the certificate behind the tunnel', async () => {
      const { endpoint } = await collector(zscaler.issue(`DNS:${name}`))
      const { answer, last } = await check(through(endpoint, `http://proxy.example.com:${await proxy(200)}`))
      expect([answer, last.step]).toEqual(['tls-intercepted', 'certificate'])
    })
  })
})
