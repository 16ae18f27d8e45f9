import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ScanDocument } from '../../src/readiness/scan-document.js'
import { sources } from '../../src/sources/index.js'
import { asOf, documentOf, failureOf, fleet, folderWith, root, statesOf, temporaryFolder } from './run-fleet.js'
import { apps, csvText, devices, states } from './small-company.js'

const fixtures = fileURLToPath(new URL('../fixtures/sources', import.meta.url))
const acme = join(root, 'templates', 'samples', 'acme')

const schema = z.toJSONSchema(ScanDocument)
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

/** What holds for every document, whatever was read. */
function expectSound(document: ScanDocument): void {
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  const { coverage, endpoints, states: counts } = document
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  expect(total).toBe(coverage.managed.of)
  expect(endpoints).toHaveLength(coverage.managed.of)
  for (const [state, count] of Object.entries(counts))
    expect(
      endpoints.filter((endpoint) => endpoint.state === state),
      state,
    ).toHaveLength(count)
  expect(coverage.inScope.of).toBe(total - counts.excluded)
  expect(coverage.active.of).toBe(coverage.inScope.of - counts.stale)
  expect(coverage.ready).toBe(counts.ready)
  for (const { file, records, counted, rejected } of document.sources) expect(counted + rejected, file).toBe(records)
  for (const gate of document.gates)
    expect(gate.pass + gate.fail + gate.unknown + gate.notApplicable, gate.id).toBe(coverage.managed.of)
  const ids = endpoints.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
  for (const endpoint of endpoints) expect(endpoint.records.length, endpoint.id).toBeGreaterThan(0)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}

const smallCompany = () => folderWith({ 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })

