import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bash, itIsSoundShell, machine, pipelineText, unwritableHistory } from './pipeline-machine.js'
import { root, temporaryFolder } from './run-fleet.js'

const readme = pipelineText('README.md')
const cronScript = /^#!\/bin\/sh\n.*?(?=^```)/ms.exec(readme)![0]

describe('cron and Prometheus', () => {
  itIsSoundShell([['the script', cronScript]], 'sh')

  async function runCron(names: readonly string[], more: { failUnder?: string; history?: string } = {}) {
    const cwd = temporaryFolder()
    const metrics = temporaryFolder()
    mkdirSync(join(cwd, 'exports'))
    for (const name of names)
      cpSync(join(root, 'templates/samples/acme', name), join(cwd, 'exports', name), { recursive: true })
    const runner = machine()
    await bash('npm install --global --no-audit --no-fund -- fleet-readiness@0.1.0', runner, cwd, {})
    const script = cronScript.replace('--fail-under 95', `--fail-under ${more.failUnder ?? 95} --as-of 2026-11-20`)
    const run = await bash(`sh <<'CRON'\n${script}CRON\n`, runner, cwd, {
      FLEET_FOLDER: cwd,
      FLEET_METRICS: metrics,
      ...(more.history && { FLEET_HISTORY: more.history }),
    })
    return { ...run, cwd, metrics }
  }
  const complete = ['jamf-computer-search.csv', 'fleetdm-hosts.json', 'fleet.yaml']

  it('leaves the metrics where the collector reads them, and prints nothing while all is well', async () => {
    const { exit, log, cwd, metrics } = await runCron(complete, { failUnder: '0' })
    expect([exit, log]).toEqual([0, ''])
    expect(readdirSync(metrics)).toEqual(['fleet.prom'])
    expect(statSync(join(metrics, 'fleet.prom')).mode & 0o777).toBe(0o644)
    const lines = readFileSync(join(metrics, 'fleet.prom'), 'utf8')
    // What the collector takes: comments, samples and empty lines, each line ended.
    expect(lines).toMatch(/^(?:(?:# (?:HELP|TYPE) fleet_\w+ .+|fleet_\w+(?:\{[^\n]*\})? -?[\d.e+-]+)?\n)+$/)
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('prints the scan and ends with 3 below the threshold, with new metrics', async () => {
    const { exit, log, metrics } = await runCron(complete, { failUnder: '100' })
    expect(exit).toBe(3)
    expect(log).toContain('Coverage')
    expect(readdirSync(metrics)).toEqual(['fleet.prom'])
  })

  it('leaves the old metrics alone where an export is refused', async () => {
    const { exit, log, metrics } = await runCron(['computers-inventory-page-0.json', 'fleet.yaml'])
    expect(exit).toBe(4)
    expect(log).toContain('page-truncated')
    expect(readdirSync(metrics)).toEqual([])
  })

  it('ends with 5 where the history cannot be written, with new metrics and the scan they are of', async () => {
    const folder = temporaryFolder()
    unwritableHistory(folder)
    const { exit, log, cwd, metrics } = await runCron(complete, { failUnder: '0', history: join(folder, 'history') })
    expect(exit).toBe(5)
    expect(log).toContain('This scan is not in the history')
    expect(readdirSync(metrics)).toEqual(['fleet.prom'])
    expect(readdirSync(cwd).sort()).toEqual(['exports', 'report.html', 'scan.json', 'scan.txt'])
  })

  it('has alerts on metrics that there are', async () => {
    const named = [...readme.matchAll(/\bfleet_\w+/g)].map(([name]) => name)
    expect(new Set(named).size).toBe(3)
    expect(readme).toContain('\nabsent(fleet_coverage_ratio{denominator="in_scope"})\n')
    const { metrics } = await runCron(complete, { failUnder: '0' })
    const lines = readFileSync(join(metrics, 'fleet.prom'), 'utf8').split('\n')
    for (const name of named)
      expect(
        lines.some((line) => new RegExp(`^${name}[{ ]`).test(line)),
        name,
      ).toBe(true)
    expect(lines.some((line) => line.startsWith('fleet_coverage_ratio{denominator="in_scope"} '))).toBe(true)
  })

  it('has a crontab that starts it', () => {
    const crontab = /^```crontab\n(.*?)^```/ms.exec(readme)![1]!
    const [, name] = /^`\/usr\/local\/bin\/([\w-]+)`/m.exec(readme)!
    const entries = crontab.split('\n').filter((line) => /^[\d*]/.test(line))
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatch(new RegExp(`^(?:[\\d*,/-]+ ){5}${name}$`))
    expect(crontab).toMatch(/^PATH=\/usr\/local\/bin:/m)
  })
})
