import fc from 'fast-check'
import type { SnapshotHead } from '../../src/history/snapshot.js'
import { states } from '../../src/readiness/verdict.js'
import { type PlainSnapshot, plainSnapshot } from './snapshot.js'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('},"endpoints":{"texts":[', '"}\n{"schema":1,', ']]}}', 'Jörg\u2028', '\\', '"', '\ufffd'),
)
const count = fc.nat({ max: 1_000_000 })
const time = fc
  .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) })
  .map((milliseconds) => new Date(milliseconds).toISOString())
const share = fc.record({ of: count, percent: fc.option(fc.integer({ min: 0, max: 100 })) })
const source = fc.record(
  { file: text, format: text, sha256: text, records: count, counted: count, rejected: count, problem: text },
  { requiredKeys: ['file', 'records', 'counted', 'rejected'] },
)

const anyHead: fc.Arbitrary<SnapshotHead> = fc.record(
  {
    asOf: time,
    recordedAt: time,
    fleet: text,
    policy: fc.record({ digest: text, file: text }, { requiredKeys: ['digest'] }),
    coverage: fc.record({
      ready: count,
      target: fc.integer({ min: 0, max: 100 }),
      met: fc.boolean(),
      missing: count,
      managed: share,
      inScope: share,
      active: share,
    }),
    states: fc.record(
      Object.fromEntries(states.map((state) => [state, count])) as Record<(typeof states)[number], typeof count>,
    ),
    gates: fc.array(
      fc.record({
        id: text,
        level: fc.constantFrom('required' as const, 'advised' as const),
        pass: count,
        fail: count,
        unknown: count,
      }),
      { maxLength: 3 },
    ),
    sources: fc.array(source, { maxLength: 3 }),
    strictWarnings: fc.array(fc.record({ code: text, file: text }, { requiredKeys: ['code'] }), { maxLength: 3 }),
    telemetry: fc.record({
      asOf: time,
      proven: count,
      silent: count,
      contradicted: count,
      unknown: count,
      missing: count,
    }),
  },
  {
    requiredKeys: ['asOf', 'recordedAt', 'fleet', 'policy', 'coverage', 'states', 'gates', 'sources', 'strictWarnings'],
    noNullPrototype: true,
  },
) as fc.Arbitrary<SnapshotHead>

/** Any snapshot; its texts repeat. */
export const anySnapshot: fc.Arbitrary<PlainSnapshot> = fc
  .tuple(anyHead, fc.array(text, { minLength: 1, maxLength: 6 }))
  .chain(([head, texts]) => {
    const known = fc.constantFrom(...texts)
    const endpoint = fc.record({
      id: text,
      hostname: fc.option(text, { nil: undefined }),
      platform: known,
      state: fc.constantFrom(...states),
      desktop: known,
      code: known,
      reasons: fc.array(known, { maxLength: 3 }),
    })
    return fc.array(endpoint, { maxLength: 20 }).map((endpoints) => plainSnapshot(head, endpoints))
  })
