/**
 * What Claude Code clients were seen to do with a settings file, where it depends on the client's version.
 *
 * Observed on 2026-11-21 by driving real clients (Linux x64, print mode) with `npm run test:client`; the matrix is
 * `templates/client-matrix.json`. Ranges are semver ranges. Each change was bisected over the published versions: a
 * range begins with the first published version that showed the behaviour. Nothing before 2.1.150 was tried; what
 * 2.1.150 did is taken to hold before it.
 */

/** A behaviour and the client versions it was seen in. */
export interface BehaviourInVersions<Behaviour extends string> {
  readonly versions: string
  readonly behaviour: Behaviour
}

/**
 * How `OTEL_RESOURCE_ATTRIBUTES` is read.
 * - `strict`: a blank, `;`, `\` or a letter outside ASCII in a value, a blank in a key, a bad percent escape or a value
 *   over 255 characters loses every attribute. An entry with two `=` or with none is left out alone. Quotes around a
 *   value are taken off, and a percent escape in a key stays as it is.
 * - `whole-list`: blanks, `;`, `\`, letters outside ASCII and quotes arrive as written and keys are decoded, but one bad
 *   entry (two `=`, no `=`, a bad escape, a value over 255 characters) loses every attribute.
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

/**
 * What happens to a managed value of a wrong type.
 * - `whole-file-ignored`: no setting of the file is in effect, and nothing says so.
 * - `key-ignored`: the top-level key is ignored, with a message; under `permissions` the deny rules go with it.
 * - `entry-ignored`: as before, but `disableBypassPermissionsMode` no longer takes the deny rules beside it along, and
 *   `true` forbids the bypass all the same; `false` does not. A deny list of a wrong type still denies nothing.
 */
export type WrongType = 'whole-file-ignored' | 'key-ignored' | 'entry-ignored'

/**
 * What a switch written as a text (`"allowManagedHooksOnly": "true"`) does.
 * - `whole-file-ignored`: as for any wrong type.
 * - `off`: the key is ignored with a message.
 * - `on`: the key holds as if it were `true`, with a message.
 */
export type BooleanAsText = 'whole-file-ignored' | 'off' | 'on'

/** Whether `requiredMinimumVersion` stops a client that is too old. */
export type VersionFloor = 'not-known' | 'enforced'

/** Whether the text of answers is sent (event `assistant_response`) when `OTEL_LOG_USER_PROMPTS` is on. */
export type AssistantResponses = 'never-sent' | 'sent-with-prompts'

export const clientBehaviour = {
  attributeParser: [
    { versions: '<2.1.251', behaviour: 'strict' },
    { versions: '>=2.1.251 <2.1.323', behaviour: 'whole-list' },
    { versions: '>=2.1.323', behaviour: 'per-entry' },
  ],
  unparsableJson: [
    { versions: '<2.1.166', behaviour: 'ignored-silently' },
    { versions: '>=2.1.166 <2.1.259', behaviour: 'ignored' },
    { versions: '>=2.1.259', behaviour: 'refuses-to-start' },
  ],
  protocolDefault: [
    { versions: '<2.1.323', behaviour: 'nothing-sent' },
    { versions: '>=2.1.323', behaviour: 'http/protobuf' },
  ],
  misshapenHooks: [
    { versions: '<2.1.166', behaviour: 'whole-file-ignored' },
    { versions: '>=2.1.166', behaviour: 'hooks-ignored' },
  ],
  wrongType: [
    { versions: '<2.1.166', behaviour: 'whole-file-ignored' },
    { versions: '>=2.1.166 <2.1.282', behaviour: 'key-ignored' },
    { versions: '>=2.1.282', behaviour: 'entry-ignored' },
  ],
  booleanAsText: [
    { versions: '<2.1.166', behaviour: 'whole-file-ignored' },
    { versions: '>=2.1.166 <2.1.229', behaviour: 'off' },
    { versions: '>=2.1.229', behaviour: 'on' },
  ],
  versionFloor: [
    { versions: '<2.1.163', behaviour: 'not-known' },
    { versions: '>=2.1.163', behaviour: 'enforced' },
  ],
  assistantResponses: [
    { versions: '<2.1.193', behaviour: 'never-sent' },
    { versions: '>=2.1.193', behaviour: 'sent-with-prompts' },
  ],
} as const satisfies {
  attributeParser: readonly BehaviourInVersions<AttributeParser>[]
  unparsableJson: readonly BehaviourInVersions<UnparsableJson>[]
  protocolDefault: readonly BehaviourInVersions<ProtocolDefault>[]
  misshapenHooks: readonly BehaviourInVersions<MisshapenHooks>[]
  wrongType: readonly BehaviourInVersions<WrongType>[]
  booleanAsText: readonly BehaviourInVersions<BooleanAsText>[]
  versionFloor: readonly BehaviourInVersions<VersionFloor>[]
  assistantResponses: readonly BehaviourInVersions<AssistantResponses>[]
}
