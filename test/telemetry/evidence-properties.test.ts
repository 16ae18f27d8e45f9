import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  evidenceDocument,
  type GatheredTelemetry,
  type KnownInventory,
  telemetryOfFiles,
  telemetryQuery,
} from '../../src/telemetry/evidence.js'
import { EvidenceDocument } from '../../src/telemetry/evidence-document.js'
import { archiveLines } from '../../templates/samples/telemetry/archive.js'
import { inputOf } from '../builders/input.js'
import { noises } from '../builders/telemetry/faults.js'
import { fleetPolicy } from '../builders/telemetry/fleet-policy.js'
import { knownInventory } from '../builders/telemetry/gather.js'
import { fleetAsOf, fleetSince, madeUpFleet } from '../builders/telemetry/made-up-fleet.js'

const fleet = madeUpFleet('properties')
const lines = Object.values(
  archiveLines(
    fleet.runs.map(({ run }) => run),
    { dialect: { writer: 'collector' }, required: ['endpoint.serial'], batch: 3 },
  ),
).flatMap((own) => own.slice(0, 60))

let inventory: KnownInventory
beforeAll(async () => {
  inventory = await knownInventory(fleet)
})

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)

async function judge(files: readonly Uint8Array[]) {
  const request = { policy: fleetPolicy, inventory, asOf: fleetAsOf, since: fleetSince, until: fleetAsOf }
  const inputs = files.map((bytes, index) => inputOf(`${index}.jsonl`, bytes))
  const telemetry = await telemetryOfFiles({ inputs, problems: [], skipped: [] }, telemetryQuery(request))
  const document = evidenceDocument(telemetry, request)
  return { telemetry, document }
}

/** Every way in which the numbers of a result must add up. */
function expectSums(telemetry: GatheredTelemetry, document: EvidenceDocument): void {
  const { tables, counts, source } = telemetry
  const inputs = source.kind === 'files' ? source.inputs : []
  for (const { records, counted, foreign, foreignOther, rejected, lines: all, emptyLines, badLines } of inputs) {
    const parts = [...Object.values(counted), ...Object.values(foreign), foreignOther, ...Object.values(rejected)]
    expect(sum(parts)).toBe(records)
    expect(sum(Object.values(badLines)) + emptyLines).toBeLessThanOrEqual(all)
  }
  expect(sum(inputs.map(({ counted }) => counted.log))).toBe(counts.read)
  expect(sum(inputs.flatMap(({ foreign }) => Object.values(foreign)))).toBe(sum(Object.values(counts.foreign)))

  const counted = sum(tables.senders.map(({ events }) => events))
  const { duplicates, canary, beforeWindow, afterWindow } = counts
  expect(counted + duplicates + canary + beforeWindow + afterWindow).toBe(counts.read)
  expect(document.input.counted).toBe(counted)
  expect(sum(tables.events.map(({ events }) => events))).toBe(counted)
  expect(counts.withoutSequence).toBeLessThanOrEqual(counted)

  const ofEvent = (...names: string[]) =>
    sum(tables.events.filter(({ event }) => names.includes(event)).map(({ events }) => events))
  const events = (rows: readonly { readonly events: number }[]) => sum(rows.map((row) => row.events))
  expect(events(tables.settings)).toBe(ofEvent('managed_settings_resolved'))
  expect(events(tables.hooks)).toBe(ofEvent('hook_registered'))
  expect(events(tables.decisions)).toBe(ofEvent('tool_decision'))
  expect(events(tables.plugins)).toBe(ofEvent('plugin_loaded', 'plugin_installed'))
  expect(events(tables.skills)).toBe(ofEvent('skill_activated'))
  expect(events(tables.connections)).toBe(ofEvent('mcp_server_connection'))
  expect(events(tables.modes)).toBe(ofEvent('permission_mode_changed'))
  expect(sum(tables.hookRuns.map(({ executions }) => executions))).toBe(ofEvent('hook_execution_complete'))
  for (const rows of [tables.tools, tables.toolWeeks])
    expect(sum(rows.map(({ calls }) => calls))).toBe(ofEvent('tool_result'))
  expect(sum(tables.senders.map(({ prompts }) => prompts))).toBe(ofEvent('user_prompt'))
  expect(sum(tables.senders.map(({ toolEvents }) => toolEvents))).toBe(ofEvent('tool_result', 'tool_decision'))
  for (const { events: of, matched, waitMs, longestMs } of tables.decisions) {
    expect(matched).toBeLessThanOrEqual(of)
    expect(longestMs).toBeLessThanOrEqual(waitMs)
  }
  for (const { runs, failed } of tables.runWeeks) expect(failed).toBeLessThanOrEqual(runs)
  for (const { calls, failures } of tables.tools) expect(failures).toBeLessThanOrEqual(calls)

  expect(document.endpoints.map(({ id }) => id)).toEqual(fleet.endpoints.map(({ entry }) => entry.id).sort())
  for (const { events: own, matchedBy } of document.endpoints) expect(sum(Object.values(matchedBy))).toBe(own)
  expect(sum(document.endpoints.map((endpoint) => endpoint.events))).toBeLessThanOrEqual(counted)
  EvidenceDocument.parse(JSON.parse(JSON.stringify(document)))
}

