import { partsOfReference } from '../../policy/secret-reference.js'
import type { Telemetry } from '../../policy/telemetry.js'
import { CollectorReference, ConfigText, type ConfigValue } from './config-text.js'

/** How the receiver knows its clients. */
export interface ClientAuthentication {
  readonly extension: ConfigValue
  /** Where the collector takes the value of the header from. */
  readonly from: { readonly kind: 'variable' | 'file'; readonly name: string } | { readonly kind: 'config' }
}

/**
 * The authenticator for the header `Authorization` of the policy; undefined when it sends none. With an empty scheme
 * the extension compares the whole header, so the secret stays the one that clients send, whatever its scheme:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/bearertokenauthextension (2026-11-21).
 */
export function clientAuthentication({ headers }: Telemetry): ClientAuthentication | undefined {
  const [name, value] = Object.entries(headers).find(([header]) => header.toLowerCase() === 'authorization') ?? []
  if (name === undefined || value === undefined) return undefined
  const [kind, rest] = partsOfReference(value)
  if (kind === 'plain') return { extension: { scheme: '', token: rest }, from: { kind: 'config' } }
  if (kind === 'file') return { extension: { scheme: '', filename: rest }, from: { kind: 'file', name: rest } }
  // The name of a variable holds nothing that ends a reference.
  const token = new ConfigText([new CollectorReference(value)])
  return { extension: { scheme: '', token }, from: { kind: 'variable', name: rest } }
}

/** Header names that the receiver does not check. */
export function uncheckedHeaders({ headers }: Telemetry): readonly string[] {
  return Object.keys(headers).filter((name) => name.toLowerCase() !== 'authorization')
}
