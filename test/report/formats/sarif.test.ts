import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { diagnosis } from '../../../src/health/diagnoses.js'
import { sha256 } from '../../../src/platform/sha256.js'
import type { EndpointEntry } from '../../../src/readiness/scan-document.js'
import { sarif } from '../../../src/report/formats/sarif.js'
import type { ReportView } from '../../../src/report/view/report-view.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { endpointEntryOf, renderedReport } from '../../builders/rendered-report.js'
import { reportedEndpoints, reportView } from '../../builders/report-view.js'

const text = z.strictObject({ text: z.string().min(1).max(1100) })
const level = z.enum(['error', 'warning', 'note'])
/** A reference of RFC 3986 without a blank or a control character. */
const uri = z.string().regex(/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/)
const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri, uriBaseId: z.literal('%SRCROOT%').optional() }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
})

/**
 * The parts of SARIF 2.1.0 that are used here, and what GitHub wants of them: every result has a place and a fingerprint,
 * every rule a short and a full description and a help.
 */
const Log = z.strictObject({
  $schema: z.literal('https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.literal('fleet report'),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: text,
              fullDescription: text,
              help: z.strictObject({ text: z.string().min(1) }),
              helpUri: z.url().optional(),
              defaultConfiguration: z.strictObject({ level }),
              properties: z.strictObject({ checked: z.iso.date().optional() }),
            }),
          ),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      invocations: z.tuple([
        z.strictObject({
          executionSuccessful: z.boolean(),
          toolExecutionNotifications: z.array(
            z.strictObject({
              descriptor: z.strictObject({ id: z.string() }),
              level,
              message: z.strictObject({ text: z.string().min(1) }),
              locations: z.tuple([location]).optional(),
            }),
          ),
        }),
      ]),
      properties: z.looseObject({ asOf: z.iso.datetime(), policy: z.string() }),
      results: z.array(
        z.strictObject({
          ruleId: z.string().min(1),
          ruleIndex: z.int().min(0),
          level,
          locations: z.tuple([location]),
          message: text,
          partialFingerprints: z.strictObject({ primaryLocationLineHash: z.string().regex(/^[0-9a-f]{32}$/) }),
          properties: z.strictObject({
            endpoint: z.string(),
            platform: z.string(),
            state: z.string(),
            rules: z.array(z.string()).max(10),
            record: z.int().optional(),
            field: z.string().optional(),
            value: z.string().optional(),
          }),
        }),
      ),
    }),
  ]),
})

async function runOf(view: ReportView, endpoints: readonly EndpointEntry[]) {
  const [run] = Log.parse(JSON.parse(await renderedReport(sarif, view, endpoints))).runs
  const { rules } = run.tool.driver
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId)
  const prints = run.results.map((result) => result.partialFingerprints.primaryLocationLineHash)
  expect(new Set(prints).size).toBe(prints.length)
  return { ...run, rules, notifications: run.invocations[0].toolExecutionNotifications }
}

const receipt = { file: 'exports/a b/ü#.csv', record: 9, field: 'Version', value: '1.1.1' }

