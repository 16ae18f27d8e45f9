import fc from 'fast-check'
import { claudeCodeEvents } from '../../src/telemetry/surfaces/claude-code.js'
import { surfaceNames } from '../../src/telemetry/surfaces/index.js'
import type { RowSaid } from './telemetry-rows.js'

/** The window that rows lie around. */
export const anySince = Date.UTC(2026, 10, 12)
export const anyUntil = anySince + 12 * 86_400_000
export const anyIdentityKeys = ['endpoint.serial', 'host.name'] as const

const textOf = (...texts: readonly string[]) => fc.constantFrom('', ...texts)
const names = textOf('a', 'b', 'B', '\u{1f600}', '\uffee', '__proto__', 'constructor', '7')
const amounts = fc.oneof(
  fc.nat(5),
  fc.double({ min: 0, max: 5000, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, -0.5, 2.5, 1e12, 1e300),
)
const sequences = fc.oneof(
  { weight: 8, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 31 - 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -1, 1.5, 2 ** 31, 2 ** 53, -0, Number.POSITIVE_INFINITY) },
)
/** Mostly in the window and close together, so that records meet. */
const times = fc.oneof(
  fc.nat(6).map((step) => anySince + step * 1000),
  fc.integer({ min: -2, max: 14 }).map((days) => anySince + days * 86_400_000),
  fc.integer({ min: anySince - 1e9, max: anyUntil + 1e9 }),
  fc.constantFrom(anySince - 1, anySince, anyUntil - 1, anyUntil),
)

/** What a sender says of itself. */
const anySender = fc.record(
  {
    service: fc.constantFrom(...surfaceNames),
    version: textOf('2.1.197', '1.9659.1'),
    appVersion: names,
    osType: textOf('linux', 'windows'),
    osVersion: names,
    stamp: names,
    organization: names,
    account: names,
    installation: names,
    email: textOf('a@example.com', 'b@example.com'),
    owner: names,
    groups: textOf('a,b', 'b'),
    identity: fc.dictionary(fc.constantFrom(...anyIdentityKeys), textOf('one', 'two')),
  },
  { requiredKeys: ['service'] },
)

/** When and where a record was made. */
const anyPlace = fc.record(
  {
    at: times,
    observed: fc.oneof(
      times,
      fc.nat(6).map((step) => anySince + step * 1000),
    ),
    session: textOf('s1', 's2', 's3', 'S1', 'fleet-canary-1'),
    sequence: sequences,
    prompt: textOf('p1', 'p2', 'P1'),
    toolUse: textOf('t1', 't2', 't3'),
  },
  { requiredKeys: ['at'] },
)

/** What a record tells. */
const anyDetail = fc.record(
  {
    signal: fc.constantFrom('log', 'log', 'log', 'log', 'point', 'span'),
    event: fc.oneof(
      fc.constantFrom(...claudeCodeEvents),
      fc.constantFrom('tool_result', 'tool_decision', 'hook_execution_complete'),
      textOf('unheard_of'),
    ),
    tool: textOf('Bash', 'Read'),
    success: textOf('true', 'false'),
    decision: textOf('accept', 'reject'),
    decisionSource: textOf('config', 'user_permanent'),
    hookEvent: textOf('PreToolUse'),
    hookType: textOf('command'),
    hookSource: textOf('policySettings', 'userSettings'),
    managedOnly: textOf('true', 'false'),
    mcpServer: names,
    mcpTool: names,
    mcpScope: textOf('user', 'project'),
    skill: names,
    skillSource: textOf('bundled'),
    plugin: names,
    marketplace: names,
    pluginVersion: textOf('1.0.0'),
    pluginScope: textOf('managed', 'user'),
    enabledVia: textOf('policy'),
    fromMode: textOf('default', 'plan'),
    toMode: textOf('bypassPermissions', 'plan'),
    trigger: textOf('shift_tab', 'startup'),
    status: textOf('connected', 'failed'),
    settingsError: textOf('forbidden'),
    settingsSources: textOf('server,file'),
    settingsBehavior: textOf('first'),
    settingsHelper: textOf('ok'),
    settingsDigest: textOf('abc'),
    duration: amounts,
    numHooks: amounts,
    numSuccess: amounts,
    numBlocking: amounts,
    numNonBlockingError: amounts,
    numCancelled: amounts,
    content: fc.uniqueArray(
      fc.constantFrom('bash_command', 'prompt', 'body_ref', '(log body)', 'error', 'user.email', 'login'),
    ),
    redacted: fc.uniqueArray(fc.constantFrom('prompt', 'response', 'user.email')),
  },
  { requiredKeys: [] },
)

/** A few senders that tell a few things at many places: records of one group meet often. */
const meetingRows: fc.Arbitrary<readonly RowSaid[]> = fc
  .record({
    senders: fc.array(anySender, { minLength: 1, maxLength: 3 }),
    details: fc.array(anyDetail, { minLength: 1, maxLength: 5 }),
    places: fc.array(fc.record({ place: anyPlace, sender: fc.nat(), detail: fc.nat() }), {
      maxLength: 60,
      size: 'max',
    }),
  })
  .map(({ senders, details, places }) =>
    places.map(({ place, sender, detail }) => ({
      ...senders[sender % senders.length]!,
      ...details[detail % details.length]!,
      ...place,
    })),
  )

/** Any records, some of them more than once, and some again as another pipeline tells them. */
export const anyRows: fc.Arbitrary<readonly RowSaid[]> = fc
  .tuple(
    meetingRows,
    fc.array(fc.nat(60), { maxLength: 12, size: 'max' }),
    fc.array(fc.tuple(fc.nat(60), anyDetail, anySender), { maxLength: 6, size: 'max' }),
  )
  .map(([rows, again, otherwise]) => [
    ...rows,
    ...again.flatMap((index) => rows[index] ?? []),
    ...otherwise.flatMap(([index, detail, sender]) => {
      const row = rows[index]
      if (row === undefined) return []
      const { at, session = '', sequence = Number.NaN } = row
      return [{ ...sender, ...detail, at, session, sequence }]
    }),
  ])

/**
 * The same without two different records that the rule for copies takes for one: which of them counts is only said by the
 * order of the input.
 */
export const anyTellableRows: fc.Arbitrary<readonly RowSaid[]> = anyRows.map((rows) => {
  const first = new Map<string, RowSaid>()
  return rows.filter((row) => {
    const { signal = 'log', session, sequence = -1, at } = row
    if (signal !== 'log' || !session || !(sequence >= 0)) return true
    const name = JSON.stringify([session, sequence + 0, at])
    if (!first.has(name)) first.set(name, row)
    return first.get(name) === row
  })
})
