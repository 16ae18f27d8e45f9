import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { probeColumn } from '../../../src/health/kit/kit-places.js'
import { fleetdmFiles, osqueryPack } from '../../../src/health/kit/osquery-files.js'
import { lineQuery, passQuery } from '../../../src/health/kit/osquery-queries.js'
import { readProbeLine } from '../../../src/health/probe-line.js'
import { fullPolicy, kitPlanOf } from '../../builders/kit.js'

const plan = kitPlanOf(fullPolicy)
const day = 24 * 60 * 60 * 1000

/** osquery is SQLite with tables of its own; these stand for the ones that the queries read. */
const tables = `
CREATE TABLE system_info (hardware_serial TEXT, uuid TEXT, hostname TEXT);
INSERT INTO system_info VALUES ('S1', 'U1', 'h1');
CREATE TABLE plist (path TEXT, key TEXT, subkey TEXT, value TEXT);
CREATE TABLE registry (key TEXT, path TEXT, name TEXT, type TEXT, data TEXT);
CREATE TABLE file_lines (path TEXT, line TEXT);
INSERT INTO plist VALUES ('/etc/other.plist', 'line', '', 'FH1|ok|pol=x|end');
INSERT INTO registry VALUES ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Other', '', 'Line', 'REG_SZ', 'other');
INSERT INTO file_lines VALUES ('/etc/hosts', 'FH1|ok|end');
`

function insertion(platform: string, line: string): string {
  const text = `'${line.replaceAll("'", "''")}'`
  if (platform === 'macos') return `INSERT INTO plist VALUES ('/var/db/fleet/probe.plist', 'line', '', ${text});`
  if (platform === 'linux') return `INSERT INTO file_lines VALUES ('/var/lib/fleet/probe-line', ${text});`
  return `INSERT INTO registry VALUES ('HKEY_LOCAL_MACHINE\\SOFTWARE\\Fleet\\Probe', '', 'Line', 'REG_SZ', ${text});`
}

function rows(platform: string, line: string | undefined, query: string): unknown[] {
  const input = `${tables}${line === undefined ? '' : insertion(platform, line)}\n.mode json\n${query}\n`
  const { status, stdout, stderr } = spawnSync('sqlite3', ['-batch', ':memory:'], { input, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown[])
}

function lineAt(time: number, word = 'ok', stamp = plan.stamp): string {
  return `FH1|${word}|os=macos|as=machine|pol=${stamp}|app=none|t=${new Date(time).toISOString().slice(0, 19)}Z|end`
}

const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0
const platforms = ['macos', 'linux', 'windows'] as const

describe.skipIf(!hasSqlite).each(platforms)('the queries for %s, run by SQLite', (platform) => {
  const passes = (line: string | undefined) => rows(platform, line, passQuery(platform, plan)).length > 0

  it('give one row for each machine, with its line where it has one', () => {
    const line = lineAt(Date.now())
    expect(readProbeLine(line)).toMatchObject({ kind: 'line', word: 'ok' })
    const machine = { hardware_serial: 'S1', uuid: 'U1', hostname: 'h1' }
    expect(rows(platform, line, lineQuery(platform))).toEqual([{ ...machine, [probeColumn]: line }])
    expect(rows(platform, undefined, lineQuery(platform))).toEqual([{ ...machine, [probeColumn]: null }])
  })

  it('pass a new line for this policy that does not say repair', () => {
    expect(passes(lineAt(Date.now(), 'unknown'))).toBe(true)
    expect(passes(lineAt(Date.now()))).toBe(true)
    expect(passes(lineAt(Date.now() - 8.9 * day))).toBe(true)
    expect(passes(lineAt(Date.now() + day / 2))).toBe(true)
  })

  it('pass nothing else', () => {
    const now = Date.now()
    const line = lineAt(now)
    const others = {
      none: undefined,
      old: lineAt(now - 9.1 * day),
      future: lineAt(now + 1.1 * day),
      repair: lineAt(now, 'repair'),
      anotherWord: lineAt(now, 'fine'),
      capitals: line.replace('|ok|', '|OK|'),
      anotherPolicy: lineAt(now, 'ok', 'f'.repeat(16)),
      withoutPolicy: line.replace(`pol=${plan.stamp}|`, ''),
      cut: line.slice(0, -1),
      withoutTime: line.replace(/\|t=[^|]*/, ''),
      noDate: line.replace(/\|t=[^|]*/, '|t=2026-99-99T99:99:99Z'),
      later: line.replace('FH1', 'FH2'),
      empty: '',
    }
    for (const [why, given] of Object.entries(others)) expect([why, passes(given)]).toEqual([why, false])
  })
})

describe('the files for Fleet and osquery', () => {
  const files = [...fleetdmFiles(plan), ...osqueryPack(plan)]

  it('read back as what they say', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'fleetdm/fleet-probe.reports.yml',
      'fleetdm/fleet-probe.policies.yml',
      'osquery/fleet-probe.json',
    ])
    for (const { content, readBack, data } of files) expect(readBack?.(Buffer.from(content))).toEqual(data)
  })

  it.each(files.map((file) => [file.path, file] as const))('%s', async (path, { content }) => {
    // GitOps would take a dollar sign for a variable of its environment.
    expect(content).not.toContain('$')
    await expect(String(content)).toMatchFileSnapshot(`golden/${path.replaceAll('/', '.')}`)
  })

  it('hold only the platforms that a job is built for', () => {
    const only = kitPlanOf(fullPolicy, ['linux', 'jamf-pro'])
    expect(fleetdmFiles(only)).toEqual([])
    expect(osqueryPack(only)).toMatchObject([{ data: { queries: { fleet_probe_linux: { platform: 'linux' } } } }])
    expect(String(osqueryPack(only)[0]?.content)).not.toContain('windows')
    expect(osqueryPack(kitPlanOf(fullPolicy, ['jamf-pro', 'intune', 'iru']))).toEqual([])
  })
})