describe('SARIF', () => {
  it('has a result for each endpoint that is neither ready nor excluded, the gravest first', async () => {
    const endpoints = reportedEndpoints()
    const { results } = await runOf(reportView(), endpoints)
    const wanted = endpoints.filter(({ state }) => state !== 'ready' && state !== 'excluded')
    expect(results.map(({ properties }) => properties.endpoint).sort()).toEqual(wanted.map(({ id }) => id).sort())
    const states = new Map(wanted.map(({ id, state }) => [id, state]))
    const grave = ['repair', 'install', 'upgrade']
    for (const { level: given, properties } of results)
      expect(given).toBe(grave.includes(states.get(properties.endpoint)!) ? 'error' : 'warning')
    const levels = results.map((result) => result.level)
    expect(levels).toEqual([...levels].sort())
  })

  it('takes the rule from the reason and its gate, with source and date', async () => {
    const view = reportView()
    const { rules, results } = await runOf(view, [
      endpointEntryOf({
        state: 'upgrade',
        reasons: [{ code: 'below-gate', gate: 'cowork-otel', upgradeTo: '1.1.4173', receipt }],
      }),
      endpointEntryOf({ id: 'B', state: 'repair', reasons: [{ code: 'settings-missing', stage: 'installed' }] }),
      endpointEntryOf({ id: 'C', state: 'unknown', reasons: [{ code: 'stage-not-proven', stage: 'loaded' }] }),
      endpointEntryOf({ id: 'D', state: 'stale', reasons: [{ code: 'a-code-to-come' }] }),
      endpointEntryOf({ id: 'E', state: 'unknown' }),
    ])
    expect(rules.map(({ id }) => id)).toEqual([
      'a-code-to-come',
      'below-gate/cowork-otel',
      'settings-missing',
      'stage-not-proven/loaded',
      'unknown',
    ])
    const gate = view.head.gates.find(({ id }) => id === 'cowork-otel')!
    expect(rules[1]).toMatchObject({
      shortDescription: { text: `Below a required version: ${gate.title}` },
      fullDescription: { text: gate.why },
      helpUri: gate.source,
      properties: { checked: gate.checked },
    })
    expect(rules[1]?.help.text).toContain(
      `Fix: Upgrade. Required: ${gate.requires.join(' or ')}. Source: ${gate.source}`,
    )
    const { title, remediation, source } = diagnosis('settings-missing')
    expect(rules[2]).toMatchObject({ shortDescription: { text: title }, helpUri: source })
    expect(rules[2]?.help.text).toContain(remediation)
    expect(results[0]?.message.text).toBe(
      'EXA-LT-0001 (EXAMPLE1): upgrade, below a required version: cowork-otel. Upgrade to 1.1.4173 or newer. Receipt: record 9, Version: 1.1.1.',
    )
  })

  it('names the file of the receipt and its record, and the first line, because a record is none', async () => {
    const { results } = await runOf(reportView(), [
      endpointEntryOf({ state: 'upgrade', reasons: [{ code: 'below-gate', receipt }] }),
      endpointEntryOf({ id: 'B', state: 'unknown', reasons: [{ code: 'no-check-in' }] }),
      endpointEntryOf({ id: 'C', state: 'unknown', records: [] }),
    ])
    const uris = results.map(({ locations }) => locations[0].physicalLocation.artifactLocation)
    expect(uris).toEqual([
      { uri: 'exports/a%20b/%C3%BC%23.csv', uriBaseId: '%SRCROOT%' },
      { uri: 'exports/devices.csv', uriBaseId: '%SRCROOT%' },
      { uri: expect.stringContaining('templates/samples/acme'), uriBaseId: '%SRCROOT%' },
    ])
    expect(results[0]?.properties).toMatchObject({ record: 9, field: 'Version', value: '1.1.1' })
    expect(results.map(({ locations }) => locations[0].physicalLocation.region.startLine)).toEqual([1, 1, 1])
  })

  it('knows an alert again: by the endpoint and the rule, not by record, value or version', async () => {
    const printOf = async (changes: Partial<EndpointEntry>) => {
      const { results } = await runOf(reportView(), [endpointEntryOf({ state: 'upgrade', ...changes })])
      return results[0]!.partialFingerprints.primaryLocationLineHash
    }
    const reason = { code: 'below-gate', gate: 'g', receipt }
    const first = await printOf({ reasons: [reason] })
    expect(await printOf({ hostname: 'NEW', reasons: [{ ...reason, receipt: { ...receipt, record: 1 } }] })).toBe(first)
    expect(await printOf({ id: 'OTHER', reasons: [reason] })).not.toBe(first)
    expect(await printOf({ reasons: [{ ...reason, gate: 'h' }] })).not.toBe(first)
    expect(first).toBe(sha256('["EXAMPLE1","below-gate/g"]').slice(0, 32))
  })

  it('says which files were refused and what puts the numbers in doubt', async () => {
    const { head } = reportView()
    const sources = [
      { file: 'x.csv', records: 0, counted: 0, rejected: 0, problem: { code: 'no-format', message: 'Who knows.' } },
    ]
    const warnings = [
      { code: 'no-format', message: 'Who knows.', file: 'x.csv', strict: true },
      { code: 'page-truncated', message: 'Pages are missing.', strict: true },
      { code: 'no-time-zone', message: 'UTC.', strict: false },
    ]
    const view = reportView({ head: { ...head, sources, warnings } })
    const { invocations, notifications } = await runOf(view, [])
    expect(invocations[0].executionSuccessful).toBe(false)
    expect(notifications.map(({ descriptor, level: given }) => [descriptor.id, given])).toEqual([
      ['plan-of-other-scan', 'warning'],
      ['no-format', 'error'],
      ['page-truncated', 'warning'],
    ])
    expect((await runOf(reportView(), [])).invocations[0].executionSuccessful).toBe(true)
  })

  it('keeps the gravest of too many, says how many are left out, and stays below 10 MB', async () => {
    // Hashes cannot be compressed, so this is about as large as it can get.
    const noise = (index: number) => sha256(String(index)).repeat(40)
    const endpoints = Array.from({ length: 30_000 }, (_, index) =>
      endpointEntryOf({
        id: `${sha256(`id${index}`)}`,
        hostname: sha256(`host${index}`),
        state: index % 5 === 0 ? 'upgrade' : 'stale',
        reasons: [
          {
            code: 'below-gate',
            gate: 'cowork-otel',
            receipt: { file: 'a.csv', record: index, field: 'f', value: noise(index) },
          },
        ],
      }),
    )
    const whole = await renderedReport(sarif, reportView(), endpoints)
    expect(gzipSync(whole).length).toBeLessThan(10_000_000)
    const [{ results, invocations }] = Log.parse(JSON.parse(whole)).runs
    expect(results).toHaveLength(25_000)
    expect(results.filter((result) => result.level === 'error')).toHaveLength(6000)
    expect(invocations[0].toolExecutionNotifications[0]).toMatchObject({
      descriptor: { id: 'results-left-out' },
      message: {
        text: '5,000 of 30,000 results were left out, because code hosts take no more than 25,000, nor more than 10 MB: 0 errors and 5,000 warnings. The report in CSV has every endpoint.',
      },
    })
  })

  it('stops before 10 MB where texts cannot be compressed, and says how many are left out', async () => {
    // Signs of four bytes: nothing that is shown could be larger. They come again, but too far off for gzip to see it.
    const signs = Array.from({ length: 100_000 }, (_, index) => {
      const noise = Buffer.from(sha256(String(index)).slice(0, 8), 'hex')
      return String.fromCodePoint(0x20000 + (noise.readUInt32BE() % 0xa000))
    })
    let at = 0
    const noise = () => {
      at += 160
      return signs.slice(at % signs.length, (at % signs.length) + 160).join('')
    }
    const rules = Array.from({ length: 10 }, noise)
    const endpoints = Array.from({ length: 2000 }, (_, index) =>
      endpointEntryOf({
        ...{ id: `${index}${noise()}`, hostname: noise(), state: index % 4 === 0 ? 'upgrade' : 'stale' },
        reasons: rules.map((gate) => ({
          ...{ code: 'below-gate', gate: index % 2 === 0 ? gate : noise() },
          receipt: { file: `${noise()}${noise()}`, record: index, field: noise(), value: noise() },
        })),
      }),
    )
    const whole = await renderedReport(sarif, reportView(), endpoints)
    const size = gzipSync(whole).length
    expect(size).toBeLessThan(10_000_000)
    expect(size).toBeGreaterThan(9_000_000)
    // The form of the log is tested elsewhere; texts are longer here.
    const { results, invocations } = (JSON.parse(whole) as z.infer<typeof Log>).runs[0]
    expect(results.filter((result) => result.level === 'error')).toHaveLength(500)
    expect(results.length).toBeLessThan(2000)
    const [first] = invocations[0].toolExecutionNotifications
    const left = (2000 - results.length).toLocaleString('en')
    expect(first?.message.text).toMatch(
      new RegExp(`^${left} of 2,000 results were left out, .* 0 errors and ${left} warnings`),
    )
  }, 30_000)

  it('shows nothing that hides or acts, whatever a name holds (law)', async () => {
    const view = reportView()
    const name = fc.oneof(
      fc.constantFrom(...hostileTexts, 'x\u202e\u001b[2J', '\ud800', `${'a'.repeat(159)}🚀🚀`),
      fc.string({ unit: 'binary', minLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 4 }), async (names) => {
        const endpoints = names.map((given) =>
          endpointEntryOf({
            ...{ id: given, hostname: given, state: 'upgrade' },
            reasons: [
              {
                code: 'below-gate',
                gate: given,
                receipt: { file: `x/${given}`, record: 1, field: given, value: given },
              },
            ],
          }),
        )
        const whole = await renderedReport(sarif, view, endpoints)
        expect(whole).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]|\p{Surrogate}/u)
        const { results } = await runOf(view, endpoints)
        expect(results).toHaveLength(names.length)
        expect(JSON.stringify(results)).not.toMatch(/\\ud[89a-f]/)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same bytes for the same scan', async () => {
    const texts = [1, 2].map(() => renderedReport(sarif, reportView(), reportedEndpoints()))
    expect(await texts[0]).toBe(await texts[1])
  })
})
