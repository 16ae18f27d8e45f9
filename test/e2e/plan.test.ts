import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import type { State } from '../../src/readiness/verdict.js'
import { PlanDocument } from '../../src/waves/plan-document.js'
import type { PlanningEndpoint } from '../../src/waves/planning-scan.js'
import { settingTable } from '../../src/waves/setting-table.js'
import { VerdictDocument } from '../../src/waves/verdict-document.js'
import { planningEndpoint, scanDocumentOf } from '../builders/planning.js'
import { asOf, failureOf, fleet, folderWith, type Run, root, shell, temporaryFolder } from './run-fleet.js'

const acme = join(root, 'templates', 'samples', 'acme')
const policy = ['--policy', join(acme, 'fleet.yaml')]

const schemas = { 'fleet.plan.v1': PlanDocument, 'fleet.verdict.v1': VerdictDocument }
const jsonSchemas = Object.fromEntries(
  Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema)]),
) as Record<keyof typeof schemas, object>
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)

it.each(Object.keys(schemas) as (keyof typeof schemas)[])('publishes the JSON Schema of %s', async (name) => {
  const text = JSON.stringify({ title: name.replace('.v1', '/v1'), ...jsonSchemas[name] }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot(`../../templates/schemas/${name}.schema.json`)
})

function planDocument(run: Run): PlanDocument {
  const document: unknown = JSON.parse(run.out)
  expect(ajv.validate(jsonSchemas['fleet.plan.v1'], document), JSON.stringify(ajv.errors?.slice(0, 3))).toBe(true)
  return PlanDocument.parse(document)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
}

describe('on the sample company', () => {
  const cwd = temporaryFolder()
  let scan: ScanDocument
  let run: Run

  beforeAll(async () => {
    await fleet(['scan', acme, ...policy, ...asOf, '--output', 'scan.json'], { cwd })
    scan = JSON.parse(readFileSync(join(cwd, 'scan.json'), 'utf8')) as ScanDocument
    run = await fleet(['plan', 'scan.json', ...policy, '--json', '--start', '2026-11-23'], { cwd })
  })

  it('prints the plan it writes, with everybody who can be made ready in one wave', () => {
    expect(run.exit).toBe(0)
    const plan = planDocument(run)
    expect(readFileSync(join(cwd, 'plan/plan.json'), 'utf8')).toBe(run.out)
    const upgrades = scan.endpoints.filter(({ state }) => state === 'upgrade').map(({ id }) => id)
    expect(plan.waves.flatMap(({ endpoints }) => endpoints).sort()).toEqual(upgrades)
    expect(plan.target).toMatchObject({ answer: 'unreachable', needed: 86, denominator: 379 })
    expect(plan.settings.map(({ key }) => key)).toEqual(settingTable.map(({ key }) => key))
  })

  it('writes a folder that can be checked, for its owner alone', async () => {
    expect(filesBelow(join(cwd, 'plan'))).toEqual(
      expect.arrayContaining(['SHA256SUMS', 'plan.csv', 'plan.json', 'plan.md', 'waves.ics', 'groups/README.md']),
    )
    for (const line of readFileSync(join(cwd, 'plan/SHA256SUMS'), 'utf8').trimEnd().split('\n')) {
      const [sum, name = ''] = line.split('  ')
      expect(
        createHash('sha256')
          .update(readFileSync(join(cwd, 'plan', name)))
          .digest('hex'),
        name,
      ).toBe(sum)
      expect(statSync(join(cwd, 'plan', name)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(join(cwd, 'plan')).mode & 0o777).toBe(0o700)
  })

  it('gives the same bytes again, and whatever the order of endpoints', async () => {
    const turned = { ...scan, endpoints: scan.endpoints.toReversed() }
    const other = folderWith({ 'scan.json': JSON.stringify(turned) })
    const args = ['plan', 'scan.json', ...policy, '--start', '2026-11-23']
    expect((await fleet(args, { cwd: other })).exit).toBe(0)
    const names = filesBelow(join(cwd, 'plan'))
    expect(filesBelow(join(other, 'plan'))).toEqual(names)
    for (const name of names)
      expect(readFileSync(join(other, 'plan', name), 'utf8'), name).toBe(readFileSync(join(cwd, 'plan', name), 'utf8'))
  })

  it('has a table with every planned endpoint, which a spreadsheet reads', () => {
    const text = readFileSync(join(cwd, 'plan/plan.csv'), 'utf8')
    expect(text.startsWith('\ufeff')).toBe(true)
    const rows = parse<Record<string, string>>(text, { bom: true, columns: true })
    expect(rows.map(({ id }) => id).sort()).toEqual(
      planDocument(run)
        .waves.flatMap(({ endpoints }) => endpoints)
        .sort(),
    )
  })

  it('writes nothing with --dry-run, and text for people without --json', async () => {
    const folder = temporaryFolder()
    const dry = await fleet(['plan', join(cwd, 'scan.json'), ...policy, '--dry-run'], { cwd: folder })
    expect(dry).toMatchObject({ exit: 0, err: expect.not.stringContaining('Error') })
    expect(readdirSync(folder)).toEqual([])
    expect(dry.out).toContain('cannot be met')
    expect(dry.out.split('\n').every((line) => line.length <= 100)).toBe(true)
  })

  it('ends quietly when its reader has gone, reads stdin, and can fail on a target that cannot be met', async () => {
    const options = { cwd }
    const arguments_ = `${policy.join(' ')} --dry-run`
    expect(
      await shell(`fleet plan scan.json ${arguments_} | head -1; echo "\${PIPESTATUS[0]}"`, options),
    ).toMatchObject({
      err: '',
      out: expect.stringMatching(/^Acme Instruments.*\n0\n$/),
    })
    const piped = await shell(`fleet plan - ${arguments_} --json --start 2026-11-23 < scan.json`, options)
    expect(planDocument(piped)).toEqual(planDocument(run))
    const strict = await fleet(['plan', 'scan.json', ...policy, '--dry-run', '--require-target'], options)
    expect(strict.exit).toBe(3)
  })

  it('goes by the policy that the scan was made with, and says so when it cannot', async () => {
    const folder = folderWith({ 'exports/fleet.yaml': 'organization: Found\n' })
    cpSync(acme, join(folder, 'exports'), { recursive: true, filter: (path) => !path.endsWith('fleet.yaml') })
    expect((await fleet(['scan', 'exports', ...asOf, '--output', 'scan.json'], { cwd: folder })).exit).toBe(0)
    const plan = async () => planDocument(await fleet(['plan', 'scan.json', '--dry-run', '--json'], { cwd: folder }))
    expect(await plan()).toMatchObject({ organization: 'Found', policy: { file: 'exports/fleet.yaml' } })
    writeFileSync(join(folder, 'exports/fleet.yaml'), 'organization: Changed since\n')
    const other = await plan()
    expect(other.organization).toBeUndefined()
    expect(other.warnings.map(({ code }) => code)).toContain('policy-not-used')
  })

  it('replaces an untouched plan, and keeps one that was changed by hand', async () => {
    const folder = folderWith({ 'scan.json': JSON.stringify(scan) })
    const plan = (...more: string[]) => fleet(['plan', 'scan.json', ...policy, ...more], { cwd: folder })
    expect((await plan()).exit).toBe(0)
    expect((await plan('--per-day', '3')).exit).toBe(0)
    writeFileSync(join(folder, 'plan/notes.txt'), 'call the Lyon office first\n')
    const kept = await plan()
    expect(kept.exit).toBe(5)
    expect(kept.err).toContain('notes.txt')
    expect(existsSync(join(folder, 'plan/notes.txt'))).toBe(true)
    expect((await plan('--force')).exit).toBe(0)
    expect(existsSync(join(folder, 'plan/notes.txt'))).toBe(false)
  })
})

describe('a campaign', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `E${String(index).padStart(2, '0')}`)
  const fleetOf = (states: Readonly<Record<string, State>> = {}, seen = '2026-11-19T08:00:00Z') =>
    [...ids, ...ids.map((id) => `R${id}`)].map((id) =>
      planningEndpoint({
        id,
        state: states[id] ?? (id.startsWith('R') ? 'ready' : 'upgrade'),
        lastSeen: seen,
        desktop: { version: '1.1.3918', normal: '1.1.3918', asOf: seen },
        records: [{ product: 'jamf', deviceId: `j${id}` }],
      }),
    )
  const scanAt = (asOfTime: string, endpoints: readonly PlanningEndpoint[]) =>
    JSON.stringify(scanDocumentOf(endpoints, { asOf: asOfTime }))
  const cwd = folderWith({ 'scan.json': scanAt('2026-11-20T00:00:00Z', fleetOf()) })
  const later = '2026-11-27T12:00:00Z'
  const plan = () => PlanDocument.parse(JSON.parse(readFileSync(join(cwd, 'plan/plan.json'), 'utf8')))
  const newer = (states: Readonly<Record<string, State>>, time = later) =>
    writeFileSync(join(cwd, 'newer.json'), scanAt(time, fleetOf(states, time)))
  const check = async (...more: string[]) => await fleet(['plan', 'check', 'plan', 'newer.json', ...more], { cwd })

  beforeAll(async () => {
    const flags = ['--preset', '20,20', '--start', '2026-11-23', '--pinned', 'serial=E07']
    expect((await fleet(['plan', 'scan.json', ...flags], { cwd })).exit).toBe(0)
  })

  it('names a group file for each wave, with every serial number in exactly one', () => {
    const lists = plan().waves.map(({ name }, index) =>
      readFileSync(join(cwd, `plan/groups/0${index + 1}-${name}/serials.txt`), 'utf8')
        .trim()
        .split('\n'),
    )
    expect(lists.flat().sort()).toEqual(ids)
    expect(lists[0]).toEqual(['E07'])
  })

  it.each<[string, (wave: readonly string[]) => Record<string, State>, number]>([
    ['advances', (wave) => Object.fromEntries(wave.map((id) => [id, 'ready'])), 0],
    ['halts', (wave) => Object.fromEntries(wave.map((id, index) => [id, index < 6 ? 'repair' : 'ready'])), 3],
    ['holds', (wave) => Object.fromEntries(wave.map((id, index) => [id, index < 9 ? 'unknown' : 'ready'])), 8],
  ])('%s by what a newer scan says of the wave', async (verdict, states, exit) => {
    const wave = plan().waves.find(({ name }) => name === 'wave-1')!
    newer({ E07: 'ready', ...states(wave.endpoints) }, '2026-12-08T12:00:00Z')
    const run = await check('--wave', 'wave-1', '--json')
    expect(run).toMatchObject({ exit, err: '' })
    const document: unknown = JSON.parse(run.out)
    expect(ajv.validate(jsonSchemas['fleet.verdict.v1'], document), JSON.stringify(ajv.errors?.[0])).toBe(true)
    const parsed = VerdictDocument.parse(document)
    expect(`${parsed.verdict}s`).toBe(verdict)
    const text = await check('--wave', 'wave-1')
    expect(text.exit).toBe(exit)
    expect(text.out.split('\n').every((line) => line.length <= 100)).toBe(true)
  })

  it('holds while the soak goes on, and when the rules have changed', async () => {
    newer({ E07: 'ready' }, '2026-11-24T12:00:00Z')
    const soaking = VerdictDocument.parse(JSON.parse((await check('--json')).out))
    expect(soaking).toMatchObject({ verdict: 'hold', wave: { name: 'pilot' } })
    const changed = scanDocumentOf(fleetOf({ E07: 'ready' }, later), {
      asOf: later,
      head: { policy: { digest: 'x', staleAfterDays: 7, expectDesktop: false } },
    })
    writeFileSync(join(cwd, 'newer.json'), JSON.stringify(changed))
    const run = await check('--json')
    expect(run.exit).toBe(8)
    expect(run.out).toContain('rules-changed')
  })

  it('goes on in the same folder, with the plan before beside the new one', async () => {
    const before = readFileSync(join(cwd, 'plan/plan.json'))
    newer({ E07: 'ready' }, later)
    const run = await fleet(['plan', 'newer.json', '--previous', 'plan', '--json'], { cwd })
    expect(run).toMatchObject({ exit: 0 })
    const next = planDocument(run)
    expect(next.waves[0]).toMatchObject({ name: 'pilot', status: 'finished' })
    expect(next.previous?.digest).toBe(`sha256:${createHash('sha256').update(before).digest('hex')}`)
    expect(readFileSync(join(cwd, 'plan/previous.json'))).toEqual(before)
  })
})

describe('refuses', () => {
  const scan = JSON.stringify(scanDocumentOf([planningEndpoint({ id: 'A' })]))
  const cwd = folderWith({
    'scan.json': scan,
    'cut.json': scan.slice(0, -30),
    'page.html': '<!doctype html><title>Sign in</title>',
    'plan.json': '{"schema":"fleet.plan/v1"}',
    'future.json': '{"schema":"fleet.plan/v2"}',
    'other/keep.txt': 'mine',
  })

  it.each<[readonly string[], number, string]>([
    [['plan', 'absent.json'], 4, 'input-not-found'],
    [['plan', 'cut.json'], 4, 'not-a-scan'],
    [['plan', 'page.html'], 4, 'not-a-scan'],
    [['plan', 'plan.json'], 4, 'not-a-scan'],
    [['plan', 'scan.json', '--previous', 'scan.json'], 4, 'not-a-plan'],
    [['plan', 'scan.json', '--previous', 'future.json'], 4, 'newer-document'],
    [['plan', 'scan.json', '--accept', 'wave-1'], 2, 'no-previous'],
    [['plan', '-', '--previous', '-'], 2, 'stdin-twice'],
    [['plan', 'check', '-', '-'], 2, 'stdin-twice'],
    [['plan', 'scan.json', '--soak-days', 'soon'], 2, 'bad-setting'],
    [['plan', 'scan.json', '--blackout', 'always'], 2, 'bad-flag'],
    [['plan', 'scan.json', '--blackout', '2026-11-20..2100-12-31=ever'], 2, 'no-start-day'],
    [['plan', 'scan.json', '--output', 'other'], 5, 'output-refused'],
    [['plan', 'scan.json', '--output', ''], 5, 'output-refused'],
    [['plan', 'scan.json', '--output', '.'], 5, 'output-refused'],
    [['plan', 'check', 'plan.json', 'scan.json'], 4, 'not-a-plan'],
    [['plan', 'check', 'absent', 'scan.json'], 4, 'input-not-found'],
  ])('%j', async (args, exit, code) => {
    const failure = failureOf(await fleet([...args, '--json'], { cwd }))
    expect([failure.code, failure.exit]).toEqual([code, exit])
    expect(readFileSync(join(cwd, 'other/keep.txt'), 'utf8')).toBe('mine')
  })

  it('to put a fresh plan in the place of one that has begun, unless told to', async () => {
    const plan = (file: string, ...more: string[]) =>
      fleet(['plan', file, '--output', 'begun', '--start', '2026-11-23', '--json', ...more], { cwd })
    expect((await plan('scan.json')).exit).toBe(0)
    const later = scanDocumentOf([planningEndpoint({ id: 'A' })], { asOf: '2026-11-24T00:00:00Z' })
    writeFileSync(join(cwd, 'later.json'), JSON.stringify(later))
    const failure = failureOf(await plan('later.json'))
    expect(failure).toMatchObject({ code: 'plan-has-begun', exit: 5 })
    expect(failure.tryThis?.[0]).toContain('--previous begun')
    expect((await plan('later.json', '--previous', 'begun')).exit).toBe(0)
    expect((await plan('later.json', '--force')).exit).toBe(0)
    // Nor may another campaign take its place that goes on from elsewhere.
    expect((await fleet(['plan', 'scan.json', '--output', 'other-plan'], { cwd })).exit).toBe(0)
    expect(failureOf(await plan('later.json', '--previous', 'other-plan')).code).toBe('plan-has-begun')
  })

  it('a plan that was changed by hand', async () => {
    const changed = folderWith({ 'scan.json': scan })
    expect((await fleet(['plan', 'scan.json'], { cwd: changed })).exit).toBe(0)
    const file = join(changed, 'plan/plan.json')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"value": 95', '"value": 5').replace('"value":95', '"value":5'),
    )
    const check = ['plan', 'check', 'plan', 'scan.json', '--json']
    expect(failureOf(await fleet(check, { cwd: changed })).code).toBe('plan-changed')
  })

  it('a wave that the plan does not have, and names those it has', async () => {
    expect((await fleet(['plan', 'scan.json', '--output', 'good'], { cwd })).exit).toBe(0)
    const failure = failureOf(await fleet(['plan', 'check', 'good', 'scan.json', '--wave', 'x', '--json'], { cwd }))
    expect(failure).toMatchObject({ code: 'no-such-wave', exit: 2, tryThis: ['Its waves: wave-1.'] })
  })
})
