import { beforeAll, describe, expect, it } from 'vitest'
import { archiveFiles } from '../../src/bundle/collector/routing.js'
import { identityKeys } from '../../src/telemetry/identity-keys.js'
import { matchSenders } from '../../src/telemetry/match-senders.js'
import { Random } from '../../templates/samples/random.js'
import { type ArchiveOptions, archiveLines } from '../../templates/samples/telemetry/archive.js'
import type { Dialect } from '../../templates/samples/telemetry/otlp-json.js'
import type { Fate } from '../builders/telemetry/fates.js'
import { disturb } from '../builders/telemetry/faults.js'
import { fleetPolicy } from '../builders/telemetry/fleet-policy.js'
import { type Files, type Gathered, gather } from '../builders/telemetry/gather.js'
import { fleetAsOf, fleetSince, type MadeUpFleet, madeUpFleet } from '../builders/telemetry/made-up-fleet.js'
import { arrived, factsOf } from '../builders/telemetry/truth-facts.js'
import { sectionsOf, sectionsTruth } from '../builders/telemetry/truth-sections.js'
import { senderKey } from '../builders/telemetry/truth-senders.js'
import { tablesTruth } from '../builders/telemetry/truth-tables.js'

/** Why an endpoint is not proven. */
const reasonOf: Partial<Record<Fate, string>> = {
  'never-heard': 'no-telemetry',
  'never-heard-windows': 'may-be-unattributed',
  'fell-silent': 'stopped',
  'older-version': 'lower-version',
  'other-stamp': 'other-policy',
  'user-hook': 'foreign-hook',
  hashed: 'may-be-unattributed',
  nameless: 'may-be-unattributed',
  unfilled: 'may-be-unattributed',
  'shared-account': 'may-be-unattributed',
  'other-of-the-account': 'may-be-unattributed',
  'two-names': 'may-be-unattributed',
  'left-out': 'not-expected',
  'fast-clock': 'after-window',
  'name-of-another': 'may-be-unattributed',
  'project-hook': 'foreign-hook',
  'not-in-inventory': 'not-in-inventory',
  'no-version': 'version-unknown',
}

const query = {
  since: fleetSince,
  until: fleetAsOf,
  identityKeys: identityKeys(fleetPolicy.policy).map(({ key }) => key),
}
const collector: Dialect = { writer: 'collector' }

function linesOf(fleet: MadeUpFleet, dialect: Dialect, changes: Partial<ArchiveOptions> = {}) {
  const runs = fleet.runs.map(({ run }) => run)
  return archiveLines(runs, { dialect, required: ['endpoint.serial', 'fleet.policy'], batch: 40, ...changes })
}

const whole = (lines: Readonly<Record<string, readonly string[]>>): Files =>
  Object.fromEntries(Object.entries(lines).map(([name, own]) => [name, own.map((line) => `${line}\n`).join('')]))

/** Counts of copies, which depend on how the telemetry was stored. */
const ofCopies = new Set(['presentInCopies', 'inCopies'])

/** What is the same however the telemetry was written and stored; of redaction, what could not be read is not. */
function verdict({ telemetry: { tables }, document }: Gathered) {
  const { input: _, warnings: __, redaction, ...judged } = document
  const { unread: ___, records, ...content } = redaction
  const all = { tables, judged, content, now: records.now }
  return JSON.parse(JSON.stringify(all, (key, value) => (ofCopies.has(key) ? undefined : value)))
}

it('writes the files of the archive that settings build sets up', () => {
  const written = Object.keys(linesOf({ endpoints: [], runs: [] }, collector))
  expect(written).toEqual(archiveFiles([]).map(({ name }) => name))
})