it('publishes the JSON Schema of the document', async () => {
  const text = JSON.stringify({ title: 'fleet.scan/v1', ...schema }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot('../../templates/schemas/fleet.scan.v1.schema.json')
})

describe('on the fixtures of each source', () => {
  it.each(sources.map(({ id }) => id))('%s', async (id) => {
    const inputs = filesBelow(join(fixtures, id)).filter((file) => /\/input\.[a-z]+$/.test(file))
    expect(inputs.length).toBeGreaterThan(0)
    const run = await fleet(['scan', ...inputs, ...asOf, '--json'])
    const document = documentOf(run)
    expectSound(document)
    expect(document.sources.map(({ file }) => file).sort()).toEqual(inputs)
    const refused = document.sources.filter(({ problem }) => problem)
    expect(run.exit).toBe(refused.length > 0 ? 4 : 0)
    // A file is read as its own source or refused, never as another.
    for (const { file, format, problem } of document.sources) expect(problem ? id : format, file).toBe(id)
  })
})

describe('on the sample company', () => {
  it('gives one document, the same every time and in any order of paths', async () => {
    const parts = filesBelow(acme).filter((file) => /\.(?:csv|json)$/.test(file))
    const policy = ['--policy', join(acme, 'fleet.yaml')]
    const [run, again, reversed] = await Promise.all([
      fleet(['scan', ...parts, ...policy, ...asOf, '--json']),
      fleet(['scan', ...parts, ...policy, ...asOf, '--json']),
      fleet(['scan', ...parts.reverse(), ...policy, ...asOf, '--json']),
    ])
    const document = documentOf(run)
    expectSound(document)
    expect(run.exit).toBe(0)
    expect(document.asOf).toBe('2026-11-20T00:00:00Z')
    expect(again.out).toBe(run.out)
    expect(reversed.out).toBe(run.out)
    // What its README promises.
    expect(document.states).toEqual({
      ready: 275,
      upgrade: 55,
      install: 0,
      repair: 0,
      unknown: 31,
      stale: 18,
      excluded: 41,
    })
    expect(document.coverage.inScope).toEqual({ of: 379, percent: 72.5 })
    expect(document.warnings).toContainEqual(expect.objectContaining({ code: 'page-truncated', strict: true }))
  })

  it('says the same in every form', async () => {
    const scan = (format: string) => fleet(['scan', acme, ...asOf, '--format', format])
    const [json, csv, ndjson, markdown, table] = await Promise.all(
      ['json', 'csv', 'ndjson', 'markdown', 'table'].map(scan),
    )
    const document = ScanDocument.parse(JSON.parse(json!.out))
    const rows = parse(csv!.out, { bom: true, columns: true }) as Record<string, string>[]
    expect(rows.map(({ id, state }) => [id, state])).toEqual(document.endpoints.map(({ id, state }) => [id, state]))
    expect(rows.map(({ serial }) => serial)).toEqual(document.endpoints.map(({ serial }) => serial ?? ''))
    const lines = ndjson!.out.split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(document.endpoints)
    expect(markdown!.out).toMatch(/^# Fleet readiness of Acme Instruments, 2026-11-20\n/)
    expect(markdown!.out).toContain(
      'Coverage: **72.5 %** of endpoints in scope. Target 95 % by 2026-12-18: **not met, 86 more needed**.',
    )
    expect(markdown!.out).toMatch(/^\| upgrade \| 55 \|/m)
    expect(table!.out).toContain('275 of 379')
    for (const line of table!.out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    for (const run of [json, csv, ndjson, markdown, table]) expect([run?.exit, run?.err]).toEqual([0, ''])
  })

  it('fails with --strict, because a page is missing, and prints nothing but that', async () => {
    const run = await fleet(['scan', acme, ...asOf, '--strict'])
    expect([run.exit, run.out]).toEqual([4, ''])
    expect(run.err).toMatch(/^Error: .*--strict/)
    expect(run.err).toContain('page-truncated')
    expect(run.err).toContain('totalCount says 132 records, 120 are here')
    const failed = await fleet(['scan', acme, ...asOf, '--strict', '--json'])
    expect(failureOf(failed)).toMatchObject({ code: 'strict', exit: 4 })
  })
})

describe('the small company', () => {
  it('has the states it was made for', async () => {
    const document = documentOf(await fleet(['scan', smallCompany(), ...asOf, '--json']))
    expectSound(document)
    expect(statesOf(document)).toEqual(states)
    const [first] = document.endpoints
    expect(first).toMatchObject({
      user: 'Jörg Größer',
      department: 'Einkauf',
      desktop: { status: 'installed', version: '1.24012.9', receipt: { record: 1, field: 'ApplicationVersion' } },
    })
  })

  it('gives the same bytes again, and other bytes on another day', async () => {
    const cwd = smallCompany()
    const scan = (day: string, ...paths: string[]) => fleet(['scan', ...paths, '--as-of', day, '--json'], { cwd })
    const [run, same, other, time] = await Promise.all([
      scan('2026-11-20', 'apps.csv', 'devices.csv'),
      scan('2026-11-20T00:00:00Z', 'devices.csv', 'apps.csv'),
      scan('2027-03-01', 'apps.csv', 'devices.csv'),
      scan('2026-11-20T01:00:00+01:00', './apps.csv', 'devices.csv'),
    ])
    expect(same!.out).toBe(run!.out)
    expect(documentOf(other!).states).toMatchObject({ ready: 0, stale: 7 })
    expect(documentOf(time!)).toMatchObject({ asOf: '2026-11-20T00:00:00Z', states: documentOf(run!).states })
  })

  it('counts a file once that is named twice', async () => {
    const cwd = smallCompany()
    const run = await fleet(['scan', '.', 'apps.csv', './devices.csv', ...asOf, '--json'], { cwd })
    const document = documentOf(run)
    expect(statesOf(document)).toEqual(states)
    expect(document.sources.reduce((sum, { records }) => sum + records, 0)).toBe(14)
  })

  it.each([
    ['33.3', 0],
    ['33.33', 0],
    ['33.34', 3],
    ['34', 3],
    ['0', 0],
    ['100', 3],
  ])('--fail-under %s ends with %i: 2 of 6 are ready', async (percent, exit) => {
    const run = await fleet(['scan', smallCompany(), ...asOf, '--fail-under', percent, '--json'])
    expect(run.exit).toBe(exit)
    // The result is printed all the same.
    expect(statesOf(documentOf(run))).toEqual(states)
  })

  it('meets a threshold that it hits exactly', async () => {
    const half = [devices[0]!, devices[1]!, devices[2]!]
    const folder = folderWith({ 'devices.csv': csvText(half), 'apps.csv': csvText(apps.slice(0, 4)) })
    const scan = (percent: string) => fleet(['scan', folder, ...asOf, '--fail-under', percent])
    const [at, above] = await Promise.all([scan('50'), scan('50.01')])
    expect([at!.exit, above!.exit]).toEqual([0, 3])
  })

  it.each([
    ['--fail-under', 'ninety', 'bad-percent'],
    ['--fail-under', '100.1', 'bad-percent'],
    ['--fail-under', '-5', 'bad-percent'],
    ['--as-of', '2026-02-30', 'bad-as-of'],
    ['--as-of', '20.11.2026', 'bad-as-of'],
    ['--as-of', '2026-11-20T08:00:00', 'bad-as-of'],
    ['--map', 'desktop.version=Version', 'bad-mapping'],
    ['--map', 'colour=Colour', 'bad-mapping'],
    ['--format', 'pdf', undefined],
    ['--source', 'intune', undefined],
    ['--encoding', 'ebcdic', undefined],
    ['--date-order', 'year-first', undefined],
  ])('%s %s is wrong use', async (flag, value, code) => {
    const failure = failureOf(await fleet(['scan', smallCompany(), `${flag}=${value}`, '--json']))
    expect(failure.exit).toBe(2)
    expect(failure.code).toBe(code ?? 'wrong-use')
    expect(failure.message).not.toBe('')
  })

  it('reads a list of no known format with --map, in either spelling', async () => {
    const folder = folderWith({
      'assets.csv':
        'Asset Serial,Claude Ver,Last Contact,Dept\nA1,1.24012.9,2026-11-18T00:00:00Z,Lager\nA2,1.1.3918,2026-11-18T00:00:00Z,Lager\n',
    })
    const map = 'serial="Asset Serial",desktop.version="Claude Ver",lastSeen="Last Contact",department=Dept'
    const [one, several] = await Promise.all([
      fleet(['scan', join(folder, 'assets.csv'), ...asOf, '--map', map, '--json']),
      fleet([
        'scan',
        join(folder, 'assets.csv'),
        ...asOf,
        ...map.split(',').flatMap((pair) => ['--map', pair.replaceAll('"', '')]),
        '--json',
      ]),
    ])
    const document = documentOf(one!)
    expectSound(document)
    expect(document.endpoints.map(({ id, department }) => [id, department])).toEqual([
      ['A1', 'Lager'],
      ['A2', 'Lager'],
    ])
    expect(document.endpoints.map(({ desktop }) => desktop.version)).toEqual(['1.24012.9', '1.1.3918'])
    expect(several!.out).toBe(one!.out)
    const unknown = await fleet(['scan', folder, ...asOf])
    expect([unknown.exit, unknown.out]).toEqual([4, ''])
    expect(unknown.err).toContain('Asset Serial, Claude Ver, Last Contact, Dept')
    expect(unknown.err).toContain('--map')
  })

  it('reads a file as the format of --source only', async () => {
    const folder = smallCompany()
    const scan = (source: string) => fleet(['scan', join(folder, 'devices.csv'), ...asOf, '--source', source, '--json'])
    const [right, wrong] = await Promise.all([scan('intune-all-devices'), scan('jamf-computers-api')])
    expect(documentOf(right!).sources).toMatchObject([{ format: 'intune-all-devices', records: 7 }])
    const failure = failureOf(wrong!)
    expect(failure).toMatchObject({ exit: 4, where: { file: join(folder, 'devices.csv') } })
    expect(failure.tryThis?.join()).toContain('Serial number')
  })
})

describe('--output', () => {
  const scan = (cwd: string, ...args: string[]) => fleet(['scan', 'devices.csv', 'apps.csv', ...asOf, ...args], { cwd })

  it.each([
    ['scan.json', (text: string) => ScanDocument.parse(JSON.parse(text)).endpoints.length],
    ['scan.CSV', (text: string) => (parse(text, { bom: true, columns: true }) as unknown[]).length],
    [
      'scan.ndjson',
      (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown).length,
    ],
    [
      'scan.jsonl',
      (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown).length,
    ],
    ['scan.md', (text: string) => (text.startsWith('# Fleet readiness') ? 7 : 0)],
    ['scan', (text: string) => ScanDocument.parse(JSON.parse(text)).endpoints.length],
  ])('%s is written in the form of its ending', async (name, count) => {
    const cwd = smallCompany()
    const run = await scan(cwd, '--output', name)
    expect(run.exit).toBe(0)
    // The administrator still sees the table, and where the file went.
    expect(run.out).toContain('Coverage')
    expect(run.err).toContain(name)
    expect(count(readFileSync(join(cwd, name), 'utf8'))).toBe(7)
    expect(statSync(join(cwd, name)).mode & 0o777).toBe(0o600)
    expect(readdirSync(cwd).sort()).toEqual(['.fleet', name, 'apps.csv', 'devices.csv'].sort())
  })

  it('writes what --json prints, and --format before the ending', async () => {
    const cwd = smallCompany()
    const [json, csv] = await Promise.all([
      scan(cwd, '-o', 'a.json', '--json'),
      scan(cwd, '-o', 'b.txt', '--format', 'csv'),
    ])
    expect(json!.out).toBe(readFileSync(join(cwd, 'a.json'), 'utf8'))
    expect(csv!.exit).toBe(0)
    expect(parse(readFileSync(join(cwd, 'b.txt'), 'utf8'), { bom: true, columns: true })).toHaveLength(7)
  })

  it('replaces an older result', async () => {
    const cwd = smallCompany()
    writeFileSync(join(cwd, 'scan.json'), 'old')
    expect((await scan(cwd, '--output', 'scan.json')).exit).toBe(0)
    expect(readFileSync(join(cwd, 'scan.json'), 'utf8')).toContain('fleet.scan/v1')
  })

  it.each([
    ['an input', 'devices.csv'],
    ['an input in another spelling', './sub/../apps.csv'],
    ['an input under another name', 'hard-link.json'],
    ['the policy', 'fleet.yaml'],
    ['a link', 'link.json'],
    ['a folder', 'sub'],
    ['a device', '/dev/full'],
    ['a folder that is not there', 'nowhere/scan.json'],
    ['a path through a file', 'apps.csv/scan.json'],
    ['a folder where nobody may write', '/proc/self/scan.json'],
  ])('ends with 5 and changes nothing: %s', async (_what, target) => {
    const cwd = folderWith({
      'devices.csv': csvText(devices),
      'apps.csv': csvText(apps),
      'fleet.yaml': 'target: { coverage: 90 }\n',
      'sub/note.md': 'a note',
      'kept.txt': 'kept',
    })
    symlinkSync('kept.txt', join(cwd, 'link.json'))
    const { linkSync } = await import('node:fs')
    linkSync(join(cwd, 'apps.csv'), join(cwd, 'hard-link.json'))
    const before = filesBelow(cwd).map((file) => [file, readFileSync(file, 'utf8')])
    const run = await scan(cwd, '--output', target)
    expect([run.exit, run.out]).toEqual([5, ''])
    expect(run.err).toMatch(/^Error: .+\n {2}in .+\n {2}→ .+\n$/)
    expect(run.err).toContain(target)
    expect(filesBelow(cwd).map((file) => [file, readFileSync(file, 'utf8')])).toEqual(before)
  })
})

describe('the policy', () => {
  it('is taken from --policy, from here, or from the folder that is scanned', async () => {
    const files = { 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) }
    const policy = 'target: { coverage: 33 }\nscope: { expectDesktop: true }\n'
    const beside = folderWith({ ...files, 'fleet.yaml': policy })
    const here = folderWith({ 'fleet.yaml': policy })
    const named = folderWith({ 'other.yaml': policy })
    const plain = folderWith(files)
    const runs = await Promise.all([
      fleet(['scan', beside, ...asOf, '--json']),
      fleet(['scan', plain, ...asOf, '--json'], { cwd: here }),
      fleet(['scan', plain, ...asOf, '--json', '--policy', join(named, 'other.yaml')]),
    ])
    for (const run of runs) {
      const document = documentOf(run)
      expectSound(document)
      expect(document.coverage).toMatchObject({ target: 33, met: false, missing: 1 })
      expect(document.states).toMatchObject({ install: 1, excluded: 0 })
    }
    const digests = runs.map((run) => documentOf(run).policy.digest)
    expect(new Set(digests).size).toBe(1)
  })

  it('decides gates, stale days and exclusions', async () => {
    const folder = folderWith({
      'devices.csv': csvText(devices),
      'apps.csv': csvText(apps),
      'fleet.yaml': [
        'organization: Muster AG',
        'scope:',
        '  staleAfterDays: 365',
        '  appListMaximumAgeDays: 365',
        '  exclude:',
        '    - { department: einkauf, reason: moves out, until: 2026-12-31 }',
        '    - { hostname: MUC-LT-002, reason: ended long ago, until: 2026-01-01 }',
        'gates: [cowork-otel, plugin-hooks-windows]',
        '',
      ].join('\n'),
    })
    const document = documentOf(await fleet(['scan', folder, ...asOf, '--json']))
    expectSound(document)
    expect(statesOf(document)).toMatchObject({
      MUSTER00001: 'excluded',
      MUSTER00004: 'excluded',
      MUSTER00002: 'upgrade',
    })
    expect(document.warnings.map(({ code }) => code)).toContain('exclusion-expired')
    expect(
      document.gates
        .filter(({ level }) => level === 'required')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['cowork-otel', 'plugin-hooks-windows'])
    expect((await fleet(['scan', folder, ...asOf])).out).toContain('Muster AG')
  })

  it.each([
    ['scope: { staleAfterDay: 3 }', 'scope.staleAfterDay', /unknown key/],
    ['target: { coverage: 101 }', 'target.coverage', /100/],
    ['scope: { staleAfterDays: "many" }', 'scope.staleAfterDays', /number/],
    ['scope: { exclude: [ { reason: none } ] }', 'scope.exclude[0]', /group, department, site, platform/],
    ['scope: { exclude: [ { group: X, reason: y, until: soon } ] }', 'scope.exclude[0].until', /date/],
    ['scope: { exclude: [ { platform: amiga, reason: y } ] }', 'scope.exclude[0].platform', /macos/],
    ['colour: red', 'colour', /Known keys: .*scope/],
    ['gates: [cowork-otell]', 'gates', /Did you mean cowork-otel/],
    ['gates: [cowork-otel, cowork-otel]', 'gates', /twice/],
    ['sources: { map: [ { hostname: Name } ] }', 'sources.map[0]', /serial, deviceId or hardwareUuid/],
    ['- a list', '(top level)', /./],
  ])('%s is refused with its place and what is allowed', async (text, path, allowed) => {
    const folder = folderWith({ 'devices.csv': csvText(devices), 'fleet.yaml': `${text}\n` })
    const failure = failureOf(await fleet(['scan', folder, ...asOf, '--json']))
    expect(failure.where).toMatchObject({ file: join(folder, 'fleet.yaml'), path })
    expect(failure.tryThis?.join('\n')).toMatch(allowed)
    expect(failure.exit).toBe(4)
  })

  it.each([
    ['scope: {', 2],
    ['target:\n\tcoverage: 90', 2],
    ['target: { coverage: 90 }\ntarget: { coverage: 91 }', 2],
    [`a: &a [x,x,x]\nb: &b [${'*a,'.repeat(90)}]\nc: [${'*b,'.repeat(90)}]`, undefined],
  ])('broken YAML is refused with its line: %#', async (text, line) => {
    const folder = folderWith({ 'devices.csv': csvText(devices), 'fleet.yaml': `${text}\n` })
    const failure = failureOf(await fleet(['scan', folder, ...asOf, '--json']))
    expect(failure).toMatchObject({ exit: 4, where: { file: join(folder, 'fleet.yaml') } })
    if (line !== undefined) expect(failure.where?.line).toBe(line)
  })

  it('that is not there is wrong use; a folder or a large file is refused', async () => {
    const folder = folderWith({ 'devices.csv': csvText(devices), 'large.yaml': `# ${'x'.repeat(2 ** 20)}` })
    const scan = (policy: string) =>
      fleet(['scan', join(folder, 'devices.csv'), '--json', '--policy', join(folder, policy)])
    const [missing, folderRun, large] = await Promise.all([scan('nowhere.yaml'), scan('.'), scan('large.yaml')])
    expect(failureOf(missing!)).toMatchObject({ exit: 2, where: { file: join(folder, 'nowhere.yaml') } })
    expect(failureOf(folderRun!).exit).toBe(2)
    expect(failureOf(large!)).toMatchObject({ exit: 4, code: 'policy-too-large' })
  })

  it('names the folder to read, from where it lies itself', async () => {
    const folder = folderWith({
      'in/devices.csv': csvText(devices),
      'in/apps.csv': csvText(apps),
      'fleet.yaml': 'sources: { path: in }\n',
    })
    const [there, elsewhere] = await Promise.all([
      fleet(['scan', ...asOf, '--json'], { cwd: folder }),
      fleet(['scan', ...asOf, '--json', '--policy', join(folder, 'fleet.yaml')]),
    ])
    expect(statesOf(documentOf(there!))).toEqual(states)
    expect(statesOf(documentOf(elsewhere!))).toEqual(states)
  })

  it('can keep the columns of a list that fleet does not know', async () => {
    const folder = folderWith({
      'assets.csv': 'Tag,Claude Ver,Seen\nA1,1.24012.9,2026-11-18T00:00:00Z\n',
      'fleet.yaml': 'sources:\n  map:\n    - { serial: Tag, desktop.version: Claude Ver, lastSeen: Seen }\n',
    })
    const document = documentOf(await fleet(['scan', folder, ...asOf, '--json']))
    expectSound(document)
    expect(document.endpoints).toMatchObject([{ id: 'A1', desktop: { version: '1.24012.9' } }])
  })
})

describe('without a path', () => {
  it('reads exports/', async () => {
    const cwd = folderWith({ 'exports/devices.csv': csvText(devices), 'exports/apps.csv': csvText(apps) })
    const run = await fleet(['scan', ...asOf, '--json'], { cwd })
    expect(statesOf(documentOf(run))).toEqual(states)
  })

  it('says what to do where nothing is to be found', async () => {
    const run = await fleet(['scan'])
    expect([run.exit, run.out]).toEqual([2, ''])
    expect(run.err).toContain('fleet scan ~/exports')
    expect(run.err).toContain('sources: { path: exports }')
  })

  it('refuses a folder that is not there or holds nothing', async () => {
    const cwd = temporaryFolder()
    expect(existsSync(join(cwd, 'exports'))).toBe(false)
    const [missing, empty] = await Promise.all([
      fleet(['scan', 'nowhere', '--json'], { cwd }),
      fleet(['scan', '.', '--json'], { cwd }),
    ])
    expect(failureOf(missing!)).toMatchObject({ exit: 4, where: { file: 'nowhere' } })
    expect(failureOf(empty!)).toMatchObject({ exit: 4, where: { file: '.' } })
  })
})
