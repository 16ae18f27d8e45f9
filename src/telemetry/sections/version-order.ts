import { compareVersions, type ParsedVersion, parseVersion } from '../../gates/version.js'

const parsed = new Map<string, ParsedVersion>()
/** Versions are few, but telemetry is hostile: texts beyond these are read again each time. */
const mostKept = 10_000

/** Below 0, 0 or above 0 as the first version is lower, the same or newer; undefined where one of them cannot be read. */
export function versionOrder(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined
  const [first, second] = [read(a), read(b)]
  return first.kind === 'version' && second.kind === 'version' ? compareVersions(first, second) : undefined
}

function read(text: string): ParsedVersion {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const version = parseVersion(text)
  if (parsed.size < mostKept) parsed.set(text, version)
  return version
}
