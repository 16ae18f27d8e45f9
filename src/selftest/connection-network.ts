import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'

/** The network, as far as the connection check needs it: this machine's, or loopback with other names in tests. */
export interface Network {
  /** The addresses of a name. Throws the system's error when there is none. */
  lookup(name: string): Promise<readonly string[]>
  /** A socket that is connecting. */
  connect(address: string, port: number): Socket
  /** The roots that Node brings along, as PEM: those of Mozilla. */
  readonly bundledRoots: readonly string[]
  /** The roots that the system trusts, as PEM; undefined where they cannot be seen. */
  systemRoots(): Promise<readonly string[] | undefined>
}

/** The network of this machine. */
export function thisNetwork(): Network {
  return {
    lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    connect: (host, port) => connect({ host, port }),
    bundledRoots: tls.rootCertificates,
    systemRoots,
  }
}

/**
 * Claude Code trusts the roots it brings along and those of the system, except where npm installed it on a Node below
 * 22.15: https://code.claude.com/docs/en/network-config (2026-08). Node has the function for it since 22.15 and
 * 23.10: https://nodejs.org/api/tls.html#tlsgetcacertificatestype (2026-08). Before, only Linux keeps them in files.
 */
async function systemRoots(): Promise<readonly string[] | undefined> {
  const { getCACertificates } = tls as unknown as { getCACertificates?: (type: 'system') => string[] }
  if (getCACertificates !== undefined) return getCACertificates('system')
  if (process.platform !== 'linux') return undefined
  // Debian and Ubuntu; Fedora and Red Hat: the first two files of https://go.dev/src/crypto/x509/root_linux.go (2026-11-21).
  for (const file of ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']) {
    const text = await readFile(file, 'latin1').catch(() => undefined)
    if (text !== undefined) return certificatesIn(text)
  }
  return undefined
}

/** The certificates of a PEM text, each by itself. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
}
