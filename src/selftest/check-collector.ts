import { isIP, type Socket } from 'node:net'
import type { Secret } from '../policy/secret-reference.js'
import type { Telemetry } from '../policy/telemetry.js'
import { type Authorities, openTls } from './connection-certificate.js'
import type { HeadersToSend } from './connection-headers.js'
import { type Network, thisNetwork } from './connection-network.js'
import { bareHost, openTunnel, type ProxyChoice, type ProxyServer } from './connection-proxy.js'
import { sendEmptyRequest } from './connection-request.js'
import {
  type CollectorAnswer,
  ConnectionEnd,
  type ConnectionLimits,
  type ConnectionStep,
  type ConnectionStepName,
  connectionLimits,
  type Deadline,
  deadlineOf,
  errorCode,
} from './connection-step.js'

/** What to connect to, and how a client of this machine would. */
export interface CollectorConnection {
  readonly endpoint: URL
  readonly protocol: Telemetry['protocol']
  readonly headers: HeadersToSend
  readonly proxy: ProxyChoice
  /** Roots of the file that the policy or the settings name, as PEM. */
  readonly namedRoots: readonly string[]
  /** What is to be said of that file. */
  readonly rootsNote?: string | undefined
}

/** What came of it. */
export interface CollectorCheck {
  /** Undefined where the evidence decides nothing. */
  readonly answer: CollectorAnswer | undefined
  readonly steps: readonly ConnectionStep[]
  /** A look-up that nothing can stop is still running, and would keep the program from ending. */
  readonly isLookingUp: boolean
}

/**
 * Connects to the collector as a client would and sends an empty request: name, port, proxy, certificate, request. The
 * first step that fails is the answer. Headers are sent only over a connection whose certificate is trusted.
 */