const bytesOf = (parts: readonly (string | Uint8Array)[]) =>
  Buffer.concat(parts.flatMap((part) => [Buffer.from(part), Buffer.from('\n')]))

/** A line with something changed in its bytes: a byte, a piece cut out, a piece twice, an end missing. */
const brokenLine = fc
  .tuple(fc.constantFrom(...lines), fc.nat(), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 6 }), fc.nat({ max: 4 }))
  .map(([line, place, length, put, kind]) => {
    const bytes = Buffer.from(line)
    const start = place % bytes.length
    const before = bytes.subarray(0, start)
    const piece = bytes.subarray(start, start + length)
    const after = bytes.subarray(start + length)
    switch (kind) {
      case 0:
        return Buffer.concat([before, put, after])
      case 1:
        return Buffer.concat([before, after])
      case 2:
        return Buffer.concat([before, piece, piece, after])
      case 3:
        return Buffer.from(before)
      default:
        return Buffer.concat([before, put, piece, after])
    }
  })

/** A line that is JSON still, and in which anything may stand at one place. */
const oddLine = fc
  .tuple(fc.constantFrom(...lines), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
  .map(([line, place, value]) => {
    const tree: unknown = JSON.parse(line)
    const places: [Record<string, unknown>, string][] = []
    const walk = (node: unknown) => {
      if (typeof node !== 'object' || node === null) return
      for (const [key, member] of Object.entries(node)) {
        places.push([node as Record<string, unknown>, key])
        walk(member)
      }
    }
    walk(tree)
    const [holder, key] = places[place % places.length]!
    holder[key] = value
    return JSON.stringify(tree)
  })

const anyLine = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<string | Uint8Array>(...lines) },
  { weight: 3, arbitrary: brokenLine },
  { weight: 3, arbitrary: oddLine },
  { weight: 1, arbitrary: fc.constantFrom(...noises.map(({ line }) => line)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  { weight: 1, arbitrary: fc.json() },
)

describe('whatever the files hold, the sums add up', () => {
  it('for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 }), async (files) => {
        const { telemetry, document } = await judge(files)
        expectSums(telemetry, document)
      }),
      { numRuns: 100 },
    )
  })

  it('for telemetry that was damaged in any way', async () => {
    let counted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyLine, { maxLength: 12 }), { maxLength: 3 }), async (files) => {
        const { telemetry, document } = await judge(files.map(bytesOf))
        expectSums(telemetry, document)
        counted += document.input.counted
      }),
      { numRuns: 150 },
    )
    expect(counted).toBeGreaterThan(100)
  })
})

/** What counts copies on purpose: content that leaks in one of them has leaked. */
const ofCopies = new Set(['presentInCopies', 'inCopies', 'outsideWindow'])

function withoutCopies(value: object): object {
  return JSON.parse(JSON.stringify(value, (key, each) => (ofCopies.has(key) ? undefined : each)))
}

describe('what was sent again', () => {
  it('counts once, however often and in whatever files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (own, again) => {
          const first = await judge([bytesOf(own)])
          const copies = again.map((index) => own[index % own.length]!)
          const both = await judge([bytesOf(copies), bytesOf(own)])
          expect(withoutCopies(both.telemetry.tables)).toEqual(withoutCopies(first.telemetry.tables))
          const { input: _, warnings: __, ...judged } = both.document
          expect(withoutCopies(first.document)).toMatchObject(withoutCopies(judged))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('damage to one line', () => {
  it('changes nothing of the others', async () => {
    const good = lines.slice(0, 20)
    const alone = await judge([bytesOf(good)])
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: good.length }),
        fc.constantFrom(...lines),
        fc.nat(),
        async (at, line, end) => {
          const torn = line.slice(0, 1 + (end % (line.length - 1)))
          const { telemetry } = await judge([bytesOf([...good.slice(0, at), torn, ...good.slice(at)])])
          expect(telemetry.tables).toEqual(alone.telemetry.tables)
          expect(telemetry.source.kind === 'files' && sum(Object.values(telemetry.source.inputs[0]!.badLines))).toBe(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('changes nothing of the others, also where it is the first', async () => {
    const good = lines.slice(0, 20)
    const alone = await judge([bytesOf(good)])
    for (const torn of ['{', '{"resourceLogs":[', '{"resourceLogs":[{']) {
      const { telemetry } = await judge([bytesOf([torn, ...good])])
      expect(telemetry.tables).toEqual(alone.telemetry.tables)
    }
  })
})
