import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCode } from '../../src/platform/failure.js'
import { prepareScan, runScan, type ScanFlags } from '../../src/report/scan-run.js'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fleet-scan-')))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const mapping =
  'serial=Serial,hostname=Name,lastSeen=Seen,desktop.version=Claude,code.version=Code,osVersion=OS,os=Platform'
const head = 'Serial,Name,Seen,Claude,Code,OS,Platform\n'

/** A list of Macs, of which so many have a version that is ready. */
function macs(ready: number, of: number): string {
  const rows = Array.from(
    { length: of },
    (_, index) =>
      `S${1000 + index},mac-${index},2026-11-20,${index < ready ? '1.24012.9' : '0.0.1'},2.1.100,15.1,macOS\n`,
  )
  return head + rows.join('')
}

const policy = 'gates: [cowork-otel]\n'

async function run(files: Readonly<Record<string, string>>, flags: ScanFlags = {}) {
  const folder = await folderWith({ 'fleet.yaml': policy, ...files })
  const prepared = await prepareScan([join(folder, 'exports')], {
    policy: join(folder, 'fleet.yaml'),
    'as-of': '2026-11-20',
    'no-history': true,
    map: [mapping],
    json: true,
    ...flags,
  })
  const result = await runScan(prepared, { notes: () => {}, fleet: '0.0.0', asks: false })
  return { ...result, document: JSON.parse([...result.output].join('')), prepared }
}

describe('--fail-under', () => {
  it('is reached by exactly that share, which floating point makes a little less', async () => {
    const files = { 'exports/macs.csv': macs(1243, 1375) }
    const at = await run(files, { 'fail-under': '90.4' })
    expect(at.document.coverage).toMatchObject({ ready: 1243, inScope: { of: 1375, percent: 90.4 } })
    expect([at.exit, at.belowThreshold]).toEqual([undefined, false])
    const above = await run(files, { 'fail-under': '90.41' })
    expect([above.exit, above.belowThreshold]).toEqual([exitCode.thresholdFailed, true])
  })

  it('is said apart where the exit code tells of a file that was refused', async () => {
    const files = { 'exports/macs.csv': macs(1, 2), 'exports/page.html': '<html><body>Sign in</body></html>' }
    const { exit, incomplete, belowThreshold } = await run(files, { 'fail-under': '95' })
    expect({ exit, incomplete, belowThreshold }).toEqual({
      exit: exitCode.inputRefused,
      incomplete: true,
      belowThreshold: true,
    })
  })
})

describe('the history', () => {
  it.each<[string, string, ScanFlags]>([
    ['of the policy', `${policy}history: { folder: exports/history }\n`, {}],
    ['of FLEET_HISTORY', policy, { history: 'exports/history' }],
  ])('%s is no export, also with --no-history', async (_, text, flags) => {
    const folder = await folderWith({
      'fleet.yaml': text,
      'exports/macs.csv': macs(1, 2),
      'exports/history/scans.jsonl': '{"schema":1}\n',
      'exports/history/more.csv': macs(1, 1),
    })
    const { inputs, history } = await prepareScan([join(folder, 'exports')], {
      policy: join(folder, 'fleet.yaml'),
      ...(flags.history && { history: join(folder, flags.history) }),
      'no-history': true,
    })
    expect(inputs.map(({ name }) => name)).toEqual(
      ['history/more.csv', 'macs.csv'].map((name) => join(folder, 'exports', name)),
    )
    expect(history).toBeUndefined()
  })
})

describe('what is passed over', () => {
  it('is told by its path below the nearest path that was given', async () => {
    const folder = await folderWith({ 'a.partial/b.partial/c.csv': macs(1, 1), 'a.partial/d.csv': macs(1, 2) })
    const told: string[] = []
    const passOver = (_: string, below: string) => {
      told.push(below)
      return below.includes('partial') ? 'unfinished' : undefined
    }
    const given = [join(folder, 'a.partial')]
    const { inputs, skipped } = await prepareScan(given, { 'no-history': true }, { passOver })
    expect(new Set(told)).toEqual(new Set(['b.partial/c.csv', 'd.csv']))
    expect(inputs.map(({ name }) => name)).toEqual([join(folder, 'a.partial/d.csv')])
    expect(skipped).toEqual([{ name: join(folder, 'a.partial/b.partial/c.csv'), reason: 'unfinished' }])
  })
})
