import { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { safeText } from '../platform/safe-text.js'
import { certificatesIn } from './connection-network.js'
import { ConnectionEnd, type Deadline, errorCode } from './connection-step.js'

/** The authorities that a client would trust here. */
export interface Authorities {
  /** Those that Node brings along. */
  readonly bundled: readonly string[]
  /** Those of the file that the policy or the settings name. */
  readonly named: readonly string[]
  /** Undefined where the roots of the system cannot be seen. */
  readonly system: readonly string[] | undefined
}

/** A TLS connection whose certificate is trusted. */
export interface TrustedConnection {
  readonly socket: TLSSocket
  readonly seen: string
}

/** Whom the TLS connection is for. */
export interface TlsPeer {
  readonly host: string
  /** Protocol for ALPN: `h2` or `http/1.1`. */
  readonly protocol: 'h2' | 'http/1.1'
}

/** The certificates of a file that really are some. */
export function usableCertificates(pem: string): readonly string[] {
  return certificatesIn(pem).filter((certificate) => {
    try {
      return new X509Certificate(certificate).raw.length > 0
    } catch {
      return false
    }
  })
}

/**
 * Shakes hands and looks at the certificate chain. Throws a ConnectionEnd where it is not trusted: nothing was sent then.
 */
export async function openTls(
  tcp: Socket,
  { host, protocol }: TlsPeer,
  authorities: Authorities,
  deadline: Deadline,
): Promise<TrustedConnection> {
  const socket = connect({
    socket: tcp,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ca: [...authorities.bundled, ...authorities.named, ...(authorities.system ?? [])],
    // The chain is judged below, before a byte is sent: Node alone would tell only its first problem.
    rejectUnauthorized: false,
    ALPNProtocols: [protocol],
  })
  // Errors after the handshake belong to the request, which listens by itself.
  socket.on('error', () => {})
  const handshake = new Promise<void>((done, fail) => {
    socket.once('secureConnect', done)
    socket.once('error', (error) => fail(handshakeEnd(error)))
    socket.once('close', () =>
      fail(new ConnectionEnd('tls', 'the other side closed the connection during the handshake')),
    )
  })
  await deadline.within(handshake, () => new ConnectionEnd('timeout', 'no TLS handshake in time'))
  const chain = chainOf(socket.getPeerCertificate(true))
  const problem = String(socket.authorizationError ?? '')
  if (!socket.authorized) throw certificateEnd(problem, chain, authorities)
  if (protocol === 'h2' && socket.alpnProtocol !== 'h2')
    throw new ConnectionEnd('tls', 'the server offers no HTTP/2, which gRPC needs')
  return { socket, seen: trustedText(chain, authorities) }
}

/** OpenSSL's reasons, as Node writes them: https://nodejs.org/api/errors.html#openssl-errors (2026-08). */
function handshakeEnd(error: unknown): ConnectionEnd {
  const code = errorCode(error)
  if (/ALERT_(?:BAD_CERTIFICATE|HANDSHAKE_FAILURE)/.test(code))
    return new ConnectionEnd(
      'tls',
      'the server refused the handshake: no common protocol, or it wants a client certificate, which this check does not give',
    )
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(code))
    return new ConnectionEnd('tls', 'what answers at this port does not speak TLS')
  if (code === 'ECONNRESET') return new ConnectionEnd('tls', 'the connection was cut during the handshake')
  return new ConnectionEnd('tls', 'the TLS handshake failed')
}

/** Codes of a chain that ends nowhere known: https://nodejs.org/api/tls.html#x509-certificate-error-codes (2026-08). */
const unknownIssuer =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED)$/

function certificateEnd(
  problem: string,
  chain: readonly DetailedPeerCertificate[],
  { system }: Authorities,
): ConnectionEnd {
  const about = certificateText(chain)
  const product = inspectingProduct(chain)
  if (product !== undefined)
    return new ConnectionEnd(
      'tls-intercepted',
      `the connection is inspected by ${product}, whose root is not trusted here; ${about}`,
    )
  const [leaf] = chain
  if (unknownIssuer.test(problem)) {
    if (system === undefined)
      return new ConnectionEnd(
        undefined,
        `the issuer is none of Node's roots, and the roots of this system cannot be seen by this Node (22.15 can); ${about}`,
      )
    return new ConnectionEnd(
      'tls-intercepted',
      `not from a known authority: a proxy that inspects TLS, or a private authority that the policy does not name; ${about}`,
    )
  }
  if (problem === 'CERT_HAS_EXPIRED')
    return new ConnectionEnd('tls', `expired on ${dayText(leaf?.valid_to)}, or the clock here is wrong; ${about}`)
  if (problem === 'CERT_NOT_YET_VALID')
    return new ConnectionEnd(
      'tls',
      `valid only from ${dayText(leaf?.valid_from)}, or the clock here is wrong; ${about}`,
    )
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new ConnectionEnd('tls', `the certificate is for another name; ${about}`)
  return new ConnectionEnd('tls', `the certificate does not verify; ${about}`)
}

