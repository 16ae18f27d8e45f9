import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { historyFile } from '../../src/history/history-file.js'
import { readEndpoints, readHistory } from '../../src/history/read-history.js'
import { snapshotOfScanFile } from '../../src/history/snapshot-of-scan.js'
import { asOf, documentOf, failureOf, fleet, folderWith, type RunOptions, root, temporaryFolder } from './run-fleet.js'
import { apps, csvText, devices } from './small-company.js'

const exports = { 'exports/devices.csv': csvText(devices), 'exports/apps.csv': csvText(apps) }
const acme = join(root, 'templates', 'samples', 'acme')

/** Scans the folder `exports` of a company that has these files, too. */
async function scan(args: readonly string[], options: RunOptions & { readonly files?: Record<string, string> } = {}) {
  const { files = {}, ...more } = options
  const cwd = more.cwd ?? folderWith({ ...exports, ...files })
  return { cwd, run: await fleet(['scan', ...asOf, ...args], { ...more, cwd }) }
}

const runsIn = async (folder: string) => (await readHistory(folder))?.runs ?? []

describe('fleet scan', () => {
  it('appends every scan to .fleet/history here, and shows nothing of it', async () => {
    const { cwd, run } = await scan(['--json'])
    const without = await scan(['--json', '--no-history'], { cwd })
    expect([run.exit, run.err]).toEqual([0, ''])
    expect(run.out).toBe(without.run.out)
    await scan(['--fail-under', '0'], { cwd })
    const folder = join(cwd, '.fleet/history')
    const runs = await runsIn(folder)
    expect(runs).toHaveLength(2)
    const document = documentOf(run)
    for (const { head } of runs) {
      expect(head).toMatchObject({
        asOf: '2026-11-20T00:00:00Z',
        policy: { digest: document.policy.digest },
        coverage: document.coverage,
        states: document.states,
        fleet: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version as string,
      })
      expect(head.sources.map(({ file, format }) => [file, format])).toEqual(
        document.sources.map(({ file, format }) => [file, format]),
      )
      expect(head.gates.map(({ id, fail }) => [id, fail])).toEqual(document.gates.map(({ id, fail }) => [id, fail]))
      expect(Math.abs(Date.parse(head.recordedAt) - Date.now())).toBeLessThan(10 * 60 * 1000)
    }
    const mode = (path: string) => statSync(path).mode & 0o777
    expect([mode(folder), mode(historyFile(folder))]).toEqual([0o700, 0o600])
  })

  it('remembers the endpoints of the document', async () => {
    const cwd = temporaryFolder()
    const run = await fleet(['scan', acme, ...asOf, '--output', 'scan.json'], { cwd })
    expect(run.exit).toBe(0)
    const folder = join(cwd, '.fleet/history')
    const [recorded] = await runsIn(folder)
    const { head, endpoints } = await snapshotOfScanFile(join(cwd, 'scan.json'))
    expect(await readEndpoints(folder, recorded!)).toEqual(endpoints)
    expect(endpoints).toHaveLength(420)
    expect({ ...recorded!.head, fleet: 'unknown', recordedAt: head.asOf }).toEqual(head)
    expect(endpoints.filter(({ state }) => state === 'upgrade').flatMap(({ reasons }) => reasons)).toContain(
      'below-gate:cowork-otel',
    )
  })

  it('remembers no users, no e-mail addresses, no other attributes', async () => {
    const cwd = temporaryFolder()
    await fleet(['scan', acme, ...asOf, '--output', 'scan.json'], { cwd })
    const text = readFileSync(historyFile(join(cwd, '.fleet/history')), 'utf8')
    const { endpoints } = JSON.parse(readFileSync(join(cwd, 'scan.json'), 'utf8')) as ReturnType<typeof documentOf>
    const private_ = endpoints.flatMap(({ user, email, groups = [] }) => [user, email, ...groups])
    const words = new Set(private_.filter((word) => word !== undefined && word.length > 3) as string[])
    expect(words.size).toBeGreaterThan(100)
    expect([...words].filter((word) => text.includes(word))).toEqual([])
    expect(text).not.toContain('@')
  })

  it('remembers a scan that ends with 3 or 4, and none that has no result', async () => {
    const { cwd, run } = await scan(['--fail-under', '100'])
    const folder = join(cwd, '.fleet/history')
    expect([run.exit, (await runsIn(folder)).length]).toEqual([3, 1])
    writeFileSync(join(cwd, 'exports/other.csv'), 'a,b\n1,2\n')
    expect([(await scan([], { cwd })).run.exit, (await runsIn(folder)).length]).toEqual([4, 2])
    const [, second] = await runsIn(folder)
    expect(second?.head.sources.map(({ problem }) => problem)).toEqual([undefined, undefined, expect.any(String)])
    expect((await scan(['--strict'], { cwd })).run.exit).toBe(4)
    expect((await scan(['nowhere'], { cwd })).run.exit).toBe(4)
    expect((await scan(['--output', 'exports'], { cwd })).run.exit).toBe(5)
    expect(await runsIn(folder)).toHaveLength(2)
  })

  it('gives the same bytes again where the history lies among the exports', async () => {
    for (const where of [[], ['--history', '.'], ['--history', 'exports'], ['--history', './exports/deep']]) {
      const { cwd, run } = await scan(['.', ...where])
      const again = await scan(['.', ...where], { cwd })
      expect([run.exit, run.err, again.run.err], where.join()).toEqual([0, '', ''])
      expect(again.run.out, where.join()).toBe(run.out)
      expect(await runsIn(join(cwd, where[1] ?? '.fleet/history')), where.join()).toHaveLength(2)
    }
  })

  it('refuses to read its own history as an export', async () => {
    const { cwd } = await scan([])
    const { run } = await scan(['.fleet/history/scans.jsonl'], { cwd })
    expect([run.exit, run.out]).toEqual([4, ''])
  })
})

