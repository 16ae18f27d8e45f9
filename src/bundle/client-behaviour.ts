/**
 * What Claude Code clients were seen to do with a settings file, where it depends on the client's version.
 *
 * Observed on 2026-11-21 by driving real clients (Linux x64, print mode) with `npm run test:client`; the matrix is
 * `templates/client-matrix.json`. Ranges are semver ranges. Two ranges of one list overlap where the exact version of
 * a change is not known: both behaviours must be expected there.
 */

/** A behaviour and the client versions it was seen in. */
export interface BehaviourInVersions<Behaviour extends string> {
  readonly versions: string
  readonly behaviour: Behaviour
}

/**
 * How `OTEL_RESOURCE_ATTRIBUTES` is read.
 * - `strict`: a value outside printable ASCII without blank, `"`, `,`, `;`, `\`, a bad percent escape, a key with a
 *   blank, or a key or value over 255 characters loses every attribute; an entry with two `=` or without one is left out alone;
 *   quotes around a value are taken off; a percent escape in a key stays as it is.
 * - `whole-list`: blanks, `;`, `\`, non-ASCII and quotes arrive as written and keys are decoded, but one bad entry (two
 *   `=`, no `=`, a bad escape, too long) loses every attribute.
 * - `per-entry`: as `whole-list`, but only the bad entry is left out.
 */
export type AttributeParser = 'strict' | 'whole-list' | 'per-entry'

/**
 * What happens when `managed-settings.json` does not parse (a comment, a trailing comma).
 * - `ignored-silently`: the client runs with no policy and says nothing.
 * - `ignored`: the client runs with no policy and says so on stderr.
 * - `refuses-to-start`: the client ends before the session.
 */
export type UnparsableJson = 'ignored-silently' | 'ignored' | 'refuses-to-start'

/** What is sent when no `OTEL_EXPORTER_OTLP_PROTOCOL` is set. */
export type ProtocolDefault = 'nothing-sent' | 'http/protobuf'

/**
 * What happens when `hooks` has a wrong shape (a matcher that is an array, the flat form without an inner `hooks` list).
 * - `whole-file-ignored`: no setting of the file is in effect, telemetry included.
 * - `hooks-ignored`: the whole `hooks` key is ignored, the rest of the file holds.
 */
export type MisshapenHooks = 'whole-file-ignored' | 'hooks-ignored'

export const clientBehaviour = {
  attributeParser: [
    { versions: '<2.1.251', behaviour: 'strict' },
    { versions: '>=2.1.251 <2.1.323', behaviour: 'whole-list' },
    { versions: '>=2.1.323', behaviour: 'per-entry' },
  ],
  unparsableJson: [
    { versions: '<2.1.197', behaviour: 'ignored-silently' },
    { versions: '>2.1.150 <2.1.260', behaviour: 'ignored' },
    { versions: '>2.1.197', behaviour: 'refuses-to-start' },
  ],
  protocolDefault: [
    { versions: '<2.1.329', behaviour: 'nothing-sent' },
    { versions: '>2.1.290', behaviour: 'http/protobuf' },
  ],
  misshapenHooks: [
    { versions: '<2.1.166', behaviour: 'whole-file-ignored' },
    { versions: '>=2.1.166', behaviour: 'hooks-ignored' },
  ],
} as const satisfies {
  attributeParser: readonly BehaviourInVersions<AttributeParser>[]
  unparsableJson: readonly BehaviourInVersions<UnparsableJson>[]
  protocolDefault: readonly BehaviourInVersions<ProtocolDefault>[]
  misshapenHooks: readonly BehaviourInVersions<MisshapenHooks>[]
}