describe.each(['one', 'two', 'three'])('a made-up fleet, %s', (seed) => {
  const fleet = madeUpFleet(seed)
  const runs = fleet.runs.map(({ run }) => run)
  let plain: Gathered
  beforeAll(async () => {
    plain = await gather(whole(linesOf(fleet, collector, { required: [] })), fleet)
  })

  it('comes out as it happened, table by table', () => {
    const truth = tablesTruth(runs, query)
    const { tables } = plain.telemetry
    for (const name of Object.keys(truth) as (keyof typeof truth)[]) {
      expect(truth[name], `${name} of the truth`).not.toEqual([])
      expect(tables[name], name).toEqual(truth[name])
    }
  })

  it('counts what was read and what was left out', () => {
    const all = arrived(runs)
    expect(plain.telemetry.counts).toMatchObject({
      read: all.length,
      canary: 0,
      duplicates: 0,
      beforeWindow: all.filter(({ act }) => act.at < fleetSince).length,
      afterWindow: all.filter(({ act }) => act.at >= fleetAsOf).length,
      withoutSequence: 0,
      skewed: 0,
      foreign: {},
    })
    expect(plain.document.input.counted).toBe(factsOf(runs, query).length)
  })

  it('joins every sender to what sent it', () => {
    const { senders } = plain.telemetry.tables
    const endpoints = fleet.endpoints.map(({ entry }) => ({ ...entry, groups: [] }))
    const owners = new Map(
      fleet.runs.map(({ run, belongsTo }) => [JSON.stringify(senderKey(run.client, query)), belongsTo]),
    )
    const matches = matchSenders(senders, identityKeys(fleetPolicy.policy), endpoints as never)
    const truth = senders.map(({ identity, ...columns }) => {
      const { service, version, appVersion, osType, osVersion, stamp, organization, account } = columns
      const { installation, email, owner, groups } = columns
      const named = [service, version, appVersion, osType, osVersion, stamp, organization, account, installation]
      return owners.get(JSON.stringify([...named, email, owner, groups, ...identity]))
    })
    expect(matches.map((match) => (match.kind === 'none' ? match.problem : endpoints[match.endpoint]!.id))).toEqual(
      truth,
    )
    expect(new Set(truth).size).toBeGreaterThan(15)
  })

  it('says of every endpoint and in every section what happened', () => {
    const { document, telemetry } = plain
    const said = sectionsOf({ ...document, runWeeks: telemetry.tables.runWeeks })
    const truth = sectionsTruth(fleet, query)
    for (const section of Object.keys(truth) as (keyof typeof truth)[])
      expect(said[section], section).toEqual(truth[section])
    const { hooks, tools, bypassing, runs: sessions } = truth
    const found = [hooks.failingOpen, hooks.blocking, tools.violations, sessions.failed, truth.content.prompt!]
    expect(found.every((number) => number > 0)).toBe(true)
    for (const some of [hooks.unseenEndpoints, hooks.notManagedOnly, bypassing]) expect(some).not.toEqual([])
  })

  it('says why', () => {
    const why = new Map(fleet.endpoints.map(({ entry, fate }) => [entry.id, reasonOf[fate]]))
    for (const { id, reasons } of plain.document.endpoints) {
      const reason = why.get(id)
      expect(
        reasons.map(({ code }) => code),
        id,
      ).toEqual(reason === undefined ? [] : [reason])
    }
  })

  const dialects: Record<string, Dialect> = {
    'as clients write it': { writer: 'client' },
    'numbers as texts': { writer: 'collector', numbersAsText: true },
    'event names with their prefix': { writer: 'collector', prefixedNames: true },
    'a collector whose clock is ten minutes ahead': { writer: 'collector', observedAfter: 600_000 },
  }
  it.each(Object.keys(dialects))('says the same: %s', async (name) => {
    const other = await gather(whole(linesOf(fleet, dialects[name]!, { required: [] })), fleet)
    expect(verdict(other)).toEqual(verdict(plain))
    const isSkewed = (dialects[name]!.observedAfter ?? 0) > 0
    expect(other.telemetry.counts.skewed).toBe(isSkewed ? factsOf(runs, query).length : 0)
  })

  it('says the same from one file, a record a line, in any order', async () => {
    const lines = Object.values(linesOf(fleet, collector, { required: [], batch: 1 })).flat()
    const shuffled = new Random(seed).shuffled(lines)
    const other = await gather({ 'all.jsonl': shuffled.map((line) => `${line}\n`).join('') }, fleet)
    expect(verdict(other)).toEqual(verdict(plain))
  })

  it('says the same with the second copies of records that lack attributes', async () => {
    const lines = linesOf(fleet, collector)
    const copies = lines['missing-attributes.jsonl'].filter((line) => line.startsWith('{"resourceLogs"'))
    expect(copies.length).toBeGreaterThan(0)
    const other = await gather(whole(lines), fleet)
    expect(verdict(other)).toEqual(verdict(plain))
    const copied = copies.reduce((sum, line) => sum + line.split('"timeUnixNano"').length - 1, 0)
    expect(other.telemetry.counts.read - plain.telemetry.counts.read).toBe(copied)
    // Every record has the id of its installation, in clear.
    const rows = other.telemetry.tables.content.filter(({ field }) => field === 'user.id')
    expect(rows.reduce((sum, { presentInCopies }) => sum + presentInCopies, 0)).toBe(copied)
  })

  it('says the same after everything that happens to an archive', async () => {
    const { files, noises, repeated, torn } = disturb(linesOf(fleet, collector), new Random(`faults ${seed}`))
    const other = await gather(files, fleet)
    expect(verdict(other)).toEqual(verdict(plain))

    expect(torn).toBeGreaterThan(0)
    expect(other.document.redaction.unread.rows).toContain('lines that could not be read')
    const { counts } = other.telemetry
    const { files: inputs = [] } = other.document.input
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
    expect(repeated.length).toBeGreaterThan(0)
    expect(counts.duplicates).toBeGreaterThan(0)
    expect(sum(inputs.flatMap(({ badLines }) => Object.values(badLines)))).toBe(
      torn + noises.filter(({ bad }) => bad).length,
    )
    const foreign: Record<string, number> = {}
    for (const { foreign: [service, records] = ['', 0] } of noises) foreign[service] = (foreign[service] ?? 0) + records
    expect(counts.foreign).toEqual(foreign)
    expect(sum(inputs.map((input) => input.foreign))).toBe(
      sum(Object.values(foreign)) + sum(noises.map(({ foreignOther = 0 }) => foreignOther)),
    )
  })
})
