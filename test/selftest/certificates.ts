import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An authority that signs certificates in tests. */
export interface Authority {
  readonly certificate: string
  /** A certificate for names such as `DNS:localhost`, and its key. */
  issue(names: string, days?: number): { readonly cert: string; readonly key: string }
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Whether there is an openssl to make certificates with. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Makes an authority with this name, such as `/O=Example/CN=Example Root`. */
export function makeAuthority(subject: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-authority-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  openssl('req', '-x509', ...curve, '-subj', subject, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30')
  const certificate = readFileSync(join(folder, 'ca.pem'), 'utf8')
  let issued = 0
  return {
    certificate,
    issue: (names, days = 30) => {
      issued += 1
      const [key, asked, cert] = [`${issued}.key`, `${issued}.csr`, `${issued}.pem`]
      const alternative = ['-addext', `subjectAltName=${names}`]
      openssl('req', ...curve, '-subj', '/CN=collector', ...alternative, '-keyout', key, '-out', asked)
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy', '-days', String(days)]
      openssl('x509', '-req', '-in', asked, ...signed, '-out', cert)
      return {
        cert: `${readFileSync(join(folder, cert), 'utf8')}${certificate}`,
        key: readFileSync(join(folder, key), 'utf8'),
      }
    },
  }
}
