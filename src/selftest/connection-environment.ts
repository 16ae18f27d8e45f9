import type { Machine } from '../platform/machine.js'
import type { Environment } from '../policy/secret-reference.js'
import type { Telemetry } from '../policy/telemetry.js'
import { usableCertificates } from './connection-certificate.js'
import { readSettings } from './facts-settings.js'
import { follow, largestManifest } from './machine-paths.js'
import { memberOf, membersOf } from './strict-json.js'

/**
 * The variables (`env`) of the settings in force: those that a client starts its connections with. Seen from an
 * administrator's account, places that users can write count for nothing: they must not lead its connections elsewhere.
 */
export async function managedEnvironment(machine: Machine): Promise<Environment> {
  const { winner, says } = await readSettings(machine, () => machine.users())
  if (machine.administrator && (winner === 'server' || winner === 'hkcu')) return {}
  const variables = membersOf(memberOf(says, 'env'))
  return Object.fromEntries(variables.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Roots that a client is told to trust besides its own, and what is to be said of their file. */
export interface NamedRoots {
  readonly roots: readonly string[]
  readonly note?: string | undefined
}

/**
 * The authority of the collector: of the settings in force, else of the policy, else of this environment. Variables:
 * https://code.claude.com/docs/en/monitoring-usage (2026-08-22).
 */
export async function namedRoots(
  machine: Machine,
  { certificateAuthority, protocol }: Telemetry,
  managed: Environment,
  environment: Environment,
): Promise<NamedRoots> {
  const variable = protocol === 'grpc' ? 'OTEL_EXPORTER_OTLP_CERTIFICATE' : 'NODE_EXTRA_CA_CERTS'
  const path = managed[variable] || certificateAuthority?.[machine.platform] || environment[variable]
  if (path === undefined || path === '') return { roots: [] }
  // Authorities often are links; a client follows them.
  const file = await follow(machine, path)
  if (file === 'absent') return { roots: [], note: `${path} is not there` }
  const read = file === 'unseen' ? undefined : await machine.read(file.path, { most: largestManifest })
  if (read?.kind !== 'bytes') return { roots: [], note: `${path} cannot be read` }
  const roots = usableCertificates(Buffer.from(read.bytes).toString('latin1'))
  return roots.length === 0 ? { roots, note: `${path} holds no certificate` } : { roots }
}
