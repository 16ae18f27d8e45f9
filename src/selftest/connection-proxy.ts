import { request } from 'node:http'
import type { Socket } from 'node:net'
import { type Environment, Secret } from '../policy/secret-reference.js'
import { ConnectionEnd, type Deadline } from './connection-step.js'

/** A proxy that stands before the collector. */
export interface ProxyServer {
  readonly host: string
  readonly port: number
  readonly encrypted: boolean
  readonly authorization?: Secret | undefined
}

/** Which proxy a client takes; `unusable` names one that cannot be. */
export type ProxyChoice =
  | { readonly kind: 'none' | 'unusable'; readonly why: string }
  | ({ readonly kind: 'proxy' } & ProxyServer)

/** Variables of Claude Code, the first that is set counts: https://code.claude.com/docs/en/network-config (2026-08). */
const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const

/** The proxy that a client in this environment takes to an endpoint. */
export function chooseProxy(endpoint: URL, environment: Environment): ProxyChoice {
  const variable = proxyVariables.find((name) => (environment[name] ?? '') !== '')
  if (variable === undefined) return { kind: 'none', why: 'no proxy is set' }
  // The policy lets only loopback be http, and a proxy would look for itself there.
  if (endpoint.protocol === 'http:') return { kind: 'none', why: `${variable} does not count for http on this machine` }
  if (isExempt(endpoint, environment.NO_PROXY || environment.no_proxy || ''))
    return { kind: 'none', why: 'NO_PROXY exempts the collector' }
  const text = environment[variable]!
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return { kind: 'unusable', why: `${variable} is no http or https address of a proxy` }
  const encrypted = url.protocol === 'https:'
  return {
    kind: 'proxy',
    host: bareHost(url),
    port: Number(url.port || (encrypted ? 443 : 80)),
    encrypted,
    ...(url.username !== '' && { authorization: basic(url) }),
  }
}

function basic({ username, password }: URL): Secret {
  return new Secret(`Basic ${Buffer.from(`${unescaped(username)}:${unescaped(password)}`).toString('base64')}`)
}

/** A lone percent sign of a password is meant as it stands. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Names parted by commas or blanks, with or without a port; `*` exempts all, and a name all that is below it. */
function isExempt(endpoint: URL, list: string): boolean {
  const host = bareHost(endpoint).toLowerCase()
  const port = endpoint.port || '443'
  const entries = list.toLowerCase().split(/[\s,]+/)
  return entries.some((entry) => {
    if (entry === '*') return true
    // An IPv6 address has colons of its own; with a port it stands in brackets.
    const [, bracketed, plain, entryPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? [
      '',
      undefined,
      entry,
    ]
    const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '')
    if (name === '' || (entryPort !== undefined && entryPort !== port)) return false
    return host === name || host.endsWith(`.${name}`)
  })
}

/** The host of an address, an IPv6 address without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** Asks a proxy for a tunnel to the endpoint. Throws a ConnectionEnd where it gives none. */
export async function openTunnel(
  socket: Socket,
  endpoint: URL,
  authorization: Secret | undefined,
  deadline: Deadline,
): Promise<{ readonly socket: Socket; readonly seen: string }> {
  const target = `${endpoint.hostname}:${endpoint.port || '443'}`
  const answer = new Promise<number>((done, fail) => {
    const asking = request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(authorization !== undefined && { 'proxy-authorization': authorization.reveal() }),
      },
    })
    asking.once('connect', ({ statusCode }, _socket, head) => {
      // The server speaks second in TLS: who says more already is no tunnel.
      if (head.length > 0) fail(new ConnectionEnd('proxy', 'the proxy sent something else than a tunnel'))
      else done(statusCode ?? 0)
    })
    asking.once('response', (response) => {
      response.on('error', () => {})
      done(response.statusCode ?? 0)
    })
    asking.on('error', () => fail(new ConnectionEnd('proxy', 'the proxy cut the connection')))
    asking.end()
  })
  const status = await deadline.within(answer, () => new ConnectionEnd('proxy', 'the proxy gave no tunnel in time'))
  if (status === 407) throw new ConnectionEnd('proxy', refusedLogin(authorization))
  if (status < 200 || status > 299)
    throw new ConnectionEnd('proxy', `the proxy refused the tunnel with status ${status}`)
  return { socket, seen: 'the proxy gave a tunnel' }
}

function refusedLogin(authorization: Secret | undefined): string {
  return authorization === undefined
    ? 'the proxy wants a login (407), and the environment gives none'
    : 'the proxy refused the login of the environment (407)'
}