describe('the place of the history', () => {
  const policy = (text: string) => ({ files: { 'settings/fleet.yaml': text } })
  const byPolicy = ['--policy', 'settings/fleet.yaml']

  it.each<[string, string[], Record<string, string>, string, string]>([
    ['--history', ['--history', 'here'], {}, '', 'here'],
    ['FLEET_HISTORY', [], { FLEET_HISTORY: 'there' }, '', 'there'],
    ['--history before FLEET_HISTORY', ['--history', 'here'], { FLEET_HISTORY: 'there' }, '', 'here'],
    ['FLEET_HISTORY that is empty', [], { FLEET_HISTORY: '' }, '', '.fleet/history'],
    ['the policy, beside it', byPolicy, {}, 'history: { folder: kept }', 'settings/kept'],
    ['a policy that names no folder', byPolicy, {}, 'history: { keepDays: 30 }', '.fleet/history'],
    ['a flag before the policy', [...byPolicy, '--history', 'here'], {}, 'history: false', 'here'],
  ])('is that of %s', async (_, args, env, text, folder) => {
    const { cwd, run } = await scan(args, { env, ...policy(text) })
    expect([run.exit, run.err]).toEqual([0, ''])
    expect(await runsIn(join(cwd, folder))).toHaveLength(1)
    const others = ['here', 'there', 'settings/kept', '.fleet'].filter((name) => !folder.startsWith(name))
    expect(others.filter((name) => existsSync(join(cwd, name)))).toEqual([])
  })

  it.each<[string, string[], Record<string, string>, string]>([
    ['--no-history', ['--no-history'], {}, ''],
    ['--no-history before FLEET_HISTORY', ['--no-history'], { FLEET_HISTORY: 'there' }, ''],
    ['--no-history before the policy', [...byPolicy, '--no-history'], {}, 'history: { folder: kept }'],
    ['history: false', byPolicy, {}, 'history: false'],
  ])('is nowhere with %s', async (_, args, env, text) => {
    const { cwd, run } = await scan(args, { env, ...policy(text) })
    expect([run.exit, run.err]).toEqual([0, ''])
    expect(readdirSync(cwd).sort()).toEqual(['exports', 'settings'])
    expect(readdirSync(join(cwd, 'settings'))).toEqual(['fleet.yaml'])
  })

  it('cannot be named and refused at once', async () => {
    const { cwd, run } = await scan(['--history', 'here', '--no-history', '--json'])
    expect(failureOf(run)).toMatchObject({ exit: 2, code: 'wrong-use' })
    expect(readdirSync(cwd)).toEqual(['exports'])
  })

  it('stands in the help', async () => {
    const { out } = await fleet(['scan', '--help'])
    expect(out).toMatch(/--history=FOLDER[\s\S]*FLEET_HISTORY/)
    expect(out).toContain('--no-history')
    expect(out).toMatch(/exit code is 5 if the folder was named/)
  })
})

describe('a history that cannot be written', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['--history', ['--history', 'blocked'], {}, ''],
    ['FLEET_HISTORY', [], { FLEET_HISTORY: 'blocked' }, ''],
    ['the policy', ['--policy', 'fleet.yaml'], {}, 'history: { folder: blocked }'],
  ])('at a place named by %s ends with 5, after the result', async (_, args, env, text) => {
    const files = { blocked: 'a file', 'fleet.yaml': text }
    const { cwd, run } = await scan([...args, '--json', '--fail-under', '100'], { env, files })
    const plain = await scan(['--json', '--no-history', ...args.slice(0, args.includes('--policy') ? 2 : 0)], { cwd })
    expect(run.exit).toBe(5)
    expect(run.out).toBe(plain.run.out)
    expect(run.err).toMatch(/^This scan is not in the history, .*blocked: .+\nCoverage is below --fail-under 100\.\n$/)
    expect(readFileSync(join(cwd, 'blocked'), 'utf8')).toBe('a file')
  })

  it('at the usual place is a note, and the exit code stays', async () => {
    const files = { '.fleet/history/scans.jsonl': '{"schema":2,"of":"a newer fleet"}\n' }
    const { cwd, run } = await scan(['--fail-under', '100'], { files })
    const plain = await scan(['--no-history'], { cwd })
    expect([run.exit, run.out]).toEqual([3, plain.run.out])
    expect(run.err).toMatch(
      /^This scan is not in the history, .*: The history was written by a newer fleet\. .*--no-history\.\n$/,
    )
    expect(readFileSync(join(cwd, '.fleet/history/scans.jsonl'), 'utf8')).toBe(files['.fleet/history/scans.jsonl'])
  })

  it('because of a link or a folder in its place touches neither', async () => {
    const files = { 'target.txt': 'kept' }
    const { cwd } = await scan(['--no-history'], { files })
    mkdirSync(join(cwd, 'h'))
    symlinkSync('../target.txt', join(cwd, 'h/scans.jsonl'))
    expect((await scan(['--history', 'h'], { cwd })).run.exit).toBe(5)
    mkdirSync(join(cwd, 'g/scans.jsonl'), { recursive: true })
    expect((await scan(['--history', 'g'], { cwd })).run.exit).toBe(5)
    expect(readFileSync(join(cwd, 'target.txt'), 'utf8')).toBe('kept')
  })
})