function trustedText(chain: readonly DetailedPeerCertificate[], { bundled, named }: Authorities): string {
  const about = certificateText(chain)
  const root = chain.at(-1)?.raw.toString('base64')
  const isFrom = (roots: readonly string[]) => roots.some((pem) => bodyOf(pem) === root)
  if (isFrom(bundled)) return about
  const product = inspectingProduct(chain)
  const inspected = product === undefined ? '' : `inspected by ${product}, which may itself be what answers; `
  if (isFrom(named)) return `${inspected}trusted by the named authority; ${about}`
  return `${inspected}trusted by a root of this system, which a Claude Code from npm on Node below 22.15 does not read; ${about}`
}

function bodyOf(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s/g, '')
}

/** The leaf first; a root is its own issuer. */
function chainOf(leaf: DetailedPeerCertificate | Record<string, never>): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  let next: DetailedPeerCertificate | undefined = 'raw' in leaf ? (leaf as DetailedPeerCertificate) : undefined
  while (next?.raw !== undefined && chain.length < 10 && !chain.includes(next)) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}

function certificateText([leaf]: readonly DetailedPeerCertificate[]): string {
  if (leaf === undefined) return 'the server sent no certificate'
  return `subject ${nameText(leaf.subject)}, issuer ${nameText(leaf.issuer)}, SHA-256 ${leaf.fingerprint256}`
}

/** One attribute can stand in a name several times; Node gives a list then. */
function nameText(name: DetailedPeerCertificate['subject'] | undefined): string {
  const parts = [name?.CN, name?.O].flat().filter((part) => typeof part === 'string' && part !== '')
  const text = [...new Set(parts)].join(' / ') || 'without a name'
  return safeText(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}

function dayText(time: string | undefined): string {
  const day = Date.parse(time ?? '')
  return Number.isNaN(day) ? 'an unknown day' : new Date(day).toISOString().slice(0, 10)
}

/**
 * Products that inspect TLS, by the names in the certificates they issue. They issue with their own name unless an
 * organisation gives them an authority of its own, so a name proves inspection and its absence proves nothing:
 * https://help.zscaler.com/unified/choosing-ca-certificate-ssl-inspection,
 * https://techdocs.broadcom.com/us/en/symantec-security-software/web-and-network-security/web-security-service/help/ssl-certs-policies/ssl_certs.html (2026-11-21).
 */
const inspectingProducts: readonly (readonly [name: RegExp, product: string])[] = [
  [/zscaler/i, 'Zscaler'],
  [/netskope|goskope/i, 'Netskope'],
  [/blue ?coat|web security service|cloud secure web gateway/i, 'Blue Coat (Symantec)'],
  [/palo ?alto|globalprotect|prisma access/i, 'Palo Alto Networks'],
  [/fortinet|fortigate/i, 'Fortinet'],
  [/cisco (?:umbrella|secure access)|opendns/i, 'Cisco Umbrella'],
  [/forcepoint|websense/i, 'Forcepoint'],
  [/skyhigh|mcafee web gateway/i, 'Skyhigh (McAfee)'],
  [/check ?point/i, 'Check Point'],
  [/cato networks/i, 'Cato Networks'],
  [/gateway ca - cloudflare|cloudflare for teams/i, 'Cloudflare Gateway'],
  [/sophos/i, 'Sophos'],
  [/watchguard/i, 'WatchGuard'],
  [/sonicwall/i, 'SonicWall'],
  [/barracuda/i, 'Barracuda'],
  [/iboss/i, 'iboss'],
  [/menlo security/i, 'Menlo Security'],
  [/kaspersky/i, 'Kaspersky'],
  [/eset ssl filter/i, 'ESET'],
  [/avast|avg web/i, 'Avast'],
  [/bitdefender/i, 'Bitdefender'],
  [/mitmproxy|charles proxy|fiddler|portswigger/i, 'a debugging proxy'],
]

function inspectingProduct(chain: readonly DetailedPeerCertificate[]): string | undefined {
  const names = chain
    .flatMap(({ issuer }) => [issuer?.CN, issuer?.O, issuer?.OU].flat())
    .filter((part) => part !== undefined)
  return inspectingProducts.find(([name]) => names.some((part) => name.test(part)))?.[1]
}
