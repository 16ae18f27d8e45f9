import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { DifferenceDocument } from '../../src/history/difference-document.js'
import { HistoryDocument } from '../../src/history/history-document.js'
import {
  expectQuietTerminal,
  failureOf,
  fleet,
  folderWith,
  type Run,
  root,
  shell,
  temporaryFolder,
} from './run-fleet.js'

const schemas = { history: HistoryDocument, difference: DifferenceDocument }
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const validators = {
  history: ajv.compile<HistoryDocument>(z.toJSONSchema(HistoryDocument)),
  difference: ajv.compile<DifferenceDocument>(z.toJSONSchema(DifferenceDocument)),
}

it.each(['history', 'difference'] as const)('publishes the JSON Schema of fleet.%s/v1', async (name) => {
  const text = JSON.stringify({ title: `fleet.${name}/v1`, ...z.toJSONSchema(schemas[name]) }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot(`../../templates/schemas/fleet.${name}.v1.schema.json`)
})

function documentOf<K extends keyof typeof validators>(kind: K, run: Run) {
  const document: unknown = JSON.parse(run.out)
  const validate = validators[kind]
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  return document as z.infer<(typeof schemas)[K]>
}

const head = 'Serial,Hostname,OS,Last Contact,Claude Ver'
const map = ['--map', 'serial=Serial,hostname=Hostname,os=OS,lastSeen=Last Contact,desktop.version=Claude Ver']

/** A list of computers: serial, host name, version. */
function assets(rows: readonly (readonly [string, string, string])[], day: string): string {
  const lines = rows.map(
    ([serial, name, version]) => `${serial},"${name.replaceAll('"', '""')}",macOS,${day},${version}`,
  )
  return `${[head, ...lines].join('\n')}\n`
}

const hostile = [`\u001b[31mred\u0007`, `\u202egnp.exe`, `=HYPERLINK("x")`, `x`.repeat(10_000)]
const first = assets(
  [
    ['C02AAA0001', 'ENG-1', '1.1.3918'],
    ['C02AAA0002', 'ENG-2', '1.24012.9'],
    ['C02AAA0003', 'ENG-3', '1.24012.9'],
  ],
  '2026-11-12',
)
const second = assets(
  [
    ['C02AAA0001', 'ENG-1', '1.24012.9'],
    ['C02AAA0002', 'ENG-2', '1.1.3918'],
    ...hostile.map((name, index) => [`C02BBB000${index}`, name, '1.24012.9'] as const),
  ],
  '2026-11-19',
)
const third = second.replace('1.24012.9', '1.1.3918').replaceAll('2026-11-19', '2026-11-20')

let cwd = ''
beforeAll(async () => {
  cwd = folderWith({ '1/assets.csv': first, '2/assets.csv': second, '3/assets.csv': third })
  for (const [folder, day] of [
    ['1', '2026-11-13'],
    ['2', '2026-11-20'],
    ['3', '2026-11-21'],
  ] as const) {
    const run = await fleet(['scan', folder, ...map, '--as-of', day, '--output', `${folder}.json`], { cwd })
    expect(run.exit, run.err).toBe(0)
  }
})

describe('fleet history', () => {
  it('without one says how it comes about, and fails only where two runs are needed', async () => {
    const empty = temporaryFolder()
    const run = await fleet(['history'], { cwd: empty })
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect(run.out).toContain('There is no history in .fleet/history yet.')
    expect(documentOf('history', await fleet(['history', '--json'], { cwd: empty })).runs).toEqual([])
    expect(failureOf(await fleet(['history', 'diff', '--json'], { cwd: empty }))).toMatchObject({
      exit: 4,
      code: 'no-history',
    })
    expect((await fleet(['history', 'prune', '--keep', '1'], { cwd: empty })).exit).toBe(0)
    expect(existsSync(join(empty, '.fleet'))).toBe(false)
  })

  it('shows every scan, the same in every form', async () => {
    const run = await fleet(['history'], { cwd })
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect(run.out).toMatch(/^History in \.fleet\/history: 3 runs from 2026-11-13 to 2026-11-21$/m)
    const json = await fleet(['history', '--json'], { cwd })
    const { runs, trend } = documentOf('history', json)
    expect(runs.map(({ asOf, coverage }) => [asOf.slice(0, 10), coverage.ready, coverage.inScope.of])).toEqual([
      ['2026-11-13', 2, 3],
      ['2026-11-20', 5, 6],
      ['2026-11-21', 4, 6],
    ])
    expect(trend.map(({ ready, sourcesChanged }) => [ready, sourcesChanged])).toEqual([
      [2, false],
      [5, false],
      [4, false],
    ])
    for (const { run: id } of runs) expect(run.out).toContain(id.slice(0, 8))
    expect((await fleet(['history', '--format', 'json'], { cwd })).out).toBe(json.out)
    const csv = await fleet(['history', '--format', 'csv'], { cwd })
    expect(csv.out.trim().split('\r\n')).toHaveLength(4)
    expect((await fleet(['history', '--format', 'markdown'], { cwd })).out).toContain('| Run | As of |')
  })

  it('is narrowed by day and by number, and found by flag and environment', async () => {
    const elsewhere = { cwd: temporaryFolder() }
    const folder = join(cwd, '.fleet', 'history')
    const of = async (args: string[], env = {}) =>
      documentOf('history', await fleet(['history', '--json', ...args], { ...elsewhere, env })).runs.length
    expect(await of(['--history', folder])).toBe(3)
    expect(await of(['--since', '2026-11-20'], { FLEET_HISTORY: folder })).toBe(2)
    expect(await of(['--last', '1'], { FLEET_HISTORY: folder })).toBe(1)
    expect(await of([])).toBe(0)
    expect(failureOf(await fleet(['history', '--json', '--since', 'soon'], { cwd }))).toMatchObject({ exit: 2 })
  })

  it('tells what is wrong with the file, and goes on', async () => {
    const folder = join(temporaryFolder(), 'h')
    await fleet(['scan', '1', ...map, '--as-of', '2026-11-13', '--history', folder], { cwd })
    appendFileSync(join(folder, 'scans.jsonl'), 'not fleet\n')
    await fleet(['scan', '2', ...map, '--as-of', '2026-11-20', '--history', folder], { cwd })
    appendFileSync(join(folder, 'scans.jsonl'), '{"schema":99,"x":1}\n')
    const bytes = readFileSync(join(folder, 'scans.jsonl'))
    const run = await fleet(['history', '--json', '--history', folder], { cwd })
    const document = documentOf('history', run)
    expect([run.exit, document.runs.length]).toEqual([0, 2])
    expect(document.problems.map(({ code }) => code)).toEqual(['damaged', 'newer'])
    for (const { line } of document.problems) expect(run.err).toContain(`scans.jsonl, line ${line}: `)
    expect((await fleet(['history', 'diff', '--history', folder], { cwd })).exit).toBe(0)
    const dry = failureOf(
      await shell(`fleet history prune --keep 1 --dry-run --json --history '${folder}' 2>/dev/null`, { cwd }),
    )
    const pruned = failureOf(
      await shell(`fleet history prune --keep 1 --json --history '${folder}' 2>/dev/null`, { cwd }),
    )
    expect(pruned).toMatchObject({ exit: 4 })
    expect(dry).toEqual(pruned)
    expect(readFileSync(join(folder, 'scans.jsonl')).equals(bytes)).toBe(true)
  })

  it('says of a scan with a cut-off export that it is incomplete, and so does a difference', async () => {
    const devices = readFileSync(join(root, 'templates/samples/acme/devices.json'), 'utf8')
    const exports = { 'a/devices.json': devices, 'b/devices.json': devices.slice(0, (devices.length * 3) / 4) }
    const here = { cwd: folderWith(exports) }
    const scans = []
    for (const [folder, day] of [
      ['a', '2026-11-19'],
      ['b', '2026-11-20'],
    ] as const)
      scans.push(await fleet(['scan', folder, '--as-of', day, '--output', `${folder}.json`], here))
    expect(scans.map(({ exit }) => exit)).toEqual([0, 4])
    const { runs, trend } = documentOf('history', await fleet(['history', '--json'], here))
    expect(runs.map(({ strictWarnings }) => strictWarnings.some(({ code }) => code === 'cut-off'))).toEqual([
      false,
      true,
    ])
    expect(trend.map(({ incomplete }) => incomplete)).toEqual([false, true])
    expect((await fleet(['history'], here)).out).toMatch(/incomplete: .*cut-off/)
    for (const words of [[], ['a.json', 'b.json']]) {
      const { warnings } = documentOf('difference', await fleet(['history', 'diff', '--json', ...words], here))
      expect(warnings.map(({ code }) => code)).toEqual(['incomplete-scan'])
      expect(warnings[0]!.endpoints).toBeGreaterThan(0)
    }
    await fleet(['report', 'b.json', '--output', 'report.md'], here)
    expect(readFileSync(join(here.cwd, 'report.md'), 'utf8')).toMatch(/^\| 2026-11-20 \|.*\| incomplete \|$/m)
  })

  it('ends well when its reader goes away', async () => {
    const run = await shell(
      'set -o pipefail; fleet history | head -2; fleet history diff --format csv first last | head -1',
      { cwd },
    )
    expect(run).toMatchObject({ exit: 0, err: '' })
  })
})

describe('fleet history diff', () => {
  it('compares the last run with the one before it', async () => {
    const run = await fleet(['history', 'diff', '--json'], { cwd })
    const document = documentOf('difference', run)
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect([document.before.asOf, document.after.asOf].map((time) => time.slice(8, 10))).toEqual(['20', '21'])
    expect(document.moved).toMatchObject([
      { hostname: 'ENG-1', from: 'ready', to: 'upgrade', come: ['below-gate:cowork-otel'], gone: [] },
    ])
    expect(document.warnings).toEqual([])
  })

  it('takes days, ids, places and files of scans alike', async () => {
    const { runs } = documentOf('history', await fleet(['history', '--json'], { cwd }))
    const of = async (...words: string[]) => {
      const { before, after, ...rest } = documentOf(
        'difference',
        await fleet(['history', 'diff', '--json', ...words], { cwd }),
      )
      expect(before.asOf < after.asOf).toBe(true)
      return rest
    }
    const expected = await of('first', 'last')
    expect(expected.counts).toMatchObject({ before: 3, after: 6, appeared: 4, disappeared: 1, moved: 1 })
    expect(await of('2026-11-13', '2026-11-21')).toEqual(expected)
    expect(await of(runs[0]!.run.slice(0, 8), runs[2]!.run)).toEqual(expected)
    expect(await of('-2', 'last')).toEqual(expected)
    expect(await of('1.json', '3.json')).toEqual(expected)
    expect(await of('first', '3.json')).toEqual(expected)
  })

  it('shows names that could act on a terminal as text, in every form', async () => {
    for (const format of ['table', 'csv', 'markdown', 'json']) {
      const run = await fleet(['history', 'diff', 'first', 'last', '--format', format], { cwd })
      expect(run.exit).toBe(0)
      expectQuietTerminal(run)
    }
    const csv = await fleet(['history', 'diff', 'first', 'last', '--format', 'csv'], { cwd })
    expect(csv.out).toContain(`"'=HYPERLINK(""x"")"`)
    expect(csv.out).toContain('\\u{202e}gnp.exe')
    expect(csv.out.trim().split('\r\n')).toHaveLength(1 + 1 + 4 + 1)
  })

  it('is narrowed to states, and says so', async () => {
    const run = await fleet(['history', 'diff', 'first', 'last', '--from', 'upgrade', '--json'], { cwd })
    const { filter, moved, counts } = documentOf('difference', run)
    expect({ filter, moved: moved.length, counted: counts.moved }).toEqual({
      filter: { from: 'upgrade' },
      moved: 0,
      counted: 1,
    })
    const text = await fleet(['history', 'diff', 'first', 'last', '--to', 'ready'], { cwd })
    expect(text.out).toContain('Below only endpoints that are ready now.')
    expect((await fleet(['history', 'diff', '--to', 'well'], { cwd })).exit).toBe(2)
  })

  it('answers a run that is not there with those that are', async () => {
    const failure = failureOf(await fleet(['history', 'diff', 'lst', '--json'], { cwd }))
    expect(failure).toMatchObject({ exit: 2, code: 'no-such-run' })
    expect(failure.tryThis?.join('\n')).toMatch(/Did you mean last\?[\s\S]*as of 2026-11-21/)
    expect(failureOf(await fleet(['history', 'diff', '-7', '--json'], { cwd }))).toMatchObject({ exit: 4 })
  })
})

describe('fleet history prune', () => {
  it('does what its dry run says, whatever the file ends with', async () => {
    const folder = join(temporaryFolder(), 'h')
    for (const day of ['2026-11-13', '2026-11-14', '2026-11-15'])
      await fleet(['scan', '1', ...map, '--as-of', day, '--history', folder], { cwd })
    const file = join(folder, 'scans.jsonl')
    const whole = readFileSync(file, 'utf8')
    const prune = async (...args: string[]) => {
      const run = await fleet(['history', 'prune', '--history', folder, '--keep', '1', '--json', ...args], { cwd })
      expect(run.exit, run.err).toBe(0)
      const { kept, removed, rubbish } = JSON.parse(run.out) as Record<string, unknown>
      return { kept, removed, rubbish }
    }
    for (const text of [whole, whole.slice(0, -1), whole.slice(0, -500), `${whole.slice(0, -500)}\n`]) {
      writeFileSync(file, text)
      const dry = await prune('--dry-run')
      expect(readFileSync(file, 'utf8')).toBe(text)
      expect(await prune()).toEqual(dry)
    }
  })

  it('removes what is old, says what, and needs to be told how much', async () => {
    const folder = join(temporaryFolder(), 'h')
    for (const day of ['2026-11-13', '2026-11-14', '2026-11-15'])
      await fleet(['scan', '1', ...map, '--as-of', day, '--history', folder], { cwd })
    const prune = async (...args: string[]) => await fleet(['history', 'prune', '--history', folder, ...args], { cwd })
    expect(failureOf(await prune('--json'))).toMatchObject({ exit: 2, code: 'nothing-to-keep' })
    expect((await prune('--keep', '1', '--keep-days', '1')).exit).toBe(2)
    const before = readFileSync(join(folder, 'scans.jsonl'))
    expect((await prune('--keep', '1', '--dry-run')).out).toMatch(/^Would remove 2 of 3 runs; 1 would stay\.$/m)
    expect(readFileSync(join(folder, 'scans.jsonl')).equals(before)).toBe(true)
    expect((await prune('--keep-days', '30')).out).toContain('all 3 runs stay')
    const done = JSON.parse((await prune('--keep', '1', '--json')).out) as { kept: number; removed: { asOf: string }[] }
    expect(done.kept).toBe(1)
    expect(done.removed.map(({ asOf }) => asOf.slice(0, 10))).toEqual(['2026-11-13', '2026-11-14'])
    const left = documentOf('history', await fleet(['history', '--json', '--history', folder], { cwd }))
    expect(left.runs.map(({ asOf }) => asOf.slice(0, 10))).toEqual(['2026-11-15'])
  })
})