export async function checkCollector(
  connection: CollectorConnection,
  network: Network = thisNetwork(),
  limits: ConnectionLimits = connectionLimits,
): Promise<CollectorCheck> {
  const steps: ConnectionStep[] = []
  const sockets: Socket[] = []
  const way: Way = { network, deadline: deadlineOf(limits), sockets, steps, lookups: new Set() }
  let step: ConnectionStepName = 'headers'
  const end = (answer: CollectorAnswer | undefined) => ({ answer, steps, isLookingUp: way.lookups.size > 0 })
  const begin = (name: ConnectionStepName) => {
    step = name
  }
  const { headers } = connection
  steps.push(
    headers.kind === 'known'
      ? { step, outcome: 'done', seen: countText(headers.headers) + headers.from }
      : { step, outcome: 'failed', seen: headers.why },
  )
  try {
    const socket = await reach(connection, way, begin)
    begin('request')
    if (headers.kind === 'missing') {
      steps.push({ step, outcome: 'skipped', seen: 'without its headers nothing was sent' })
      return end('no-header')
    }
    const { endpoint, protocol } = connection
    const seen = await sendEmptyRequest(socket, { endpoint, protocol, headers: headers.headers }, way.deadline)
    steps.push({ step, outcome: 'done', seen })
    return end('ok')
  } catch (error) {
    if (!(error instanceof ConnectionEnd)) throw error
    steps.push({ step, outcome: 'failed', seen: error.seen })
    return end(error.answer)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

/** What the steps share. */
interface Way {
  readonly network: Network
  readonly deadline: Deadline
  /** Everything that was opened, to be closed at the end. */
  readonly sockets: Socket[]
  readonly steps: ConnectionStep[]
  /** Names that are being looked up. */
  readonly lookups: Set<string>
}

function countText(headers: ReadonlyMap<string, Secret>): string {
  return headers.size === 0 ? '' : `${headers.size} from `
}

/** A connection that a request can be sent over. Throws a ConnectionEnd. */
async function reach(
  { endpoint, protocol, proxy, namedRoots, rootsNote }: CollectorConnection,
  way: Way,
  begin: (name: ConnectionStepName) => void,
): Promise<Socket> {
  const done = (step: ConnectionStepName, seen: string) => way.steps.push({ step, outcome: 'done', seen })
  const skipped = (step: ConnectionStepName, seen: string) => way.steps.push({ step, outcome: 'skipped', seen })
  const encrypted = endpoint.protocol === 'https:'
  const authorities = encrypted ? await authoritiesOf(way.network, namedRoots) : undefined
  let tcp: Socket
  if (proxy.kind === 'proxy') {
    begin('proxy')
    tcp = await reachProxy(proxy, endpoint, authorities, way)
    done('proxy', `${proxy.host}:${proxy.port} gave a tunnel; it looks up the name`)
  } else if (proxy.kind === 'unusable') {
    begin('proxy')
    throw new ConnectionEnd('proxy', proxy.why)
  } else {
    const host = bareHost(endpoint)
    begin('name')
    const addresses = await resolve(host, way)
    if (isIP(host) === 0) done('name', `${host} is ${addresses.slice(0, 4).join(', ')}`)
    else skipped('name', `${host} is an address`)
    begin('port')
    const port = Number(endpoint.port || (encrypted ? 443 : 80))
    tcp = await openPort(addresses, port, way)
    done('port', `${port} is open`)
    skipped('proxy', proxy.why)
  }
  begin('certificate')
  if (authorities === undefined) {
    skipped('certificate', 'http, which only loopback may be')
    return tcp
  }
  const peer = { host: bareHost(endpoint), protocol: protocol === 'grpc' ? 'h2' : 'http/1.1' } as const
  const note = rootsNote === undefined ? '' : `; ${rootsNote}`
  const { socket, seen } = await openTls(tcp, peer, authorities, way.deadline).catch((error: unknown) => {
    throw error instanceof ConnectionEnd ? new ConnectionEnd(error.answer, `${error.seen}${note}`) : error
  })
  way.sockets.push(socket)
  done('certificate', `${seen}${note}`)
  return socket
}

async function authoritiesOf(network: Network, named: readonly string[]): Promise<Authorities> {
  return { bundled: network.bundledRoots, named, system: await network.systemRoots() }
}

/** Whatever keeps us from the proxy is a matter of the proxy, not of the collector. */
async function reachProxy(
  proxy: ProxyServer,
  endpoint: URL,
  authorities: Authorities | undefined,
  way: Way,
): Promise<Socket> {
  try {
    const tcp = await openPort(await resolve(proxy.host, way), proxy.port, way)
    const { encrypted, host } = proxy
    const socket =
      encrypted && authorities !== undefined
        ? (await openTls(tcp, { host, protocol: 'http/1.1' }, authorities, way.deadline)).socket
        : tcp
    way.sockets.push(socket)
    await openTunnel(socket, endpoint, proxy.authorization, way.deadline)
    return socket
  } catch (error) {
    if (!(error instanceof ConnectionEnd)) throw error
    throw new ConnectionEnd('proxy', `${proxy.host}:${proxy.port}: ${error.seen}`)
  }
}

async function resolve(host: string, { network, deadline, lookups }: Way): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  lookups.add(host)
  const looking = network
    .lookup(host)
    .catch((error: unknown) => {
      const absent = errorCode(error) === 'ENOTFOUND'
      throw new ConnectionEnd('name', absent ? `${host} has no address` : `DNS could not answer for ${host}`)
    })
    .finally(() => lookups.delete(host))
  const addresses = await deadline.within(
    looking,
    () => new ConnectionEnd('name', `DNS gave no answer for ${host} in time`),
  )
  if (addresses.length === 0) throw new ConnectionEnd('name', `${host} has no address`)
  return addresses
}

const mostAddresses = 3

/** Tries the addresses in turn, each with its share of the time. */
async function openPort(
  addresses: readonly string[],
  port: number,
  { network, deadline, sockets }: Way,
): Promise<Socket> {
  const tried = addresses.slice(0, mostAddresses)
  const ends: ConnectionEnd[] = []
  for (const address of tried) {
    const socket = network.connect(address, port)
    sockets.push(socket)
    const connecting = new Promise<void>((done, fail) => {
      socket.once('connect', done)
      // The listener stays: a socket may fail later as well, and others listen for that.
      socket.on('error', (error) => fail(portEnd(error, address, port)))
    })
    try {
      await deadline.within(
        connecting,
        () => new ConnectionEnd('timeout', `${address} port ${port}: no answer in time`),
        1 / tried.length,
      )
      return socket
    } catch (error) {
      if (!(error instanceof ConnectionEnd)) throw error
      ends.push(error)
    }
  }
  throw ends.find(({ answer }) => answer === 'timeout') ?? ends[0]!
}

function portEnd(error: unknown, address: string, port: number): ConnectionEnd {
  const place = `${address} port ${port}`
  switch (errorCode(error)) {
    case 'ECONNREFUSED':
      return new ConnectionEnd('refused', `${place}: nothing listens, or a firewall refuses`)
    case 'ETIMEDOUT':
      return new ConnectionEnd('timeout', `${place}: no answer in time`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new ConnectionEnd('refused', `${place}: no way there from this network`)
    default:
      return new ConnectionEnd('refused', `${place}: the connection could not be opened`)
  }
}
